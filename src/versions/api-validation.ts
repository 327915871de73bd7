/** Rows of the API server's table (api-server.ts) about how objects of small kinds are checked and filled in. */
export const validationRows = {
  portNamesWantALetter: [
    25,
    'a name of a port that has no letter is told so, not that it has neither letter nor number',
    'apimachinery pkg/util/validation/validation.go, IsValidPortName (v1.25 has it, v1.23.13 has not; v1.24 was not looked up)',
  ],
  containersShareOneCheck: [
    25,
    'init and ephemeral containers are checked as regular ones are, each container in the same order',
    'pkg/apis/core/validation/validation.go, validateContainerCommon; between v1.24.0-alpha.2 and v1.28',
  ],
  checksDeletionCosts: [
    22,
    'a controller.kubernetes.io/pod-deletion-cost must be a whole number of 32 bits',
    'pkg/apis/core/validation/validation.go, ValidatePodSpecificAnnotations; PodDeletionCost (beta)',
  ],
  tellsOfSidecars: [
    28,
    'the refusal of probes of init containers names restartPolicy=Always',
    'pkg/apis/core/validation/validation.go, validateInitContainers; SidecarContainers is alpha in v1.28',
  ],
  containersHaveRestartRules: [
    35,
    'any container has a restartPolicy of its own, with rules',
    'pkg/features/kube_features.go, ContainerRestartRules (beta)',
  ],
  rulesRestartAllContainers: [
    36,
    'a rule may restart all containers of the Pod',
    'pkg/features/kube_features.go, RestartAllContainersOnContainerExits (beta)',
  ],
  definitionsAreDeprecated: [
    19,
    'versions of definitions may be deprecated',
    'apiextensions-apiserver pkg/apis/apiextensions/types.go; CHANGELOG-1.19',
  ],
  definitionsSelectFields: [
    30,
    'versions of definitions name fields to select by',
    'apiextensions-apiserver pkg/apis/apiextensions/types.go, SelectableFields; CustomResourceFieldSelectors (alpha)',
  ],
  podsResizeInPlace: [
    33,
    'Pods that run get other amounts of CPU and memory',
    'pkg/features/kube_features.go, InPlacePodVerticalScaling (beta)',
  ],
  memoryLimitsShrink: [
    34,
    'limits of memory may be less after a resize without a new start',
    'pkg/apis/core/validation/validation.go, validateContainerResize; KEP 1287, Memory Limit Decreases',
  ],
  initContainersResizeInPlace: [
    36,
    'init containers that end are not restarted by a resize',
    'pkg/features/kube_features.go, InPlacePodVerticalScalingInitContainers (beta)',
  ],
  spreadingMergesKeys: [
    34,
    'matchLabelKeys of spread constraints become part of the selector',
    'pkg/features/kube_features.go, MatchLabelKeysInPodTopologySpreadSelectorMerge (beta)',
  ],
  spreadingChecksSelectors: [
    27,
    'selectors of spread constraints are checked',
    'pkg/apis/core/validation/validation.go, validateTopologySpreadConstraints; CHANGELOG-1.27 (#111802)',
  ],
  ownUsersHaveNoDevices: [
    30,
    'Pods with users of their own have no block devices',
    'pkg/apis/core/validation/validation.go, validateHostUsers at v1.36; older versions not known',
  ],
  systemsMissPlainly: [
    36,
    "a Pod's system without a name is required without a reason",
    'pkg/apis/core/validation/validation.go, validateOS; between v1.24 and v1.36',
  ],
  tellsOfZeroSleeps: [
    32,
    'the refusal of a hook that sleeps 0 s names a gate',
    'pkg/apis/core/validation/validation.go, validateSleepAction at master before v1.33',
  ],
  sleepsMayBeZero: [
    33,
    'a hook may sleep 0 s',
    'pkg/features/kube_features.go, PodLifecycleSleepActionAllowZero (beta)',
  ],
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
  driversMayChangePolicies: [
    29,
    'fsGroupPolicy and podInfoOnMount of CSIDrivers may be changed',
    'k8s.io/api storage/v1/types.go, CSIDriverSpec: immutable in Kubernetes < 1.29',
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
  differencesAreTerse: [
    20,
    'what is equal beside a difference is shown without types, and in part',
    'vendor/modules.txt: github.com/google/go-cmp v0.4.0 in v1.19, v0.5.2 in v1.20; v0.5.5 in built v1.23.13',
  ],
  mergedListsKeepNulls: [
    23,
    'lists of a merge patch keep their nulls',
    'vendor/modules.txt: github.com/evanphx/json-patch v4.12.0 of v1.23, merge.go, pruneAryNulls; between v1.19 and v1.23',
  ],
  selectorValuesAreChecked: [
    26,
    'values in expressions of label selectors must be ones that labels may have',
    'apimachinery pkg/apis/meta/v1/validation/validation.go, ValidateLabelSelectorRequirement; CHANGELOG-1.26 (#113699)',
  ],
  externalPoliciesFitTypes: [
    23,
    'traffic policies and ports of health checks must fit the type of a Service',
    'pkg/apis/core/validation/validation.go, validateServiceExternalTrafficPolicy; built v1.23.13; between v1.19 and v1.23',
  ],
  allocatesBeforeChecks: [
    23,
    'addresses and ports of a Service are drawn before it is looked at',
    'pkg/registry/core/service/storage/storage.go, beginCreate; built v1.23.13',
  ],
  namesHaveNoInternalPolicy: [
    24,
    'a Service of type ExternalName gets no internalTrafficPolicy',
    'pkg/apis/core/v1/defaults.go, SetDefaults_Service; CHANGELOG-1.24 (#104846)',
  ],
  externalIpsHavePolicies: [
    29,
    'a Service with externalIPs has an externalTrafficPolicy',
    'pkg/api/service/util.go, ExternallyAccessible; CHANGELOG-1.29 (#119150)',
  ],
  tellsMixedProtocolsLast: [
    20,
    'a load balancer of several protocols is refused in other words',
    'pkg/apis/core/validation/conditional_validation.go, validateMixedProtocolLBService; CHANGELOG-1.20 (#94028)',
  ],
  balancersMixProtocols: [
    24,
    'a load balancer may have ports of several protocols',
    'pkg/features/kube_features.go, MixedProtocolLBService (beta)',
  ],
  definitionsV1: [
    22,
    'only apiextensions.k8s.io/v1 serves CustomResourceDefinitions, whose schemas are structural',
    'apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go; CHANGELOG-1.22',
  ],
} as const
