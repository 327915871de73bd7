/** Which fields a build changes, and what `configurations` add. Source: api internal/plugins/builtinconfig, types/fieldspec.go. */

import { isObject } from '../go/json.ts'
import { fromYaml } from '../go/yaml/from-yaml.ts'
import { has } from '../versions/changes.ts'
import { kustomize } from '../versions/kustomize.ts'
import { type FieldSpec, newFieldSpec, parseFieldSpec } from './field-spec.ts'
import { fieldsV2 } from './generated/fields-v2.ts'
import { fieldsV5 } from './generated/fields-v5.ts'
import { type Generation, type Loader, refuse } from './loader.ts'
import { type Gvk, isSelectedBy } from './resource.ts'

/** Kinds of objects that are named, and the fields that name them. */
export interface BackReference {
  readonly target: Gvk
  readonly referrers: readonly FieldSpec[]
}

const lists = [
  'namePrefix',
  'nameSuffix',
  'namespace',
  'commonLabels',
  'labels',
  'templateLabels',
  'commonAnnotations',
  'varReference',
  'images',
  'replicas',
] as const

/** The tables of one build. Those of names begin empty: `metadata/name` goes without saying. */
export type Fields = Readonly<Record<(typeof lists)[number], readonly FieldSpec[]>> & {
  readonly nameReference: readonly BackReference[]
}

type Tables = Readonly<Partial<Record<(typeof lists)[number], readonly string[]>>> & {
  readonly nameReference: readonly (readonly [string, readonly string[]])[]
}

function fieldsOf(tables: Tables): Fields {
  const parsed = perList((list) => (tables[list] ?? []).map(parseFieldSpec))
  const nameReference = tables.nameReference.map(([target, specs]): BackReference => {
    const [group = '', version = '', kind = ''] = target.split('|')
    return { target: { group, version, kind }, referrers: specs.map(parseFieldSpec) }
  })
  return { ...parsed, nameReference }
}

/** References that came later than kustomize 4. */
function isKnownReference({ kind, text }: FieldSpec, minor: number): boolean {
  if (kind === 'PodTemplate')
    return text === 'template/spec/volumes/configMap/name' || has(minor, kustomize.templatesRefer)
  return (
    kind !== 'ValidatingAdmissionPolicyBinding' || text !== 'spec/policyName' || has(minor, kustomize.policiesAreNamed)
  )
}

function fieldsOfV5(minor: number): Fields {
  const { nameReference, ...fields } = fieldsOf(fieldsV5)
  const known = nameReference.map(({ target, referrers }) => ({
    target,
    referrers: referrers.filter((spec) => isKnownReference(spec, minor)),
  }))
  return { ...fields, nameReference: known }
}

const known = new Map<string, Fields>()

/** What each generation changes unless it is told more; read when it is first asked for, for most runs build nothing. */
export function defaultFields(generation: Generation, minor: number): Fields {
  const key = generation === 'v2' ? generation : `${generation} ${minor}`
  const fields = known.get(key) ?? (generation === 'v2' ? fieldsOf(fieldsV2) : fieldsOfV5(minor))
  known.set(key, fields)
  return fields
}

/** The tables with what files of `configurations` add; the same tables where there are none. Refuses what contradicts them. */
export function withConfigurations(
  fields: Fields,
  paths: readonly string[],
  loader: Loader,
  generation: Generation,
): Fields {
  return paths.reduce((all, path) => mergedFields(all, readFields(path, loader, generation)), fields)
}

/** Tables that hold what is given and nothing else. */
export function onlyFields(given: Partial<Fields>): Fields {
  return { ...perList((list) => given[list] ?? []), nameReference: given.nameReference ?? [] }
}

/** All of both. Source: TransformerConfig.Merge. */
export function mergedFields(fields: Fields, more: Fields): Fields {
  if (fields === more) return fields
  const merged = perList((list) => mergedSpecs(fields[list], more[list]))
  const nameReference = [...fields.nameReference]
  for (const reference of more.nameReference) {
    const at = nameReference.findIndex(({ target }) => isSameKind(target, reference.target))
    const known = nameReference[at]
    if (known === undefined) nameReference.push(reference)
    else nameReference[at] = { ...known, referrers: mergedSpecs(known.referrers, reference.referrers) }
  }
  return { ...merged, nameReference }
}

/** Two that agree in kind and path are one, and must agree in the rest. Source: api types/fieldspec.go, FsSlice.MergeOne. */
export function mergedSpecs(specs: readonly FieldSpec[], more: readonly FieldSpec[]): readonly FieldSpec[] {
  const merged = [...specs]
  for (const spec of more) {
    const known = merged.find((one) => one.text === spec.text && isSelectedBy(one, spec))
    if (known === undefined) merged.push(spec)
    else if (known.create !== spec.create) refuse('conflicting fieldspecs')
  }
  return merged
}

type Lists = Readonly<Record<(typeof lists)[number], readonly FieldSpec[]>>

function perList(make: (list: (typeof lists)[number]) => readonly FieldSpec[]): Lists {
  return Object.fromEntries<readonly FieldSpec[]>(lists.map((list) => [list, make(list)])) as Lists // one for each name
}

function isSameKind(a: Gvk, b: Gvk): boolean {
  return a.group === b.group && a.version === b.version && a.kind === b.kind
}

/** 2.0.3 passes over what it does not know. Sources: pkg/transformers/config/factory.go; api internal/plugins/builtinconfig/loaddefaultconfig.go. */
function readFields(path: string, loader: Loader, generation: Generation): Fields {
  const result = fromYaml(loader.load(path))
  if (!result.ok) refuse(result.error)
  if (result.value !== null && !isObject(result.value)) refuse(noConfiguration(result.value, generation))
  const given = isObject(result.value) ? result.value : {}
  const known: readonly string[] = [...lists, 'nameReference']
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown !== undefined && generation === 'v5')
    refuse(`error unmarshaling JSON: while decoding JSON: json: unknown field ${JSON.stringify(unknown)}`)
  const specs = (value: unknown): readonly FieldSpec[] =>
    Array.isArray(value)
      ? value.filter(isObject).map((item) => newFieldSpec(gvkFrom(item), item.create === true, textOf(item.path)))
      : []
  const parsed = perList((list) => specs(given[list]))
  const references = Array.isArray(given.nameReference) ? given.nameReference.filter(isObject) : []
  const nameReference = references.map((item) => ({ target: gvkFrom(item), referrers: specs(item.fieldSpecs) }))
  return { ...parsed, nameReference }
}

function noConfiguration(value: unknown, generation: Generation): string {
  const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  const [decoding, room] = generation === 'v5' ? ['while decoding JSON: ', 'builtinconfig'] : ['', 'config']
  return `error unmarshaling JSON: ${decoding}json: cannot unmarshal ${type} into Go value of type ${room}.TransformerConfig`
}

function gvkFrom({ group, version, kind }: Readonly<Record<string, unknown>>): Gvk {
  return { group: textOf(group), version: textOf(version), kind: textOf(kind) }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
