import { changes, has } from './changes.ts'

/** What kustomize inside of kubectl does from a minor version on. */
export const kustomize = changes({
  errorsNamePaths: [19, 'errors of decoding name the path of a field', 'Go 1.14 and later, encoding/json'],
  readsOwnBuild: [27, 'the label managed-by tells `(devel)` where it told `unknown`', 'api provenance/provenance.go'],
  errorsNameEmbedded: [33, 'errors of decoding name embedded structs on the way', 'Go 1.24 and later, encoding/json'],
  sevenOn: [
    34,
    'replacements may give a value (`sourceValue`); images of volumes are changed',
    'api types/replacement.go; api internal/konfig/builtinpluginconsts/images.go',
  ],
  tellsOwnVersion: [34, 'the label managed-by tells the version', 'api provenance/provenance.go'],
  five: [
    27,
    'kustomize 5: deprecations are told, an empty kustomization is refused, `sortOptions`; before, patches clear what is null',
    'api types/kustomization.go; kyaml yaml/merge2',
  ],
  templatesRefer: [
    24,
    'a PodTemplate refers to ConfigMaps and Secrets elsewhere than in a volume of a ConfigMap, too',
    'api internal/konfig/builtinpluginconsts/namereference.go',
  ],
  lowersYamlErrors: [
    31,
    '`unsupported map key` of a kustomization begins in lower case',
    'sigs.k8s.io/yaml v1.4.0 yaml.go, convertToJSONableObject; the binaries of 1.30.13 and 1.31.9',
  ],
  errorsInLowerCase: [
    24,
    'what fails is told after `error: `, before after `Error: ` (1.23.0 logs it as `command failed`)',
    'component-base cli/run.go; the binaries of 1.22.0, 1.23.0 and 1.24.0',
  ],
  namesRoots: [
    25,
    'what keeps a directory from being built is told after `must build at directory`',
    'api internal/loader/fileloader.go; the binaries of 1.24.0 and 1.25.0',
  ],
  policiesAreNamed: [
    32,
    'bindings of admission policies refer to those',
    'api internal/konfig/builtinpluginconsts/namereference.go',
  ],
  coreNamespacesFirst: [
    32,
    'a Namespace of the core group stands before those of other groups',
    'api internal/builtins/SortOrderTransformer.go, gvkLessThan',
  ],
  v5: [21, 'kubectl carries kustomize 4 or 5 in place of 2.0.3', 'kubectl go.mod'],
})

/** kustomize inside kubectl, as the binaries tell it. */
const releases: readonly (readonly [minor: number, version: string])[] = [
  [24, 'v4.5.4'],
  [25, 'v4.5.7'],
  [27, 'v5.0.1'],
  [28, 'v5.0.4-0.20230601165947-6ce0bf390ce3'],
  [31, 'v5.4.2'],
  [32, 'v5.5.0'],
  [33, 'v5.6.0'],
  [34, 'v5.7.1'],
  [36, 'v5.8.1'],
]

/** Which kustomize a kubectl says that it carries; undefined before v1.24. */
export function kustomizeVersion(minor: number): string | undefined {
  return releases.findLast(([first]) => minor >= first)?.[1]
}

/** What it calls itself in labels: what its build was told. Source: the binaries; api provenance/provenance.go, Semver. */
export function kustomizeProvenance(minor: number): string {
  if (!has(minor, kustomize.readsOwnBuild)) return 'unknown'
  return has(minor, kustomize.tellsOwnVersion) ? (kustomizeVersion(minor) ?? 'unknown') : '(devel)'
}
