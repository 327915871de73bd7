/** A patch that cannot be applied, with Go's words for why. */
export class PatchError extends Error {
  override readonly name = 'PatchError'
  /**
   * `malformed` patches are the caller's mistake (400), `failed` ones do not fit the object (422), `internal` ones are
   * errors without a status of their own (500).
   */
  readonly kind: 'malformed' | 'failed' | 'internal'

  constructor(kind: PatchError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}
