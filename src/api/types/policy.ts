import type { KubeObject, LabelSelector } from './meta.ts'

/** A limit on disruptions that are not forced. Source: k8s.io/api policy/v1beta1/types.go. */
export interface PodDisruptionBudget extends KubeObject {
  readonly spec?: {
    readonly minAvailable?: number | string
    readonly maxUnavailable?: number | string
    readonly selector?: LabelSelector
    readonly unhealthyPodEvictionPolicy?: 'IfHealthyBudget' | 'AlwaysAllow'
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly disruptedPods?: Readonly<Record<string, string>>
    readonly disruptionsAllowed?: number
    readonly currentHealthy?: number
    readonly desiredHealthy?: number
    readonly expectedPods?: number
    readonly conditions?: readonly BudgetCondition[]
  }
}

/** Source: apimachinery meta/v1/types.go, Condition. */
export interface BudgetCondition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly observedGeneration: number
  readonly lastTransitionTime: string
  readonly reason: string
  readonly message: string
}
