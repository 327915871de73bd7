/** `$(NAME)` in known fields, from other objects' fields. Source: v2.0.3 pkg/target, expansion; api internal/accumulator. */
import { compareBytes, isObject } from '../go/json.ts'
import { changeField, type FieldSpec, specsFor, splitDotted } from './field-spec.ts'
import type { Variable } from './kustomization.ts'
import { type Generation, refuse } from './loader.ts'
import { currentId, gvkOf, isSelectedBy, originalId, type Resource } from './resource.ts'

/** Puts values in place of all references to variables; unknown names stay as they are. */
export function resolveVars(
  resources: readonly Resource[],
  variables: readonly Variable[],
  specs: readonly FieldSpec[],
  generation: Generation,
): void {
  if (variables.length === 0) return
  // Source: api types/var.go, VarSet.AsSlice, which sorts them; 2.0.3 does so, too.
  const inOrder = [...variables].sort((a, b) => compareBytes(a.name ?? '', b.name ?? ''))
  const values = new Map(
    inOrder.map((variable) => [variable.name ?? '', variableValue(variable, resources, generation)]),
  )
  for (const { body } of resources) {
    for (const spec of specsFor(gvkOf(body), specs)) {
      changeField(body, { ...spec, create: false }, (value) => replaced(value, values))
    }
  }
}

/** Adds variables of a directory; a name stands for one thing only. Source: api types/var.go, VarSet.MergeSlice; v2.0.3 pkg/types/var.go. */
export function mergeVars(known: Variable[], more: readonly Variable[], generation: Generation): void {
  for (const variable of more) {
    const name = variable.name ?? ''
    if (known.some((one) => (one.name ?? '') === name))
      refuse(generation === 'v5' ? `var '${name}' already encountered` : `var ${name} already encountered`)
    known.push(variable)
  }
}

/** As Go prints a variable: its name, what it points to, and where. `isResolved`: with what is left out filled in. */
export function variableText(variable: Variable, generation: Generation, isResolved: boolean): string {
  const { name = '', objref = {}, fieldref } = variable
  const [group, version] = isResolved
    ? splitApiVersion(objref.apiVersion, objref.group, objref.version)
    : [objref.group ?? '', objref.version ?? '']
  const kind = objref.kind ?? ''
  const gvk =
    generation === 'v5'
      ? `${kind || '[noKind]'}.${version || '[noVer]'}.${group || '[noGrp]'}`
      : `${group || '~G'}_${version || '~V'}_${kind || '~K'}`
  const path = fieldref?.fieldpath || fieldref?.fieldPath || (isResolved ? 'metadata.name' : '')
  return `{${name} ${gvk} {${path}}}`
}

function variableValue(variable: Variable, resources: readonly Resource[], generation: Generation): unknown {
  const { name = '', objref = {}, fieldref } = variable
  const [group, version] = splitApiVersion(objref.apiVersion, objref.group, objref.version)
  const selector = { group, version, kind: objref.kind ?? '' }
  const found = resources.filter((resource) =>
    [originalId(resource), currentId(resource)].some((id) => isSelectedBy(id, selector) && id.name === objref.name),
  )
  const [source] = found
  if (source === undefined)
    return refuse(
      `var '${variableText(variable, generation, true)}' cannot be mapped to a field in the set of known resources`,
    )
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
