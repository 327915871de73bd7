/** Rows of the API server's table (api-server.ts) about how objects of small kinds are checked and filled in. */
export const validationRows = {
  ingressClassesHaveScopes: [
    22,
    'the parameters of IngressClasses have a scope and may be of a namespace',
    'pkg/features/kube_features.go, IngressClassNamespacedParams (beta); CHANGELOG-1.22',
  ],
  policiesHaveEndPorts: [
    22,
    'ports of NetworkPolicies may be ranges',
    'pkg/features/kube_features.go, NetworkPolicyEndPort (beta); CHANGELOG-1.22 (#102834)',
  ],
  ingressesMayNameTheirClassTwice: [
    28,
    'an Ingress may name its class in the annotation and in the field, when both are the same',
    'pkg/apis/networking/validation/validation.go, ValidateIngressCreate; between v1.23 and v1.28',
  ],
  signingRequestsMissPlainly: [
    28,
    'what a CertificateSigningRequest lacks is required without a reason',
    'pkg/apis/certificates/validation/validation.go, validateCertificateSigningRequest; between v1.23 and v1.28',
  ],
  driversHaveGroupPolicies: [
    20,
    'CSIDrivers have an fsGroupPolicy',
    'pkg/features/kube_features.go, CSIVolumeFSGroupPolicy (beta)',
  ],
  driversHaveCapacities: [
    21,
    'CSIDrivers have storageCapacity',
    'pkg/features/kube_features.go, CSIStorageCapacity (beta)',
  ],
  driversGetTokens: [
    21,
    'CSIDrivers have tokenRequests and requiresRepublish',
    'pkg/features/kube_features.go, CSIServiceAccountToken (beta)',
  ],
  driversMountWithLabels: [
    28,
    'CSIDrivers have seLinuxMount',
    'pkg/features/kube_features.go, SELinuxMountReadWriteOncePod (beta; off again in v1.27.1: CHANGELOG-1.27)',
  ],
  addressesHaveTwoExamples: [
    20,
    'what is no address is told with examples of both versions',
    'apimachinery pkg/util/validation/validation.go, IsValidIP; between v1.19 and v1.23',
  ],
  quotasKnowAffinities: [
    22,
    'quotas may be of Pods with affinity to those of other namespaces',
    'pkg/features/kube_features.go, PodAffinityNamespaceSelector (beta)',
  ],
  quotasNameAffinities: [
    21,
    'the scope of affinities is named among those that must exist',
    'pkg/apis/core/validation/validation.go, validateScopedResourceSelectorRequirement; between v1.19 and v1.23',
  ],
  definitionsV1: [
    22,
    'only apiextensions.k8s.io/v1 serves CustomResourceDefinitions, whose schemas are structural',
    'apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go; CHANGELOG-1.22',
  ],
} as const
