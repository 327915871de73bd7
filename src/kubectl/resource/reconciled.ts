import { equalJson } from '../../api/json.ts'
import { uncoveredRules } from '../../api/rule-cover.ts'
import type { ClusterRole, PolicyRule, RoleBinding, Subject } from '../../api/types/rbac.ts'

/** What must be done so that an object says what is expected. Source: component-helpers auth/rbac/reconciliation. */
export type Operation = 'create' | 'update' | 'recreate' | 'none'

/** What was found. For Roles, rules; for bindings, subjects. */
export interface Reconciled<T> {
  readonly object: T
  readonly operation: Operation
  /** The object says that nobody shall reconcile it. */
  readonly isProtected: boolean
  readonly missing: readonly (PolicyRule | Subject)[]
  readonly extra: readonly (PolicyRule | Subject)[]
}

type Texts = Readonly<Record<string, string>> | undefined

/** Source: k8s.io/api rbac/v1/types.go, AutoUpdateAnnotationKey. */
const autoUpdate = 'rbac.authorization.kubernetes.io/autoupdate'

/** What is there wins. Source: merge. */
function merged(expected: Texts, existing: Texts): Texts {
  return expected === undefined && existing === undefined ? undefined : { ...expected, ...existing }
}

/** The existing object with labels and annotations of both. */
function withMetadata<T extends ClusterRole | RoleBinding>(existing: T, expected: T): T {
  const annotations = merged(expected.metadata.annotations, existing.metadata.annotations)
  const labels = merged(expected.metadata.labels, existing.metadata.labels)
  return {
    ...existing,
    metadata: {
      ...existing.metadata,
      ...(annotations === undefined ? {} : { annotations }),
      ...(labels === undefined ? {} : { labels }),
    },
  }
}

/** Source: reconcile_role.go, computeReconciledRole. */
export function reconciledRole(
  existing: ClusterRole,
  expected: ClusterRole,
  removesExtra: boolean,
): Reconciled<ClusterRole> {
  const [own, wanted] = [existing.rules ?? [], expected.rules ?? []]
  const missing = uncoveredRules(own, wanted)
  const areAggregated = existing.aggregationRule !== undefined && expected.aggregationRule !== undefined
  const extra = areAggregated ? [] : uncoveredRules(wanted, own)
  const based = withMetadata(existing, expected)
  const rules = removesExtra ? (missing.length + extra.length > 0 ? wanted : own) : [...own, ...missing]
  const ruled: ClusterRole = equalJson(rules, own) ? based : { ...based, rules }
  const object = withAggregation(ruled, existing, expected, removesExtra)
  return {
    object,
    operation: equalJson(object, existing) ? 'none' : 'update',
    isProtected: existing.metadata.annotations?.[autoUpdate] === 'false',
    missing,
    extra,
  }
}

function withAggregation(
  role: ClusterRole,
  { aggregationRule: existing }: ClusterRole,
  { aggregationRule: expected }: ClusterRole,
  removesExtra: boolean,
): ClusterRole {
  const { aggregationRule: _own, ...bare } = role
  if (expected === undefined) return existing === undefined ? role : bare
  const [own, wanted] = [existing?.clusterRoleSelectors ?? [], expected.clusterRoleSelectors ?? []]
  const beyond = (list: typeof own, others: typeof own) =>
    list.filter((one) => !others.some((other) => equalJson(one, other)))
  // Whoever has a rule covers one who has none.
  const missing = existing === undefined ? wanted : beyond(wanted, own)
  const extra = existing === undefined ? [] : beyond(own, wanted)
  if (removesExtra) return missing.length + extra.length > 0 ? { ...bare, aggregationRule: expected } : role
  return missing.length === 0 ? role : { ...bare, aggregationRule: { clusterRoleSelectors: [...own, ...missing] } }
}

/** Source: reconcile_rolebindings.go, computeReconciledRoleBinding. */
export function reconciledBinding(
  existing: RoleBinding,
  expected: RoleBinding,
  removesExtra: boolean,
): Reconciled<RoleBinding> {
  const isProtected = existing.metadata.annotations?.[autoUpdate] === 'false'
  if (!equalJson(expected.roleRef, existing.roleRef))
    return { object: expected, operation: 'recreate', isProtected, missing: [], extra: [] }
  const [own, wanted] = [existing.subjects ?? [], expected.subjects ?? []]
  const missing = without(wanted, own)
  const extra = without(own, wanted)
  const based = withMetadata(existing, expected)
  const isRight = removesExtra ? missing.length + extra.length === 0 : missing.length === 0
  const object: RoleBinding = isRight ? based : { ...based, subjects: removesExtra ? wanted : [...own, ...missing] }
  return { object, operation: equalJson(object, existing) ? 'none' : 'update', isProtected, missing, extra }
}

/** Each once. Source: diffSubjectLists. */
function without(list: readonly Subject[], others: readonly Subject[]): readonly Subject[] {
  return list.filter(
    (one, at) =>
      !others.some((other) => equalJson(one, other)) && list.findIndex((other) => equalJson(one, other)) === at,
  )
}
