import type { KubeObject } from '../../api/types/meta.ts'
import {
  type ClusterRole,
  type PolicyRule,
  type Role,
  type RoleBinding,
  rbacGroup,
  type Subject,
} from '../../api/types/rbac.ts'
import type { UserInfo } from '../../client/client.ts'
import { goQuote } from '../../go/quote.ts'
import type { StoredResource } from '../store.ts'
import { serviceAccountUserName } from './users.ts'

/** A rule that applies to somebody, and whence: `ClusterRoleBinding "x" of ClusterRole "y" to User "z"`. */
export interface AppliedRule {
  readonly rule: PolicyRule
  readonly source: () => string
}

/** What holds for one user in one namespace. */
export interface AppliedRules {
  readonly rules: readonly AppliedRule[]
  /** Bindings to roles that do not exist, as `role.rbac.authorization.k8s.io "x" not found`. */
  readonly errors: readonly string[]
}

/** The rules of a role that a binding refers to, or why they are not known. */
export type ReferencedRules =
  | { readonly ok: true; readonly rules: readonly PolicyRule[] }
  | { readonly ok: false; readonly resource: 'roles' | 'clusterroles'; readonly name: string; readonly error: string }

/**
 * Roles and bindings by the subjects they are for, kept up to date object by object, so that answering who may do what
 * looks only at bindings that concern the user. Where real RBAC walks its caches in no order, this goes by name.
 */
export interface RbacIndex {
  /** Counts changes: what was computed under another number may be wrong. */
  readonly generation: number
  /** Takes note of a change of any object; those of other groups are ignored. */
  observe(resource: StoredResource, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void
  /** Source: pkg/registry/rbac/validation/rule.go, VisitRulesFor. `namespace` is empty for the whole cluster. */
  rulesFor(user: UserInfo, namespace: string): AppliedRules
  /** Source: pkg/registry/rbac/validation/rule.go, GetRoleReferenceRules. */
  referencedRules(roleRef: { readonly kind: string; readonly name: string }, namespace: string): ReferencedRules
  /** All that it knows, for others that go on from there; neither changes it any more. */
  atRest(): RbacKnown
  /** Knows this instead of nothing. */
  goOnFrom(rest: RbacKnown): void
}

/** Roles and bindings as an index keeps them. */
export interface RbacKnown {
  readonly generation: number
  readonly roles: Map<string, Map<string, Role>>
  readonly clusterRoles: Map<string, ClusterRole>
  readonly bindings: Map<string, BindingSet>
}

/** Bindings of one namespace (or of the cluster) by subject. */
interface BindingSet {
  readonly byName: Map<string, RoleBinding>
  readonly bySubject: Map<string, Set<string>>
}

export function createRbacIndex(): RbacIndex {
  let roles = new Map<string, Map<string, Role>>()
  let clusterRoles = new Map<string, ClusterRole>()
  let bindings = new Map<string, BindingSet>()
  /** Others know the same maps: whoever takes note of a change makes maps of its own first. */
  let isShared = false
  const ownMaps = (): void => {
    isShared = false
    roles = new Map([...roles].map(([namespace, inNamespace]) => [namespace, new Map(inNamespace)]))
    clusterRoles = new Map(clusterRoles)
    bindings = new Map(
      [...bindings].map(([namespace, { byName, bySubject }]) => [
        namespace,
        {
          byName: new Map(byName),
          bySubject: new Map([...bySubject].map(([subject, names]) => [subject, new Set(names)])),
        },
      ]),
    )
  }

  const bindingsOf = (namespace: string): BindingSet => {
    const known = bindings.get(namespace)
    if (known !== undefined) return known
    const created: BindingSet = { byName: new Map(), bySubject: new Map() }
    bindings.set(namespace, created)
    return created
  }

  const referencedRules: RbacIndex['referencedRules'] = ({ kind, name }, namespace) => {
    if (kind === 'ClusterRole') {
      const role = clusterRoles.get(name)
      if (role === undefined) return missing('clusterroles', 'clusterrole', name)
      return { ok: true, rules: role.rules ?? [] }
    }
    const role = roles.get(namespace)?.get(name)
    return role === undefined ? missing('roles', 'role', name) : { ok: true, rules: role.rules ?? [] }
  }

  const collect = (user: UserInfo, namespace: string, into: { rules: AppliedRule[]; errors: string[] }): void => {
    const set = bindings.get(namespace)
    if (set === undefined) return
    const names = new Set<string>()
    for (const key of subjectKeysOf(user)) for (const name of set.bySubject.get(key) ?? []) names.add(name)
    for (const name of [...names].sort()) {
      const binding = set.byName.get(name)
      if (binding === undefined) continue
      const referenced = referencedRules(binding.roleRef, namespace)
      if (!referenced.ok) into.errors.push(referenced.error)
      else if (referenced.rules.length > 0) {
        let described: string | undefined
        const source = () => {
          described ??= describeBinding(binding, namespace, user)
          return described
        }
        for (const rule of referenced.rules) into.rules.push({ rule, source })
      }
    }
  }

  const index: { -readonly [K in keyof RbacIndex]: RbacIndex[K] } = {
    generation: 0,
    referencedRules,
    atRest() {
      isShared = true
      return { generation: index.generation, roles, clusterRoles, bindings }
    },
    goOnFrom(rest) {
      isShared = true
      index.generation = rest.generation
      roles = rest.roles
      clusterRoles = rest.clusterRoles
      bindings = rest.bindings
    },
    rulesFor(user, namespace) {
      const found = { rules: [], errors: [] }
      collect(user, '', found)
      if (namespace !== '') collect(user, namespace, found)
      return found
    },
    observe(resource, type, object) {
      if (!resource.endsWith(rbacGroup)) return
      if (isShared) ownMaps()
      index.generation++
      const { name, namespace = '' } = object.metadata
      const stays = type !== 'DELETED'
      switch (resource) {
        case `clusterroles.${rbacGroup}`:
          return setOrDelete(clusterRoles, name, stays ? object : undefined)
        case `roles.${rbacGroup}`: {
          const inNamespace = roles.get(namespace) ?? new Map<string, Role>()
          roles.set(namespace, inNamespace)
          return setOrDelete(inNamespace, name, stays ? object : undefined)
        }
        case `rolebindings.${rbacGroup}`:
        case `clusterrolebindings.${rbacGroup}`:
          // Objects of these resources have this shape: the strategy validated it.
          return setBinding(bindingsOf(namespace), namespace, object as RoleBinding, stays)
      }
    },
  }
  return index
}

function missing(resource: 'roles' | 'clusterroles', singular: string, name: string): ReferencedRules {
  return { ok: false, resource, name, error: `${singular}.${rbacGroup} ${goQuote(name)} not found` }
}

function setOrDelete<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}

function setBinding(set: BindingSet, namespace: string, binding: RoleBinding, stays: boolean): void {
  const name = binding.metadata.name
  const before = set.byName.get(name)
  for (const subject of before?.subjects ?? []) set.bySubject.get(subjectKey(subject, namespace))?.delete(name)
  setOrDelete(set.byName, name, stays ? binding : undefined)
  if (!stays) return
  for (const subject of binding.subjects ?? []) {
    const key = subjectKey(subject, namespace)
    const names = set.bySubject.get(key) ?? new Set()
    names.add(name)
    set.bySubject.set(key, names)
  }
}

/** Users and service accounts share user names. Source: pkg/registry/rbac/validation/rule.go, appliesToUser. */
function subjectKey(subject: Subject, namespace: string): string {
  if (subject.kind === 'Group') return `group ${subject.name}`
  if (subject.kind !== 'ServiceAccount') return `user ${subject.name}`
  const accountNamespace = subject.namespace || namespace
  return accountNamespace === '' ? '' : `user ${serviceAccountUserName(accountNamespace, subject.name)}`
}

function subjectKeysOf(user: UserInfo): readonly string[] {
  return [`user ${user.name}`, ...user.groups.map((group) => `group ${group}`)]
}

/** Source: pkg/registry/rbac/validation/rule.go, roleBindingDescriber: a RoleBinding is `"name/namespace"`. */
function describeBinding(binding: RoleBinding, namespace: string, user: UserInfo): string {
  const keys = subjectKeysOf(user)
  const subject = binding.subjects?.find((candidate) => keys.includes(subjectKey(candidate, namespace)))
  const { kind, name } = binding.roleRef
  const to = subject === undefined ? '' : describeSubject(subject, namespace)
  const own = binding.metadata.name
  const title =
    namespace === '' ? `ClusterRoleBinding ${goQuote(own)}` : `RoleBinding ${goQuote(`${own}/${namespace}`)}`
  return `${title} of ${kind} ${goQuote(name)} to ${to}`
}

function describeSubject(subject: Subject, namespace: string): string {
  const isAccount = subject.kind === 'ServiceAccount'
  const name = isAccount ? `${subject.name}/${subject.namespace || namespace}` : subject.name
  return `${subject.kind} ${goQuote(name)}`
}
