import { fromBase64, utf8Bytes } from '../../bytes/bytes.ts'
import { parseRfc3339 } from '../../kernel/calendar.ts'
import { type Message, type MessageField, messageOf } from './messages.ts'
import { WireWriter } from './wire-writer.ts'

/** What the bytes of every object begin with. Source: apimachinery pkg/runtime/serializer/protobuf/protobuf.go, protoEncodingPrefix. */
const protobufPrefix: Uint8Array = Uint8Array.of(0x6b, 0x38, 0x73, 0x00)

/** An object in its envelope, `runtime.Unknown`: Go writes its two empty texts, too. Source: apimachinery pkg/runtime/types_proto.go. */
export function inEnvelope(apiVersion: string, kind: string, raw: Uint8Array): Uint8Array {
  const writer = new WireWriter()
  writer.raw(protobufPrefix)
  writer.content(
    1,
    written((typeMeta) => {
      typeMeta.text(1, apiVersion)
      typeMeta.text(2, kind)
    }),
  )
  writer.content(2, raw)
  writer.text(3, '')
  writer.text(4, '')
  return writer.bytes()
}

/**
 * An object of JSON as the message of its definition, byte by byte as Go writes it: what is no pointer is written when it is empty, too.
 * Undefined for a definition that Kubernetes has no message for.
 */
export function encodeProtobuf(definition: string, object: object): Uint8Array | undefined {
  const message = messageOf(definition)
  return message === undefined ? undefined : messageBytes(message, object)
}

function written(write: (writer: WireWriter) => void): Uint8Array {
  const writer = new WireWriter()
  write(writer)
  return writer.bytes()
}

/** Fields that only older versions have: not written unless there is something in them. */
const gone: ReadonlySet<string> = new Set(['clusterName'])

/** `isUnion`: messages within are behind pointers, which the schema does not tell of structs that are no definitions of their own. */
function fieldsBytes(message: Message, object: object, isUnion = false): Uint8Array {
  return written((writer) => {
    for (const field of message.fields.values()) {
      const value: unknown = field.shape === 'inline' ? object : Reflect.get(object, field.name)
      if (value === undefined && (gone.has(field.name) || (isUnion && typeof field.type === 'object'))) continue
      writeField(writer, field, value)
    }
  })
}

function writeField(writer: WireWriter, field: MessageField, value: unknown): void {
  const { number, shape, isPointer } = field
  if (shape === 'inline' && typeof field.type === 'object')
    writer.content(number, fieldsBytes(field.type, Object(value), true))
  else if (shape === 'list') {
    // JSON of this field is a list, as the schema has it.
    for (const item of (value ?? []) as readonly unknown[]) writeValue(writer, number, field, item)
  } else if (shape === 'map') {
    const entries = Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [key, item] of entries)
      writer.content(
        number,
        written((entry) => {
          entry.text(1, key)
          writeValue(entry, 2, field, item)
        }),
      )
  } else if (value !== undefined && value !== null) writeValue(writer, number, field, value)
  else if (!isPointer && field.type !== 'y') writeValue(writer, number, field, undefined)
}

function writeValue(writer: WireWriter, number: number, { type }: MessageField, value: unknown): void {
  if (typeof type === 'object') writer.content(number, messageBytes(type, value))
  else if (type === 's') writer.text(number, String(value ?? ''))
  else if (type === 'y') writer.content(number, fromBase64(String(value ?? '')) ?? new Uint8Array())
  else if (type === 'd') writer.double(number, Number(value ?? 0))
  else writer.integer(number, Number(value ?? 0))
}

/** Most messages are objects, some stand for other values. */
function messageBytes(message: Message, value: unknown): Uint8Array {
  switch (message.kind) {
    case 'Time':
    case 'MicroTime':
      return timeBytes(value, message.kind === 'MicroTime')
    case 'Quantity':
      return written((writer) => writer.text(1, String(value ?? '')))
    case 'IntOrString': {
      const isText = typeof value === 'string'
      return fieldsBytes(message, isText ? { type: 1, strVal: value } : { type: 0, intVal: value ?? 0 })
    }
    case 'RawExtension':
    case 'FieldsV1':
    case 'JSON':
      return written((writer) => {
        if (value !== undefined && value !== null) writer.content(1, utf8Bytes(JSON.stringify(value)))
      })
    case 'ExtraValue':
      return fieldsBytes(message, { items: value })
    case 'JSONSchemaPropsOrBool':
      return fieldsBytes(
        message,
        typeof value === 'boolean' ? { allows: value } : { allows: true, schema: value },
        true,
      )
    case 'JSONSchemaPropsOrArray':
      return fieldsBytes(message, Array.isArray(value) ? { jSONSchemas: value } : { schema: value }, true)
    case 'JSONSchemaPropsOrStringArray':
      return fieldsBytes(message, Array.isArray(value) ? { property: value } : { schema: value }, true)
    default:
      return fieldsBytes(message, typeof value === 'object' && value !== null ? value : {})
  }
}

/** Nothing for Go's zero time; a Time has whole seconds. Source: apimachinery pkg/apis/meta/v1/time_proto.go, micro_time_proto.go. */
function timeBytes(value: unknown, isMicro: boolean): Uint8Array {
  const epochMs = typeof value === 'string' ? parseRfc3339(value) : undefined
  if (epochMs === undefined) return new Uint8Array()
  const seconds = Math.floor(epochMs / 1000)
  return written((writer) => {
    writer.integer(1, seconds)
    writer.integer(2, isMicro ? (epochMs - seconds * 1000) * 1_000_000 : 0)
  })
}
