/** What the API server tells the journal. */
export const apiServerRecords = {
  'object.created': 'An object was stored. `after` is the object.',
  'object.updated': 'An object was replaced. `before` and `after` share what did not change.',
  'object.deleted': 'An object was taken out of the store. `before` is what it was.',
  'request.get': 'Somebody read an object. Detail: see RequestDetail.',
  'request.list': 'Somebody listed a resource.',
  'request.watch': 'Somebody opened a watch.',
  'request.watch-closed': 'A watch ended: its time was over, or the client or the server closed it.',
  'request.refused': 'A request was answered with a failure.',
} as const

/** Detail of `request.*` records. */
export interface RequestDetail extends Readonly<Record<string, unknown>> {
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
