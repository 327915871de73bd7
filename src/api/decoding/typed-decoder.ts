import { base64Length, decodeBase64, encodeBase64 } from '../../bytes/bytes.ts'
import { exact } from '../../kernel/exact.ts'
import { setMember } from '../json.ts'
import type { Definition, FieldSchema, FieldType, ScalarType } from '../schema/schema.ts'
import { ByteReader, charOf } from './byte-reader.ts'
import { completed, emptyObject, isText, kept, zeroOf } from './completion.ts'
import { goTypeOf } from './go-type-names.ts'
import { readInteger } from './integers.ts'
import { type SelfDecoding, unmarshal } from './unmarshal.ts'

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
    const name = reader.readName()
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

  /** After an error what is left of the text means nothing. */
  private anything(): unknown {
    const raw = this.reader.skipAndReturn()
    return this.reader.error === undefined ? (JSON.parse(raw) ?? undefined) : undefined
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
    // Sliced: what has grown has room for a dozen more, and objects are kept.
    return list.slice()
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
      const key = reader.readName()
      if (reader.nextToken() !== 0x3a) {
        reader.report('ReadMapCB', 'expect : after object field, but found "')
        return map
      }
      setMember(map, key, this.value(values) ?? zeroOf(values))
    } while (reader.nextToken() === 0x2c)
    return isText(values) ? kept(map) : exact(map)
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
        return this.anything()
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
      const hasBreaks = /[\r\n]/.test(text)
      if (!hasBreaks && base64Length(text) !== undefined) return text
      const decoded = decodeBase64(text)
      if (!decoded.ok) {
        reader.report('decode base64', `illegal base64 data at input byte ${decoded.offset}`)
        return undefined
      }
      return encodeBase64(decoded.bytes)
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
  private marshaled(scalar: SelfDecoding): unknown {
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
