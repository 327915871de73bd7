import { describe, expect, test } from 'vitest'
import { deletionCostOf } from '../../src/api/deletion-cost.ts'
import { createSim } from '../../src/index.ts'

const key = 'controller.kubernetes.io/pod-deletion-cost'

describe('GetDeletionCostFromPodAnnotations', () => {
  test.each([
    ['0', 0],
    ['-0', -0],
    ['7', 7],
    ['-5', -5],
    ['-05', -5],
    ['2147483647', 2147483647],
    ['-2147483648', -2147483648],
  ])('%s is a cost', (text, cost) => {
    expect(deletionCostOf({ [key]: text })).toBe(cost)
  })

  test.each([
    '',
    '+5',
    '05',
    '00',
    '-',
    '--1',
    '1.5',
    '1e3',
    '0x1',
    ' 1',
    '1\0',
    '2147483648',
    '-2147483649',
    'high',
    '9'.repeat(5000),
  ])('%j is none', (text) => {
    expect(deletionCostOf({ [key]: text })).toBeUndefined()
  })

  test('nothing said is 0', () => {
    expect([deletionCostOf(undefined), deletionCostOf({}), deletionCostOf({ other: 'x' })]).toEqual([0, 0, 0])
  })
})

const template = (cost: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' }, annotations: { [key]: cost } },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
  },
})

describe('ValidatePodSpecificAnnotations', () => {
  test.each(['v1.22', 'v1.26', 'v1.36'] as const)(
    '%s: what is no cost is refused of Pods and of templates',
    (version) => {
      const sim = createSim({ journal: 'off', seed: 'cost', nodes: 1, version })
      sim.kubectl('run web --image=nginx')
      const told = sim.kubectl(`annotate pod web ${key}=+5`)
      expect([told.exitCode, told.stderr]).toEqual([
        1,
        `The Pod "web" is invalid: metadata.annotations[${key}]: Invalid value: "+5": must be a 32bit integer\n`,
      ])
      expect(sim.kubectl(`annotate pod web ${key}=-05`).exitCode).toBe(0)
      const posted = sim.request({
        user: 'admin',
        groups: ['system:masters'],
        method: 'POST',
        path: '/apis/apps/v1/namespaces/default/deployments',
        body: template('high'),
      })
      expect([posted.code, JSON.parse('body' in posted ? posted.body : '{}').message]).toEqual([
        422,
        `Deployment.apps "web" is invalid: spec.template.annotations[${key}]: Invalid value: "high": must be a 32bit integer`,
      ])
    },
  )

  test.each(['v1.18', 'v1.21'] as const)('%s does not look', (version) => {
    const sim = createSim({ journal: 'off', seed: 'cost', nodes: 1, version })
    sim.kubectl('run web --image=nginx')
    expect(sim.kubectl(`annotate pod web ${key}=+5`).exitCode).toBe(0)
  })
})
