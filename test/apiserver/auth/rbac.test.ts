import { describe, expect, test } from 'vitest'
import { bootstrapPolicy } from '../../../src/apiserver/auth/bootstrap-policy.ts'
import { accessForbidden } from '../../../src/apiserver/auth/forbidden.ts'
import { authenticated, serviceAccountUser } from '../../../src/apiserver/auth/users.ts'
import { admin, ask, binding, jane, role, storedRbac, testAuthorization, userSubject } from './helpers.ts'

const oneSecret = { apiGroups: [''], resources: ['secrets'], resourceNames: ['db'], verbs: ['get', 'list', 'watch'] }

function withRole(rules: readonly object[], subjects: readonly object[] = [userSubject('jane')]) {
  const authorization = testAuthorization()
  authorization.observe(storedRbac('roles'), { type: 'ADDED', object: role('r', rules) })
  authorization.observe(storedRbac('rolebindings'), { type: 'ADDED', object: binding('b', ['Role', 'r'], subjects) })
  return authorization
}

describe('S4 facts/apiserver.md 5.1', () => {
  test('system:masters may do everything and the others nothing but look around', () => {
    const { authorizer } = testAuthorization()
    expect(authorizer.authorize(ask(admin, 'delete', 'secrets')).decision).toBe('allow')
    expect(authorizer.authorize(ask(jane, 'get', 'secrets', { name: 'db' }))).toEqual({
      decision: 'noOpinion',
      reason: '',
    })
    const path = { resourceRequest: false, namespace: '', resource: '' }
    expect(authorizer.authorize(ask(jane, 'get', '', { ...path, path: '/api/v1' })).decision).toBe('allow')
    expect(authorizer.authorize(ask(jane, 'get', '', { ...path, path: '/metrics' })).decision).toBe('noOpinion')
  })

  test.each([
    ['get', 'db', true],
    ['get', 'other', false],
    ['list', '', false],
    ['list', 'db', true],
    ['watch', 'db', true],
    ['create', '', false],
    ['deletecollection', '', false],
  ])('a rule for the name db lets %s of %j pass: %s', (verb, name, allowed) => {
    const { authorizer } = withRole([oneSecret])
    expect(authorizer.authorize(ask(jane, verb, 'secrets', { name })).decision === 'allow').toBe(allowed)
  })

  test('a rule for pods says nothing of pods/log, and one for */log is for every log', () => {
    const pods = withRole([{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }])
    expect(pods.authorizer.authorize(ask(jane, 'get', 'pods/log', { name: 'p' })).decision).toBe('noOpinion')
    const logs = withRole([{ apiGroups: [''], resources: ['*/log'], verbs: ['get'] }])
    expect(logs.authorizer.authorize(ask(jane, 'get', 'pods/log', { name: 'p' })).decision).toBe('allow')
  })

  test('an answer follows changes of roles and bindings at once', () => {
    const { authorizer, observe } = withRole([oneSecret])
    const attributes = ask(jane, 'get', 'secrets', { name: 'db' })
    expect(authorizer.authorize(attributes).decision).toBe('allow')
    observe(storedRbac('roles'), { type: 'MODIFIED', object: role('r', []) })
    expect(authorizer.authorize(attributes).decision).toBe('noOpinion')
    observe(storedRbac('roles'), { type: 'MODIFIED', object: role('r', [oneSecret]) })
    observe(storedRbac('rolebindings'), { type: 'MODIFIED', object: binding('b', ['Role', 'r'], [userSubject('joe')]) })
    expect(authorizer.authorize(attributes).decision).toBe('noOpinion')
  })

  test('the reason names the binding, the role and the subject', () => {
    const { authorizer } = withRole([oneSecret])
    const decision = authorizer.authorize(ask(jane, 'get', 'secrets', { name: 'db' }))
    expect(decision.decision === 'allow' && decision.why?.()).toBe(
      'RBAC: allowed by RoleBinding "b/prod" of Role "r" to User "jane"',
    )
  })

  test('a binding to a role that does not exist is told', () => {
    const { authorizer, observe } = testAuthorization()
    observe(storedRbac('rolebindings'), {
      type: 'ADDED',
      object: binding('b', ['Role', 'none'], [userSubject('jane')]),
    })
    const reason = 'RBAC: role.rbac.authorization.k8s.io "none" not found'
    expect(authorizer.authorize(ask(jane, 'get', 'secrets'))).toEqual({ decision: 'noOpinion', reason })
  })

  test('a service account is a subject of its own namespace when the binding names none', () => {
    const { authorizer } = withRole([oneSecret], [{ kind: 'ServiceAccount', name: 'default' }])
    const attributes = ask(serviceAccountUser('prod', 'default'), 'get', 'secrets', { name: 'db' })
    expect(authorizer.authorize(attributes).decision).toBe('allow')
    const stranger = ask(serviceAccountUser('dev', 'default'), 'get', 'secrets', { name: 'db' })
    expect(authorizer.authorize(stranger).decision).toBe('noOpinion')
  })

  test.each([
    ['view', 'get', 'pods', true],
    ['view', 'get', 'secrets', false],
    ['edit', 'get', 'secrets', true],
    ['edit', 'create', 'roles.rbac.authorization.k8s.io', false],
    ['admin', 'list', 'secrets', true],
    ['admin', 'create', 'roles.rbac.authorization.k8s.io', true],
  ])('the ClusterRole %s answers %s %s with %s', (name, verb, resource, allowed) => {
    const { authorizer, observe } = testAuthorization()
    observe(storedRbac('rolebindings'), {
      type: 'ADDED',
      object: binding('b', ['ClusterRole', name], [userSubject('jane')]),
    })
    expect(authorizer.authorize(ask(jane, verb, resource)).decision === 'allow').toBe(allowed)
  })

  test('who is told no learns whom, what and where', () => {
    const joe = authenticated({ name: 'a<b>&c', groups: [] })
    const attributes = ask(joe, 'get', 'pods/log', { name: 'p' })
    expect(accessForbidden(attributes, 'because').message).toBe(
      'pods "p" is forbidden: User "a&lt;b&gt;&amp;c" cannot get resource "pods/log" in API group "" in the namespace "prod": because',
    )
    const cluster = ask(joe, 'list', 'deployments.apps', { namespace: '' })
    expect(accessForbidden(cluster, '').message).toBe(
      'deployments.apps is forbidden: User "a&lt;b&gt;&amp;c" cannot list resource "deployments" in API group "apps" at the cluster scope',
    )
  })
})

test('bootstrap policy: the default roles of v1.18, with what admin, edit and view gather', () => {
  const policy = bootstrapPolicy(18)
  expect(policy.clusterRoles).toHaveLength(29 + 27)
  expect(policy.clusterRoleBindings).toHaveLength(10 + 27)
  const rulesOf = (name: string) => policy.clusterRoles.find((one) => one.metadata.name === name)?.rules?.length ?? 0
  expect(rulesOf('edit')).toBe(rulesOf('system:aggregate-to-edit') + rulesOf('system:aggregate-to-view'))
  expect(rulesOf('admin')).toBe(rulesOf('edit') + rulesOf('system:aggregate-to-admin'))
})

describe('bootstrap policy: what edit and view gather in later versions', () => {
  const rulesOf = (minor: number, name: string) => {
    const rules = bootstrapPolicy(minor).clusterRoles.find((one) => one.metadata.name === name)?.rules ?? []
    return rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => (verbs ?? []).map((verb) => `${verb} ${resource}.${group}`)),
      ),
    )
  }

  test.each([
    ['create endpoints.', 18, 21],
    ['create pods/eviction.', 24, 36],
    ['create serviceaccounts/token.', 22, 36],
    ['create events.', 22, 36],
    ['get events.events.k8s.io', 35, 36],
    ['create events.events.k8s.io', 35, 36],
    ['list endpointslices.discovery.k8s.io', 22, 36],
    ['update leases.coordination.k8s.io', 25, 36],
    ['patch resourceclaims.resource.k8s.io', 34, 36],
  ])('who edits may %s from v1.%i to v1.%i', (what, from, to) => {
    for (let minor = 18; minor <= 36; minor++)
      expect([minor, rulesOf(minor, 'edit').includes(what)]).toEqual([minor, minor >= from && minor <= to])
  })

  test.each([
    ['system:monitoring', '', 20, 36],
    ['system:service-account-issuer-discovery', '', 20, 36],
    ['system:controller:ephemeral-volume-controller', 'create persistentvolumeclaims.', 21, 36],
    ['system:controller:selinux-warning-controller', '', 33, 36],
    ['system:controller:device-taint-eviction-controller', '', 36, 36],
    ['system:basic-user', 'create selfsubjectreviews.authentication.k8s.io', 27, 36],
    ['system:kube-controller-manager', 'create endpoints.', 18, 27],
    ['system:kube-scheduler', 'create endpoints.', 18, 27],
    ['system:kube-scheduler', 'get namespaces.', 21, 36],
    ['system:kube-scheduler', 'list volumeattachments.storage.k8s.io', 32, 36],
    ['system:kube-scheduler', 'patch resourceclaims/binding.resource.k8s.io', 36, 36],
    ['system:kubelet-api-admin', '* nodes/spec.', 18, 26],
    ['system:kubelet-api-admin', '* nodes/configz.', 33, 36],
    ['system:node', 'get serviceaccounts.', 34, 36],
    ['system:node-proxier', 'list servicecidrs.networking.k8s.io', 33, 36],
    ['system:controller:cronjob-controller', 'watch pods.', 33, 36],
    ['system:controller:namespace-controller', 'watch *.*', 33, 36],
    ['system:controller:job-controller', 'patch jobs.batch', 22, 36],
    ['system:controller:disruption-controller', 'patch pods/status.', 26, 36],
    ['system:controller:statefulset-controller', 'delete persistentvolumeclaims.', 27, 36],
    ['system:controller:statefulset-controller', 'update pods/finalizers.', 32, 36],
    ['system:controller:persistent-volume-binder', 'get secrets.', 18, 31],
    ['system:controller:expand-controller', 'get services.', 18, 35],
    ['system:controller:horizontal-pod-autoscaler', 'get services/proxy.', 18, 21],
  ])('%s: %s from v1.%i to v1.%i', (role, what, from, to) => {
    const versions = Array.from({ length: 36 - 18 + 1 }, (_, at) => 18 + at)
    const has = (minor: number) =>
      what === ''
        ? bootstrapPolicy(minor).clusterRoleBindings.some(({ roleRef }) => roleRef.name === role)
        : rulesOf(minor, role).includes(what)
    expect(versions.filter(has)).toEqual(versions.filter((minor) => minor >= from && minor <= to))
  })

  test('no role says the same twice', () => {
    for (let minor = 18; minor <= 36; minor++)
      for (const { metadata, rules } of bootstrapPolicy(minor).clusterRoles)
        expect([minor, metadata.name, new Set((rules ?? []).map((each) => JSON.stringify(each))).size]).toEqual([
          minor,
          metadata.name,
          rules?.length,
        ])
  })

  test('rules of v1.36 stand as the server stores them', () => {
    const found = bootstrapPolicy(36).clusterRoles.find(({ metadata }) => metadata.name === 'system:aggregate-to-edit')
    expect((found?.rules ?? []).map(({ resources }) => resources?.[0])).toEqual(
      'pods/attach serviceaccounts pods pods/eviction configmaps serviceaccounts/token events daemonsets horizontalpodautoscalers cronjobs daemonsets poddisruptionbudgets ingresses leases resourceclaims'.split(
        ' ',
      ),
    )
  })

  test('Events of the legacy group are in one rule, with those of events.k8s.io from v1.35 on', () => {
    for (const minor of [18, 22, 34, 35, 36])
      expect(rulesOf(minor, 'view').filter((what) => what === 'get events.')).toEqual(['get events.'])
  })
})
