/**
 * What came to the API between v1.18 and v1.36 and what went, by group and version, or by kind where only one of a group came.
 * The documents of both ends are recorded: what stands in both has no row. Sources: staging/src/k8s.io/api,
 * zz_generated.prerelease-lifecycle.go (APILifecycleIntroduced, APILifecycleRemoved); for apiextensions and apiregistration
 * the deprecation guide. Alpha versions are off unless they are asked for, and are served where they were recorded.
 */
const came: Readonly<Record<string, number>> = {
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy': 36,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding': 36,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': 30,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': 30,
  'admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy': 34,
  'admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicyBinding': 34,
  'authentication.k8s.io/v1/SelfSubjectReview': 28,
  'autoscaling/v2': 23,
  'batch/v1/CronJob': 21,
  'certificates.k8s.io/v1': 19,
  'certificates.k8s.io/v1beta1/ClusterTrustBundle': 33,
  'certificates.k8s.io/v1beta1/PodCertificateRequest': 35,
  'coordination.k8s.io/v1beta1/LeaseCandidate': 33,
  'discovery.k8s.io/v1': 21,
  'events.k8s.io/v1': 19,
  // v1 came with v1.29; its betas since v1.20 are not recorded, so their kinds are served as v1 (docs/fidelity.md).
  'flowcontrol.apiserver.k8s.io/v1': 20,
  'networking.k8s.io/v1/Ingress': 19,
  'networking.k8s.io/v1/IngressClass': 19,
  'networking.k8s.io/v1/IPAddress': 33,
  'networking.k8s.io/v1/ServiceCIDR': 33,
  'networking.k8s.io/v1beta1/IPAddress': 31,
  'networking.k8s.io/v1beta1/ServiceCIDR': 31,
  'node.k8s.io/v1': 20,
  'policy/v1/Eviction': 22,
  'policy/v1/PodDisruptionBudget': 21,
  'resource.k8s.io/v1': 34,
  'resource.k8s.io/v1beta1': 32,
  'resource.k8s.io/v1beta2': 33,
  'resource.k8s.io/v1beta2/DeviceTaintRule': 36,
  'storage.k8s.io/v1/CSIStorageCapacity': 24,
  'storage.k8s.io/v1/VolumeAttributesClass': 34,
  'storage.k8s.io/v1beta1/VolumeAttributesClass': 31,
  'storagemigration.k8s.io/v1beta1': 35,
}

const went: Readonly<Record<string, number>> = {
  'admissionregistration.k8s.io/v1beta1/MutatingWebhookConfiguration': 22,
  'admissionregistration.k8s.io/v1beta1/ValidatingWebhookConfiguration': 22,
  'apiextensions.k8s.io/v1beta1': 22,
  'apiregistration.k8s.io/v1beta1': 22,
  'authentication.k8s.io/v1beta1': 22,
  'authorization.k8s.io/v1beta1': 22,
  'autoscaling/v2beta1': 25,
  'autoscaling/v2beta2': 26,
  'batch/v1beta1': 25,
  'certificates.k8s.io/v1beta1/CertificateSigningRequest': 22,
  'coordination.k8s.io/v1beta1/Lease': 22,
  'discovery.k8s.io/v1beta1': 25,
  'events.k8s.io/v1beta1': 25,
  'extensions/v1beta1': 22,
  'networking.k8s.io/v1beta1/Ingress': 22,
  'networking.k8s.io/v1beta1/IngressClass': 22,
  'node.k8s.io/v1beta1': 25,
  'policy/v1beta1': 25,
  'rbac.authorization.k8s.io/v1beta1': 22,
  'scheduling.k8s.io/v1beta1': 22,
  'settings.k8s.io/v1alpha1': 20,
  'storage.k8s.io/v1beta1/CSIDriver': 22,
  'storage.k8s.io/v1beta1/CSINode': 22,
  'storage.k8s.io/v1beta1/StorageClass': 22,
  'storage.k8s.io/v1beta1/VolumeAttachment': 22,
}

/** Alpha versions that the newest document has. */
const newestMinor = 36

/** Whether a minor version serves a kind that stands in one of the two documents. */
export function servesKind(
  { group, version, kind }: { readonly group: string; readonly version: string; readonly kind: string },
  minor: number,
): boolean {
  const row = (table: Readonly<Record<string, number>>): number | undefined =>
    table[`${group}/${version}/${kind}`] ?? table[`${group}/${version}`]
  const [since, until] = [row(came), row(went)]
  if (since === undefined && until === undefined && version.includes('alpha')) return minor === newestMinor
  return minor >= (since ?? 0) && minor < (until ?? Number.POSITIVE_INFINITY)
}

/**
 * Subresources of kinds that were always there. Sources: pkg/features/kube_features.go, EphemeralContainers and
 * InPlacePodVerticalScaling (on unless switched), TokenRequest (for everybody).
 */
const subresourcesCame: Readonly<Record<string, number>> = {
  'pods/ephemeralcontainers': 23,
  'pods/resize': 33,
  'serviceaccounts/token': 20,
}

/** Verbs of core kinds that were always there. Source: pkg/registry/core/service/storage, a generic store since v1.23; recorded v1.23. */
const verbsCame: Readonly<Record<string, readonly [verb: string, since: number] | undefined>> = {
  services: ['deletecollection', 23],
}

/** The verb that a core resource got on its way. */
export function youngVerb(resource: string, minor: number): string | undefined {
  const [verb, since] = verbsCame[resource] ?? ['', Number.POSITIVE_INFINITY]
  return minor >= since ? verb : undefined
}

/** Whether a minor version serves a subresource of the core group that stands in the newer document; both take names in plural. */
export function servesSubresource(resource: string, subresource: string, minor: number): boolean {
  return minor >= (subresourcesCame[`${resource}/${subresource}`] ?? 0)
}
