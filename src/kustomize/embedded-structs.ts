/** Go structs of a kustomization that stand inside of others without a name in the file. */
import { has } from '../versions/changes.ts'
import { kustomize } from '../versions/kustomize.ts'

/** By struct: fields that are declared in structs inside of it, which Go 1.24 and later name on the way. Source: api types. */
const kvPairs = ['literals', 'files', 'envs', 'env']
const generatorFields = ['namespace', 'name', 'behavior', 'options']
const gvkFields = ['group', 'version', 'kind']
const idFields = ['name', 'namespace']
type Embedded = readonly (readonly [fields: readonly string[], structs: readonly string[]])[]
const generatorEmbedded: Embedded = [
  [kvPairs, ['GeneratorArgs', 'KvPairSources']],
  [generatorFields, ['GeneratorArgs']],
]
const selectorEmbedded: Embedded = [
  [gvkFields, ['ResId', 'Gvk']],
  [idFields, ['ResId']],
]
const embedded: Readonly<Record<string, Embedded>> = {
  ConfigMapArgs: generatorEmbedded,
  SecretArgs: generatorEmbedded,
  Selector: selectorEmbedded,
  SourceSelector: selectorEmbedded,
  ReplacementField: [[['source', 'sourceValue', 'targets'], ['Replacement']]],
  Target: [[gvkFields, ['Gvk']]],
  FieldSpec: [[gvkFields, ['Gvk']]],
}

/** The structs between a struct and one of its fields, from kubectl 1.33 on. */
export function structsOnTheWay(structName: string, field: string, minor: number): readonly string[] {
  if (!has(minor, kustomize.errorsNameEmbedded)) return []
  return embedded[structName]?.find(([fields]) => fields.includes(field))?.[1] ?? []
}
