/** What a Job does about Pods that fail, and when it has succeeded. Source: k8s.io/api batch/v1/types.go. */
export interface JobPolicies {
  /** Of a Job of mode Indexed: how often the Pods of one index may fail. */
  readonly backoffLimitPerIndex?: number
  readonly maxFailedIndexes?: number
  readonly podFailurePolicy?: { readonly rules?: readonly PodFailureRule[] }
  readonly successPolicy?: { readonly rules?: readonly SuccessRule[] }
  readonly podReplacementPolicy?: string
  /** Another controller that counts its Pods: `acme.io/queue`. */
  readonly managedBy?: string
}

/** Source: PodFailurePolicyRule. */
export interface PodFailureRule {
  readonly action?: string
  readonly onExitCodes?: ExitCodes
  readonly onPodConditions?: readonly PodConditionPattern[]
}

/** Source: PodFailurePolicyOnExitCodesRequirement. */
export interface ExitCodes {
  readonly containerName?: string
  readonly operator?: string
  readonly values?: readonly number[]
}

/** Source: PodFailurePolicyOnPodConditionsPattern. */
export interface PodConditionPattern {
  readonly type?: string
  readonly status?: string
}

/** Source: SuccessPolicyRule. */
export interface SuccessRule {
  /** `0,2-5`. */
  readonly succeededIndexes?: string
  readonly succeededCount?: number
}
