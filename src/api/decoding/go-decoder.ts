import { base64Length, decodeBase64, encodeBase64 } from '../../bytes/bytes.ts'
import { goQuote } from '../../go/quote.ts'
import { exact } from '../../kernel/exact.ts'
import { setMember } from '../json.ts'
import type { Definition, FieldSchema, FieldType, ScalarType } from '../schema/schema.ts'
import { completed, emptyObject, isText, kept, zeroOf } from './completion.ts'
import { goTypeOf, structName } from './go-type-names.ts'
import { JsonReader } from './json-reader.ts'
import { type SelfDecoding, unmarshal } from './unmarshal.ts'

/**
 * Decodes JSON into an object of a kind as the API server of v1.23 and later does: names are case-sensitive, null is the
 * empty value, of repeated keys the last wins; a value of the wrong type is noted and skipped, and the first one that was is
 * the error, unless a type that decodes itself refuses. Fields that are unknown or come twice are told beside the value.
 * Source: sigs.k8s.io/json internal/golang/encoding/json/decode.go, kubernetes_patch.go.
 */
export type GoDecoded =
  | { readonly ok: true; readonly value: Record<string, unknown>; readonly strict: readonly string[] }
  | { readonly ok: false; readonly error: string }

/** Most strict errors that are kept. Source: kubernetes_patch.go, saveStrictError. */
const strictErrorsMax = 100

/** How decoders of later versions differ. */
export interface GoDecoderTraits {
  /** Paths in errors name inlined structs (v1.35 on, with Go 1.24's decoder). */
  readonly tellsEmbedded: boolean
  /** An empty creationTimestamp is not written (v1.34 on). */
  readonly omitsTimes: boolean
}

/** Only valid JSON comes here. */
export function decodeAsGo(json: string, definition: Definition, traits: GoDecoderTraits): GoDecoded {
  const decoder = new GoDecoder(json, traits)
  try {
    const value = decoder.object(definition)
    if (decoder.error !== undefined) return { ok: false, error: decoder.error }
    return { ok: true, value: value ?? emptyObject(definition, traits.omitsTimes), strict: decoder.strict }
  } catch (refusal) {
    if (refusal instanceof Refusal) return { ok: false, error: refusal.message }
    throw refusal
  }
}

/** A type that decodes itself refused its value: decoding ends at once. */
class Refusal extends Error {}

/** Where a value stands: the struct that has the field, and the fields on the way, as errors tell them. */
interface Place {
  readonly struct: string
  readonly path: string
}

class GoDecoder {
  error: string | undefined
  readonly strict: string[] = []
  readonly #reader: JsonReader
  readonly #traits: GoDecoderTraits

  constructor(json: string, traits: GoDecoderTraits) {
    this.#reader = new JsonReader(json)
    this.#traits = traits
  }

  /** An object's members; undefined for null or a value of another type. `path` is the one that strict errors tell. */
  object(
    definition: Definition,
    place?: Place,
    path = '',
    goType = structName(definition),
  ): Record<string, unknown> | undefined {
    const reader = this.#reader
    if (reader.peek() !== 'object') return this.#mismatch(goType, place)
    const members = new Map<string, unknown>()
    for (const name of reader.members()) {
      const field = definition.fields.get(name)
      if (field === undefined) {
        this.#tell('unknown field', below(path, name))
        reader.skip()
        continue
      }
      if (members.has(name)) this.#tell('duplicate field', below(path, name))
      const inner = this.#inside(definition, field, place)
      members.set(name, this.#field(field, inner, below(path, name)))
    }
    return completed(definition, members, this.#traits.omitsTimes)
  }

  #inside(definition: Definition, field: FieldSchema, place: Place | undefined): Place {
    const embedded = this.#traits.tellsEmbedded ? field.goName.split(': ').slice(0, -1) : []
    const parts = [...(place === undefined ? [] : [place.path]), ...embedded, field.name]
    const name = structName(definition)
    return { struct: name.slice(name.lastIndexOf('.') + 1), path: parts.join('.') }
  }

  #field(field: FieldSchema, place: Place, path: string): unknown {
    // A pointer is null or points to something, which may be empty.
    if (field.pointer && this.#reader.takeNull()) return undefined
    const value = this.#value(field.type, place, path, field.goType)
    return value === undefined && field.pointer ? zeroOf(field.type, this.#traits.omitsTimes) : value
  }

  /** A value of a type; undefined for null. `goType`: its name where it has one of its own. */
  #value(type: FieldType, place: Place, path: string, goType: string): unknown {
    switch (type.kind) {
      case 'object':
        return this.object(type.definition, place, path)
      case 'list':
        return this.#list(type.items, place, path, goType)
      case 'map':
        return this.#map(type.values, place, path, goType)
      case 'scalar':
        return this.#scalar(type.scalar, place, goType)
    }
  }

  #list(items: FieldType, place: Place, path: string, goType: string): readonly unknown[] | undefined {
    const reader = this.#reader
    if (reader.peek() !== 'array') return this.#mismatch(goType || `[]${goTypeOf(items)}`, place)
    const inner = goType.startsWith('[]') ? goType.slice(2) : ''
    const list: unknown[] = []
    for (const at of reader.items())
      list.push(this.#value(items, place, `${path}[${at}]`, inner) ?? zeroOf(items, this.#traits.omitsTimes))
    // As long as it has to be: objects are kept.
    return list.slice()
  }

  #map(values: FieldType, place: Place, path: string, goType: string): Record<string, unknown> | undefined {
    const reader = this.#reader
    if (reader.peek() !== 'object') return this.#mismatch(goType || `map[string]${goTypeOf(values)}`, place)
    const inner = goType.startsWith('map[') ? goType.slice(goType.indexOf(']') + 1) : ''
    const map: Record<string, unknown> = {}
    for (const key of reader.members()) {
      if (Object.hasOwn(map, key)) this.#tell('duplicate field', below(path, key))
      setMember(
        map,
        key,
        this.#value(values, place, below(path, key), inner) ?? zeroOf(values, this.#traits.omitsTimes),
      )
    }
    return isText(values) ? kept(map) : exact(map)
  }

  #scalar(scalar: ScalarType, place: Place, goType: string): unknown {
    const reader = this.#reader
    switch (scalar) {
      case 'any':
        return JSON.parse(reader.take()) ?? undefined
      case 'bytes':
        return this.#bytes(place)
      case 'string':
        return reader.peek() === 'string' ? reader.text() : this.#mismatch(goType || 'string', place)
      case 'boolean':
        return reader.peek() === 'bool' ? reader.take() === 'true' : this.#mismatch(goType || 'bool', place)
      case 'int32':
      case 'int64':
      case 'double':
        return this.#number(scalar, place, goType)
      default:
        return this.#selfDecoding(scalar, place)
    }
  }

  #number(scalar: 'int32' | 'int64' | 'double', place: Place, goType: string): number | undefined {
    const name = goType || goTypeOf({ kind: 'scalar', scalar })
    if (this.#reader.peek() !== 'number') return this.#mismatch(name, place)
    const raw = this.#reader.take()
    if (scalar === 'double') return Number(raw)
    if (/^-?\d+$/.test(raw) && BigInt.asIntN(scalar === 'int32' ? 32 : 64, BigInt(raw)) === BigInt(raw))
      return Number(raw)
    this.#save(typeError(`number ${raw}`, name, place))
    return undefined
  }

  /** Base64 text, or a list of numbers. Line ends inside the text are skipped, so the value is encoded anew. */
  #bytes(place: Place): string | undefined {
    const reader = this.#reader
    if (reader.peek() === 'array') {
      const numbers: number[] = []
      for (const _ of reader.items()) numbers.push(this.#byte(place))
      return encodeBase64(Uint8Array.from(numbers))
    }
    if (reader.peek() !== 'string') return this.#mismatch('[]uint8', place)
    const text = reader.text()
    if (!/[\r\n]/.test(text) && base64Length(text) !== undefined) return text
    const decoded = decodeBase64(text)
    if (decoded.ok) return encodeBase64(decoded.bytes)
    this.#save(`illegal base64 data at input byte ${decoded.offset}`)
    return undefined
  }

  #byte(place: Place): number {
    if (this.#reader.peek() !== 'number') {
      this.#mismatch('uint8', place)
      return 0
    }
    const raw = this.#reader.take()
    const value = Number(raw)
    if (/^\d+$/.test(raw) && value <= 255) return value
    this.#save(typeError(`number ${raw}`, 'uint8', place))
    return 0
  }

  #selfDecoding(scalar: SelfDecoding, place: Place): unknown {
    const raw = this.#reader.take()
    if (raw === 'null') return undefined
    const result = unmarshal(raw, scalar)
    if (typeof result !== 'object') return result
    const mismatch = /^json: cannot unmarshal (.*) into Go value of type (\w+)$/.exec(result.error)
    throw new Refusal(mismatch === null ? result.error : typeError(mismatch[1] ?? '', mismatch[2] ?? '', place))
  }

  /** A value of another type is passed over; null is of any type. */
  #mismatch(goType: string, place: Place | undefined): undefined {
    const found = this.#reader.peek()
    this.#reader.skip()
    if (found !== 'null') this.#save(typeError(found, goType, place))
    return undefined
  }

  /** Only the first error is told. */
  #save(error: string): void {
    this.error ??= error
  }

  #tell(what: string, path: string): void {
    const text = `${what} ${goQuote(path)}`
    if (this.strict.length < strictErrorsMax && !this.strict.includes(text)) this.strict.push(text)
  }
}

/** Source: Go encoding/json, UnmarshalTypeError.Error. */
function typeError(found: string, goType: string, place: Place | undefined): string {
  const where = place === undefined ? 'Go value' : `Go struct field ${place.struct}.${place.path}`
  return `json: cannot unmarshal ${found} into ${where} of type ${goType}`
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}
