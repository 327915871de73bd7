import { encodeProtobuf, inEnvelope } from '../../api/protobuf/encode.ts'
import { WireWriter } from '../../api/protobuf/wire-writer.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { InvariantError } from '../../kernel/invariant.ts'

/** An object on the wire. */
interface TypedObject {
  readonly apiVersion: string
  readonly kind: string
}

const metaDefinitions = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** An object in protobuf, in its envelope. Source: apimachinery pkg/runtime/serializer/protobuf/protobuf.go, Encode. */
export function protobufOf(object: object, minor: number): Uint8Array {
  // What is answered has a kind and a version.
  const { apiVersion, kind } = object as TypedObject
  return inEnvelope(apiVersion, kind, rawOf(object, apiVersion, kind, minor))
}

function rawOf(object: object, apiVersion: string, kind: string, minor: number): Uint8Array {
  if (kind === 'PartialObjectMetadata') return partial(object)
  if (kind === 'PartialObjectMetadataList') return partialList(object)
  const bytes = encodeProtobuf(definitionOf(apiVersion, kind, minor), object)
  if (bytes === undefined) throw new InvariantError(`${kind} of ${apiVersion} has no message`)
  return bytes
}

function definitionOf(apiVersion: string, kind: string, minor: number): string {
  if (kind === 'Status') return `${metaDefinitions}.Status`
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  const found = schemaOf(minor).kind({ group, version, kind })?.name
  if (found !== undefined) return found
  const item = schemaOf(minor).kind({ group, version, kind: kind.replace(/List$/, '') })?.name
  return item === undefined ? '' : `${item}List`
}

/** Objects by their metadata alone, which no schema tells of. Source: apimachinery pkg/apis/meta/v1/generated.proto. */
function partial(object: object): Uint8Array {
  const writer = new WireWriter()
  writer.content(1, metadataOf(object, 'ObjectMeta'))
  return writer.bytes()
}

function partialList(list: object): Uint8Array {
  const writer = new WireWriter()
  writer.content(1, metadataOf(list, 'ListMeta'))
  // A list has items.
  for (const item of (list as { readonly items: readonly object[] }).items) writer.content(2, partial(item))
  return writer.bytes()
}

function metadataOf(object: object, kind: 'ObjectMeta' | 'ListMeta'): Uint8Array {
  const metadata: unknown = Reflect.get(object, 'metadata')
  const value = typeof metadata === 'object' && metadata !== null ? metadata : {}
  return encodeProtobuf(`${metaDefinitions}.${kind}`, value) ?? new Uint8Array()
}

/**
 * An event of a watch: `WatchEvent` after its length in four bytes.
 * Source: apimachinery pkg/util/framer/framer.go; apiserver pkg/endpoints/handlers/response.go, watchEncoder.
 */
export function protobufEvent(type: string, object: object, minor: number): Uint8Array {
  const inside = new WireWriter()
  inside.content(1, protobufOf(object, minor))
  const event = new WireWriter()
  event.text(1, type)
  event.content(2, inside.bytes())
  const bytes = event.bytes()
  const frame = new Uint8Array(4 + bytes.length)
  new DataView(frame.buffer).setUint32(0, bytes.length)
  frame.set(bytes, 4)
  return frame
}
