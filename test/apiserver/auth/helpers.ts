import type { Pod } from '../../../src/api/types/core.ts'
import type { AuthorizationAttributes } from '../../../src/apiserver/auth/authorizer.ts'
import { bootstrapPolicy } from '../../../src/apiserver/auth/bootstrap-policy.ts'
import { type Authorization, createAuthorization } from '../../../src/apiserver/auth/create-authorization.ts'
import type { GraphDelay } from '../../../src/apiserver/auth/node-graph-feed.ts'
import { authenticated } from '../../../src/apiserver/auth/users.ts'
import type { UserInfo } from '../../../src/client/client.ts'
import { createKernel, type Kernel } from '../../../src/kernel/kernel.ts'
import { resolveFeatureGates } from '../../../src/versions/feature-gates.ts'

export const rbac = (resource: string) => ({ group: 'rbac.authorization.k8s.io', version: 'v1', resource })
export const storedRbac = (resource: string) => `${resource}.rbac.authorization.k8s.io`

export interface TestAuthorization extends Authorization {
  readonly kernel: Kernel
}

/** A server's authorization, fed with the bootstrap policy. */
export function testAuthorization(minor = 18, graphDelay?: GraphDelay): TestAuthorization {
  const kernel = createKernel()
  const delay = graphDelay === undefined ? {} : { graphDelay }
  const authorization = createAuthorization({ kernel, minor, gates: resolveFeatureGates(minor), ...delay })
  const policy = bootstrapPolicy(18)
  for (const role of policy.clusterRoles)
    authorization.observe(storedRbac('clusterroles'), { type: 'ADDED', object: role })
  for (const role of policy.roles) authorization.observe(storedRbac('roles'), { type: 'ADDED', object: role })
  for (const one of policy.roleBindings)
    authorization.observe(storedRbac('rolebindings'), { type: 'ADDED', object: one })
  for (const one of policy.clusterRoleBindings)
    authorization.observe(storedRbac('clusterrolebindings'), { type: 'ADDED', object: one })
  return { ...authorization, kernel }
}

export const admin = authenticated({ name: 'admin', groups: ['system:masters'] })
export const jane = authenticated({ name: 'jane', groups: ['developers'] })

export function ask(user: UserInfo, verb: string, resource: string, rest: Partial<AuthorizationAttributes> = {}) {
  const [plain = '', group = ''] = resource.split(/\.(.*)/)
  const [name = '', subresource = ''] = plain.split('/')
  const base = { user, verb, resourceRequest: true, group, version: 'v1', namespace: 'prod', name: '', path: '' }
  return { ...base, resource: name, subresource, ...rest } satisfies AuthorizationAttributes
}

export function role(name: string, rules: readonly object[], namespace = 'prod') {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name, namespace }, rules }
}

export function binding(name: string, roleRef: readonly [kind: string, name: string], subjects: readonly object[]) {
  const [kind, roleName] = roleRef
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name, namespace: 'prod' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: roleName },
    subjects,
  }
}

export const userSubject = (name: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name })

export function boundPod(name: string, nodeName: string, spec: object = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'prod', uid: `uid-${name}` },
    spec: { nodeName, containers: [{ name: 'c', image: 'redis' }], ...spec },
  }
}

export const secretVolume = (secretName: string) => ({ volumes: [{ name: 'v', secret: { secretName } }] })
