import type { DeleteOptions, KubeObject, Status } from '../api/types/meta.ts'
import type { ApiRequest } from '../client/server.ts'

/** A request that comes as bytes: its body is decoded once the caller is known to be allowed. */
export interface EncodedRequest extends ApiRequest {
  /** The body of create and update, or of a subresource. */
  readonly decode?: () =>
    | { readonly ok: true; readonly object: KubeObject }
    | { readonly ok: false; readonly status: Status }
  /** What a patched document becomes. */
  readonly decodePatched?: (document: unknown) => KubeObject | { readonly error: string }
  /** The patch, or why it is none. */
  readonly decodePatch?: () =>
    | { readonly ok: true; readonly patch: unknown }
    | { readonly ok: false; readonly status: Status }
  /** The options of a deletion. */
  readonly decodeOptions?: () =>
    | { readonly ok: true; readonly options: DeleteOptions }
    | { readonly ok: false; readonly status: Status }
}
