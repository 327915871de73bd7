import { uncoveredRules } from '../../api/rule-cover.ts'
import { semanticallyEqual } from '../../api/semantic-equality.ts'
import { failure, forbiddenStatus } from '../../api/status.ts'
import type { Status } from '../../api/types/meta.ts'
import { type ClusterRole, type PolicyRule, type RoleBinding, rbacGroup } from '../../api/types/rbac.ts'
import type { UserInfo } from '../../client/client.ts'
import { goQuote } from '../../go/quote.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../admission/plugin.ts'
import type { Authorizer } from './authorizer.ts'
import { compactRules, compactRuleText, quotedList } from './policy-rules.ts'
import type { RbacIndex, ReferencedRules } from './rbac-index.ts'
import { privilegedGroup } from './users.ts'

const fullAuthority: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
]

/**
 * Nobody may hand out rights that they lack: checks writes of roles and bindings. In the real server this sits in the
 * storage of these kinds, after mutating admission and before validation; here it is the last mutating plugin.
 * Source: pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased/storage.go.
 */
export function createEscalationCheck(authorizer: Authorizer, index: RbacIndex): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    concerns: [{ resource: `*.${rbacGroup}`, operations: ['CREATE', 'UPDATE'] }],
    admit(request) {
      const status = isRbacWrite(request) ? checkWrite(request, authorizer, index) : undefined
      return status === undefined ? { ok: true, object: request.object } : { ok: false, status }
    },
  }
}

function isRbacWrite({ resource, operation, subresource, user, object, oldObject }: AdmissionRequest): boolean {
  if (resource.group !== rbacGroup || object === undefined || subresource !== '') return false
  if (operation !== 'CREATE' && operation !== 'UPDATE') return false
  if (user.groups.includes(privilegedGroup)) return false
  // The garbage collector may go on with what it does. Source: pkg/registry/rbac/helpers.go, IsOnlyMutatingGCFields.
  return oldObject === undefined || !semanticallyEqual(withoutGcFields(object), withoutGcFields(oldObject))
}

function withoutGcFields(object: NonNullable<AdmissionRequest['object']>): object {
  const gcFields = { ownerReferences: undefined, finalizers: undefined, selfLink: undefined, managedFields: undefined }
  return { ...object, metadata: { ...object.metadata, ...gcFields } }
}

function checkWrite(request: AdmissionRequest, authorizer: Authorizer, index: RbacIndex): Status | undefined {
  switch (request.resource.resource) {
    case 'roles':
    case 'clusterroles':
      // Objects of these resources have this shape: they were decoded as such.
      return checkRole(request, request.object as ClusterRole, authorizer, index)
    case 'rolebindings':
    case 'clusterrolebindings':
      return checkBinding(request, request.object as RoleBinding, authorizer, index)
    default:
      return undefined
  }
}

function checkRole(
  request: AdmissionRequest,
  role: ClusterRole,
  authorizer: Authorizer,
  index: RbacIndex,
): Status | undefined {
  const { user, namespace, resource, operation } = request
  const name = operation === 'CREATE' ? '' : request.name
  if (mayUse(authorizer, user, 'escalate', resource.resource, namespace, name)) return undefined
  const forbid = (why: string) => forbiddenStatus(resource, role.metadata.name ?? '', why)
  const missing = escalationError(index, user, namespace, role.rules ?? [])
  if (missing !== undefined) return forbid(missing)
  if (resource.resource === 'roles') return undefined
  const aggregates = [role, request.oldObject as ClusterRole | undefined].some(hasAggregationRule)
  if (aggregates && escalationError(index, user, namespace, fullAuthority) !== undefined) {
    return forbid('must have cluster-admin privileges to use the aggregationRule')
  }
  return undefined
}

function hasAggregationRule(role: ClusterRole | undefined): boolean {
  return (role?.aggregationRule?.clusterRoleSelectors ?? []).length > 0
}

function checkBinding(
  request: AdmissionRequest,
  binding: RoleBinding,
  authorizer: Authorizer,
  index: RbacIndex,
): Status | undefined {
  const { user, namespace, resource } = request
  const { kind, name } = binding.roleRef
  const roleResource = kind === 'ClusterRole' ? 'clusterroles' : kind === 'Role' ? 'roles' : undefined
  if (roleResource !== undefined && mayUse(authorizer, user, 'bind', roleResource, namespace, name)) return undefined
  if (roleResource === undefined) return failure(500, '', `unsupported role reference kind: ${goQuote(kind)}`)
  const referenced = index.referencedRules({ kind, name }, namespace)
  if (!referenced.ok) return roleNotFound(referenced)
  const missing = escalationError(index, user, namespace, referenced.rules)
  return missing === undefined ? undefined : forbiddenStatus(resource, binding.metadata.name ?? '', missing)
}

/** The cache that looks a role up calls its resource by the singular. Source: client-go listers/rbac/v1. */
function roleNotFound({ resource, name, error }: Exclude<ReferencedRules, { ok: true }>): Status {
  const kind = resource === 'roles' ? 'role' : 'clusterrole'
  return failure(404, 'NotFound', error, { name, group: rbacGroup, kind })
}

/** Source: pkg/registry/rbac/escalation_check.go, RoleEscalationAuthorized and BindingAuthorized. */
function mayUse(
  authorizer: Authorizer,
  user: UserInfo,
  verb: 'escalate' | 'bind',
  resource: string,
  namespace: string,
  name: string,
): boolean {
  const fixed = { resourceRequest: true, group: rbacGroup, version: '*', subresource: '', path: '' }
  return authorizer.authorize({ ...fixed, user, verb, resource, namespace, name }).decision === 'allow'
}

/**
 * What is said when the user does not hold all of `rules` already, or undefined.
 * Source: pkg/registry/rbac/validation/rule.go, ConfirmNoEscalation.
 */
function escalationError(
  index: RbacIndex,
  user: UserInfo,
  namespace: string,
  rules: readonly PolicyRule[],
): string | undefined {
  const own = index.rulesFor(user, namespace)
  const missing = uncoveredRules(
    own.rules.map(({ rule }) => rule),
    rules,
  )
  if (missing.length === 0) return undefined
  const texts = [...new Set(compactRules(missing).map(compactRuleText))].sort()
  const who = `user ${goQuote(user.name)} (groups=${quotedList(user.groups)})`
  const message = `${who} is attempting to grant RBAC permissions not currently held:\n${texts.join('\n')}`
  const errors = [...new Set(own.errors)]
  if (errors.length === 0) return message
  const aggregate = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`
  return `${message}; resolution errors: [${aggregate}]`
}
