import type { KubeObject } from '../api/types/meta.ts'
import { encodeBase64, fromBase64, isUtf8, utf8Bytes, utf8Text } from '../bytes/bytes.ts'
import { sha256Hex } from '../bytes/hashes.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import type { Journal } from '../kernel/journal.ts'
import { SecretValue, SecretWords } from './secret-words.ts'

/**
 * Values of Secrets in podsim's own words: verdicts, failures, story, exports. Each is told by its size and a short digest
 * that is salted with the run's seed, so that equal values look equal within a run and no table of digests of weak values
 * fits. Outputs of commands are none of podsim's words: what a real cluster's command would have printed stays.
 */
export interface Redaction {
  /** What podsim says, with no value in it. */
  text(text: string): string
  /** What an author wrote for readers: single words that are also somebody's value stay, for they are the author's. */
  prose(text: string): string
  /** A value inside, whatever it is in: strings of objects and lists, the data of Secrets by its keys. */
  value(value: unknown): unknown
  /** Knows the values of a Secret before there is one, as a manifest has them. */
  learn(secret: unknown): void
}

export interface RedactionSource {
  readonly seed: string
  readonly reveal: boolean
  /** Where Secrets come from as the run goes on. */
  readonly journal: Pick<Journal<ClusterRecord>, 'records' | 'level'> &
    Partial<Pick<Journal<ClusterRecord>, 'forgotten' | 'forgetting$'>>
  /** All Secrets there are now; asked where the journal keeps no records. */
  readonly secrets: () => readonly KubeObject[]
}

/** Everything as it is: what `--reveal` asks for. */
export const revealed: Redaction = {
  text: (text) => text,
  prose: (text) => text,
  value: (value) => value,
  learn: () => {},
}

export function createRedaction({ seed, reveal, journal, secrets }: RedactionSource): Redaction {
  if (reveal) return revealed
  const salt = sha256Hex(utf8Bytes(`podsim/redaction/${seed}`))
  const mask = (bytes: Uint8Array): string => {
    const digest = sha256Hex(utf8Bytes(`${salt}/${encodeBase64(bytes)}`)).slice(0, digestDigits)
    return `<${bytes.length} ${bytes.length === 1 ? 'byte' : 'bytes'}, ${digest}>`
  }
  const words = new SecretWords(mask)
  let read = 0
  const catchUp = (): void => {
    const gone = journal.forgotten?.records ?? 0
    for (read = Math.max(read, gone); read < gone + journal.records.length; read++) {
      const record = journal.records[read - gone]
      if (record !== undefined) learnRecord(record, words)
    }
    if (journal.level === 'off') for (const secret of secrets()) learnSecret(secret, words)
  }
  journal.forgetting$?.subscribe(catchUp)
  const text = (given: string): string => {
    catchUp()
    return words.redact(given)
  }
  return {
    text,
    prose(given) {
      catchUp()
      return words.redactProse(given)
    },
    value(given) {
      catchUp()
      return redactedValue(given, { words, mask })
    },
    learn: (secret) => learnSecret(secret, words),
  }
}

/** Enough to tell values of a run apart, too few to stand for them. */
const digestDigits = 8

function learnRecord({ object, type, after }: ClusterRecord, words: SecretWords): void {
  if (object === undefined) return
  words.learnName(object.name)
  if (object.namespace !== undefined) words.learnName(object.namespace)
  if (type !== 'object.created' && type !== 'object.updated') return
  if (object.kind === 'Secret') learnRecorded(after, words)
  if (object.kind === 'Pod' && type === 'object.created') learnParts(after, words)
}

/** Names that a Pod gives to what is in it. */
function learnParts(pod: unknown, words: SecretWords): void {
  const spec = memberOf(pod, 'spec')
  for (const part of ['containers', 'initContainers', 'volumes']) {
    const list = memberOf(spec, part)
    if (!Array.isArray(list)) continue
    for (const each of list) {
      const name = memberOf(each, 'name')
      if (typeof name === 'string') words.learnName(name)
    }
  }
}

function learnSecret(secret: unknown, words: SecretWords): void {
  learnData(dataIn(secret), words)
  for (const [key, value] of textsOf(memberOf(secret, 'stringData'))) {
    words.learnName(key)
    words.learn(new SecretValue(utf8Bytes(value)))
  }
}

/** What there is to be learned of the data of a Secret. */
interface LearnedData {
  readonly keys: readonly string[]
  readonly values: readonly SecretValue[]
}

function learnData({ keys, values }: LearnedData, words: SecretWords): void {
  for (const key of keys) words.learnName(key)
  for (const value of values) words.learn(value)
}

/** Secrets of a journal never change, and those of a boot stand in the journals of all that were copied from it. */
const learnedBefore = new WeakMap<object, LearnedData>()

/** The same as `learnSecret` for a Secret of the journal. */
function learnRecorded(secret: unknown, words: SecretWords): void {
  const data = memberOf(secret, 'data')
  if (typeof data !== 'object' || data === null) return
  const known = learnedBefore.get(data) ?? dataIn(secret)
  learnedBefore.set(data, known)
  learnData(known, words)
}

function dataIn(secret: unknown): LearnedData {
  const isToken = memberOf(secret, 'type') === 'kubernetes.io/service-account-token'
  // The token of an account lies beside the name of its namespace, which is no secret (P2).
  const texts = textsOf(memberOf(secret, 'data')).filter(([key]) => !isToken || key !== 'namespace')
  const values = texts.flatMap(([key, value]) => {
    const bytes = fromBase64(value)
    // What is no base64 is no value yet; as it stands it may be one that its author forgot to encode.
    if (bytes === undefined) return [new SecretValue(utf8Bytes(value))]
    const inner = /^\.docker(cfg|configjson)$/.test(key) ? credentialsIn(bytes) : []
    return [new SecretValue(bytes, [value]), ...inner]
  })
  return { keys: texts.map(([key]) => key), values }
}

/** What an image pull Secret holds inside: each registry's password, and user and password together. */
function credentialsIn(bytes: Uint8Array): readonly SecretValue[] {
  const text = utf8Text(bytes)
  if (!isUtf8(bytes, text)) return []
  let config: unknown
  try {
    config = JSON.parse(text)
  } catch {
    return [] // The API server refuses it: it can't be in a Secret.
  }
  const registries = memberOf(config, 'auths') ?? config
  if (typeof registries !== 'object' || registries === null) return []
  return Object.values(registries).flatMap((registry) =>
    ['password', 'auth'].flatMap((field) => {
      const value = memberOf(registry, field)
      return typeof value === 'string' && value !== '' ? [new SecretValue(utf8Bytes(value))] : []
    }),
  )
}

interface Masks {
  readonly words: SecretWords
  readonly mask: (bytes: Uint8Array) => string
}

/** An object as it may be written out: in Secrets every value of data, elsewhere what is a value of one. */
function redactedValue(value: unknown, masks: Masks): unknown {
  if (typeof value === 'string') return masks.words.redact(value)
  if (Array.isArray(value)) return value.map((each) => redactedValue(each, masks))
  if (typeof value !== 'object' || value === null) return value
  const isSecret = memberOf(value, 'kind') === 'Secret'
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, redactedMember(key, inner, isSecret, masks)]),
  )
}

function redactedMember(key: string, inner: unknown, isSecret: boolean, masks: Masks): unknown {
  const { mask } = masks
  if (isSecret && key === 'data')
    return Object.fromEntries(
      textsOf(inner).map(([name, text]) => [name, mask(fromBase64(text) ?? utf8Bytes(text))] as const),
    )
  if (isSecret && key === 'stringData')
    return Object.fromEntries(textsOf(inner).map(([name, text]) => [name, mask(utf8Bytes(text))] as const))
  if (key === lastApplied && typeof inner === 'string') return mask(utf8Bytes(inner))
  if (naming.has(key) && typeof inner === 'string' && masks.words.isName(inner)) return inner
  return redactedValue(inner, masks)
}

/** Members of objects that name something; what a Secret has under such a key stands in its data. */
const naming: ReadonlySet<string> = new Set(
  'name namespace secretName serviceAccount serviceAccountName nodeName'.split(' '),
)

/** The copy that `kubectl apply` keeps of what it applied, Secrets' values included. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key] // an object, and it has the key
    : undefined
}

function textsOf(map: unknown): readonly (readonly [key: string, text: string])[] {
  if (typeof map !== 'object' || map === null) return []
  return Object.entries(map).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []))
}
