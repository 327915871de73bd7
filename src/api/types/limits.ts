import type { KubeObject } from './meta.ts'

type Amounts = Readonly<Record<string, string>>

/** Source: k8s.io/api core/v1/types.go. */
export interface LimitRangeItem {
  readonly type?: string
  readonly max?: Amounts
  readonly min?: Amounts
  readonly default?: Amounts
  readonly defaultRequest?: Amounts
  readonly maxLimitRequestRatio?: Amounts
}

export interface LimitRange extends KubeObject {
  readonly spec?: { readonly limits?: readonly LimitRangeItem[] }
}

export interface ScopedResourceSelectorRequirement {
  readonly scopeName: string
  readonly operator: string
  readonly values?: readonly string[]
}

export interface ResourceQuota extends KubeObject {
  readonly spec?: {
    readonly hard?: Amounts
    readonly scopes?: readonly string[]
    readonly scopeSelector?: { readonly matchExpressions?: readonly ScopedResourceSelectorRequirement[] }
  }
  readonly status?: { readonly hard?: Amounts; readonly used?: Amounts }
}
