import { factAt, type VersionedFact } from '../versions/version.ts'

/** What the API server does otherwise from one version to the next, where more than one file asks. */
export const apiServerFacts = {
  /** Objects and lists say where they are. */
  selfLinks: since('pkg/features/kube_features.go, RemoveSelfLink; facts/apiserver.md section 12', true, [20, false]),
  /** Bodies are decoded by sigs.k8s.io/json, no longer by json-iterator. */
  decodesAsGo: since('apimachinery go.mod, sigs.k8s.io/json since v0.23.0', false, [23, true]),
  /** Unknown and duplicate fields are told: gate ServerSideFieldValidation. */
  validatesFields: since('apiserver pkg/features/kube_features.go, ServerSideFieldValidation', false, [25, true]),
  /** The metric of what is stored has its stable name. */
  countsStoredObjects: since('apiserver pkg/storage/etcd3/metrics/metrics.go, apiserver_storage_objects', false, [
    21,
    true,
  ]),
  /** Gate ServiceAccountIssuerDiscovery: who issues tokens, and by which keys they are known. */
  tellsIssuer: since('pkg/features/kube_features.go, ServiceAccountIssuerDiscovery', false, [20, true]),
  /** Gate OpenAPIV3: a document for each group and version. */
  servesOpenApiV3: since('apiserver pkg/features/kube_features.go, OpenAPIV3', false, [24, true]),
  /** `/version` says which version is emulated, and with which one it can still work. */
  tellsEmulation: since('apimachinery pkg/version/types.go', false, [33, true]),
  /** Gate AggregatedDiscoveryEndpoint: all resources in one answer, first as v2beta1. */
  aggregatesDiscoveryBeta: since('apiserver pkg/features/kube_features.go, AggregatedDiscoveryEndpoint', false, [
    27,
    true,
  ]),
  aggregatesDiscoveryV2: since('apiserver pkg/endpoints/discovery/aggregated/handler.go', false, [30, true]),
  /** Paths in decode errors name inlined structs, as Go 1.24's decoder does. */
  tellsEmbeddedStructs: since('apimachinery go.mod, sigs.k8s.io/json v0.0.0-20250730193827 since v0.35.0', false, [
    35,
    true,
  ]),
  /** Between kinds there is no conversion by reflection any more. */
  hasNoDefaultConversions: since('apimachinery pkg/conversion/converter.go, commit f663465d', false, [20, true]),
  badDeleteOptionsAreBadRequests: since('apiserver handlers/delete.go, commit 7b84a2828', false, [35, true]),
  /** Values in validation errors that are neither texts, numbers nor booleans are shown as JSON, no longer as Go writes them. */
  showsValuesAsJson: since('apimachinery pkg/util/validation/field/errors.go, commit c58e197e', false, [34, true]),
  /** A merge patch that is neither an object nor a list is the caller's mistake. */
  badMergePatchesAreBadRequests: since('apiserver handlers/patch.go, applyJSPatch, commit f0c214506', false, [
    23,
    true,
  ]),
  /** A path that nobody serves is answered with a text, no longer with a list of paths or a Status. */
  tellsUnknownPathsAsText: since('apiserver pkg/util/notfoundhandler, commit 1fc498576; recorded v1.23', false, [
    23,
    true,
  ]),
  /** An update of an object that is missing is refused before admission sees it. */
  missingBeforeAdmission: since('apiserver registry/generic/registry/store.go, Update, commit d965a8f11', false, [
    19,
    true,
  ]),
  /** And before its uid is compared. */
  missingBeforePreconditions: since('apiserver registry/generic/registry/store.go, commit a47cc3065', false, [
    34,
    true,
  ]),
  /** A version in a list's query that is no number is a bad request. */
  badListVersionsAreBadRequests: since('apiserver pkg/storage/etcd3/store.go, GetList; v1.36 recorded', false, [
    31,
    true,
  ]),
  /** Lists say how they match a version: parameters resourceVersionMatch (v1.19) and sendInitialEvents. */
  matchesVersions: since('apimachinery internalversion/validation.go, ValidateListOptions', false, [19, true]),
  /** The parameter sendInitialEvents is read. Source: apimachinery pkg/apis/meta/v1/types.go, ListOptions. */
  knowsInitialEvents: since('apimachinery pkg/apis/meta/v1/types.go, ListOptions.SendInitialEvents', false, [27, true]),
  /** Gate WatchList: a watch may begin with what is there. */
  watchList: since('apiserver pkg/features/kube_features.go, WatchList; facts/apiserver.md section 12', false, [
    34,
    true,
  ]),
  /** An empty creationTimestamp is left out instead of written as null. */
  omitsEmptyTimes: since('apimachinery commit 503b9897, omitzero of metadata.creationTimestamp', false, [34, true]),
  /** Nulls below a member that a strategic merge patch adds are dropped. */
  patchesDiscardNulls: since('apimachinery pkg/util/strategicpatch/patch.go, commit 1b70fc86', false, [24, true]),
  /** What a deletion answers with has the version of the deletion. */
  deletionAnswersWithItsVersion: since('apiserver pkg/storage/etcd3/store.go, commit 07db92af4', false, [26, true]),
  /** Gate ConstrainedImpersonation: who impersonates needs the verb of the request, too. */
  constrainsImpersonation: since(
    'apiserver pkg/endpoints/filters/impersonation, commit d2152ec80; recorded v1.36',
    false,
    [36, true],
  ),
  /** How the scheme of the built-in kinds calls itself. Recorded are v1.18 and v1.36; from v1.30 on Go workspaces build it. */
  schemeName: since(
    'apimachinery pkg/runtime/scheme.go, NewScheme',
    'k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30',
    [30, 'pkg/api/legacyscheme/scheme.go:30'],
  ),
} as const satisfies Readonly<Record<string, VersionedFact<unknown>>>

type Facts = typeof apiServerFacts

/** The value of a fact in a minor version. */
export function apiServerFact<K extends keyof Facts>(name: K, minor: number): Facts[K]['initially'] {
  return factAt(apiServerFacts[name] as VersionedFact<Facts[K]['initially']>, minor) // the table's own type
}

function since<T>(
  source: string,
  initially: T,
  ...changes: readonly (readonly [minor: number, value: T])[]
): VersionedFact<T> {
  return { source, initially, since: changes }
}
