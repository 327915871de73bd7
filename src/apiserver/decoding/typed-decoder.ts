import { setMember } from '../../api/json.ts'
import { canonicalQuantity, parseQuantity } from '../../api/quantity.ts'
import type { Definition, FieldSchema, FieldType, ScalarType } from '../../api/schema/schema.ts'
import { decodeBase64, encodeBase64 } from '../../bytes/bytes.ts'
import { rfc3339Error } from '../../go/time.ts'
import { ByteReader, charOf } from './byte-reader.ts'
import { readInteger } from './integers.ts'

/**
 * Decodes JSON into an object of a kind as the API server of v1.18 to v1.22 does: unknown fields are dropped, names are
 * case-sensitive, null is the empty value, of repeated keys the last wins; and what the server would write back is put in:
 * fields that are never left out, and none that are empty. Errors have json-iterator's texts.
 * Source: github.com/json-iterator/go, reflect_*.go; encoding/json's omitempty.
 */
export type Decoded =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly error: string }

/** Deeper than any kind is nested but a JSON schema's own. */
const maxDepth = 1000

export function decodeTyped(json: string, definition: Definition): Decoded {
  const reader = new ByteReader(json)
  const value = new TypedDecoder(reader).object(definition)
  if (reader.error !== undefined) return { ok: false, error: reader.error }
  return { ok: true, value: value ?? emptyObject(definition) }
}

class TypedDecoder {
  private depth = 0
  private readonly reader: ByteReader

  constructor(reader: ByteReader) {
    this.reader = reader
  }

  /** An object's members; undefined for null. */
  object(definition: Definition): Record<string, unknown> | undefined {
    const { reader } = this
    const code = reader.nextToken()
    if (code === 0x6e) {
      reader.skipBytes('ull')
      return undefined
    }
    if (code !== 0x7b) {
      reader.report('readObjectStart', `expect { or n, but found ${charOf(code)}`)
      return undefined
    }
    if (reader.nextToken() === 0x7d) return emptyObject(definition)
    reader.unreadByte()
    if (++this.depth > maxDepth) reader.report('incrementDepth', 'exceeded max depth')
    const members = new Map<string, unknown>()
    do this.member(definition, members)
    while (reader.nextToken() === 0x2c)
    reader.prefix(`${definition.goType}.`)
    this.depth--
    return reader.error === undefined ? completed(definition, members) : undefined
  }

  private member(definition: Definition, members: Map<string, unknown>): void {
    const { reader } = this
    const name = this.memberName()
    const field = name === undefined ? undefined : definition.fields.get(name)
    if (field === undefined) {
      reader.skip()
      return
    }
    const value = this.field(field)
    for (const part of field.goName.split(': ').reverse()) reader.prefix(`${part}: `)
    members.set(field.name, value)
  }

  /** A key and its colon; undefined when, after an error, there is none. */
  private memberName(): string | undefined {
    const { reader } = this
    const code = reader.nextToken()
    if (code !== 0x22) {
      reader.report('readFieldHash', `expect ", but found ${charOf(code)}`)
      return undefined
    }
    reader.head--
    const name = reader.readString()
    const colon = reader.nextToken()
    if (colon === 0x3a) return name
    reader.report('readFieldHash', `expect :, but found ${charOf(colon)}`)
    return undefined
  }

  private field(field: FieldSchema): unknown {
    // A pointer is null or points to something, which may be empty.
    if (field.pointer && this.reader.readNull()) return undefined
    const value = this.value(field.type)
    return value === undefined && field.pointer ? zeroOf(field.type) : value
  }

  /** A value of a type; undefined for null. */
  private value(type: FieldType): unknown {
    switch (type.kind) {
      case 'object':
        return this.object(type.definition)
      case 'list':
        return this.list(type.items)
      case 'map':
        return this.map(type.values)
      case 'scalar':
        return this.scalar(type.scalar)
    }
  }

  private list(items: FieldType): readonly unknown[] | undefined {
    const { reader } = this
    const decoded = this.listItems(items)
    reader.prefix(`[]${goTypeOf(items)}: `)
    return decoded
  }

  private listItems(items: FieldType): readonly unknown[] | undefined {
    const { reader } = this
    const code = reader.nextToken()
    if (code === 0x6e) {
      reader.skipBytes('ull')
      return undefined
    }
    if (code !== 0x5b) {
      reader.report('decode slice', `expect [ or n, but found ${charOf(code)}`)
      return undefined
    }
    if (reader.nextToken() === 0x5d) return []
    reader.unreadByte()
    const list: unknown[] = []
    do list.push(this.value(items) ?? zeroOf(items))
    while (reader.nextToken() === 0x2c)
    return list
  }

  private map(values: FieldType): Record<string, unknown> | undefined {
    const { reader } = this
    const code = reader.nextToken()
    if (code === 0x6e) {
      reader.skipBytes('ull')
      return undefined
    }
    if (code !== 0x7b) {
      reader.report('ReadMapCB', `expect { or n, but found ${charOf(code)}`)
      return undefined
    }
    const map: Record<string, unknown> = {}
    if (reader.nextToken() === 0x7d) return map
    reader.unreadByte()
    do {
      const key = reader.readString()
      if (reader.nextToken() !== 0x3a) {
        reader.report('ReadMapCB', 'expect : after object field, but found "')
        return map
      }
      setMember(map, key, this.value(values) ?? zeroOf(values))
    } while (reader.nextToken() === 0x2c)
    return map
  }

  private scalar(scalar: ScalarType): unknown {
    const { reader } = this
    switch (scalar) {
      case 'string':
        return reader.readString()
      case 'boolean':
        return reader.readNull() ? undefined : this.boolean()
      case 'int32':
      case 'int64':
        return reader.readNull() ? undefined : readInteger(reader, scalar)
      case 'bytes':
        return this.bytes()
      case 'double':
        return reader.readNull() ? undefined : Number(reader.skipAndReturn())
      case 'any':
        return JSON.parse(reader.skipAndReturn() || 'null') ?? undefined
      default:
        return this.marshaled(scalar)
    }
  }

  private boolean(): boolean | undefined {
    const { reader } = this
    const code = reader.nextToken()
    if (code === 0x74) {
      reader.skipBytes('rue')
      return true
    }
    if (code === 0x66) {
      reader.skipBytes('alse')
      return false
    }
    reader.report('ReadBool', `expect t or f, but found ${charOf(code)}`)
    return undefined
  }

  /** Base64 text, or a list of numbers. Line ends inside the text are skipped, so the value is encoded anew. */
  private bytes(): string | undefined {
    const { reader } = this
    if (reader.readNull()) return undefined
    const code = reader.peekToken()
    if (code === 0x22) {
      const text = reader.readString()
      const decoded = decodeBase64(text)
      if (!decoded.ok) {
        reader.report('decode base64', `illegal base64 data at input byte ${decoded.offset}`)
        return undefined
      }
      return /[\r\n]/.test(text) ? encodeBase64(decoded.bytes) : text
    }
    if (code !== 0x5b) {
      reader.report('base64Codec', 'invalid input')
      return undefined
    }
    const numbers = this.listOfBytes()
    return encodeBase64(Uint8Array.from(numbers))
  }

  private listOfBytes(): readonly number[] {
    const { reader } = this
    reader.nextToken()
    if (reader.nextToken() === 0x5d) return []
    reader.unreadByte()
    const numbers: number[] = []
    do numbers.push(readInteger(reader, 'uint8') ?? 0)
    while (reader.nextToken() === 0x2c)
    reader.prefix('[]uint8: ')
    return numbers
  }

  /** Types that decode themselves from the bytes of their value. */
  private marshaled(scalar: 'quantity' | 'intOrString' | 'time' | 'microTime'): unknown {
    const { reader } = this
    const raw = reader.skipAndReturn()
    if (reader.error !== undefined || raw === 'null') return undefined
    const result = unmarshal(raw, scalar)
    if (typeof result === 'object') {
      reader.report('unmarshalerDecoder', result.error)
      return undefined
    }
    return result
  }
}

/** What a type that decodes itself says of a JSON value; undefined if it takes it. */
export function unmarshalError(
  raw: string,
  scalar: 'quantity' | 'intOrString' | 'time' | 'microTime',
): string | undefined {
  const result = unmarshal(raw, scalar)
  return typeof result === 'object' ? result.error : undefined
}

function unmarshal(
  raw: string,
  scalar: 'quantity' | 'intOrString' | 'time' | 'microTime',
): string | number | { readonly error: string } {
  const isText = raw.startsWith('"')
  switch (scalar) {
    case 'intOrString': {
      if (isText) return String(JSON.parse(raw))
      const number = Number(raw)
      if (Number.isInteger(number) && Math.abs(number) <= 2_147_483_648) return number
      const shown = Number.isNaN(number) ? jsonTypeOf(raw) : `number ${raw}`
      return { error: `json: cannot unmarshal ${shown} into Go value of type int32` }
    }
    case 'quantity': {
      const text = isText ? String(JSON.parse(raw)) : raw
      const parsed = parseQuantity(text.trim())
      return parsed.ok ? canonicalQuantity(text.trim()) : { error: parsed.message }
    }
    default: {
      if (!isText) return { error: `json: cannot unmarshal ${jsonTypeOf(raw)} into Go value of type string` }
      const text = String(JSON.parse(raw))
      // A time of microseconds has a layout of its own, which takes the plain one too.
      const error = rfc3339Error(text, scalar === 'time' ? undefined : '2006-01-02T15:04:05.000000Z07:00')
      return error === undefined ? text : { error }
    }
  }
}

function jsonTypeOf(raw: string): string {
  const names: Readonly<Record<string, string>> = { '{': 'object', '[': 'array', '"': 'string', t: 'bool', f: 'bool' }
  return names[raw.charAt(0)] ?? 'number'
}

/** A type as Go prints it inside `[]T`. */
function goTypeOf(type: FieldType): string {
  switch (type.kind) {
    case 'object':
      return type.definition.goType
    case 'list':
      return `[]${goTypeOf(type.items)}`
    case 'map':
      return `map[string]${goTypeOf(type.values)}`
    case 'scalar':
      return scalarNames[type.scalar]
  }
}

const scalarNames: Readonly<Record<ScalarType, string>> = {
  string: 'string',
  boolean: 'bool',
  int32: 'int32',
  int64: 'int64',
  double: 'float64',
  bytes: '[]uint8',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  any: 'runtime.RawExtension',
}

/** The members that the server would write: empty ones left out where they may be, others put in. */
function completed(definition: Definition, members: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  for (const field of definition.fields.values()) {
    const value = members.get(field.name)
    const kept = value === undefined || isEmpty(value, field) ? absent(field, definition) : value
    if (kept !== undefined) setMember(object, field.name, kept)
  }
  return object
}

/** Maps that strategies want to see empty: a Secret's data, absent or empty, differ to the rule that it is immutable. */
const keptWhenEmpty: ReadonlySet<string> = new Set(['data', 'binaryData'])

function isEmpty(value: unknown, field: FieldSchema): boolean {
  if (!field.omitEmpty) return false
  if (Array.isArray(value)) return value.length === 0
  if (typeof value === 'object' && value !== null) {
    return field.type.kind === 'map' && Object.keys(value).length === 0 && !keptWhenEmpty.has(field.name)
  }
  return !field.pointer && (value === '' || value === 0 || value === false)
}

/** What stands for a field that is empty: nothing, unless Go always writes it. */
function absent(field: FieldSchema, definition: Definition): unknown {
  if (field.pointer) return field.omitEmpty ? undefined : null
  if (field.type.kind === 'object') return emptyObject(field.type.definition)
  if (field.type.kind === 'scalar') {
    if (field.type.scalar === 'time' || field.type.scalar === 'microTime') return null
    return field.omitEmpty ? undefined : zeroOf(field.type)
  }
  // Go writes null for a list that is not there. Deeper inside that is only seen in objects that validation refuses.
  return field.omitEmpty || !definition.fields.has('kind') ? undefined : null
}

function emptyObject(definition: Definition): Record<string, unknown> {
  return completed(definition, new Map())
}

function zeroOf(type: FieldType): unknown {
  switch (type.kind) {
    case 'object':
      return emptyObject(type.definition)
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
