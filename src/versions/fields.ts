/**
 * Fields that came or went between the two versions whose types are recorded, v1.18 and v1.36 (src/api/schema/generated).
 *
 * `since` is the first minor version whose types have the field, `on` the first in which the server keeps it without being told
 * to: until then its gate is off, and what is given is read, checked for its type and forgotten. `until` is the last minor version with
 * a field that went. Where only `since` stands, no gate is in between.
 *
 * Sources: published types of each release from v1.20 to v1.34 (`@schema` marks of the packages cdk8s-plus-20 to -34), for
 * what only a status has those of @kubernetes/client-node and staging/src/k8s.io/api at v1.19 and v1.23; for gates pkg/features/kube_features.go at v1.19, v1.23, v1.28 and
 * v1.35, and CHANGELOG-1.25 and -1.27 for ProbeTerminationGracePeriod and MinDomainsInPodTopologySpread.
 */
export interface FieldDates {
  readonly since?: number
  readonly on?: number
  readonly until?: number
}

/** Its gate is off in every version that podsim knows. */
const never = 99
const since = (minor: number, on?: number): FieldDates => (on === undefined ? { since: minor } : { since: minor, on })
const until = (minor: number): FieldDates => ({ until: minor })

const core = 'io.k8s.api.core.v1.'
const apps = 'io.k8s.api.apps.v1.'
const batch = 'io.k8s.api.batch.v1.'
const storage = 'io.k8s.api.storage.v1.'
const extensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.'
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.'

/** By OpenAPI name of the definition, then by name of the field. */
const dates: Readonly<Record<string, Readonly<Record<string, FieldDates>>>> = {
  [`${core}PodSpec`]: {
    setHostnameAsFQDN: since(19, 20),
    os: since(23, 24),
    hostUsers: since(25, 33),
    schedulingGates: since(26, 27),
    resourceClaims: since(26, 34),
    resources: since(32, 34),
    hostnameOverride: since(34, 35),
    schedulingGroup: since(36),
  },
  [`${core}PodSecurityContext`]: {
    seccompProfile: since(19),
    appArmorProfile: since(30),
    supplementalGroupsPolicy: since(31, 33),
    seLinuxChangePolicy: since(32, 33),
  },
  [`${core}SecurityContext`]: { seccompProfile: since(19), appArmorProfile: since(30) },
  [`${core}WindowsSecurityContextOptions`]: { hostProcess: since(22, 23) },
  // Sidecars have a gate that can be switched: src/apiserver/registry/kinds/pod.ts looks at it.
  [`${core}Container`]: { resizePolicy: since(27, 33), restartPolicy: since(28), restartPolicyRules: since(34, 35) },
  [`${core}EphemeralContainer`]: {
    resizePolicy: since(27, 33),
    restartPolicy: since(28),
    restartPolicyRules: since(34, 35),
  },
  [`${core}Probe`]: { terminationGracePeriodSeconds: since(21, 25), grpc: since(23, 24) },
  [`${core}Lifecycle`]: { stopSignal: since(33, never) },
  [`${core}LifecycleHandler`]: { sleep: since(29, 30) },
  [`${core}ResourceRequirements`]: { claims: since(26, 34) },
  [`${core}EnvVarSource`]: { fileKeyRef: since(34, 35) },
  [`${core}VolumeMount`]: { recursiveReadOnly: since(30, 31) },
  // Images have a gate that lets their volumes without a kind: src/apiserver/registry/kinds/pod.ts looks at it.
  [`${core}Volume`]: { ephemeral: since(19, 21), image: since(31) },
  [`${core}VolumeProjection`]: { clusterTrustBundle: since(29, never), podCertificate: since(34, never) },
  [`${core}PodAffinityTerm`]: {
    namespaceSelector: since(21, 22),
    matchLabelKeys: since(29, 31),
    mismatchLabelKeys: since(29, 31),
  },
  [`${core}TopologySpreadConstraint`]: {
    minDomains: since(24, 27),
    nodeAffinityPolicy: since(25, 26),
    nodeTaintsPolicy: since(25, 26),
    matchLabelKeys: since(25, 27),
  },
  [`${core}PodResourceClaim`]: { resourceClaimName: since(31), resourceClaimTemplateName: since(31) },
  [`${core}ResourceClaim`]: { request: since(31) },
  [`${core}PodStatus`]: {
    resize: since(27),
    hostIPs: since(28),
    resourceClaimStatuses: since(28),
    observedGeneration: since(33),
    extendedResourceClaimStatus: since(34),
    allocatedResources: since(35),
    resources: since(35),
    nodeAllocatableResourceClaimStatuses: since(36),
  },
  [`${core}PodCondition`]: { observedGeneration: since(33) },
  [`${core}ContainerStatus`]: {
    allocatedResources: since(27),
    resources: since(27),
    volumeMounts: since(30),
    user: since(31),
    allocatedResourcesStatus: since(31),
    stopSignal: since(33),
  },
  [`${core}ServiceSpec`]: {
    ipFamily: until(19),
    topologyKeys: until(21),
    clusterIPs: since(20),
    ipFamilies: since(20, 21),
    ipFamilyPolicy: since(20, 21),
    allocateLoadBalancerNodePorts: since(20, 22),
    loadBalancerClass: since(21, 22),
    internalTrafficPolicy: since(21, 22),
    trafficDistribution: since(30, 31),
  },
  [`${core}ServiceStatus`]: { conditions: since(20) },
  [`${core}LoadBalancerIngress`]: { ports: since(20), ipMode: since(29) },
  [`${core}EventSeries`]: { state: until(18) },
  [`${core}NodeStatus`]: { runtimeHandlers: since(30), features: since(31), declaredFeatures: since(35) },
  [`${core}NodeSystemInfo`]: { swap: since(33) },
  [`${core}PersistentVolumeClaimSpec`]: { dataSourceRef: since(22, 24), volumeAttributesClassName: since(29, 34) },
  [`${core}PersistentVolumeClaimStatus`]: {
    allocatedResources: since(23),
    allocatedResourceStatuses: since(28),
    currentVolumeAttributesClassName: since(29),
    modifyVolumeStatus: since(29),
  },
  [`${core}PersistentVolumeSpec`]: { volumeAttributesClassName: since(29, 34) },
  [`${core}PersistentVolumeStatus`]: { lastPhaseTransitionTime: since(28) },
  [`${core}CSIPersistentVolumeSource`]: { nodeExpandSecretRef: since(25, 27) },
  [`${apps}RollingUpdateDaemonSet`]: { maxSurge: since(21, 22) },
  [`${apps}StatefulSetSpec`]: {
    minReadySeconds: since(22, 23),
    persistentVolumeClaimRetentionPolicy: since(23, 27),
    ordinals: since(26, 27),
  },
  [`${apps}RollingUpdateStatefulSetStrategy`]: { maxUnavailable: since(24, 35) },
  [`${apps}StatefulSetStatus`]: { availableReplicas: since(22) },
  [`${apps}DeploymentStatus`]: { terminatingReplicas: since(33) },
  [`${apps}ReplicaSetStatus`]: { terminatingReplicas: since(33) },
  [`${batch}JobSpec`]: {
    completionMode: since(21, 22),
    suspend: since(21, 22),
    podFailurePolicy: since(25, 26),
    backoffLimitPerIndex: since(28, 29),
    maxFailedIndexes: since(28, 29),
    podReplacementPolicy: since(28, 29),
    successPolicy: since(30, 31),
    managedBy: since(30, 32),
  },
  [`${batch}JobStatus`]: {
    completedIndexes: since(21),
    uncountedTerminatedPods: since(22),
    ready: since(23),
    terminating: since(28),
    failedIndexes: since(28),
  },
  [`${batch}CronJobSpec`]: { timeZone: since(24, 25) },
  'io.k8s.api.autoscaling.v2.HPAScalingRules': { tolerance: since(33, 35) },
  'io.k8s.api.networking.v1.NetworkPolicyPort': { endPort: since(21, 22) },
  'io.k8s.api.discovery.v1.EndpointHints': { forNodes: since(33, 34) },
  'io.k8s.api.certificates.v1.CertificateSigningRequestSpec': { expirationSeconds: since(22) },
  'io.k8s.api.authorization.v1.ResourceAttributes': { fieldSelector: since(31, 32), labelSelector: since(31, 32) },
  'io.k8s.api.coordination.v1.LeaseSpec': { strategy: since(31, never), preferredHolder: since(31, never) },
  'io.k8s.api.admissionregistration.v1.MutatingWebhook': { matchConditions: since(27, 28) },
  'io.k8s.api.admissionregistration.v1.ValidatingWebhook': { matchConditions: since(27, 28) },
  [`${storage}CSIDriverSpec`]: {
    storageCapacity: since(19, 21),
    fsGroupPolicy: since(19, 20),
    tokenRequests: since(20, 21),
    requiresRepublish: since(20, 21),
    seLinuxMount: since(25, 28),
    nodeAllocatableUpdatePeriodSeconds: since(33, 35),
    serviceAccountTokenInSecrets: since(35),
    preventPodSchedulingIfMissing: since(35, never),
  },
  [`${storage}VolumeError`]: { errorCode: since(33) },
  [`${extensions}CustomResourceDefinitionVersion`]: {
    deprecated: since(19),
    deprecationWarning: since(19),
    selectableFields: since(30, 31),
  },
  [`${extensions}JSONSchemaProps`]: { 'x-kubernetes-validations': since(23, 25) },
  [`${extensions}ValidationRule`]: {
    messageExpression: since(27),
    reason: since(28),
    fieldPath: since(28),
    optionalOldSelf: since(29),
  },
  [`${extensions}CustomResourceDefinitionCondition`]: { observedGeneration: since(35) },
  [`${extensions}CustomResourceDefinitionStatus`]: { observedGeneration: since(35) },
  [`${meta}ObjectMeta`]: { clusterName: until(24) },
  [`${meta}ManagedFieldsEntry`]: { subresource: since(22) },
  [`${meta}DeleteOptions`]: { ignoreStoreReadErrorWithClusterBreakingPotential: since(32) },
  [`${meta}ListMeta`]: { shardInfo: since(36) },
}

const always: Readonly<Record<string, FieldDates>> = {}

/** The dates of a definition's fields, by name; a field without any has always been there. */
export function fieldDates(definition: string): Readonly<Record<string, FieldDates>> {
  return Object.hasOwn(dates, definition) ? (dates[definition] ?? always) : always
}

/** Whether the types of a minor version have the field. */
export function hasField({ since: first, until: last }: FieldDates, minor: number): boolean {
  return (first === undefined || first <= minor) && (last === undefined || minor <= last)
}

/** Whether the server of a minor version forgets the field, since its gate is off. */
export function isFieldOff({ on }: FieldDates, minor: number): boolean {
  return on !== undefined && minor < on
}
