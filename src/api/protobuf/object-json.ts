import { type KindRef, schemaOf } from '../schema/schema.ts'
import { decodeProtobuf, type Envelope } from './decode.ts'

/** Options of a deletion are of every group and version, and of none. */
const deleteOptions = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'

/** An object out of its envelope as JSON has it; undefined for a kind that the version does not know. Throws a WireError for bytes that are none. */
export function objectJson({ apiVersion, kind, raw }: Envelope, minor: number): Record<string, unknown> | undefined {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  const ref: KindRef = { group, version, kind }
  const definition = kind === 'DeleteOptions' ? deleteOptions : schemaOf(minor).kind(ref)?.name
  const object = definition === undefined ? undefined : decodeProtobuf(definition, raw)
  return object === undefined ? undefined : { apiVersion, kind, ...object }
}
