import { factAt, type VersionedFact } from '../versions/version.ts'

/** What the API server does otherwise from one version to the next, where more than one file asks. */
export const apiServerFacts = {
  /** Objects and lists say where they are. */
  selfLinks: since('pkg/features/kube_features.go, RemoveSelfLink; facts/apiserver.md section 12', true, [20, false]),
  /** Bodies are decoded by sigs.k8s.io/json, no longer by json-iterator. */
  decodesAsGo: since('apimachinery go.mod, sigs.k8s.io/json since v0.23.0', false, [23, true]),
  /** Unknown and duplicate fields are told: gate ServerSideFieldValidation. */
  validatesFields: since('apiserver pkg/features/kube_features.go, ServerSideFieldValidation', false, [25, true]),
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
