import { absent, isEmpty, zeroOf } from '../../api/decoding/completion.ts'
import { type SelfDecoding, unmarshal } from '../../api/decoding/unmarshal.ts'
import { isObject, type JsonObject, setMember } from '../../api/json.ts'
import type { Definition, FieldSchema, FieldType, ScalarType } from '../../api/schema/schema.ts'
import { base64Length } from '../../bytes/bytes.ts'
import { sortBytewise } from '../../go/json.ts'
import { exact, MembersToBe } from '../../kernel/exact.ts'

/** There is something that the decoder of texts has a word to say about, or takes in its own way. */
export const notPlain = Symbol('not plain')

export interface Manner {
  /** An empty creationTimestamp is not written. */
  readonly omitsTimes?: boolean
  /** Maps stay in the order in which they are given; else they are sorted, as `goJson` sorts them. */
  readonly keepsOrder?: boolean
}

/**
 * What `decodeTyped` makes of the JSON text that `goJson` makes of an object, without the text; `notPlain` for what is
 * not plainly of that kind (unknown or missing fields, other types, numbers that Go writes in another way): then the
 * text has to be decoded. A test holds the two together.
 */
export function typedValue(
  value: unknown,
  definition: Definition,
  manner: Manner = {},
): Record<string, unknown> | typeof notPlain {
  if (!isPlainObject(value)) return notPlain
  let known = 0
  const begun = members.begin()
  for (const field of definition.fields.values()) {
    const given = value[field.name]
    let made: unknown
    if (given !== undefined && Object.hasOwn(value, field.name)) {
      known++
      made = fieldValue(given, field, manner)
      if (made === notPlain) return givenUp(begun)
    }
    if (field.required && (given === undefined || given === null)) return givenUp(begun)
    const kept = made === undefined || isEmpty(made, field) ? absent(field, definition, manner.omitsTimes) : made
    if (kept !== undefined) members.add(field.name, kept)
  }
  for (const name in value) if (value[name] !== undefined) known--
  return known === 0 ? members.finished(begun) : givenUp(begun)
}

/** Of the objects that are being made, each within another. */
const members = new MembersToBe()

function givenUp(begun: number): typeof notPlain {
  members.givenUp(begun)
  return notPlain
}

function isPlainObject(value: unknown): value is JsonObject {
  if (!isObject(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function fieldValue(given: unknown, { pointer, type }: FieldSchema, manner: Manner): unknown {
  if (pointer && given === null) return undefined
  const made = plainValue(given, type, manner)
  return made === undefined && pointer ? zeroOf(type, manner.omitsTimes) : made
}

/** A value of a type; undefined for null. */
function plainValue(given: unknown, type: FieldType, manner: Manner): unknown {
  if (given === null) return undefined
  switch (type.kind) {
    case 'object':
      return typedValue(given, type.definition, manner)
    case 'list':
      return Array.isArray(given) ? plainItems(given, type.items, manner) : notPlain
    case 'map':
      return isPlainObject(given) ? plainMap(given, type.values, manner) : notPlain
    case 'scalar':
      return plainScalar(given, type.scalar)
  }
}

function plainItems(given: readonly unknown[], items: FieldType, manner: Manner): unknown {
  let isPlain = true
  // As long as it has to be: one that is pushed to is made for sixteen more.
  const list = given.map((item) => {
    const made = !isPlain || item === undefined || item === null ? notPlain : plainValue(item, items, manner)
    if (made === notPlain) isPlain = false
    return made ?? zeroOf(items, manner.omitsTimes)
  })
  return isPlain ? list : notPlain
}

/** Keys stand in the order in which the text would have them. */
function plainMap(given: JsonObject, values: FieldType, manner: Manner): unknown {
  const map: Record<string, unknown> = {}
  const keys = Object.keys(given)
  if (manner.keepsOrder !== true) sortBytewise(keys)
  for (const key of keys) {
    const item: unknown = given[key]
    if (item === undefined) continue
    const made = item === null ? notPlain : plainValue(item, values, manner)
    if (made === notPlain) return notPlain
    setMember(map, key, made ?? zeroOf(values, manner.omitsTimes))
  }
  return exact(map)
}

function plainScalar(given: unknown, scalar: ScalarType): unknown {
  switch (scalar) {
    case 'string':
      return typeof given === 'string' ? given : notPlain
    case 'boolean':
      return typeof given === 'boolean' ? given : notPlain
    case 'int32':
      return isInteger(given, 2_147_483_647) ? given : notPlain
    case 'int64':
      return isInteger(given, Number.MAX_SAFE_INTEGER) ? given : notPlain
    case 'bytes':
      // Line breaks and lists of numbers are for the other decoder.
      return typeof given === 'string' && !/[\r\n]/.test(given) && base64Length(given) !== undefined ? given : notPlain
    case 'quantity':
    case 'intOrString':
    case 'time':
    case 'microTime':
      return marshaled(given, scalar)
    default:
      return notPlain
  }
}

function isInteger(given: unknown, max: number): boolean {
  return Number.isInteger(given) && Math.abs(given as number) <= max && !Object.is(given, -0) // an integer is a number
}

function marshaled(given: unknown, scalar: SelfDecoding): unknown {
  if (typeof given !== 'string' && !isInteger(given, 2_147_483_647)) return notPlain
  const made = unmarshal(JSON.stringify(given), scalar)
  return typeof made === 'object' ? notPlain : made
}
