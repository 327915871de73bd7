import type { PodSpec } from './core.ts'
import type { JobPolicies } from './job-policies.ts'
import type { KubeObject, LabelSelector, ObjectMeta } from './meta.ts'

/** Kinds of apps/v1, batch/v1 and others that controllers work with. Source: k8s.io/api apps/v1, batch/v1 types.go. */

export interface PodTemplateSpec {
  readonly metadata?: Partial<ObjectMeta>
  readonly spec: PodSpec
}

export interface WorkloadCondition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly lastProbeTime?: string | null
  readonly lastUpdateTime?: string | null
  readonly lastTransitionTime?: string | null
  readonly reason?: string
  readonly message?: string
}

export interface ReplicaSetStatus {
  readonly replicas: number
  readonly fullyLabeledReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly observedGeneration?: number
  readonly conditions?: readonly WorkloadCondition[]
}

export interface ReplicaSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly minReadySeconds?: number
    readonly selector?: LabelSelector
    readonly template: PodTemplateSpec
  }
  readonly status?: ReplicaSetStatus
}

export interface ReplicationController extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly minReadySeconds?: number
    readonly selector?: Readonly<Record<string, string>>
    readonly template: PodTemplateSpec
  }
  readonly status?: ReplicaSetStatus
}

export type IntOrString = number | string

export interface DeploymentStatus {
  readonly observedGeneration?: number
  readonly replicas?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly unavailableReplicas?: number
  readonly conditions?: readonly WorkloadCondition[]
  readonly collisionCount?: number
}

export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly selector: LabelSelector
    readonly template: PodTemplateSpec
    readonly strategy?: {
      readonly type?: 'RollingUpdate' | 'Recreate'
      readonly rollingUpdate?: { readonly maxUnavailable?: IntOrString; readonly maxSurge?: IntOrString }
    }
    readonly minReadySeconds?: number
    readonly revisionHistoryLimit?: number
    readonly paused?: boolean
    readonly progressDeadlineSeconds?: number
  }
  readonly status?: DeploymentStatus
}

export interface ControllerRevision extends KubeObject {
  readonly data?: unknown
  readonly revision: number
}

export interface StatefulSetStatus {
  readonly observedGeneration?: number
  readonly replicas: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly currentReplicas?: number
  readonly updatedReplicas?: number
  readonly currentRevision?: string
  readonly updateRevision?: string
  readonly collisionCount?: number
  readonly conditions?: readonly WorkloadCondition[]
}

export interface StatefulSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly selector: LabelSelector
    readonly template: PodTemplateSpec
    readonly serviceName?: string
    readonly podManagementPolicy?: 'OrderedReady' | 'Parallel'
    readonly minReadySeconds?: number
    readonly ordinals?: { readonly start?: number }
    readonly persistentVolumeClaimRetentionPolicy?: {
      readonly whenDeleted?: 'Retain' | 'Delete'
      readonly whenScaled?: 'Retain' | 'Delete'
    }
    readonly updateStrategy?: {
      readonly type?: 'RollingUpdate' | 'OnDelete'
      readonly rollingUpdate?: { readonly partition?: number; readonly maxUnavailable?: IntOrString }
    }
    readonly revisionHistoryLimit?: number
  }
  readonly status?: StatefulSetStatus
}

export interface DaemonSetStatus {
  readonly currentNumberScheduled: number
  readonly numberMisscheduled: number
  readonly desiredNumberScheduled: number
  readonly numberReady: number
  readonly observedGeneration?: number
  readonly updatedNumberScheduled?: number
  readonly numberAvailable?: number
  readonly numberUnavailable?: number
  readonly collisionCount?: number
  readonly conditions?: readonly WorkloadCondition[]
}

export interface DaemonSet extends KubeObject {
  readonly spec: {
    readonly selector: LabelSelector
    readonly template: PodTemplateSpec
    readonly updateStrategy?: {
      readonly type?: 'RollingUpdate' | 'OnDelete'
      readonly rollingUpdate?: { readonly maxUnavailable?: IntOrString }
    }
    readonly minReadySeconds?: number
    readonly revisionHistoryLimit?: number
  }
  readonly status?: DaemonSetStatus
}

/** Uids of Pods. */
export interface UncountedTerminatedPods {
  readonly succeeded?: readonly string[]
  readonly failed?: readonly string[]
}

export interface JobStatus {
  readonly conditions?: readonly WorkloadCondition[]
  readonly startTime?: string
  readonly completionTime?: string
  readonly active?: number
  readonly ready?: number
  /** Pods that are being deleted. */
  readonly terminating?: number
  readonly succeeded?: number
  readonly failed?: number
  /** Those that have ended and are not in the counts yet. */
  readonly uncountedTerminatedPods?: UncountedTerminatedPods
  /** Of mode Indexed: `1,3-5`. */
  readonly completedIndexes?: string
  readonly failedIndexes?: string
}

export interface Job extends KubeObject {
  readonly spec: JobPolicies & {
    readonly parallelism?: number
    readonly completions?: number
    readonly activeDeadlineSeconds?: number
    readonly backoffLimit?: number
    readonly selector?: LabelSelector
    readonly template: PodTemplateSpec
    readonly ttlSecondsAfterFinished?: number
    readonly completionMode?: string
    readonly suspend?: boolean
  }
  readonly status?: JobStatus
}
