import type { ContainerState, ContainerStatus, ResourceRequirements } from './container-status.ts'
import type { KubeObject, ObjectReference } from './meta.ts'
import type { Affinity, TopologySpreadConstraint } from './scheduling.ts'
import type { SecurityContext, WindowsSecurityContextOptions } from './security-context.ts'

// The kinds of core/v1 that podsim's rooms work with. Source: k8s.io/api core/v1/types.go.
type Strings = Readonly<Record<string, string>>

export interface Secret extends KubeObject {
  readonly immutable?: boolean
  /** Values in base64. */
  readonly data?: Strings
  readonly stringData?: Strings
  readonly type?: string
}

export interface ConfigMap extends KubeObject {
  readonly immutable?: boolean
  readonly data?: Strings
  readonly binaryData?: Strings
}

export interface LocalObjectReference {
  readonly name?: string
}

export interface ServiceAccount extends KubeObject {
  readonly secrets?: readonly ObjectReference[]
  readonly imagePullSecrets?: readonly LocalObjectReference[]
  readonly automountServiceAccountToken?: boolean
}

export interface Namespace extends KubeObject {
  readonly spec?: { readonly finalizers?: readonly string[] }
  readonly status?: { readonly phase?: string; readonly conditions?: readonly unknown[] }
}

export interface KeyToPath {
  readonly key: string
  readonly path: string
  readonly mode?: number
}

export interface SecretVolumeSource {
  readonly secretName?: string
  readonly items?: readonly KeyToPath[]
  readonly defaultMode?: number
  readonly optional?: boolean
}

export interface ConfigMapVolumeSource {
  readonly name?: string
  readonly items?: readonly KeyToPath[]
  readonly defaultMode?: number
  readonly optional?: boolean
}

export interface DownwardAPIVolumeFile {
  readonly path: string
  readonly fieldRef?: { readonly apiVersion?: string; readonly fieldPath: string }
  readonly resourceFieldRef?: { readonly containerName?: string; readonly resource: string; readonly divisor?: string }
  readonly mode?: number
}

export interface VolumeProjection {
  readonly secret?: { readonly name?: string; readonly items?: readonly KeyToPath[]; readonly optional?: boolean }
  readonly configMap?: { readonly name?: string; readonly items?: readonly KeyToPath[]; readonly optional?: boolean }
  readonly downwardAPI?: { readonly items?: readonly DownwardAPIVolumeFile[] }
  readonly serviceAccountToken?: {
    readonly audience?: string
    readonly expirationSeconds?: number
    readonly path: string
  }
}

export interface Volume {
  readonly name: string
  readonly secret?: SecretVolumeSource
  readonly configMap?: ConfigMapVolumeSource
  readonly projected?: { readonly sources?: readonly VolumeProjection[]; readonly defaultMode?: number }
  readonly downwardAPI?: { readonly items?: readonly DownwardAPIVolumeFile[]; readonly defaultMode?: number }
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string }
  readonly hostPath?: { readonly path: string; readonly type?: string }
  readonly [source: string]: unknown
}

export interface VolumeMount {
  readonly name: string
  readonly readOnly?: boolean
  readonly mountPath: string
  readonly subPath?: string
  readonly subPathExpr?: string
  readonly mountPropagation?: string
}

export interface EnvVarSource {
  readonly fieldRef?: { readonly apiVersion?: string; readonly fieldPath: string }
  readonly resourceFieldRef?: { readonly containerName?: string; readonly resource: string; readonly divisor?: string }
  readonly configMapKeyRef?: { readonly name?: string; readonly key: string; readonly optional?: boolean }
  readonly secretKeyRef?: { readonly name?: string; readonly key: string; readonly optional?: boolean }
  readonly fileKeyRef?: FileKeySelector
}

/** A variable in a file of a volume. Source: core/v1 types.go, FileKeySelector. */
export interface FileKeySelector {
  readonly volumeName: string
  readonly path: string
  readonly key: string
  readonly optional?: boolean
}

export interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: EnvVarSource
}

export interface EnvFromSource {
  readonly prefix?: string
  readonly configMapRef?: { readonly name?: string; readonly optional?: boolean }
  readonly secretRef?: { readonly name?: string; readonly optional?: boolean }
}

export interface Handler {
  readonly exec?: { readonly command?: readonly string[] }
  readonly httpGet?: {
    readonly path?: string
    readonly port: number | string
    readonly host?: string
    readonly scheme?: string
    readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[]
  }
  readonly tcpSocket?: { readonly port: number | string; readonly host?: string }
  readonly grpc?: { readonly port: number; readonly service?: string }
  readonly sleep?: { readonly seconds: number }
}

export interface Probe extends Handler {
  readonly initialDelaySeconds?: number
  readonly timeoutSeconds?: number
  readonly periodSeconds?: number
  readonly successThreshold?: number
  readonly failureThreshold?: number
  readonly terminationGracePeriodSeconds?: number
}

export interface ContainerPort {
  readonly name?: string
  readonly hostPort?: number
  readonly containerPort: number
  readonly protocol?: string
  readonly hostIP?: string
}

export type { ContainerState, ContainerStatus, ResourceRequirements, SecurityContext, WindowsSecurityContextOptions }

export interface Container {
  readonly name: string
  readonly image?: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly workingDir?: string
  readonly ports?: readonly ContainerPort[]
  readonly envFrom?: readonly EnvFromSource[]
  readonly env?: readonly EnvVar[]
  readonly resources?: ResourceRequirements
  readonly volumeMounts?: readonly VolumeMount[]
  readonly volumeDevices?: readonly { readonly name: string; readonly devicePath: string }[]
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
  readonly startupProbe?: Probe
  readonly lifecycle?: { readonly postStart?: Handler; readonly preStop?: Handler }
  readonly terminationMessagePath?: string
  readonly terminationMessagePolicy?: string
  readonly imagePullPolicy?: 'Always' | 'Never' | 'IfNotPresent'
  readonly securityContext?: SecurityContext
  readonly stdin?: boolean
  readonly stdinOnce?: boolean
  readonly tty?: boolean
  /** Init containers from v1.29 on: one that is to run as long as the Pod; others and other policies from v1.35 on. */
  readonly restartPolicy?: 'Always' | 'Never' | 'OnFailure'
  readonly restartPolicyRules?: readonly RestartRule[]
  readonly resizePolicy?: readonly { readonly resourceName: string; readonly restartPolicy: string }[]
}

/** When a container starts anew whatever its policy says. */
export interface RestartRule {
  readonly action: string
  readonly exitCodes?: { readonly operator: string; readonly values?: readonly number[] }
}

export interface EphemeralContainer extends Container {
  readonly targetContainerName?: string
}

export interface Toleration {
  readonly key?: string
  readonly operator?: 'Exists' | 'Equal'
  readonly value?: string
  readonly effect?: string
  readonly tolerationSeconds?: number
}

export interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
  readonly timeAdded?: string
}

export type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  TopologySpreadConstraint,
} from './scheduling.ts'

export interface PodSpec {
  readonly volumes?: readonly Volume[]
  readonly initContainers?: readonly Container[]
  readonly containers: readonly Container[]
  readonly ephemeralContainers?: readonly EphemeralContainer[]
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never'
  readonly terminationGracePeriodSeconds?: number
  readonly activeDeadlineSeconds?: number
  readonly dnsPolicy?: string
  readonly nodeSelector?: Strings
  readonly serviceAccountName?: string
  readonly serviceAccount?: string
  readonly automountServiceAccountToken?: boolean
  readonly nodeName?: string
  readonly hostNetwork?: boolean
  readonly hostUsers?: boolean
  readonly hostnameOverride?: string
  readonly setHostnameAsFQDN?: boolean
  readonly os?: { readonly name?: string }
  readonly hostPID?: boolean
  readonly hostIPC?: boolean
  readonly shareProcessNamespace?: boolean
  readonly securityContext?: {
    readonly fsGroup?: number
    readonly fsGroupChangePolicy?: string
    readonly runAsUser?: number
    readonly runAsGroup?: number
    readonly supplementalGroups?: readonly number[]
    readonly supplementalGroupsPolicy?: string
    readonly sysctls?: readonly { readonly name: string; readonly value: string }[]
    readonly windowsOptions?: WindowsSecurityContextOptions
    readonly [field: string]: unknown
  }
  readonly imagePullSecrets?: readonly LocalObjectReference[]
  readonly hostname?: string
  readonly subdomain?: string
  readonly affinity?: Affinity
  readonly schedulerName?: string
  readonly schedulingGates?: readonly { readonly name: string }[]
  readonly tolerations?: readonly Toleration[]
  readonly priorityClassName?: string
  readonly priority?: number
  readonly preemptionPolicy?: string
  readonly enableServiceLinks?: boolean
  readonly overhead?: Strings
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[]
  readonly readinessGates?: readonly { readonly conditionType: string }[]
  readonly hostAliases?: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[]
  readonly dnsConfig?: {
    readonly nameservers?: readonly string[]
    readonly searches?: readonly string[]
    readonly options?: readonly { readonly name?: string; readonly value?: string }[]
  }
  readonly runtimeClassName?: string
}

export interface PodCondition {
  readonly type: string
  readonly observedGeneration?: number
  readonly status: 'True' | 'False' | 'Unknown'
  readonly lastProbeTime?: string | null
  readonly lastTransitionTime?: string | null
  readonly reason?: string
  readonly message?: string
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'

export interface PodStatus {
  readonly phase?: PodPhase
  readonly conditions?: readonly PodCondition[]
  readonly message?: string
  readonly reason?: string
  readonly nominatedNodeName?: string
  readonly observedGeneration?: number
  readonly hostIP?: string
  readonly hostIPs?: readonly { readonly ip?: string }[]
  readonly podIP?: string
  readonly podIPs?: readonly { readonly ip?: string }[]
  readonly startTime?: string
  readonly initContainerStatuses?: readonly ContainerStatus[]
  readonly containerStatuses?: readonly ContainerStatus[]
  readonly ephemeralContainerStatuses?: readonly ContainerStatus[]
  readonly qosClass?: string
}

export interface Pod extends KubeObject {
  readonly spec: PodSpec
  readonly status?: PodStatus
}

export interface NodeCondition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly lastHeartbeatTime?: string
  readonly lastTransitionTime?: string
  readonly reason?: string
  readonly message?: string
}

export interface Node extends KubeObject {
  readonly spec?: {
    readonly podCIDR?: string
    readonly providerID?: string
    readonly unschedulable?: boolean
    readonly taints?: readonly Taint[]
  }
  readonly status?: {
    readonly capacity?: Strings
    readonly allocatable?: Strings
    readonly phase?: string
    readonly conditions?: readonly NodeCondition[]
    readonly addresses?: readonly { readonly type: string; readonly address: string }[]
    readonly nodeInfo?: Strings
    readonly images?: readonly { readonly names?: readonly string[]; readonly sizeBytes?: number }[]
    readonly [field: string]: unknown
  }
}

export interface EventSource {
  readonly component?: string
  readonly host?: string
}

export interface Event extends KubeObject {
  readonly involvedObject: ObjectReference
  readonly reason?: string
  readonly message?: string
  readonly source?: EventSource
  readonly firstTimestamp?: string | null
  readonly lastTimestamp?: string | null
  readonly count?: number
  readonly type?: string
  readonly eventTime?: string | null
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string; readonly state?: string }
  readonly action?: string
  readonly related?: ObjectReference
  readonly reportingComponent?: string
  readonly reportingInstance?: string
}
