import type { KubeObject, LabelSelector } from './meta.ts'

/** The kinds of rbac.authorization.k8s.io/v1. Source: k8s.io/api rbac/v1/types.go. */

export const rbacGroup = 'rbac.authorization.k8s.io'

export interface PolicyRule {
  readonly verbs?: readonly string[]
  readonly apiGroups?: readonly string[]
  /** `secrets`, `pods/log`, `*`, `*` + `/scale`. */
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

export interface Subject {
  readonly kind: string
  readonly apiGroup?: string
  readonly name: string
  /** Of a ServiceAccount. */
  readonly namespace?: string
}

export interface RoleRef {
  readonly apiGroup: string
  readonly kind: string
  readonly name: string
}

export interface Role extends KubeObject {
  readonly rules?: readonly PolicyRule[] | null
}

export interface ClusterRole extends KubeObject {
  readonly rules?: readonly PolicyRule[] | null
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] }
}

/** A RoleBinding or, without a namespace, a ClusterRoleBinding. */
export interface RoleBinding extends KubeObject {
  readonly subjects?: readonly Subject[] | null
  readonly roleRef: RoleRef
}
