import { laterRows } from './api-later.ts'
import { podRows } from './api-pods.ts'
import { validationRows } from './api-validation.ts'
import { workloadRows } from './api-workloads.ts'
import { changes } from './changes.ts'

/** What the API server does from a minor version on. */
export const apiServer = changes({
  ...podRows,
  ...workloadRows,
  ...validationRows,
  ...laterRows,
  lowersYamlErrors: [
    31,
    '`unsupported map key` of a body in YAML begins in lower case',
    'apimachinery go.mod, sigs.k8s.io/yaml v1.4.0 since v0.31.0: yaml.go, convertToJSONableObject',
  ],
  keepsEmptyBytes: [
    28,
    'empty values stay empty when an object is patched: before they became nil, which etcd keeps as other bytes, so that a write follows that changes nothing',
    'apimachinery pkg/runtime/converter.go, sliceFromUnstructured; f3f45bf7',
  ],
  servicesHaveClusterIps: [
    20,
    'Services tell their addresses as a list, too',
    'pkg/registry/core/service/strategy.go, normalizeClusterIPs; CHANGELOG-1.20',
  ],
  servicesHaveFamilies: [
    21,
    'Services tell the families of their addresses',
    'pkg/features/kube_features.go, IPv6DualStack (beta)',
  ],
  servicesHaveInternalPolicies: [
    22,
    'Services have an internalTrafficPolicy',
    'pkg/features/kube_features.go, ServiceInternalTrafficPolicy (beta)',
  ],
  balancersMayGoWithoutPorts: [
    22,
    'Services of type LoadBalancer have allocateLoadBalancerNodePorts',
    'pkg/features/kube_features.go, ServiceLBNodePortControl (beta)',
  ],
  sctp: [19, 'ports may be SCTP', 'pkg/features/kube_features.go, SCTPSupport'],
  appProtocol: [19, 'ports of Services have an appProtocol', 'pkg/features/kube_features.go, ServiceAppProtocol'],
  marksItsEndpoints: [
    19,
    'Endpoints of the API server are not mirrored by anybody else',
    'pkg/controlplane/reconcilers/endpointsadapter.go, setSkipMirrorTrue',
  ],
  namesItsRfc: [
    20,
    'what is wrong with a name is told with RFC 1123',
    'apimachinery pkg/util/validation/validation.go',
  ],
  fsGroupChangePolicy: [20, 'fsGroupChangePolicy is kept', 'pkg/features/kube_features.go, ConfigurableFSGroupPolicy'],
  integersBecomeFloats: [
    20,
    'an integer is taken for a field of type number, as minimum of a definition',
    'apimachinery pkg/runtime/converter.go, fromUnstructured',
  ],
  servesNoAlphaPresets: [20, 'PodPreset is gone', 'pkg/apis/settings, removed'],
  downwardHugePages: [
    21,
    'environment and volumes may name huge pages',
    'pkg/features/kube_features.go, DownwardAPIHugePages',
  ],
  namespacesHaveTheirName: [
    21,
    'namespaces have a label with their name',
    'pkg/features/kube_features.go, NamespaceDefaultLabelName',
  ],
  budgetsV1: [
    21,
    'PodDisruptionBudgets are of policy/v1',
    'staging/src/k8s.io/api/policy/v1/zz_generated.prerelease-lifecycle.go',
  ],
  tokensLiveSevenSecondsLonger: [
    21,
    'tokens of mounted volumes live 3607 s, by which the kubelet tells them',
    'plugin/pkg/admission/serviceaccount/admission.go, WarnOnlyBoundTokenExpirationPeriod',
  ],
  affinityNamesItsSelector: [
    22,
    'a wrong selector of an affinity is told under labelSelector',
    'pkg/apis/core/validation/validation.go, validatePodAffinityTerm',
  ],
  selectorErrorsAreFieldErrors: [
    22,
    'what is wrong with a selector is told as an error of a field, and operators are listed anew',
    'apimachinery pkg/labels/selector.go, validateLabelKey, binaryOperators (commit b4b40278)',
  ],
  tracksSubresources: [
    22,
    'who owns a field is told by subresource, and no endpoint owns what it does not write',
    'apiserver pkg/endpoints/handlers/fieldmanager/buildmanagerinfo.go; pkg/registry/rest/rest.go, ResetFieldsStrategy',
  ],
  atomicLabelSelectors: [
    20,
    'a label selector has one owner',
    'apimachinery pkg/apis/meta/v1/types.go, +structType=atomic',
  ],
  atomicReferences: [
    22,
    'references, selectors of keys and their like have one owner each',
    'k8s.io/api core/v1/types.go, +structType=atomic, +mapType=atomic',
  ],
  showsValuesAsJson: [
    34,
    'values that are refused are shown as JSON, no longer as Go prints them, and nothing as null without quotes',
    'apimachinery pkg/util/validation/field/errors.go, commit c58e197e; recorded v1.23',
  ],
  granularClaims: [
    25,
    'the claim that a PersistentVolume names has parts with owners of their own again',
    'k8s.io/api core/v1/types.go, +structType=granular, commit d978b180e',
  ],
  atomicBackendPorts: [
    31,
    'the port of a backend of an Ingress has one owner',
    'k8s.io/api networking/v1/types.go, ServiceBackendPort, commit 1b3cb9c65',
  ],
  driversTellCapacityAndTokens: [
    21,
    'the table of CSIDrivers has columns for capacity, tokens and republishing',
    'pkg/printers/internalversion/printers.go; pkg/features/kube_features.go, CSIStorageCapacity and CSIServiceAccountToken (beta)',
  ],
  upgradesClientSideApply: [
    19,
    'kubectl apply --server-side takes over what kubectl apply owned',
    'apiserver pkg/endpoints/handlers/fieldmanager/lastappliedmanager.go',
  ],
  namesAppliedObjects: [
    23,
    'errors of an apply name the object',
    'apiserver pkg/endpoints/handlers/fieldmanager/structuredmerge.go, objectGVKNN',
  ],
  ignoresNewTimesOfOwners: [
    25,
    'an apply that changes nothing but the time of its entry writes nothing',
    'apiserver pkg/endpoints/handlers/fieldmanager/equality.go, IgnoreManagedFieldsTimestampsTransformer',
  ],
  leavesTimesOfIdleApplies: [
    25,
    'an apply that changes no field leaves the time of its entry as it was',
    'apiserver pkg/endpoints/handlers/fieldmanager/managedfieldsupdater.go, Apply',
  ],
  checksAppliedKind: [
    28,
    'what is applied must be of the kind that the path names',
    'apimachinery pkg/util/managedfields/internal/versioncheck.go',
  ],
  ownersOutliveDuplicates: [
    29,
    'an object that names an item of a list twice keeps its owners',
    'apimachinery pkg/util/managedfields/internal/structuredmerge.go, typed.AllowDuplicates',
  ],
  warnsOfPods: [
    22,
    'Pods with deprecated or doubled fields get warnings',
    'pkg/api/pod/warnings.go; apiserver pkg/registry/rest/create.go, WarningsOnCreate (commit 8dd82c239)',
  ],
  tokensTellTheAccount: [
    22,
    'an answered TokenRequest has the uid of its account',
    'pkg/registry/core/serviceaccount/storage/token.go, TokenREST.Create; recorded v1.36, not v1.18',
  ],
  datesRestarts: [
    22,
    "a Pod's row tells when its last container was restarted: `1 (10s ago)`",
    'pkg/printers/internalversion/printers.go, printPod; CHANGELOG-1.22 (#100142); recorded v1.36, not v1.18',
  ],
  ingressesV1: [
    22,
    'only networking.k8s.io/v1 serves Ingresses, whose backends have another form',
    'pkg/controlplane/instance.go',
  ],
  readWriteOncePod: [27, 'the access mode ReadWriteOncePod', 'pkg/features/kube_features.go, ReadWriteOncePod (beta)'],
  seccompHasFields: [
    19,
    'profiles of seccomp are fields, and annotations say the same',
    'pkg/apis/core/validation/validation.go, validateSeccompAnnotationsAndFields; CHANGELOG-1.19',
  ],
  ownersAreNamedOnceEach: [
    20,
    'owner references that say the same are kept once',
    'apiserver pkg/endpoints/handlers/rest.go, dedupOwnerReferences (commit 00bc4d784); not in v1.19',
  ],
  clusterEventsInDefault: [
    23,
    'Events of objects without a namespace may be in the namespace default in their newer form, too',
    'pkg/apis/core/validation/events.go, legacyValidateEvent; CHANGELOG-1.23 (#100125)',
  ],
  namesMissingKeys: [
    24,
    'missing keys of a Secret are named without the verb of a format',
    'pkg/apis/core/validation/validation.go, ValidateSecret; CHANGELOG-1.24 (#106179); recorded v1.23',
  ],
  ephemeralContainers: [23, 'Pods may have ephemeral containers', 'pkg/features/kube_features.go, EphemeralContainers'],
  ephemeralPathsAreRight: [
    25,
    'errors of ephemeral containers name their path once, and these mount no subPath',
    'pkg/apis/core/validation/validation.go, validateEphemeralContainers (in v1.28; named as a condition of their promotion in v1.25)',
  ],
  ephemeralNotInStaticPods: [
    27,
    'static Pods take no ephemeral containers',
    'pkg/apis/core/validation/validation.go, ValidatePodEphemeralContainersUpdate (in v1.28; the fault was told while v1.26 was finished)',
  ],
  ephemeralSecretsMustBeMountable: [
    28,
    'Secrets in variables of ephemeral containers, too, must be mountable by the account',
    'plugin/pkg/admission/serviceaccount/admission.go, limitEphemeralContainerSecretReferences (in v1.28)',
  ],
  podUpdatesTellTheDifference: [
    24,
    'a refused update of a Pod shows the old one before the new',
    'pkg/apis/core/validation/validation.go, ValidatePodUpdate',
  ],
  negativeGraceMayBecomeOne: [
    22,
    'a negative grace period may be updated to one second, and refusals say so',
    'pkg/apis/core/validation/validation.go, ValidatePodUpdate; CHANGELOG-1.22 (#98866); recorded v1.23',
  ],
  listsUpdatablePodFields: [
    27,
    'a refused update of a Pod lists the fields that may change between commas',
    'pkg/apis/core/validation/validation.go, updatablePodSpecFields (in v1.28 with InPlacePodVerticalScaling, which is of v1.27)',
  ],
  warnsOfHostnames: [
    24,
    'names of Pods that make no good hostname get a warning',
    'pkg/registry/core/pod/strategy.go, WarningsOnCreate',
  ],
  warnsOfKeyPairs: [
    24,
    'a certificate that does not fit its key gets a warning',
    'pkg/registry/core/secret/strategy.go, warningsForSecret',
  ],
  tellsRepresentations: [
    25,
    "what can't be served in the asked form is told with the forms that can",
    'go-restful v3.8',
  ],
  tellsLimits: [
    26,
    'a request over its limit is told with the limit',
    'pkg/apis/core/validation/validation.go, ValidateResourceRequirements',
  ],
  longSearchPaths: [
    26,
    '32 search paths of 2048 characters for DNS, where it was 6 of 256',
    'pkg/features/kube_features.go, ExpandedDNSConfig',
  ],
  dyingConnectionsTellNothing: [
    26,
    'a watch whose connection dies sees no empty answer first',
    'golang.org/x/net/http2; recorded v1.18 against v1.26',
  ],
  labelsWithDotsAreTold: [
    27,
    'a label that has dots is told so',
    'apimachinery pkg/util/validation/validation.go, commit cf894f11',
  ],
  newNamesPage: [
    27,
    'the page about names is the one about names and ids',
    'apimachinery pkg/apis/meta/v1/types.go, ObjectMeta.Name',
  ],
  singularNames: [
    27,
    'discovery tells singular names of built-in resources',
    'apiserver pkg/registry/rest/rest.go, SingularNameProvider',
  ],
  envFromMustBeMountable: [
    30,
    'Secrets in envFrom, too, must be mountable by the account',
    'plugin/pkg/admission/serviceaccount/admission.go, limitSecretReferences',
  ],
  tokensHaveNamesAndNodes: [
    30,
    'tokens have a name of their own (jti) and say on which node their Pod is',
    'pkg/serviceaccount/claims.go, Claims; pkg/features/kube_features.go, ServiceAccountTokenJTI, ServiceAccountTokenPodNodeInfo; recorded v1.36, not v1.26',
  ],
  carriesStreams: [
    30,
    'exec and attach come by WebSocket, and the API server itself speaks SPDY to the kubelet',
    'apiserver pkg/util/proxy/streamtranslator.go; pkg/features/kube_features.go, TranslateStreamCloseWebsocketRequests (beta)',
  ],
  keepsProcMountOpen: [
    31,
    'procMount is not defaulted',
    'pkg/apis/core/v1/defaults.go; pkg/features/kube_features.go, ProcMountType',
  ],
  keepsImageVolumes: [
    35,
    'volumes may be images; before, such a volume is left without any kind, and refused for that',
    'pkg/api/pod/util.go, dropImageVolumes; pkg/features/kube_features.go, ImageVolume (on by default)',
  ],
  nodeTokens: [31, 'tokens may be bound to a node', 'pkg/features/kube_features.go, ServiceAccountTokenNodeBinding'],
  tellsTooLongInBytes: [
    32,
    'what is too long `may not be more than N bytes`',
    'apimachinery pkg/util/validation/field/errors.go, TooLong',
  ],
  warnsOfMountableSecrets: [
    32,
    'the annotation enforce-mountable-secrets gets a warning',
    'pkg/registry/core/serviceaccount/strategy.go',
  ],
  ownersAreNamedOnce: [
    34,
    'an empty field of an owner reference is not named once more in the text',
    'apimachinery pkg/api/validation/objectmeta.go, commit 5937fdff',
  ],
  labelsCountBytes: [
    35,
    'labels are counted in bytes, and their keys named so',
    'apimachinery pkg/api/validate/content/errors.go, MaxLenError',
  ],
  quotasShowAgeLast: [
    33,
    'the table of ResourceQuotas has its column Age last',
    'pkg/printers/internalversion/printers.go, resourceQuotaColumnDefinitions; kubernetes/kubernetes#129419',
  ],
  accountsShowNoSecrets: [
    36,
    'the table of ServiceAccounts has no column Secrets',
    'pkg/printers/internalversion/printers.go; recorded v1.36',
  ],
  schedulingGates: [
    27,
    'Pods with scheduling gates wait, and gates may be taken away',
    'pkg/features/kube_features.go, PodSchedulingReadiness (beta)',
  ],
  namesHostAddresses: [
    28,
    'variables may name all addresses of the node, where a gate allows it',
    'pkg/apis/core/validation/validation.go, validEnvDownwardAPIFieldPathExpressions',
  ],
  takesHostAddresses: [29, 'variables may be status.hostIPs', 'pkg/features/kube_features.go, PodHostIPs (beta)'],
  showsTolerationValue: [
    33,
    'a toleration that is wrong shows its value',
    'pkg/apis/core/validation/validation.go, ValidateTolerations; recorded v1.36',
  ],
  checksTokenPaths: [
    33,
    'the path of a projected token stays below its volume',
    'pkg/apis/core/validation/validation.go, validateProjectionSources; recorded v1.36',
  ],
  environmentFiles: [35, 'variables come from files of a volume', 'pkg/features/kube_features.go, EnvFiles (beta)'],
  differencesAreLinesOfJson: [
    34,
    'what differs is shown in lines of JSON',
    'apimachinery pkg/util/diff/diff.go (new in release-1.34; recorded v1.36)',
  ],
  saysWhyBudgetsForbid: [
    35,
    'a budget of which nobody knows how many Pods it needs says why it lets none go',
    'pkg/registry/core/pod/storage/eviction.go, checkAndDecrement; #133097 (begun after the freeze of v1.34)',
  ],
  newColumnTexts: [36, 'descriptions of columns', 'k8s.io/api core/v1/types.go; recorded v1.36'],
})
