/**
 * The hash that is appended to the name of a generated Secret or ConfigMap (C10).
 * Source: k8s.io/kubectl pkg/util/hash/hash.go; sigs.k8s.io/kustomize v2.0.3 k8sdeps/transformer/hash/hash.go, which
 * hashes the same JSON.
 */
import { utf8Bytes } from '../bytes/bytes.ts'
import { sha256Hex } from '../bytes/hashes.ts'
import { goJson } from '../go/json.ts'

const consonants: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' }

/** The first 40 bits of the SHA-256 of a text, as ten characters among which no word can form. Source: encodeHash. */
export function encodeHash(text: string): string {
  return Array.from(sha256Hex(utf8Bytes(text)).slice(0, 10), (digit) => consonants[digit] ?? digit).join('')
}

/** What of a Secret is hashed. `data` is base64; null where Go has a nil map. */
export interface HashedSecret {
  readonly name: string
  readonly type: string
  readonly data: Readonly<Record<string, string>> | null
  readonly immutable?: boolean
}

/** The suffix for a Secret's name, without its dash. */
export function secretHash({ name, type, data, immutable }: HashedSecret): string {
  return encodeHash(goJson({ data, immutable, kind: 'Secret', name, type }))
}

/** What of a ConfigMap is hashed. */
export interface HashedConfigMap {
  readonly name: string
  readonly data: Readonly<Record<string, string>> | null
  readonly binaryData?: Readonly<Record<string, string>>
  readonly immutable?: boolean
}

/** The suffix for a ConfigMap's name, without its dash. */
export function configMapHash({ name, data, binaryData, immutable }: HashedConfigMap): string {
  const hasBinary = binaryData !== undefined && Object.keys(binaryData).length > 0
  return encodeHash(
    goJson({ binaryData: hasBinary ? binaryData : undefined, data, immutable, kind: 'ConfigMap', name }),
  )
}
