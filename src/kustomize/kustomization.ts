/** A kustomization file, read and checked. Source: kusttarget.go of v2.0.3 and of sigs.k8s.io/kustomize/api. */
import { utf8Text } from '../bytes/bytes.ts'
import { isObject } from '../go/json.ts'
import { fromYaml } from '../go/yaml/from-yaml.ts'
import { has } from '../versions/changes.ts'
import { kustomize } from '../versions/kustomize.ts'
import { type Generation, type Loader, refuse, wrap } from './loader.ts'
import { type FieldNaming, kustomizationError, withDeclaredNames } from './schema.ts'

/** Picks resources; absent fields match anything. */
export interface Selector {
  readonly group?: string
  readonly version?: string
  readonly apiVersion?: string
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly labelSelector?: string
  readonly annotationSelector?: string
}

/** What generated objects get besides their data. */
export interface GeneratorOptions {
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly disableNameSuffixHash?: boolean
  readonly immutable?: boolean
}

/** One entry of secretGenerator or configMapGenerator. */
export interface GeneratorArgs {
  readonly namespace?: string
  readonly name?: string
  readonly behavior?: string
  readonly literals?: readonly string[]
  readonly files?: readonly string[]
  readonly envs?: readonly string[]
  readonly env?: string
  /** Of Secrets only. */
  readonly type?: string
  readonly options?: GeneratorOptions
}

/** One entry of images. */
export interface ImageChange {
  readonly name?: string
  readonly newName?: string
  readonly newTag?: string
  readonly tagSuffix?: string
  readonly digest?: string
}

/** One entry of patches or patchesJson6902. */
export interface PatchEntry {
  readonly path?: string
  readonly patch?: string
  readonly target?: Selector
  readonly options?: Readonly<Record<string, boolean>>
}

/** One entry of vars. */
export interface Variable {
  readonly name?: string
  readonly objref?: Selector
  readonly fieldref?: { readonly fieldpath?: string; readonly fieldPath?: string }
}

/** One entry of labels. */
export interface LabelEntry {
  readonly pairs?: Readonly<Record<string, string>>
  readonly includeSelectors?: boolean
  readonly includeTemplates?: boolean
  readonly fields?: readonly {
    readonly group?: string
    readonly version?: string
    readonly kind?: string
    readonly path?: string
    readonly create?: boolean
  }[]
}

/** Which part of a field a replacement concerns. */
export interface FieldOptions {
  readonly delimiter?: string
  readonly index?: number
  readonly create?: boolean
}

/** One entry of replacements. */
export interface Replacement {
  readonly path?: string
  readonly source?: Selector & { readonly fieldPath?: string; readonly options?: FieldOptions }
  /** From kubectl 1.34 on. */
  readonly sourceValue?: string
  readonly targets?: readonly {
    readonly select?: Selector
    readonly reject?: readonly Selector[]
    readonly fieldPaths?: readonly string[]
    readonly options?: FieldOptions
  }[]
}

/** Every field that either generation knows. */
export interface Kustomization {
  readonly kind?: string
  readonly apiVersion?: string
  readonly namePrefix?: string
  readonly nameSuffix?: string
  readonly namespace?: string
  readonly commonLabels?: Readonly<Record<string, string>>
  readonly labels?: readonly LabelEntry[]
  readonly commonAnnotations?: Readonly<Record<string, string>>
  readonly patchesStrategicMerge?: readonly string[]
  readonly patchesJson6902?: readonly PatchEntry[]
  readonly patches?: readonly PatchEntry[]
  readonly images?: readonly ImageChange[]
  readonly imageTags?: readonly ImageChange[]
  readonly replacements?: readonly Replacement[]
  readonly replicas?: readonly { readonly name?: string; readonly count?: number }[]
  readonly vars?: readonly Variable[]
  readonly sortOptions?: {
    readonly order?: string
    readonly legacySortOptions?: { readonly orderFirst?: readonly string[]; readonly orderLast?: readonly string[] }
  }
  readonly resources?: readonly string[]
  readonly components?: readonly string[]
  readonly crds?: readonly string[]
  readonly bases?: readonly string[]
  readonly configMapGenerator?: readonly GeneratorArgs[]
  readonly secretGenerator?: readonly GeneratorArgs[]
  readonly generatorOptions?: GeneratorOptions
  readonly configurations?: readonly string[]
  readonly generators?: readonly string[]
  readonly transformers?: readonly string[]
  readonly validators?: readonly string[]
  readonly helmCharts?: unknown
  readonly helmGlobals?: unknown
  readonly helmChartInflationGenerator?: unknown
  readonly openapi?: unknown
  readonly buildMetadata?: readonly string[]
}

const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const

/** What the file is called that a directory is built from. */
export function kustomizationName(loader: Loader): string {
  return fileNames.find((name) => loader.has(name)) ?? ''
}

/** Reads the kustomization of a directory; `warn` gets a line for each deprecated field. */
export function loadKustomization(
  loader: Loader,
  generation: Generation,
  naming: FieldNaming,
  warn: (line: string) => void,
): Kustomization {
  const found = fileNames.filter((name) => loader.has(name))
  const [name] = found
  if (name === undefined) {
    refuse(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${loader.root}'`,
    )
  }
  if (found.length > 1) refuse(`Found multiple kustomization files under: ${loader.root}\n`)
  const prefix = generation === 'v5' && !loader.isFour ? 'invalid Kustomization' : undefined
  const read = (): Kustomization => parse(loader.load(name), generation, naming, loader)
  const kustomization = prefix === undefined ? read() : wrap(prefix, read)
  if (generation === 'v5') return fixed(kustomization, loader, warn)
  checkKindV2(kustomization, loader)
  return kustomization
}

function parse(
  content: Uint8Array,
  generation: Generation,
  naming: FieldNaming,
  { isFour, minor }: Loader,
): Kustomization {
  const result = fromYaml(generation === 'v2' ? withNewNames(utf8Text(content)) : content, {
    lowersErrors: has(minor, kustomize.lowersYamlErrors),
  })
  if (!result.ok) refuse(isFour ? `error converting YAML to JSON: ${result.error}` : result.error)
  if (isFour && isObject(result.value) && 'sortOptions' in result.value) refuse('json: unknown field "sortOptions"')
  const error = kustomizationError(result.value, generation, naming, minor)
  if (error !== undefined) refuse(error)
  return (withDeclaredNames(result.value, generation, minor) ?? {}) as Kustomization // its shape has just been checked
}

/** Old names of fields are replaced wherever they stand. Source: v2.0.3 pkg/types/kustomization.go, DealWithDeprecatedFields. */
function withNewNames(text: string): string {
  return text.replaceAll('patches:', 'patchesStrategicMerge:').replaceAll('imageTags:', 'images:')
}

const deprecations: readonly (readonly [field: keyof Kustomization, instead: string])[] = [
  ['bases', 'resources'],
  ['commonLabels', 'labels'],
  ['imageTags', 'images'],
  ['patchesJson6902', 'patches'],
  ['patchesStrategicMerge', 'patches'],
]

/** Source: api types/kustomization.go, CheckDeprecatedFields, FixKustomization, CheckEmpty, EnforceFields. */
function fixed(kustomization: Kustomization, loader: Loader, warn: (line: string) => void): Kustomization {
  for (const [field, instead] of deprecations) {
    if (isGiven(kustomization[field])) {
      warn(
        `# Warning: '${field}' is deprecated. Please use '${instead}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.`,
      )
    }
  }
  if (isGiven(kustomization.vars)) {
    warn(
      "# Warning: 'vars' is deprecated. Please use 'replacements' instead. [EXPERIMENTAL] Run 'kustomize edit fix' to update your Kustomization automatically.",
    )
  }
  const { kind: givenKind, apiVersion: givenVersion, ...rest } = kustomization
  if (!loader.isFour && Object.values(rest).every((value) => !isGiven(value))) refuse('kustomization.yaml is empty')
  const kind = givenKind || 'Kustomization'
  const wanted = `kustomize.config.k8s.io/${kind === 'Component' ? 'v1alpha1' : 'v1beta1'}`
  const problems: string[] = []
  if (kind !== 'Kustomization' && kind !== 'Component') problems.push('kind should be Kustomization or Component')
  if (givenVersion && givenVersion !== wanted) problems.push(`apiVersion for ${kind} should be ${wanted}`)
  if (problems.length > 0) {
    refuse(`Failed to read kustomization file under ${loader.root}:\n${problems.join('\n')}`)
  }
  return {
    ...rest,
    kind,
    resources: [...(kustomization.resources ?? []), ...(kustomization.bases ?? [])],
    images: [...(kustomization.images ?? []), ...(kustomization.imageTags ?? [])],
  }
}

/** Empty lists count as given to Go, which tells them from nil; empty texts and structs do not. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

/** Source: v2.0.3 pkg/types/kustomization.go, EnforceFields. */
function checkKindV2({ kind, apiVersion }: Kustomization, loader: Loader): void {
  const problems: string[] = []
  if (kind && kind !== 'Kustomization') problems.push('kind should be Kustomization')
  if (apiVersion && apiVersion !== 'kustomize.config.k8s.io/v1beta1') {
    problems.push('apiVersion should be kustomize.config.k8s.io/v1beta1')
  }
  if (problems.length > 0) {
    refuse(`Failed to read kustomization file under ${loader.root}:\n${problems.join('\n')}`)
  }
}

/** Fields of the real thing that need plugins, charts or the outside world; using one says so. */
const unsupportedFields: Readonly<Record<Generation, readonly (keyof Kustomization)[]>> = {
  v2: [],
  v5: ['helmChartInflationGenerator'],
}

/** Refuses what podsim lacks rather than passing it over. */
export function refuseUnsupported(kustomization: Kustomization, generation: Generation): void {
  for (const field of unsupportedFields[generation]) {
    const value = kustomization[field]
    if (isGiven(value) && !(Array.isArray(value) && value.length === 0)) {
      refuse(`podsim does not simulate the field '${field}' of a kustomization`)
    }
  }
}
