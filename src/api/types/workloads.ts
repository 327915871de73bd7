import type { PodSpec } from './core.ts'
import type { JobPolicies } from './job-policies.ts'
import type { KubeObject, LabelSelector, ObjectMeta, ObjectReference } from './meta.ts'

/** Kinds that make Pods, as far as the API server looks into them. Source: k8s.io/api apps/v1, batch/v1, core/v1 types.go. */

export interface PodTemplateSpec {
  readonly metadata?: Partial<ObjectMeta>
  readonly spec?: PodSpec
}

export interface ReplicationController extends KubeObject {
  readonly spec?: {
    readonly replicas?: number
    readonly minReadySeconds?: number
    readonly selector?: Readonly<Record<string, string>>
    readonly template?: PodTemplateSpec
  }
  readonly status?: ReplicaStatus
}

/** Numbers of Pods that most workloads tell. */
export interface ReplicaStatus {
  readonly replicas?: number
  readonly fullyLabeledReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly updatedReplicas?: number
  readonly currentReplicas?: number
  readonly unavailableReplicas?: number
  readonly observedGeneration?: number
  readonly collisionCount?: number
  readonly [field: string]: unknown
}

export interface ReplicaSet extends KubeObject {
  readonly spec?: {
    readonly replicas?: number
    readonly minReadySeconds?: number
    readonly selector?: LabelSelector
    readonly template?: PodTemplateSpec
  }
  readonly status?: ReplicaStatus
}

export interface RollingUpdate {
  readonly maxUnavailable?: number | string
  readonly maxSurge?: number | string
  readonly partition?: number
}

export interface UpdateStrategy {
  readonly type?: string
  readonly rollingUpdate?: RollingUpdate
}

export interface Deployment extends KubeObject {
  readonly spec?: {
    readonly replicas?: number
    readonly selector?: LabelSelector
    readonly template?: PodTemplateSpec
    readonly strategy?: UpdateStrategy
    readonly minReadySeconds?: number
    readonly revisionHistoryLimit?: number
    readonly paused?: boolean
    readonly progressDeadlineSeconds?: number
  }
  readonly status?: ReplicaStatus
}

export interface StatefulSet extends KubeObject {
  readonly spec?: {
    readonly replicas?: number
    readonly selector?: LabelSelector
    readonly template?: PodTemplateSpec
    readonly volumeClaimTemplates?: readonly KubeObject[]
    readonly serviceName?: string
    readonly podManagementPolicy?: string
    readonly updateStrategy?: UpdateStrategy
    readonly revisionHistoryLimit?: number
    readonly minReadySeconds?: number
    readonly ordinals?: { readonly start?: number }
    readonly persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted?: string; readonly whenScaled?: string }
  }
  readonly status?: ReplicaStatus
}

export interface DaemonSet extends KubeObject {
  readonly spec?: {
    readonly selector?: LabelSelector
    readonly template?: PodTemplateSpec
    readonly updateStrategy?: UpdateStrategy
    readonly minReadySeconds?: number
    readonly revisionHistoryLimit?: number
  }
  readonly status?: {
    readonly currentNumberScheduled?: number
    readonly numberMisscheduled?: number
    readonly desiredNumberScheduled?: number
    readonly numberReady?: number
    readonly updatedNumberScheduled?: number
    readonly numberAvailable?: number
    readonly numberUnavailable?: number
    readonly observedGeneration?: number
    readonly collisionCount?: number
  }
}

export interface JobSpec extends JobPolicies {
  readonly parallelism?: number
  readonly completions?: number
  readonly activeDeadlineSeconds?: number
  readonly backoffLimit?: number
  readonly selector?: LabelSelector
  readonly manualSelector?: boolean
  readonly template?: PodTemplateSpec
  readonly ttlSecondsAfterFinished?: number
  readonly completionMode?: string
  readonly suspend?: boolean
}

export interface Job extends KubeObject {
  readonly spec?: JobSpec
  readonly status?: {
    readonly active?: number
    readonly succeeded?: number
    readonly failed?: number
    readonly startTime?: string
    readonly completionTime?: string
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
}

export interface CronJob extends KubeObject {
  readonly spec?: {
    readonly schedule?: string
    readonly timeZone?: string
    readonly startingDeadlineSeconds?: number
    readonly concurrencyPolicy?: string
    readonly suspend?: boolean
    readonly jobTemplate?: { readonly metadata?: Partial<ObjectMeta>; readonly spec?: JobSpec }
    readonly successfulJobsHistoryLimit?: number
    readonly failedJobsHistoryLimit?: number
  }
  readonly status?: { readonly active?: readonly ObjectReference[]; readonly lastScheduleTime?: string }
}

export interface PodTemplate extends KubeObject {
  readonly template?: PodTemplateSpec
}

export interface ControllerRevision extends KubeObject {
  readonly data?: unknown
  readonly revision?: number
}
