import { exact, MembersToBe, membersOf } from '../../kernel/exact.ts'
import { onePart } from '../../kernel/recent-parts.ts'
import type { Definition, FieldSchema, FieldType, ScalarType } from '../schema/schema.ts'

/** The members that the server would write: empty ones left out where they may be, others put in. `omitsTimes`: creationTimestamp, too, the one time that has omitzero. */
export function completed(
  definition: Definition,
  members: ReadonlyMap<string, unknown>,
  omitsTimes = false,
): Record<string, unknown> {
  const begun = toBe.begin()
  for (const field of definition.fields.values()) {
    const value = members.get(field.name)
    const written = value === undefined || isEmpty(value, field) ? absent(field, definition, omitsTimes) : value
    if (written !== undefined) toBe.add(field.name, written)
  }
  return inCommon(toBe.finished(begun))
}

/** Of the objects that are being made: what is absent from one may be an empty object in its turn. */
const toBe = new MembersToBe()

/** Of more members it is hardly ever that two say the same. */
const partAtMost = 4

/** An object that was decoded, as objects keep it: with no room to spare, and a small one in common with who says the same. */
export function kept(object: Record<string, unknown>): Record<string, unknown> {
  return inCommon(exact(object))
}

function inCommon(object: Record<string, unknown>): Record<string, unknown> {
  return membersOf(object) <= partAtMost ? onePart(object) : object
}

/** Labels and what is like them. */
export function isText(values: FieldType): boolean {
  return values.kind === 'scalar' && values.scalar === 'string'
}

/**
 * What strategies want to see empty: a Secret's data, absent or empty, differ to the rule that it is immutable, a
 * ControllerRevision's is there when it is an empty list, and policies of an autoscaler have a default only when absent.
 */
const keptWhenEmpty: ReadonlySet<string> = new Set(['data', 'binaryData', 'policies'])

/** Whether Go leaves the field out for its value, or the server because its gate is off. */
export function isEmpty(value: unknown, field: FieldSchema): boolean {
  if (field.isOff === true) return true
  if (!field.omitEmpty) return false
  if (Array.isArray(value)) return value.length === 0 && !keptWhenEmpty.has(field.name)
  if (typeof value === 'object' && value !== null) {
    return field.type.kind === 'map' && Object.keys(value).length === 0 && !keptWhenEmpty.has(field.name)
  }
  return !field.pointer && (value === '' || value === 0 || value === false)
}

/** What stands for a field that is empty: nothing, unless Go always writes it. */
export function absent(field: FieldSchema, definition: Definition, omitsTimes = false): unknown {
  if (field.pointer) return field.omitEmpty ? undefined : null
  if (field.type.kind === 'object') return emptyObject(field.type.definition, omitsTimes)
  if (field.type.kind === 'scalar') {
    if (field.type.scalar === 'time' || field.type.scalar === 'microTime') {
      return omitsTimes && field.name === 'creationTimestamp' ? undefined : null
    }
    // A quantity is a struct, which Go never takes for empty: the divisor of a resource that a variable names.
    return field.omitEmpty && field.type.scalar !== 'quantity' ? undefined : zeroOf(field.type, omitsTimes)
  }
  // Go writes null for a list that is not there. Deeper inside that is only seen in objects that validation refuses.
  return field.omitEmpty || !definition.fields.has('kind') ? undefined : null
}

/** An object of a kind with nothing given. */
export function emptyObject(definition: Definition, omitsTimes = false): Record<string, unknown> {
  return completed(definition, new Map(), omitsTimes)
}

/** Go's zero value of a type. */
export function zeroOf(type: FieldType, omitsTimes = false): unknown {
  switch (type.kind) {
    case 'object':
      return emptyObject(type.definition, omitsTimes)
    case 'list':
    case 'map':
      return null
    case 'scalar':
      return zeroScalars[type.scalar]
  }
}

const zeroScalars: Readonly<Record<ScalarType, unknown>> = {
  string: '',
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
  bytes: '',
  quantity: '0',
  intOrString: 0,
  time: null,
  microTime: null,
  any: null,
}
