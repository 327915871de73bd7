import type { ConfigMap, KeyToPath, Secret } from '../../../api/types/core.ts'
import { base64Length, fromBase64, sameBytes, utf8Bytes } from '../../../bytes/bytes.ts'
import { compareBytes } from '../../../fs/path.ts'
import { sortBytewise } from '../../../go/json.ts'

/** Content, mode and owner of one file of a volume. */
export interface FileProjection {
  readonly data: Uint8Array
  readonly mode: number
  /** Owner, where it is not root. */
  readonly uid?: number
}

/** Files of a volume by their path below it. Go's is a map: ours is in order of bytes, and turned when it is walked (map-walks.ts). */
export interface Payload extends Iterable<readonly [path: string, file: FileProjection]> {
  readonly size: number
  keys(): Iterable<string>
  get(path: string): FileProjection | undefined
}
export type PayloadResult =
  | { readonly ok: true; readonly payload: Payload }
  | { readonly ok: false; readonly error: string }

export interface PayloadOptions {
  readonly items: readonly KeyToPath[] | undefined
  readonly defaultMode: number | undefined
  /** A missing key is left out instead of refused. */
  readonly optional: boolean
}

const noDefaultMode = 'No defaultMode used, not even the default value for it'

/** Files of a secret volume (V1, V3, V4, V5). Source: pkg/volume/secret/secret.go, MakePayload. */
export function secretPayload(secret: Secret | undefined, options: PayloadOptions): PayloadResult {
  const { items, defaultMode } = options
  if (secret?.data !== undefined && defaultMode !== undefined && (items === undefined || items.length === 0))
    return { ok: true, payload: new WholeSecret(secret, defaultMode) }
  return makePayload(secretBytes(secret), options, (key) => `references non-existent secret key: ${key}`)
}

/** Files of a configMap volume. Source: pkg/volume/configmap/configmap.go, MakePayload. */
export function configMapPayload(configMap: ConfigMap | undefined, options: PayloadOptions): PayloadResult {
  return makePayload(
    configMapBytes(configMap),
    options,
    (key) => `configmap references non-existent config key: ${key}`,
  )
}

function makePayload(
  data: ReadonlyMap<string, Uint8Array>,
  { items, defaultMode, optional }: PayloadOptions,
  missing: (key: string) => string,
): PayloadResult {
  if (defaultMode === undefined) return { ok: false, error: noDefaultMode }
  const payload = new Map<string, FileProjection>()
  if (items === undefined || items.length === 0) {
    for (const [key, bytes] of data) payload.set(key, { data: bytes, mode: defaultMode })
    return { ok: true, payload }
  }
  for (const { key, path, mode } of items) {
    const bytes = data.get(key)
    if (bytes !== undefined) payload.set(path, { data: bytes, mode: mode ?? defaultMode })
    else if (!optional) return { ok: false, error: missing(key) }
  }
  return { ok: true, payload: sortedPayload(payload) }
}

/** The same files in order of bytes of their paths. */
export function sortedPayload(payload: Payload): Payload {
  return new Map([...payload].sort(([a], [b]) => compareBytes(a, b)))
}

/** Base64 that is longer than this in all is decoded but once for all who read it. */
const smallText = 4096

/**
 * All keys of a Secret as files of one mode. What is decoded is not kept, as long as it is small: most volumes rest with a
 * payload that is read when it changes, or never.
 */
export class WholeSecret implements Payload {
  readonly secret: Secret
  readonly #mode: number

  constructor(secret: Secret, mode: number) {
    this.secret = secret
    this.#mode = mode
  }

  get size(): number {
    return Object.keys(this.#data).length
  }

  /** Whether it is of the very same object, with the same mode. */
  isAlike(other: WholeSecret): boolean {
    return this.secret === other.secret && this.#mode === other.#mode
  }

  keys(): readonly string[] {
    return sortBytewise(Object.keys(this.#data))
  }

  /** How long each file is, as far as that is asked before somebody reads them. */
  *lengths(): Iterable<number> {
    for (const key in this.#data) yield base64Length(this.#data[key] ?? '') ?? 0
  }

  get(path: string): FileProjection | undefined {
    if (!Object.hasOwn(this.#data, path)) return undefined
    return { data: this.#bytes.get(path) ?? new Uint8Array(0), mode: this.#mode }
  }

  *[Symbol.iterator](): Iterator<readonly [string, FileProjection]> {
    for (const [path, data] of this.#bytes) yield [path, { data, mode: this.#mode }]
  }

  /** Texts of values are compared first: nearly always both are encoded alike. */
  holdsTheSameAs(next: WholeSecret): boolean {
    if (this.secret === next.secret) return true
    const [mine, others] = [this.#data, next.#data]
    for (const key in mine) {
      if (!Object.hasOwn(others, key)) return false
      if (mine[key] !== others[key] && !areSameBytes(mine[key], others[key])) return false
    }
    for (const key in others) if (!Object.hasOwn(mine, key)) return false
    return true
  }

  get #data(): NonNullable<Secret['data']> {
    return this.secret.data ?? {}
  }

  get #bytes(): ReadonlyMap<string, Uint8Array> {
    return readBytes(this.secret)
  }
}

/** How many are remembered: what the Pods of a node have in common, and what the last of them has of its own. */
const recentAtMost = 6

/** Payloads of the same Secret as one, for all volumes of a node that were written not long after each other. */
export class RecentPayloads {
  #last: readonly WholeSecret[] = []

  one(payload: Payload): Payload {
    if (!(payload instanceof WholeSecret)) return payload
    const known = this.#last.find((each) => each.isAlike(payload))
    if (known === undefined) this.#last = [payload, ...this.#last.slice(0, recentAtMost - 1)]
    return known ?? payload
  }
}

function areSameBytes(a = '', b = ''): boolean {
  if (base64Length(a) !== base64Length(b)) return false
  return sameBytes(fromBase64(a) ?? nothingIn, fromBase64(b) ?? nothingIn)
}

const nothingIn = new Uint8Array(0)

const decodedSecrets = new WeakMap<Secret, ReadonlyMap<string, Uint8Array>>()
const nothing: ReadonlyMap<string, Uint8Array> = new Map()

/** Decoded values by key, in order of bytes, for who reads them and lets them go: of a small Secret they are not kept. */
export function readBytes(secret: Secret): ReadonlyMap<string, Uint8Array> {
  const { data = {} } = secret
  let length = 0
  for (const key in data) length += data[key]?.length ?? 0
  return length > smallText ? secretBytes(secret) : (decodedSecrets.get(secret) ?? decoded(data))
}

/** The same; decoded once, however many Pods of the node mount the object. */
export function secretBytes(secret: Secret | undefined): ReadonlyMap<string, Uint8Array> {
  if (secret?.data === undefined) return nothing
  const known = decodedSecrets.get(secret)
  if (known !== undefined) return known
  const bytes = decoded(secret.data)
  decodedSecrets.set(secret, bytes)
  return bytes
}

function decoded(data: NonNullable<Secret['data']>): ReadonlyMap<string, Uint8Array> {
  const bytes = new Map<string, Uint8Array>()
  for (const key of sortBytewise(Object.keys(data))) bytes.set(key, fromBase64(data[key] ?? '') ?? new Uint8Array(0))
  return bytes
}

const decodedConfigMaps = new WeakMap<ConfigMap, ReadonlyMap<string, Uint8Array>>()

/** Values of `data` and `binaryData`, in order of bytes; read once, for all Pods of a namespace mount the same root certificates. */
function configMapBytes(configMap: ConfigMap | undefined): ReadonlyMap<string, Uint8Array> {
  if (configMap === undefined) return nothing
  const known = decodedConfigMaps.get(configMap)
  if (known !== undefined) return known
  const read = readConfigMap(configMap)
  decodedConfigMaps.set(configMap, read)
  return read
}

function readConfigMap(configMap: ConfigMap): ReadonlyMap<string, Uint8Array> {
  const values = new Map<string, Uint8Array>()
  for (const [key, text] of Object.entries(configMap.data ?? {})) values.set(key, utf8Bytes(text))
  for (const [key, text] of Object.entries(configMap.binaryData ?? {}))
    values.set(key, fromBase64(text) ?? new Uint8Array(0))
  return new Map([...values].sort(([a], [b]) => compareBytes(a, b)))
}

/** Several errors as Go prints them: one plain, more in brackets, none twice. Source: apimachinery util/errors, Aggregate. */
export function aggregateErrors(errors: readonly string[]): string | undefined {
  const distinct = [...new Set(errors)]
  return distinct.length < 2 ? distinct[0] : `[${distinct.join(', ')}]`
}
