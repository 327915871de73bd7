import { describe, expect, test } from 'vitest'
import { createSim, type Sim } from '../../src/index.ts'

type Version = 'v1.18' | 'v1.20' | 'v1.21' | 'v1.26' | 'v1.28' | 'v1.29' | 'v1.34' | 'v1.36'

function begun(version: Version, selector: object, labels: Readonly<Record<string, string>> = { app: 'web' }): Sim {
  const sim = createSim({ journal: 'off', seed: 'budgets', version, nodes: 1 })
  sim.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', labels },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  })
  sim.runFor('20s')
  sim.apply(budget(version, selector))
  sim.runFor('5s')
  return sim
}

const budget = (version: Version, selector: object, minAvailable: number | string = 1) => ({
  apiVersion: version === 'v1.18' || version === 'v1.20' ? 'policy/v1beta1' : 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { minAvailable, selector },
})

interface Refusal {
  readonly details?: { readonly causes?: readonly { readonly message: string }[] }
}

function evict(sim: Sim) {
  const answer = sim.request({
    user: 'admin',
    groups: ['system:masters'],
    method: 'POST',
    path: '/api/v1/namespaces/default/pods/a/eviction',
    body: { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'a' } },
  })
  const status = JSON.parse('body' in answer ? answer.body : '{}') as Refusal // or success
  return { code: answer.code, cause: status.details?.causes?.[0]?.message, headers: answer.headers }
}

const needs = 'The disruption budget web needs 1 healthy pods and has 1 currently'
const web = { matchLabels: { app: 'web' } }

describe('getPodDisruptionBudgets', () => {
  test.each([
    ['v1.18', 201],
    ['v1.26', 201],
    ['v1.28', 201],
    ['v1.29', 429],
    ['v1.36', 429],
  ] as const)('%s: an empty selector: %i', (version, code) => {
    expect(evict(begun(version, {})).code).toBe(code)
  })

  test.each([
    ['v1.20', 201],
    ['v1.21', 429],
    ['v1.36', 429],
  ] as const)('%s: a selector that a Pod without labels meets: %i', (version, code) => {
    const selector = { matchExpressions: [{ key: 'zzz', operator: 'DoesNotExist' }] }
    expect(evict(begun(version, selector, {})).code).toBe(code)
  })
})

describe('checkAndDecrement', () => {
  test.each([
    ['v1.18', undefined],
    ['v1.20', undefined],
    ['v1.21', '10'],
    ['v1.36', '10'],
  ] as const)('%s: while the controller has not looked at it: try again after %s', (version, after) => {
    const sim = begun(version, web)
    sim.fault({ controller: 'disruption', for: '5m' })
    sim.apply(budget(version, web, 0))
    sim.runFor('1s')
    expect(evict(sim)).toMatchObject({
      code: 429,
      cause: 'The disruption budget web is still being processed by the server.',
    })
    expect(evict(sim).headers['retry-after']).toBe(after)
  })

  test.each(['v1.34', 'v1.36'] as const)('%s: numbers tell why, where they can', (version) => {
    expect(evict(begun(version, web))).toMatchObject({ code: 429, cause: needs })
  })

  test.each([
    ['v1.34', 'The disruption budget web needs 0 healthy pods and has 1 currently'],
    ['v1.36', 'The disruption budget web does not allow evicting pods currently'],
  ] as const)('%s: half of Pods that nobody wants a number of', (version, cause) => {
    const sim = begun(version, web)
    sim.apply(budget(version, web, '50%'))
    sim.runFor('5s')
    expect(evict(sim)).toMatchObject({ code: 429, cause })
  })

  const failed = 'The disruption budget web does not allow evicting pods currently because it failed sync: no scale'
  const other = 'The disruption budget web does not allow evicting pods currently (Odd): no scale'
  test.each([
    ['v1.34', 'SyncFailed', 1, needs],
    ['v1.36', 'SyncFailed', 1, failed],
    ['v1.36', 'SyncFailed', 0, failed],
    ['v1.36', 'Odd', 0, other],
    ['v1.36', 'Odd', 1, needs],
  ] as const)('%s: the condition says %s, %i needed', (version, reason, desiredHealthy, cause) => {
    const sim = begun(version, web)
    sim.fault({ controller: 'disruption', for: '5m' })
    const condition = { type: 'DisruptionAllowed', status: 'False', reason, message: 'no scale' }
    const told = sim.request({
      user: 'admin',
      groups: ['system:masters'],
      method: 'PATCH',
      path: '/apis/policy/v1/namespaces/default/poddisruptionbudgets/web/status',
      contentType: 'application/merge-patch+json',
      body: { status: { desiredHealthy, conditions: [{ ...condition, lastTransitionTime: '2020-05-01T00:00:00Z' }] } },
    })
    expect([told.code, evict(sim)]).toMatchObject([200, { code: 429, cause }])
  })
})
