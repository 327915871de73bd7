/** Rows of the API server's table (api-server.ts) about what later versions check, fill in and say of objects. */
export const laterRows = {
  omitsEmptyTimes: [
    34,
    'a creationTimestamp that is not set is not written, and nobody owns it',
    'apimachinery pkg/apis/meta/v1/types.go, omitzero (commit 503b9897)',
  ],
  namespacesMismatchAlike: [
    25,
    'a body of another namespace than its path is refused in one way, whatever is done with it',
    'apiserver pkg/endpoints/handlers/update.go, EnsureObjectNamespaceMatchesRequestNamespace (v1.25 has it, v1.21 has not; between was not looked up)',
  ],
  gatedPodsAreNotBound: [
    26,
    'a Pod that has scheduling gates is bound by nobody',
    'pkg/registry/core/pod/storage/storage.go, setPodNodeAndMetadata (v1.26 has it, v1.25 has not)',
  ],
  statusKeepsQosClass: [
    32,
    'a status without a qosClass keeps the one there is',
    'pkg/registry/core/pod/strategy.go, podStatusStrategy.PrepareForUpdate (v1.32 has it, v1.31 has not)',
  ],
  scalesMissTheirOwner: [
    33,
    'the scale of what is not there is told as that itself',
    'pkg/registry/apps/deployment/storage/storage.go, ScaleREST.Get (v1.33 passes the error on, v1.32 has its own)',
  ],
  warnsOfOrphans: [
    25,
    'who deletes a Job without saying what becomes of its Pods gets a warning',
    'pkg/registry/batch/job/storage/storage.go, Delete (v1.25 has it, v1.21 has not; between was not looked up)',
  ],
  strictAddresses: [
    36,
    'addresses have no leading zeros and are no IPv4 in IPv6, ranges have no bits beyond their length',
    'pkg/features/kube_features.go, StrictIPCIDRValidation (beta)',
  ],
  addressesAreToldAlike: [
    30,
    'what is no address and no range is told in one way everywhere, each with its index',
    'apimachinery pkg/util/validation/ip.go; pkg/apis/core/validation/validation.go (v1.30 has it, v1.29 has not)',
  ],
  searchesTakeUnderscores: [
    33,
    'search paths of DNS may have underscores, and be a dot alone',
    'pkg/features/kube_features.go, RelaxedDNSSearchValidation (beta)',
  ],
  sysctlsTakeSlashes: [
    23,
    'names of sysctls may have slashes',
    'pkg/apis/core/validation/validation.go, SysctlContainSlashFmt (v1.25 has it, v1.21 has not); the page about sysctls says v1.23',
  ],
  procMountsWantUsers: [
    30,
    'who unmasks /proc has users of his own: hostUsers is false',
    'pkg/apis/core/validation/validation.go, validateContainerSecurityContext (v1.30 has it, v1.29 has not)',
  ],
  requiredAffinitiesCheckValues: [
    32,
    'values in required node affinities must be ones that labels may have',
    'pkg/apis/core/validation/validation.go, AllowInvalidLabelValueInRequiredNodeAffinity (v1.32 has it, v1.31 has not)',
  ],
  missingDriversAreEnough: [
    35,
    'a CSI volume without a driver is told so and nothing else of its name',
    'pkg/apis/core/validation/validation.go, ValidateCSIDriverName (v1.35 returns, v1.34 goes on)',
  ],
  namesSecretsOfDrivers: [
    25,
    'paths of the Secrets of CSI volumes have no blank',
    'pkg/apis/core/validation/validation.go, validateCSIVolumeSource (v1.25 without, v1.21 with one; between was not looked up)',
  ],
  setsHaveLabelNames: [
    27,
    'names of StatefulSets are DNS labels',
    'pkg/apis/apps/validation/validation.go, ValidateStatefulSetName (v1.27 has it, v1.26 has not)',
  ],
  leasesCountWell: [
    25,
    'transitions of a Lease below zero are told in better words',
    'pkg/apis/coordination/validation/validation.go, ValidateLeaseSpec (v1.25 has them, v1.21 has not; between was not looked up)',
  ],
  rangesOfNodesAreToldOnce: [
    33,
    'a Node with one range twice hears of families alone',
    'pkg/apis/core/validation/validation.go, ValidateNode (v1.33 has no Duplicate, v1.32 has)',
  ],
  slicesTellAddressesOnce: [
    33,
    'what is wrong with an address of an EndpointSlice is told once, in the usual words',
    'pkg/apis/discovery/validation/validation.go, validateEndpoints (v1.33 has it, v1.32 has not)',
  ],
  negativeGraceIsOne: [
    27,
    'a negative grace period of a Pod becomes one second',
    'pkg/apis/core/v1/conversion.go, Convert_v1_Pod_To_core_Pod (v1.27 has it, v1.26 has not)',
  ],
  referencesNameNothing: [
    30,
    'a reference without a name is one to the empty name, whose owner is told so',
    'k8s.io/api core/v1/types.go, LocalObjectReference, +default="" (v1.30 has it, v1.29 has not)',
  ],
  servicesHaveLabelNames: [
    36,
    'names of Services may begin with a digit',
    'pkg/features/kube_features.go, RelaxedServiceNameValidation (beta)',
  ],
  warnsOfExternalIps: [
    36,
    'externalIPs of a Service get a warning',
    'pkg/api/service/warnings.go (v1.36.2 has it, v1.35 has not)',
  ],
  warnsOfTokensInAttributes: [
    35,
    'CSIDrivers get a warning that want tokens and do not say where',
    'pkg/registry/storage/csidriver/strategy.go (v1.35 has it, v1.34 has not)',
  ],
  warnsOfAffinityLabels: [
    25,
    'deprecated labels of nodes in node affinities get a warning, too',
    'pkg/api/pod/warnings.go, GetWarningsForNodeSelectorTerm (v1.25 has it; older ones were not looked up)',
  ],
  warnsOfAffinityValues: [
    33,
    'values in preferred node affinities that no label can have get a warning',
    'pkg/api/node/util.go, GetWarningsForNodeSelectorTerm (v1.33 has it, v1.32 has not)',
  ],
  warnsOfMasterLabels: [
    31,
    'three more labels of nodes are deprecated, node-role.kubernetes.io/master among them',
    'pkg/api/node/util.go, deprecatedNodeLabels (v1.31 has them, v1.30 has not)',
  ],
  warnsOfClaimSizes: [
    26,
    'sizes of ephemeral claims in parts of a byte get a warning',
    'pkg/api/persistentvolumeclaim/util.go, GetWarningsForPersistentVolumeClaimSpec (v1.26 has it, v1.25 has not)',
  ],
  warnsOfSeccompAnnotations: [
    27,
    'annotations of seccomp without the field get a warning',
    'pkg/api/pod/warnings.go (v1.27; the words of before were not looked up)',
  ],
  warnsOfHostIps: [
    28,
    'a hostIP without a hostPort gets a warning',
    'pkg/api/pod/warnings.go (v1.28 has it, v1.27 has not)',
  ],
  warnsOfPortNames: [
    33,
    'ports of one name in several containers get a warning',
    'pkg/api/pod/warnings.go (v1.33 has it, v1.32 has not)',
  ],
  warnsOfIgnoredServiceFields: [
    28,
    'fields of a Service that its type ignores get a warning',
    'pkg/api/service/warnings.go (v1.28 has it, v1.27 has not)',
  ],
  warnsOfHeadlessFields: [
    34,
    'fields that headless Services ignore get a warning',
    'pkg/api/service/warnings.go (v1.34 has it, v1.33 has not)',
  ],
  warnsOfTopologyHints: [
    27,
    'the annotation of topology hints gets a warning',
    'pkg/api/service/warnings.go (v1.27 has it, v1.26 has not)',
  ],
  warnsOfPreferClose: [
    35,
    'the traffic distribution PreferClose gets a warning',
    'pkg/api/service/warnings.go (v1.35 has it, v1.34 has not)',
  ],
  warnsOfPaths: [
    32,
    'volumes of keys with overlapping paths, and projections of nothing, get a warning',
    'pkg/api/pod/warnings.go (v1.32 has it, v1.31 has not)',
  ],
  jobsSayManualSelector: [
    29,
    'Jobs have `manualSelector: false`',
    'pkg/apis/batch/v1/defaults.go, SetDefaults_Job (v1.29 has it, v1.28 has not)',
  ],
  claimsNameSourcesTwice: [
    24,
    'where the data of a claim come from stands in dataSource and in dataSourceRef',
    'pkg/features/kube_features.go, AnyVolumeDataSource (beta)',
  ],
  claimsTellTheirSources: [
    26,
    'a source of a claim without a group is told which kind it must be',
    'pkg/apis/core/validation/validation.go, validateDataSource (v1.26 has it, v1.25 has not)',
  ],
  claimsCheckGroups: [
    29,
    'the group of the source of a claim is checked',
    'pkg/apis/core/validation/validation.go, validateDataSource (v1.29 has it, v1.28 has not)',
  ],
  targetsHaveGroups: [
    34,
    'what an autoscaler scales must be of a group',
    'pkg/apis/autoscaling/validation/validation.go, ValidateAPIVersion (v1.34 has it, v1.33 has not)',
  ],
  largestSizesAreRequired: [
    36,
    'an autoscaler without maxReplicas is told that it is required',
    'pkg/apis/autoscaling/validation/validation.go, validateHorizontalPodAutoscalerSpec (v1.36 has it, v1.35 has not)',
  ],
  revisionsAreObjects: [
    31,
    'the data of a new ControllerRevision are an object of JSON',
    'pkg/apis/apps/validation/validation.go, ValidateControllerRevisionCreate (v1.31 has it, v1.30 has not)',
  ],
  warnsOfNegativeLimits: [
    33,
    'a negative revisionHistoryLimit of a StatefulSet gets a warning',
    'pkg/registry/apps/statefulset/strategy.go (v1.33 has it, v1.32 has not)',
  ],
  missesPlainly: [
    34,
    'what IngressClasses, webhooks and definitions lack is required without a reason',
    'pkg/apis/networking/validation/validation.go, apiserver pkg/util/webhook/validation.go, apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go (v1.34 without, v1.33 with one)',
  ],
  networkKindsHaveTheirGroup: [
    29,
    'refusals of Ingresses and NetworkPolicies name networking.k8s.io, not extensions',
    'apiserver pkg/registry/rest/create.go, objectMetaAndKind: the kind that was registered first; v1.29 is built by Go 1.21, which initializes packages by their paths; recorded v1.36 and v1.23',
  ],
} as const
