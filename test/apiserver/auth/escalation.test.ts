import { describe, expect, test } from 'vitest'
import type { KubeObject, ResourceRef } from '../../../src/api/types/meta.ts'
import type { AdmissionRequest } from '../../../src/apiserver/admission/plugin.ts'
import { impersonate, impersonationRequest } from '../../../src/apiserver/auth/impersonation.ts'
import { rbacStrategies } from '../../../src/apiserver/auth/rbac-strategies.ts'
import { createServiceAddresses } from '../../../src/apiserver/registry/service-addresses.ts'
import type { RegistryContext } from '../../../src/apiserver/registry/strategy.ts'
import type { UserInfo } from '../../../src/client/client.ts'
import { createCalendar } from '../../../src/kernel/calendar.ts'
import { createKernel } from '../../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../../src/kernel/random.ts'
import { resolveFeatureGates } from '../../../src/versions/feature-gates.ts'
import { admin, binding, jane, rbac, role, storedRbac, testAuthorization, userSubject } from './helpers.ts'

const context: RegistryContext = {
  kernel: createKernel(),
  calendar: createCalendar(0),
  minor: 18,
  gates: resolveFeatureGates(18),
  random: createRandomStreams('test').stream('test'),
  renewedTokens: (key) => key,
  addresses: createServiceAddresses(),
}
const lookup = { get: () => undefined, list: () => [] }

function write(user: UserInfo, resource: ResourceRef, object: KubeObject, oldObject?: KubeObject): AdmissionRequest {
  return {
    operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
    user,
    resource,
    kind: object.kind,
    subresource: '',
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    object,
    oldObject,
    dryRun: false,
  }
}

function messageOf(authorization: ReturnType<typeof testAuthorization>, request: AdmissionRequest): string {
  const admitted = authorization.escalationCheck.admit?.(request, lookup, context)
  return admitted === undefined || admitted.ok ? 'admitted' : (admitted.status.message ?? '')
}

/** Jane may write roles and bindings, and read Secrets. */
function withJane() {
  const authorization = testAuthorization()
  const rules = [
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create', 'update'] },
    { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
  ]
  authorization.observe(storedRbac('roles'), { type: 'ADDED', object: role('janes', rules) })
  authorization.observe(storedRbac('rolebindings'), {
    type: 'ADDED',
    object: binding('b', ['Role', 'janes'], [userSubject('jane')]),
  })
  return authorization
}

describe('facts/apiserver.md 5.1, escalation', () => {
  test('what one holds one may grant, and no more', () => {
    const authorization = withJane()
    const mine = role('r', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }])
    expect(messageOf(authorization, write(jane, rbac('roles'), mine))).toBe('admitted')
    const rules = [{ apiGroups: [''], resources: ['secrets', 'pods'], verbs: ['list', 'get'] }]
    expect(messageOf(authorization, write(jane, rbac('roles'), role('r', rules)))).toBe(
      'roles.rbac.authorization.k8s.io "r" is forbidden: user "jane" (groups=["developers" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
        '{APIGroups:[""], Resources:["pods"], Verbs:["list" "get"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["list"]}',
    )
    expect(messageOf(authorization, write(admin, rbac('roles'), role('r', rules)))).toBe('admitted')
  })

  test('a binding needs the rights of its role, or the verb bind', () => {
    const authorization = withJane()
    const view = binding('v', ['ClusterRole', 'view'], [userSubject('joe')])
    expect(messageOf(authorization, write(jane, rbac('rolebindings'), view))).toMatch(
      /^rolebindings.rbac.authorization.k8s.io "v" is forbidden: user "jane" .* not currently held:\n\{APIGroups/,
    )
    const bind = [
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['clusterroles'],
        resourceNames: ['view'],
        verbs: ['bind'],
      },
    ]
    authorization.observe(storedRbac('roles'), { type: 'ADDED', object: role('binder', bind) })
    authorization.observe(storedRbac('rolebindings'), {
      type: 'ADDED',
      object: binding('c', ['Role', 'binder'], [userSubject('jane')]),
    })
    expect(messageOf(authorization, write(jane, rbac('rolebindings'), view))).toBe('admitted')
  })

  test('a binding to a role that does not exist is refused to whom cannot bind it', () => {
    const none = binding('v', ['Role', 'none'], [userSubject('joe')])
    expect(messageOf(withJane(), write(jane, rbac('rolebindings'), none))).toBe(
      'role.rbac.authorization.k8s.io "none" not found',
    )
  })

  test('finalizers may be changed by whom lacks the rights', () => {
    const old = role('r', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }])
    const next = { ...old, metadata: { ...old.metadata, finalizers: ['x/y'] } }
    expect(messageOf(withJane(), write(jane, rbac('roles'), next, old))).toBe('admitted')
  })

  test('a binding keeps its role for life', () => {
    const strategy = rbacStrategies.find(({ resource }) => resource.resource === 'rolebindings')
    const old = binding('b', ['ClusterRole', 'view'], [])
    const next = binding('b', ['ClusterRole', 'edit'], [])
    expect(strategy?.validateUpdate?.(next, old, context)).toEqual([
      {
        type: 'FieldValueInvalid',
        field: 'roleRef',
        body: 'Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"ClusterRole", Name:"edit"}: cannot change roleRef',
      },
    ])
  })
})

describe('kubectl --as', () => {
  test('a group without a user is an error of the server', () => {
    const wanted = impersonationRequest({ 'impersonate-group': 'x' })
    expect(wanted && impersonate(testAuthorization().authorizer, admin, wanted, '/api/v1/secrets')).toEqual({
      ok: false,
      kind: 'text',
      text: 'Internal Server Error: "/api/v1/secrets": requested [{Group  x    }] without impersonating a user\n',
    })
  })

  test('a service account is impersonated with its groups', () => {
    const wanted = { user: 'system:serviceaccount:prod:default', groups: [] }
    const groups = ['system:serviceaccounts', 'system:serviceaccounts:prod', 'system:authenticated']
    expect(impersonate(testAuthorization().authorizer, admin, wanted, '/')).toEqual({
      ok: true,
      user: { name: 'system:serviceaccount:prod:default', groups },
    })
  })

  test('who may not impersonate is told so', () => {
    const refused = impersonate(testAuthorization().authorizer, jane, { user: 'admin', groups: [] }, '/')
    expect(refused).toMatchObject({
      ok: false,
      status: {
        message:
          'users "admin" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
      },
    })
  })
})
