import { encodeBase64, utf8Text } from '../../bytes/bytes.ts'
import { rfc3339, rfc3339Micro } from '../../kernel/calendar.ts'
import { type Message, type MessageField, messageOf } from './messages.ts'
import { WireError, WireReader } from './wire-reader.ts'

/** What the bytes of every object begin with. Source: apimachinery pkg/runtime/serializer/protobuf/protobuf.go, protoEncodingPrefix. */
const protobufPrefix: Uint8Array = Uint8Array.of(0x6b, 0x38, 0x73, 0x00)

/** An object out of its envelope, `runtime.Unknown`. */
export interface Envelope {
  readonly apiVersion: string
  readonly kind: string
  readonly raw: Uint8Array
}

/** Takes an object out of its envelope; undefined for bytes that do not begin as one. Throws a WireError if they do not go on so. */
export function openEnvelope(bytes: Uint8Array): Envelope | undefined {
  if (protobufPrefix.some((byte, at) => bytes[at] !== byte)) return undefined
  let [apiVersion, kind] = ['', '']
  let raw: Uint8Array = new Uint8Array()
  eachField(bytes.subarray(protobufPrefix.length), (number, reader) => {
    if (number === 2) raw = reader.bytes()
    else if (number === 1)
      eachField(reader.bytes(), (inner, part) => {
        if (inner === 1) apiVersion = utf8Text(part.bytes())
        else if (inner === 2) kind = utf8Text(part.bytes())
        else return false
        return true
      })
    else return false
    return true
  })
  return { apiVersion, kind, raw }
}

/**
 * A message as the JSON that Go makes of it. What is empty without being a pointer's is left out, as `omitempty` does; the message of
 * a definition that Kubernetes has none for is undefined. Throws a WireError for bytes that are none.
 */
export function decodeProtobuf(definition: string, bytes: Uint8Array): Record<string, unknown> | undefined {
  const message = messageOf(definition)
  return message === undefined ? undefined : objectOf(message, bytes)
}

/** Calls `read` for each field; those that it does not take (false) are passed over. */
function eachField(bytes: Uint8Array, read: (number: number, reader: WireReader, wire: number) => boolean): void {
  const reader = new WireReader(bytes)
  while (!reader.isAtEnd) {
    const { number, wire } = reader.tag()
    if (!read(number, reader, wire)) reader.skip(wire)
  }
}

function objectOf(message: Message, bytes: Uint8Array): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  eachField(bytes, (number, reader, wire) => {
    const field = message.fields.get(number)
    if (field === undefined) return false
    readField(object, field, reader, wire)
    return true
  })
  return object
}

function readField(object: Record<string, unknown>, field: MessageField, reader: WireReader, wire: number): void {
  const { name, shape, isPointer } = field
  if (shape === 'map') {
    const [key, value] = entryOf(field, reader.bytes())
    const map = (object[name] ?? {}) as Record<string, unknown> // made here, by the field's shape
    object[name] = map
    Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true })
    return
  }
  const value = fieldValue(field, reader, wire)
  if (shape === 'list') {
    const list = (object[name] ?? []) as unknown[] // as above
    object[name] = list
    list.push(value)
  } else if (shape === 'inline') Object.assign(object, value)
  else if (isPointer || (value !== '' && value !== 0 && value !== false)) object[name] = value
}

function entryOf(field: MessageField, bytes: Uint8Array): readonly [key: string, value: unknown] {
  let key = ''
  let value: unknown = typeof field.type === 'object' ? jsonOf(field.type, new Uint8Array()) : ''
  eachField(bytes, (number, reader, wire) => {
    if (number === 1) key = utf8Text(reader.bytes())
    else if (number === 2) value = fieldValue(field, reader, wire)
    else return false
    return true
  })
  return [key, value]
}

function fieldValue({ type }: MessageField, reader: WireReader, wire: number): unknown {
  if (typeof type === 'object') return jsonOf(type, lengthOf(reader, wire))
  switch (type) {
    case 's':
      return utf8Text(lengthOf(reader, wire))
    case 'y':
      return encodeBase64(lengthOf(reader, wire))
    case 'i':
      return wire === 0 ? reader.integer() : wrongWire(wire)
    case 'b':
      return wire === 0 ? reader.integer() !== 0 : wrongWire(wire)
    case 'd':
      return wire === 1 ? reader.double() : wrongWire(wire)
  }
}

function lengthOf(reader: WireReader, wire: number): Uint8Array {
  return wire === 2 ? reader.bytes() : wrongWire(wire)
}

function wrongWire(wire: number): never {
  throw new WireError(`proto: wrong wireType = ${wire}`)
}

/** A message as JSON: most are objects, some stand for other values. */
function jsonOf(message: Message, bytes: Uint8Array): unknown {
  switch (message.kind) {
    case 'Time':
      return timeOf(message, bytes, rfc3339)
    case 'MicroTime':
      return timeOf(message, bytes, rfc3339Micro)
    case 'Quantity':
      return objectOf(message, bytes).string ?? '0'
    case 'IntOrString': {
      const { type, intVal = 0, strVal = '' } = objectOf(message, bytes)
      return type === 1 ? strVal : intVal
    }
    case 'RawExtension':
    case 'FieldsV1':
    case 'JSON':
      return rawJson(bytes)
    case 'ExtraValue':
      return objectOf(message, bytes).items ?? []
    case 'JSONSchemaPropsOrBool':
    case 'JSONSchemaPropsOrArray':
    case 'JSONSchemaPropsOrStringArray': {
      const { allows = false, schema, jSONSchemas, property } = objectOf(message, bytes)
      return schema ?? jSONSchemas ?? property ?? allows
    }
    default:
      return objectOf(message, bytes)
  }
}

/** An empty message is Go's zero time, which JSON has as null. */
function timeOf(message: Message, bytes: Uint8Array, format: (epochMs: number) => string): string | null {
  if (bytes.length === 0) return null
  const { seconds = 0, nanos = 0 } = objectOf(message, bytes)
  return format(Number(seconds) * 1000 + Math.floor(Number(nanos) / 1_000_000))
}

/** JSON inside of a message, in its first field. */
function rawJson(bytes: Uint8Array): unknown {
  let raw: Uint8Array | undefined
  eachField(bytes, (number, reader) => {
    if (number !== 1) return false
    raw = reader.bytes()
    return true
  })
  if (raw === undefined || raw.length === 0) return null
  try {
    return JSON.parse(utf8Text(raw))
  } catch {
    throw new WireError('proto: raw extension is no JSON')
  }
}
