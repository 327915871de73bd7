import { unifiedDiff } from '../../go/difflib.ts'
import { goStructJson, goStructJsonIndented } from '../../go/json.ts'
import { canonicalQuantity } from '../quantity.ts'
import { laterStructs } from './later-structs.ts'
import { middleStructs } from './middle-structs.ts'
import { type GoValue, goElements, goEntries, goFieldValue, goTarget, goValueOf, type Structs } from './values.ts'

const structs = { ...middleStructs, ...laterStructs }

/**
 * The difference of two values as later API servers show it: lines of their JSON, whose members are Go's fields, all of them,
 * for internal types name none of their own. Empty when equal. Source: k8s.io/apimachinery pkg/util/diff/diff.go, Diff.
 */
export function goJsonDiff(type: string, x: unknown, y: unknown): string {
  return unifiedDiff(prettyJson(type, x), prettyJson(type, y))
}

function prettyJson(type: string, json: unknown): string {
  return goStructJsonIndented(internalJson(goValueOf(type, json, structs)), ' ')
}

/** A value of an internal type as encoding/json writes it. */
export function goValueJson(type: string, json: unknown, own: Structs = structs): string {
  return goStructJson(internalJson(goValueOf(type, json, own)))
}

function internalJson(value: GoValue): unknown {
  const { type, json } = value
  switch (type.kind) {
    case 'struct':
      return structJson(value)
    case 'slice':
      return json === undefined ? null : goElements(value).map(internalJson)
    case 'map':
      return json === undefined
        ? null
        : Object.fromEntries(goEntries(value).map(([key, entry]) => [key, internalJson(entry)]))
    case 'pointer': {
      const target = goTarget(value)
      return target === undefined ? null : internalJson(target)
    }
    case 'quantity':
      return canonicalQuantity(String(json ?? '0'))
    case 'bool':
      return json === true
    case 'int':
    case 'intOrString':
      return json ?? 0
    case 'string':
      return json ?? ''
  }
}

/** Types of meta/v1 are internal too, and name their members as JSON does. */
function structJson(value: GoValue): unknown {
  const { type, json } = value
  if (type.name.startsWith('v1.')) return json ?? {}
  const members: Record<string, unknown> = {}
  for (const field of type.fields?.() ?? []) {
    const inner = goFieldValue(value, field)
    if (field.json !== '') members[field.name] = internalJson(inner)
    else if (inner.type.name === 'v1.ObjectMeta') Object.assign(members, metadataOf(json))
    else Object.assign(members, structJson(inner))
  }
  return members
}

function metadataOf(json: unknown): object {
  const { metadata } = (json ?? {}) as { readonly metadata?: object } // of a claim's template
  return metadata ?? {}
}
