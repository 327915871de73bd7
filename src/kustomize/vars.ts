/** `$(NAME)` in known fields, from other objects' fields. Source: v2.0.3 pkg/target, expansion; api internal/accumulator. */
import { isObject } from '../go/json.ts'
import { changeField, type FieldSpec, specsFor, splitDotted } from './field-spec.ts'
import type { Variable } from './kustomization.ts'
import { refuse } from './loader.ts'
import { currentId, gvkOf, isSelectedBy, originalId, type Resource } from './resource.ts'

/** Puts values in place of all references to variables; unknown names stay as they are. */
export function resolveVars(
  resources: readonly Resource[],
  variables: readonly Variable[],
  specs: readonly FieldSpec[],
): void {
  if (variables.length === 0) return
  const values = new Map(variables.map((variable) => [variable.name ?? '', variableValue(variable, resources)]))
  for (const { body } of resources) {
    for (const spec of specsFor(gvkOf(body), specs)) {
      changeField(body, { ...spec, create: false }, (value) => replaced(value, values))
    }
  }
}

function variableValue({ name = '', objref = {}, fieldref }: Variable, resources: readonly Resource[]): unknown {
  const [group, version] = splitApiVersion(objref.apiVersion, objref.group, objref.version)
  const selector = { group, version, kind: objref.kind ?? '' }
  const found = resources.filter((resource) =>
    [originalId(resource), currentId(resource)].some((id) => isSelectedBy(id, selector) && id.name === objref.name),
  )
  const [source] = found
  if (source === undefined) return undefined
  if (found.length > 1) refuse(`found multiple resId matches for var ${name}`)
  const path = splitDotted(fieldref?.fieldpath || fieldref?.fieldPath || 'metadata.name')
  return path.reduce<unknown>((node, part) => {
    const index = /^(.*)\[(\d+)\]$/.exec(part)
    const inner = index === null ? part : (index[1] ?? '')
    const next =
      isObject(node) && Object.hasOwn(node, inner) ? node[inner] : Array.isArray(node) ? node[Number(inner)] : undefined
    return index !== null && Array.isArray(next) ? next[Number(index[2])] : next
  }, source.body)
}

function splitApiVersion(apiVersion = '', group = '', version = ''): readonly [group: string, version: string] {
  if (apiVersion === '') return [group, version]
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
}

function replaced(value: unknown, values: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => replaced(item, values))
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, values)]))
  if (typeof value !== 'string') return value
  const whole = /^\$\(([^()]+)\)$/.exec(value)?.[1]
  const found = whole === undefined ? undefined : values.get(whole)
  if (found !== undefined) return found
  return value.replace(/\$\$\(|\$\(([^()]+)\)/g, (text, name: string | undefined) => {
    if (name === undefined) return '$('
    const text2 = values.get(name)
    return text2 === undefined || isObject(text2) || Array.isArray(text2) ? text : String(text2)
  })
}
