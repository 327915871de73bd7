import { describe, expect, test } from 'vitest'
import { createSim, type Sim } from '../../src/index.ts'

const rbac = (kind: string, metadata: object, rest: object) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata,
  ...rest,
})
const widgets = rbac(
  'ClusterRole',
  { name: 'widgets', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
  { rules: [{ apiGroups: [''], resources: ['resourcequotas'], verbs: ['delete'] }] },
)
const jane = rbac(
  'RoleBinding',
  { name: 'jane', namespace: 'default' },
  {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }],
  },
)

interface Stored {
  readonly metadata: { readonly managedFields?: readonly { readonly manager: string; readonly operation: string }[] }
  readonly rules?: readonly { readonly resources?: readonly string[] }[] | null
}
const role = (sim: Sim, name: string): Stored =>
  JSON.parse(sim.kubectl(`get --raw /apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`).stdout)
const owners = (sim: Sim, name: string) =>
  role(sim, name).metadata.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`)
const may = (sim: Sim) => sim.kubectl('auth can-i delete resourcequotas --as=jane').stdout.trim()

/** Source: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go. */
describe('ClusterRoles that gather the rules of others', () => {
  test.each(['v1.18', 'v1.36'] as const)(
    '%s: a role with the label of view reaches admin by way of edit, and goes with it',
    (version) => {
      const sim = createSim({ version })
      sim.apply(jane)
      expect(may(sim)).toBe('no')
      sim.apply(widgets)
      sim.runFor('1s')
      for (const name of ['view', 'edit', 'admin'])
        expect(role(sim, name).rules?.filter(({ resources }) => resources?.[0] === 'resourcequotas')).toHaveLength(1)
      expect(may(sim)).toBe('yes')
      sim.kubectl('delete clusterrole widgets')
      sim.runFor('1s')
      expect(may(sim)).toBe('no')
    },
  )

  test.each([
    ['v1.20', ['kube-apiserver Update', 'kube-controller-manager Update']],
    ['v1.21', ['clusterrole-aggregation-controller Apply', 'kube-apiserver Update']],
  ] as const)('%s: who owns what is gathered, before and after a change', (version, expected) => {
    const sim = createSim({ version })
    expect(owners(sim, 'view')).toEqual(expected)
    sim.apply(widgets)
    sim.runFor('1s')
    expect(owners(sim, 'view')).toEqual(expected)
  })

  test.each([
    ['In', { key: 'team', operator: 'In', values: ['blue', 'red'] }, ['a']],
    ['Exists', { key: 'team', operator: 'Exists' }, ['a', 'b']],
    ['DoesNotExist of one, with another label', { key: 'tier', operator: 'DoesNotExist' }, ['b']],
  ] as const)('expressions of labels: %s', (_name, expression, expected) => {
    const sim = createSim({ version: 'v1.30' })
    const own = (name: string, labels: object) =>
      rbac(
        'ClusterRole',
        { name, labels: { mine: 'yes', ...labels } },
        {
          rules: [{ apiGroups: [''], resources: [name], verbs: ['get'] }],
        },
      )
    sim.apply(own('a', { team: 'blue', tier: 'x' }))
    sim.apply(own('b', { team: 'green' }))
    const selector = { matchLabels: { mine: 'yes' }, matchExpressions: [expression] }
    sim.apply(rbac('ClusterRole', { name: 'all' }, { aggregationRule: { clusterRoleSelectors: [selector] } }))
    sim.runFor('1s')
    expect(role(sim, 'all').rules?.map(({ resources }) => resources?.[0])).toEqual(expected)
  })

  test('rules that somebody writes into it go; while the controller rests, they stay', () => {
    const sim = createSim({ version: 'v1.36' })
    const patch = `patch clusterrole view --type=merge -p '{"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}]}'`
    const before = role(sim, 'view').rules?.length
    sim.kubectl(patch)
    sim.runFor('1s')
    expect(role(sim, 'view').rules).toHaveLength(before ?? 0)
    const resting = sim.fault({ controller: 'clusterrole-aggregation' })
    sim.kubectl(patch)
    sim.runFor('10s')
    expect(role(sim, 'view').rules).toHaveLength(1)
    resting.clear()
    sim.runFor('1s')
    expect(role(sim, 'view').rules).toHaveLength(before ?? 0)
  })
})
