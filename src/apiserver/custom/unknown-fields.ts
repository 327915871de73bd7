import { isObject, type JsonObject, member } from '../../api/json.ts'

/** Members of every object, which have a type of their own. */
const ownMembers: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])

/**
 * Paths of the fields of a custom resource that its schema does not name (`spec.zap`, `spec.list[0].zap`), sorted: those that pruning takes away.
 * Source: apiextensions-apiserver pkg/apiserver/schema/pruning/algorithm.go, PruneWithOptions with TrackUnknownFieldPaths.
 */
export function unknownFields(object: unknown, schema: JsonObject): readonly string[] {
  if (!isObject(object)) return []
  const rest = Object.entries(object).filter(([name]) => !ownMembers.has(name))
  return [...unknownBelow(Object.fromEntries(rest), schema, '')].sort()
}

function* unknownBelow(value: unknown, given: unknown, path: string): Generator<string> {
  const schema = isObject(given) ? given : {}
  if (Array.isArray(value)) {
    const items = member(schema, 'items')
    for (const [index, item] of value.entries()) yield* unknownBelow(item, items, `${path}[${index}]`)
  }
  if (!isObject(value)) return
  const preserves = member(schema, 'x-kubernetes-preserve-unknown-fields') === true
  const properties = member(schema, 'properties')
  for (const [name, inner] of Object.entries(value)) {
    const below = path === '' ? name : `${path}.${name}`
    const isNamed = isObject(properties) && Object.hasOwn(properties, name)
    const own = isNamed ? properties[name] : member(schema, 'additionalProperties')
    if (own !== undefined && own !== false) yield* unknownBelow(inner, own, below)
    else if (!preserves) yield below
  }
}
