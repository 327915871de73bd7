/**
 * The shape of a kustomization file, and what Go's encoding/json says of a file that is shaped otherwise.
 * Source: sigs.k8s.io/kustomize v2.0.3 pkg/types; sigs.k8s.io/kustomize/api types; Go encoding/json decode.go.
 */
import { compareBytes, isObject } from '../go/json.ts'
import { has } from '../versions/changes.ts'
import { kustomize } from '../versions/kustomize.ts'
import { structsOnTheWay } from './embedded-structs.ts'

/** A Go type: a scalar, a list, a map of strings or a struct by name. */
type GoType =
  | { readonly kind: 'string' | 'bool' | 'number'; readonly name: string }
  | { readonly kind: 'list'; readonly name: string; readonly item: GoType }
  | { readonly kind: 'map'; readonly name: string; readonly item: GoType }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: Fields }
  | { readonly kind: 'any'; readonly name: string }

/** By kubectl's minor version. */
type Fields = (minor: number) => Readonly<Record<string, GoType>>

const string: GoType = { kind: 'string', name: 'string' }
const bool: GoType = { kind: 'bool', name: 'bool' }
const int64: GoType = { kind: 'number', name: 'int64' }
const int: GoType = { kind: 'number', name: 'int' }
const any: GoType = { kind: 'any', name: 'interface {}' }
const list = (item: GoType): GoType => ({ kind: 'list', name: `[]${item.name}`, item })
const map = (item: GoType): GoType => ({ kind: 'map', name: `map[string]${item.name}`, item })
const struct = (name: string, fields: Fields): GoType => ({
  kind: 'struct',
  name,
  fields,
})
const named = (name: string): GoType => ({ kind: 'string', name })

const strings = list(string)
const labels = map(string)

const generatorOptionsV2 = struct('types.GeneratorOptions', () => ({
  labels,
  annotations: labels,
  disableNameSuffixHash: bool,
}))
const configMapArgsFieldsV2 = {
  namespace: string,
  name: string,
  behavior: string,
  literals: strings,
  files: strings,
  env: string,
}
const targetV2 = struct('types.Target', () => ({
  apiVersion: string,
  group: string,
  version: string,
  kind: string,
  name: string,
}))

const kustomizationV2 = struct('types.Kustomization', () => ({
  kind: string,
  apiVersion: string,
  namePrefix: string,
  nameSuffix: string,
  namespace: string,
  commonLabels: labels,
  commonAnnotations: labels,
  patchesStrategicMerge: list(named('patch.StrategicMerge')),
  patchesJson6902: list(
    struct('patch.Json6902', () => ({
      target: struct('patch.Target', () => ({
        group: string,
        version: string,
        kind: string,
        namespace: string,
        name: string,
      })),
      path: string,
    })),
  ),
  images: list(struct('image.Image', () => ({ name: string, newName: string, newTag: string, digest: string }))),
  vars: list(
    struct('types.Var', () => ({
      name: string,
      objref: targetV2,
      fieldref: struct('types.FieldSelector', () => ({ fieldpath: string, fieldPath: string })),
    })),
  ),
  resources: strings,
  crds: strings,
  bases: strings,
  configMapGenerator: list(struct('types.ConfigMapArgs', () => configMapArgsFieldsV2)),
  secretGenerator: list(struct('types.SecretArgs', () => ({ ...configMapArgsFieldsV2, type: string }))),
  generatorOptions: generatorOptionsV2,
  configurations: strings,
}))

const generatorOptionsV5 = struct('types.GeneratorOptions', () => ({
  labels,
  annotations: labels,
  disableNameSuffixHash: bool,
  immutable: bool,
}))
const configMapArgsFieldsV5 = {
  namespace: string,
  name: string,
  behavior: string,
  literals: strings,
  files: strings,
  envs: strings,
  env: string,
  options: generatorOptionsV5,
}
const selectorFieldsV5 = {
  group: string,
  version: string,
  kind: string,
  name: string,
  namespace: string,
  annotationSelector: string,
  labelSelector: string,
}
const patchV5 = struct('types.Patch', () => ({
  path: string,
  patch: string,
  target: struct('types.Selector', () => selectorFieldsV5),
  options: map(bool),
}))
const imageV5 = struct('types.Image', () => ({
  name: string,
  newName: string,
  tagSuffix: string,
  newTag: string,
  digest: string,
}))
const fieldOptionsV5 = struct('types.FieldOptions', () => ({
  delimiter: string,
  index: int,
  encoding: string,
  create: bool,
}))
const fieldSpecV5 = struct('types.FieldSpec', () => ({
  group: string,
  version: string,
  kind: string,
  path: string,
  create: bool,
}))

const helmChartFields = {
  name: string,
  version: string,
  repo: string,
  releaseName: string,
  namespace: string,
  additionalValuesFiles: strings,
  valuesFile: string,
  valuesInline: map(any),
  valuesMerge: string,
  includeCRDs: bool,
  skipHooks: bool,
  apiVersions: strings,
  kubeVersion: string,
  nameTemplate: string,
  skipTests: bool,
  debug: bool,
}
const helmChartArgsFields = {
  chartName: string,
  chartVersion: string,
  chartRepoUrl: string,
  chartHome: string,
  chartRepoName: string,
  helmBin: string,
  helmHome: string,
  values: string,
  valuesLocal: map(any),
  valuesMerge: string,
  releaseName: string,
  releaseNamespace: string,
  extraArgs: strings,
}

const kustomizationV5 = struct('types.Kustomization', () => ({
  kind: string,
  apiVersion: string,
  metadata: struct('types.ObjectMeta', () => ({ name: string, namespace: string, labels, annotations: labels })),
  openapi: labels,
  namePrefix: string,
  nameSuffix: string,
  namespace: string,
  commonLabels: labels,
  labels: list(
    struct('types.Label', () => ({
      pairs: labels,
      includeSelectors: bool,
      includeTemplates: bool,
      fields: list(fieldSpecV5),
    })),
  ),
  commonAnnotations: labels,
  patchesStrategicMerge: list(named('types.PatchStrategicMerge')),
  patchesJson6902: list(patchV5),
  patches: list(patchV5),
  images: list(imageV5),
  imageTags: list(imageV5),
  replacements: list(
    struct('types.ReplacementField', (minor) => ({
      path: string,
      ...(has(minor, kustomize.sevenOn) ? { sourceValue: string } : {}),
      source: struct('types.SourceSelector', () => ({
        ...selectorFieldsV5,
        fieldPath: string,
        options: fieldOptionsV5,
      })),
      targets: list(
        struct('types.TargetSelector', () => ({
          select: struct('types.Selector', () => selectorFieldsV5),
          reject: list(struct('types.Selector', () => selectorFieldsV5)),
          fieldPaths: strings,
          options: fieldOptionsV5,
        })),
      ),
    })),
  ),
  replicas: list(struct('types.Replica', () => ({ name: string, count: int64 }))),
  vars: list(
    struct('types.Var', () => ({
      name: string,
      objref: struct('types.Target', () => ({
        apiVersion: string,
        group: string,
        version: string,
        kind: string,
        name: string,
        namespace: string,
      })),
      fieldref: struct('types.FieldSelector', () => ({ fieldpath: string, fieldPath: string })),
    })),
  ),
  sortOptions: struct('types.SortOptions', () => ({
    order: named('types.SortOrder'),
    legacySortOptions: struct('types.LegacySortOptions', () => ({ orderFirst: strings, orderLast: strings })),
  })),
  resources: strings,
  components: strings,
  crds: strings,
  bases: strings,
  configMapGenerator: list(struct('types.ConfigMapArgs', () => configMapArgsFieldsV5)),
  secretGenerator: list(struct('types.SecretArgs', () => ({ ...configMapArgsFieldsV5, type: string }))),
  helmGlobals: struct('types.HelmGlobals', () => ({ chartHome: string, configHome: string })),
  helmCharts: list(
    struct('types.HelmChart', (minor) => ({
      ...helmChartFields,
      ...(has(minor, kustomize.sevenOn) ? { devel: bool } : {}),
    })),
  ),
  helmChartInflationGenerator: list(struct('types.HelmChartArgs', () => helmChartArgsFields)),
  generatorOptions: generatorOptionsV5,
  configurations: strings,
  generators: strings,
  transformers: strings,
  validators: strings,
  buildMetadata: strings,
}))

/** How errors name a field: by its path from the root (Go 1.15 and later) or by its own name. */
export type FieldNaming = 'path' | 'own'

/** The first thing that is wrong, in Go's words beginning with `json: `; undefined when nothing is. */
export function kustomizationError(
  value: unknown,
  generation: 'v2' | 'v5',
  naming: FieldNaming,
  minor: number,
): string | undefined {
  const root = generation === 'v2' ? kustomizationV2 : kustomizationV5
  return shapeError(value, root, { structName: '', path: [], naming, minor })
}

/** The same with fields named as they are declared, whatever the case of their letters, and what is null in lists and maps as Go has it. */
export function withDeclaredNames(value: unknown, generation: 'v2' | 'v5', minor: number): unknown {
  return declared(value, generation === 'v2' ? kustomizationV2 : kustomizationV5, minor)
}

/** What null is to Go where a value stands. */
function zeroOf({ kind }: GoType): unknown {
  return kind === 'string' ? '' : kind === 'struct' ? {} : undefined
}

function declared(value: unknown, type: GoType, minor: number): unknown {
  if (type.kind === 'list' && Array.isArray(value))
    return value.map((item) => declared(item ?? zeroOf(type.item), type.item, minor))
  if (type.kind === 'map' && isObject(value) && type.item.kind === 'string')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item ?? '']))
  if (type.kind !== 'struct' || !isObject(value)) return value
  const fields = type.fields(minor)
  // Of several spellings the last wins, as keys come in the order of their bytes.
  const entries = sortedKeys(value).map((key): [string, unknown] => {
    const name = fieldName(fields, key) ?? key
    const field = fields[name]
    return [name, field === undefined ? value[key] : declared(value[key], field, minor)]
  })
  return Object.fromEntries(entries)
}

interface Place {
  readonly structName: string
  readonly path: readonly string[]
  readonly naming: FieldNaming
  readonly minor: number
}

function shapeError(value: unknown, type: GoType, place: Place): string | undefined {
  if (value === null || value === undefined || type.kind === 'any') return undefined
  switch (type.kind) {
    case 'string':
    case 'bool':
      return typeof value === (type.kind === 'bool' ? 'boolean' : 'string') ? undefined : mismatch(value, type, place)
    case 'number':
      if (typeof value !== 'number') return mismatch(value, type, place)
      return Number.isInteger(value) ? undefined : mismatch(value, type, place, `number ${value}`)
    case 'list':
      if (!Array.isArray(value)) return mismatch(value, type, place)
      return firstError(value, (item) => shapeError(item, type.item, place))
    case 'map':
      if (!isObject(value)) return mismatch(value, type, place)
      return firstError(sortedKeys(value), (key) => shapeError(value[key], type.item, place))
    case 'struct': {
      if (!isObject(value)) return mismatch(value, type, place)
      const fields = type.fields(place.minor)
      const structName = type.name.slice(type.name.indexOf('.') + 1)
      return firstError(sortedKeys(value), (key) => {
        const name = fieldName(fields, key)
        if (name === undefined) return `json: unknown field ${JSON.stringify(key)}`
        const field = fields[name]
        return (
          field &&
          shapeError(value[key], field, {
            ...place,
            structName,
            path: [...place.path, ...structsOnTheWay(structName, name, place.minor), name],
          })
        )
      })
    }
  }
}

/** encoding/json takes a field whatever the case of its letters, an exact match first. */
function fieldName(fields: Readonly<Record<string, GoType>>, key: string): string | undefined {
  if (Object.hasOwn(fields, key)) return key
  return Object.keys(fields).find((name) => name.toLowerCase() === key.toLowerCase())
}

function sortedKeys(value: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(value).sort(compareBytes)
}

function firstError<T>(items: readonly T[], check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const error = check(item)
    if (error !== undefined) return error
  }
  return undefined
}

function mismatch(
  value: unknown,
  type: GoType,
  { structName, path, naming }: Omit<Place, 'minor'>,
  found = jsonKind(value),
): string {
  if (path.length === 0) return `json: cannot unmarshal ${found} into Go value of type ${type.name}`
  const field = naming === 'path' ? path.join('.') : (path.at(-1) ?? '')
  return `json: cannot unmarshal ${found} into Go struct field ${structName}.${field} of type ${type.name}`
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
