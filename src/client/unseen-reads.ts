import type { EpochMs } from '../kernel/calendar.ts'

/** An object that components read again and again, or whose account they ask for tokens of. */
export interface ReadKey {
  readonly kind: 'Secret' | 'ConfigMap' | 'ServiceAccount'
  readonly namespace: string
  readonly name: string
}

/** Somebody whose reads are computed, not carried out, for as long as each would find what the one before it found. */
export interface UnseenReader {
  /** From now on a read of this object finds something else. */
  written(key: ReadKey): void
  /** From now on requests may be answered in another way. */
  disturbed(): void
}

/**
 * Where components say what they read again and again, so that these reads need not be carried out while nothing comes of
 * them: idle time costs nothing.
 */
export interface UnseenReads {
  readonly tokens: UnseenTokens
  /** Version that a read would find now; undefined: no such object. */
  versionOf(key: ReadKey): string | undefined
  expect(key: ReadKey, reader: UnseenReader): void
  forget(key: ReadKey, reader: UnseenReader): void
}

/** A token that a kubelet asks for again and again. */
export interface TokenWish {
  readonly namespace: string
  readonly account: string
  readonly podName: string
  readonly podUid: string
  readonly nodeName: string
  readonly audience: string
  readonly expirationSeconds: number
}

/** What else is said in a token: as it was when a kubelet last looked. */
export interface TokenGround {
  readonly accountUid: string
  /** Undefined: there is no such Node. */
  readonly nodeUid: string | undefined
}

/** Tokens whose requests are not carried out. */
export interface UnseenTokens {
  /** What the API server's clock says when virtual time begins. */
  readonly epochMs: EpochMs
  /** Undefined: there is no such account. */
  groundOf(wish: Pick<TokenWish, 'namespace' | 'account' | 'nodeName'>): TokenGround | undefined
  /** The token that would have been answered at that instant of the past. */
  tokenOf(wish: TokenWish, ground: TokenGround, issuedAt: EpochMs): string
}

/** Tells readers of what is written. */
export class ReadBoard implements UnseenReads {
  readonly versionOf: UnseenReads['versionOf']
  readonly tokens: UnseenTokens
  readonly #readers = new Map<string, Set<UnseenReader>>()

  constructor(versionOf: UnseenReads['versionOf'], tokens: UnseenTokens) {
    this.versionOf = versionOf
    this.tokens = tokens
  }

  expect(key: ReadKey, reader: UnseenReader): void {
    const text = textOf(key)
    const readers = this.#readers.get(text)
    if (readers === undefined) this.#readers.set(text, new Set([reader]))
    else readers.add(reader)
  }

  forget(key: ReadKey, reader: UnseenReader): void {
    const text = textOf(key)
    const readers = this.#readers.get(text)
    readers?.delete(reader)
    if (readers?.size === 0) this.#readers.delete(text)
  }

  written(key: ReadKey): void {
    for (const reader of [...(this.#readers.get(textOf(key)) ?? [])]) reader.written(key)
  }

  /** Who may do what has changed. */
  disturb(): void {
    const all = new Set([...this.#readers.values()].flatMap((readers) => [...readers]))
    for (const reader of all) reader.disturbed()
  }
}

/** One text for each object. */
export function textOf({ kind, namespace, name }: ReadKey): string {
  return `${kind} ${namespace}/${name}`
}
