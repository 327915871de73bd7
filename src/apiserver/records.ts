import type { KubeObject } from '../api/types/meta.ts'
import { type RecordsOf, row } from '../kernel/record-table.ts'

/** What a record of a request tells of it. */
export interface RequestDetail {
  readonly verb: string
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
  readonly resourceVersion?: string
  readonly code: number
  readonly user: string
  readonly timeoutSeconds?: number
  /** Of a refusal. */
  readonly message?: string
  readonly reason?: string
}

type OfRequest = { readonly detail: RequestDetail }

/** What the API server tells the journal. */
export const apiServerRecords = {
  'object.created': row<{ readonly after: KubeObject }>('An object was stored. `after` is the object.'),
  'object.updated': row<{ readonly before: KubeObject; readonly after: KubeObject }>(
    'An object was replaced. `before` and `after` share what did not change.',
  ),
  'object.deleted': row<{ readonly before: KubeObject }>(
    'An object was taken out of the store. `before` is what it was.',
  ),
  'request.get': row<OfRequest>('Somebody read an object. Detail: see RequestDetail.'),
  'request.list': row<OfRequest>('Somebody listed a resource.'),
  'request.watch': row<OfRequest>('Somebody opened a watch.'),
  'request.watch-closed': row<OfRequest>('A watch ended: its time was over, or the client or the server closed it.'),
  'request.refused': row<OfRequest>('A request was answered with a failure.'),
}

/** A record of the API server. */
export type ApiServerRecord = RecordsOf<typeof apiServerRecords>

/** A record of a request that changed nothing. */
export type RequestRecord = Extract<ApiServerRecord, OfRequest>
