import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'
import type { SimOptions } from '../../src/sim/options.ts'

/** Source: kubectl pkg/cmd/apply/apply.go, migrateToSSAIfNecessary; its tests of migration. */

const configMap = (data: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data })

function appliedTwice(version: SimOptions['version'], flags = '') {
  const sim = createSim({ version, nodes: 1 })
  const run = (line: string, stdin = '') => sim.kubectl(line, { stdin }).stdout
  run('apply -f -', configMap({ left: '1', kept: '2' }))
  const said = run(`apply --server-side ${flags} -f -`, configMap({ kept: '2' }))
  const { metadata, data } = JSON.parse(run('get cm m -o json --show-managed-fields')) as {
    metadata: { managedFields: { manager: string; operation: string }[]; annotations?: object }
    data: object
  } // as kubectl prints it
  const owners = metadata.managedFields.map(({ manager, operation }) => `${manager} ${operation}`)
  return { sim, run, said, owners, data, annotations: Object.keys(metadata.annotations ?? {}) }
}

describe.each(['v1.26', 'v1.36'] as const)('C3 %s: apply --server-side after a client-side apply', (version) => {
  test('owns what client-side apply owned, so what the file no longer has goes', () => {
    const { said, owners, data, annotations } = appliedTwice(version)
    expect(said).toBe('configmap/m serverside-applied\n')
    expect(data).toEqual({ kept: '2' })
    expect(owners.toSorted()).toEqual(['kubectl Apply', 'kubectl-last-applied Apply'])
    expect(annotations).toEqual(['kubectl.kubernetes.io/last-applied-configuration'])
  })

  test('is done once', () => {
    const { sim, run } = appliedTwice(version)
    const revision = () => sim.get('ConfigMap', 'm')?.metadata?.resourceVersion
    const before = revision()
    run('apply --server-side -f -', configMap({ kept: '2' }))
    expect(revision()).toBe(before)
  })

  test('a manager of another name does not keep the annotation', () => {
    const { owners, data, annotations } = appliedTwice(version, '--field-manager=own')
    expect(annotations).toEqual([])
    expect(data).toEqual({ kept: '2' })
    expect(owners).toEqual(['own Apply'])
  })
})

test('C3 v1.25 kubectl leaves it as it is', () => {
  const { data, owners } = appliedTwice('v1.25')
  expect(data).toEqual({ left: '1', kept: '2' })
  expect(owners).toContain('kubectl-client-side-apply Update')
})
