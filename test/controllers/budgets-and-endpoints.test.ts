import { describe, expect, test } from 'vitest'
import { createSim, type SimOptions } from '../../src/index.ts'

/** What budgets and Endpoints tell in later versions. */

interface Read {
  readonly metadata: { readonly name: string; readonly labels?: unknown; readonly resourceVersion?: string }
  readonly status?: { readonly conditions?: readonly unknown[] }
  readonly items?: readonly Read[]
}

const user = { user: 'admin', groups: ['system:masters', 'system:authenticated'] }

function cluster(version: SimOptions['version'] & string) {
  const sim = createSim({ journal: 'off', version, nodes: 2 })
  sim.runFor('20s')
  const ask = (method: string, path: string, body?: object): Read => {
    const answer = sim.request({ method, path, ...user, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    if ('read' in answer) throw new Error('it came as a stream')
    return JSON.parse(answer.body)
  }
  return { sim, ask }
}

const labels = { app: 'web' }
const spec = { containers: [{ name: 'm', image: 'nginx' }] }
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
}
const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
const budget = (more: object) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'b' },
  spec: { selector: { matchLabels: labels }, ...more },
})

describe('budgets tell whether Pods may be evicted', () => {
  const conditionOf = ({ status }: Read): unknown => status?.conditions?.[0]

  test('enough Pods, and after the last eviction that is allowed too few', () => {
    const { sim, ask } = cluster('v1.21')
    ask('POST', '/apis/apps/v1/namespaces/default/deployments', deployment)
    sim.runFor('20s')
    ask('POST', budgets, budget({ minAvailable: 1 }))
    sim.runFor('2s')
    const seen = conditionOf(ask('GET', `${budgets}/b`))
    expect(seen).toMatchObject({ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '' })
    const { items = [] } = ask('GET', '/api/v1/namespaces/default/pods')
    const name = items[0]?.metadata.name ?? ''
    const eviction = { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name } }
    ask('POST', `/api/v1/namespaces/default/pods/${name}/eviction`, eviction)
    const after = conditionOf(ask('GET', `${budgets}/b`))
    expect(after).toMatchObject({ status: 'False', reason: 'InsufficientPods', observedGeneration: 1 })
  })

  test('a Pod that nobody controls: a problem at first, passed over from v1.23 on', () => {
    const told = (version: 'v1.22' | 'v1.23') => {
      const { sim, ask } = cluster(version)
      ask('POST', '/api/v1/namespaces/default/pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'stray', labels },
        spec,
      })
      sim.runFor('10s')
      ask('POST', budgets, budget({ maxUnavailable: 1 }))
      sim.runFor('2s')
      return conditionOf(ask('GET', `${budgets}/b`))
    }
    expect(told('v1.22')).toMatchObject({ reason: 'SyncFailed', message: 'found no controller ref for pod "stray"' })
    expect(told('v1.23')).toMatchObject({ status: 'False', reason: 'InsufficientPods' })
  })

  test('none before v1.21', () => {
    const { sim, ask } = cluster('v1.20')
    const old = budgets.replace('v1', 'v1beta1')
    ask('POST', old, { ...budget({ minAvailable: 1 }), apiVersion: 'policy/v1beta1' })
    sim.runFor('2s')
    expect(conditionOf(ask('GET', `${old}/b`))).toBeUndefined()
  })
})

describe('labels of Endpoints', () => {
  test.each([
    ['v1.32', { x: 'y' }],
    ['v1.33', { x: 'y', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' }],
  ] as const)('%s: those of the Service, but for the one that says headless', (version, expected) => {
    const { sim, ask } = cluster(version)
    ask('POST', '/api/v1/namespaces/default/services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', labels: { x: 'y', 'service.kubernetes.io/headless': 'q' } },
      spec: { selector: labels, ports: [{ port: 80 }] },
    })
    sim.runFor('5s')
    const read = () => ask('GET', '/api/v1/namespaces/default/endpoints/web')
    expect(read().metadata.labels).toEqual(expected)
    const written = read().metadata.resourceVersion
    sim.runFor('60s')
    expect(read().metadata.resourceVersion).toBe(written)
  })
})
