/** What is said of a kind that will go, or has a better one: since when, until when (0: nobody says), and which one. */
type Deprecation = readonly [since: number, until: number, instead?: string]

const v1 = (group: string, since: number, ...kinds: readonly string[]) =>
  kinds.map((kind) => [`${group}/v1beta1/${kind}`, [since, 22, `${group}/v1 ${kind}`]] as const)
const alone = (groupVersion: string, since: number, until: number, ...kinds: readonly string[]) =>
  kinds.map((kind) => [`${groupVersion}/${kind}`, [since, until]] as const)

/**
 * Kinds that every answer warns of, from v1.19 on. Sources: k8s.io/api v0.19 to v0.36, zz_generated.prerelease-lifecycle.go
 * (APILifecycleDeprecated, Removed, Replacement) and core/v1/lifecycle.go; of apiextensions-apiserver and kube-aggregator the same.
 */
const deprecations: Readonly<Record<string, Deprecation>> = Object.fromEntries<Deprecation>([
  ['v1/ComponentStatus', [19, 0]],
  ['v1/Endpoints', [33, 0, 'discovery.k8s.io/v1 EndpointSlice']],
  ...v1('admissionregistration.k8s.io', 16, 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'),
  ...v1('apiextensions.k8s.io', 16, 'CustomResourceDefinition'),
  ...v1('apiregistration.k8s.io', 19, 'APIService'),
  ...v1('authentication.k8s.io', 19, 'TokenReview'),
  ...v1('authorization.k8s.io', 19, 'LocalSubjectAccessReview', 'SelfSubjectAccessReview'),
  ...v1('authorization.k8s.io', 19, 'SelfSubjectRulesReview', 'SubjectAccessReview'),
  ...v1('certificates.k8s.io', 19, 'CertificateSigningRequest'),
  ...v1('coordination.k8s.io', 19, 'Lease'),
  ...v1('networking.k8s.io', 19, 'Ingress'),
  ...v1('rbac.authorization.k8s.io', 17, 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'),
  ...v1('scheduling.k8s.io', 14, 'PriorityClass'),
  ...v1('storage.k8s.io', 17, 'CSINode'),
  ...v1('storage.k8s.io', 19, 'CSIDriver', 'StorageClass', 'VolumeAttachment'),
  // The list stands there in the original, too.
  ['networking.k8s.io/v1beta1/IngressClass', [19, 22, 'networking.k8s.io/v1 IngressClassList']],
  ['extensions/v1beta1/Ingress', [14, 22, 'networking.k8s.io/v1 Ingress']],
  ['batch/v1beta1/CronJob', [21, 25, 'batch/v1 CronJob']],
  ['discovery.k8s.io/v1beta1/EndpointSlice', [21, 25, 'discovery.k8s.io/v1 EndpointSlice']],
  ['policy/v1beta1/PodDisruptionBudget', [21, 25, 'policy/v1 PodDisruptionBudget']],
  ['storage.k8s.io/v1beta1/CSIStorageCapacity', [24, 27, 'storage.k8s.io/v1 CSIStorageCapacity']],
  ['storage.k8s.io/v1beta1/VolumeAttributesClass', [34, 37, 'storage.k8s.io/v1 VolumeAttributesClass']],
  ['autoscaling/v2beta1/HorizontalPodAutoscaler', [22, 25, 'autoscaling/v2 HorizontalPodAutoscaler']],
  ['autoscaling/v2beta2/HorizontalPodAutoscaler', [23, 26, 'autoscaling/v2 HorizontalPodAutoscaler']],
  ...alone('policy/v1beta1', 21, 25, 'PodSecurityPolicy'),
  ...alone('events.k8s.io/v1beta1', 22, 25, 'Event'),
  ...alone('node.k8s.io/v1beta1', 22, 25, 'RuntimeClass'),
  ...alone('authentication.k8s.io/v1alpha1', 29, 32, 'SelfSubjectReview'),
  ...alone('authentication.k8s.io/v1beta1', 30, 33, 'SelfSubjectReview'),
  ...alone('certificates.k8s.io/v1alpha1', 34, 37, 'ClusterTrustBundle'),
  ...alone('networking.k8s.io/v1beta1', 34, 37, 'IPAddress', 'ServiceCIDR'),
  ...alone(
    'admissionregistration.k8s.io/v1alpha1',
    35,
    38,
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
  ),
  ...alone('coordination.k8s.io/v1alpha2', 35, 38, 'LeaseCandidate'),
  ...alone('coordination.k8s.io/v1beta1', 36, 39, 'LeaseCandidate'),
  ...alone('resource.k8s.io/v1alpha3', 36, 39, 'DeviceTaintRule'),
  ...(['DeviceClass', 'ResourceClaim', 'ResourceClaimTemplate', 'ResourceSlice'] as const).flatMap((kind) => [
    ...alone('resource.k8s.io/v1beta1', 35, 38, kind),
    ...alone('resource.k8s.io/v1beta2', 36, 39, kind),
  ]),
])

/** Before autoscaling/v2 there was its second beta. */
const newerBeta = 'autoscaling/v2beta2 HorizontalPodAutoscaler'

/** What an API server warns of whoever asks for a kind. Source: apiserver pkg/endpoints/deprecation/deprecation.go, WarningMessage. */
export function deprecationText(apiVersion: string, kind: string, minor: number): string | undefined {
  const known = deprecations[`${apiVersion}/${kind}`]
  if (known === undefined || minor < Math.max(known[0], warnsSince)) return undefined
  const [since, until, named] = known
  const instead = apiVersion === 'autoscaling/v2beta1' && minor < autoscalingV2 ? newerBeta : named
  const ends = until === 0 ? '' : `, unavailable in v1.${until}+`
  return `${apiVersion} ${kind} is deprecated in v1.${since}+${ends}${instead === undefined ? '' : `; use ${instead}`}`
}

/** Source: apiserver pkg/features/kube_features.go, WarningHeaders (beta in v1.19). */
const warnsSince = 19
const autoscalingV2 = 23
