import { describe, expect, test } from 'vitest'
import { createSim, type Sim } from '../../src/index.ts'

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
}
const ownedBy = (apiVersion: string, kind: string, name: string, uid: string | undefined) => ({
  ownerReferences: [{ apiVersion, kind, name, uid: uid ?? '', blockOwnerDeletion: true }],
})

/** A cluster with a Widget that owns the Secret `dep`. `wait`: between the definition and the rest. */
function begun(wait: string): Sim {
  const sim = createSim({ journal: 'off', version: 'v1.30' })
  sim.apply(definition)
  sim.runFor(wait)
  sim.apply({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'default' } })
  const { metadata } = JSON.parse(sim.kubectl('get widget w -o json').stdout)
  const references = ownedBy('example.com/v1', 'Widget', 'w', metadata.uid)
  sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'dep', namespace: 'default', ...references } })
  return sim
}
const names = (sim: Sim, what: string) =>
  sim
    .kubectl(`get ${what} -o name`)
    .stdout.split('\n')
    .filter((one) => one !== '')

/** Source: pkg/controller/garbagecollector/garbagecollector.go, Sync. */
describe('what custom resources own, and what owns them', () => {
  test.each([
    ['a Widget that is deleted takes its Secret along', 'delete widget w', []],
    ['in the foreground the Secret goes first', 'delete widget w --cascade=foreground', []],
    ['an orphaned Secret stays', 'delete widget w --cascade=orphan', ['secret/dep']],
    ['the definition takes its Widgets along, and they their Secrets', 'delete crd widgets.example.com', []],
  ])('%s', (_title, command, expected) => {
    const sim = begun('31s')
    sim.runFor('2s')
    expect(names(sim, 'secrets')).toEqual(['secret/dep'])
    sim.kubectl(command)
    sim.runFor('3s')
    expect(names(sim, 'secrets')).toEqual(expected)
  })

  test('a Widget that a ConfigMap owns goes with it', () => {
    const sim = begun('31s')
    sim.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owner', namespace: 'default' } })
    const uid = sim.get('ConfigMap', 'owner')?.metadata.uid
    const metadata = { name: 'owned', namespace: 'default', ...ownedBy('v1', 'ConfigMap', 'owner', uid) }
    sim.apply({ apiVersion: 'example.com/v1', kind: 'Widget', metadata })
    sim.runFor('1s')
    sim.kubectl('delete configmap owner')
    sim.runFor('1s')
    expect(names(sim, 'widgets')).toEqual(['widget.example.com/w'])
  })

  test('the kind is known from the next look at discovery on, at most 30 s later', () => {
    const sim = begun('1s')
    const stray = { name: 'stray', namespace: 'default', ...ownedBy('example.com/v1', 'Widget', 'w', 'somebody-else') }
    sim.kubectl('delete widget w')
    sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: stray })
    sim.runFor('1m')
    expect(names(sim, 'secrets')).toEqual([])
  })

  test('a definition that comes again is watched again', () => {
    const sim = begun('31s')
    sim.kubectl('delete crd widgets.example.com')
    sim.runFor('40s')
    sim.apply(definition)
    sim.runFor('31s')
    sim.apply({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'default' } })
    const { metadata } = JSON.parse(sim.kubectl('get widget w -o json').stdout)
    const references = ownedBy('example.com/v1', 'Widget', 'w', metadata.uid)
    sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'late', namespace: 'default', ...references } })
    sim.runFor('1s')
    sim.kubectl('delete widget w')
    sim.runFor('1s')
    expect(names(sim, 'secrets')).toEqual([])
  })
})
