/** Private keys: made from drawn bytes, read from DER and written as it. Sources: RFC 8017, RFC 5915, RFC 5958, RFC 8410. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { p256 } from '@noble/curves/nist.js'
import { bigInteger, type DerNode, derElements, derSequence, derTag, hex } from './der.ts'
import { bigBytes, bits, element, integer, nothing, objectId, octets, sequence, tagged } from './der-writer.ts'
import { inverse, makeRsaKey, type RandomBytes, type RsaKey, rsaSign, rsaVerify } from './rsa.ts'

/** A key of one of the kinds that podsim makes. */
export type PrivateKey =
  | { readonly kind: 'rsa'; readonly rsa: RsaKey }
  /** On P-256. */
  | { readonly kind: 'ec'; readonly secret: Uint8Array }
  | { readonly kind: 'ed25519'; readonly secret: Uint8Array }

/** What is needed to check signatures. */
export type PublicKeyInfo =
  | { readonly kind: 'rsa'; readonly modulus: bigint; readonly exponent: bigint }
  | { readonly kind: 'ec'; readonly point: Uint8Array }
  | { readonly kind: 'ed25519'; readonly point: Uint8Array }

const oids = {
  rsa: '1.2.840.113549.1.1.1',
  ec: '1.2.840.10045.2.1',
  ed25519: '1.3.101.112',
  p256: '1.2.840.10045.3.1.7',
}
const p256Oid = '2a8648ce3d030107'
const kinds: Readonly<Record<string, PrivateKey['kind']>> = {
  '2a864886f70d010101': 'rsa',
  '2a8648ce3d0201': 'ec',
  '2b6570': 'ed25519',
}
const signatures = { rsa: '1.2.840.113549.1.1.11', ec: '1.2.840.10045.4.3.2', ed25519: '1.3.101.112' } as const

/** A new key; `size` counts for RSA alone. */
export function makeKey(kind: PrivateKey['kind'], size: number, random: RandomBytes): PrivateKey {
  if (kind === 'rsa') return { kind, rsa: makeRsaKey(size, random) }
  if (kind === 'ed25519') return { kind, secret: random(32) }
  for (;;) {
    const secret = random(32)
    if (p256.utils.isValidSecretKey(secret)) return { kind, secret }
  }
}

/** Its public half. */
export function publicOf(key: PrivateKey): PublicKeyInfo {
  if (key.kind === 'rsa') return { kind: 'rsa', modulus: key.rsa.modulus, exponent: key.rsa.exponent }
  const point = key.kind === 'ec' ? p256.getPublicKey(key.secret, false) : ed25519.getPublicKey(key.secret)
  return { kind: key.kind, point }
}

function algorithmOf(kind: PrivateKey['kind']): Uint8Array {
  if (kind === 'ec') return sequence(objectId(oids.ec), objectId(oids.p256))
  return kind === 'rsa' ? sequence(objectId(oids.rsa), nothing) : sequence(objectId(oids.ed25519))
}

/** SubjectPublicKeyInfo. */
export function publicDer(key: PublicKeyInfo): Uint8Array {
  return sequence(algorithmOf(key.kind), bits(publicBits(key)))
}

/** What identifiers of keys are digests of: the bits without what they are called. */
export function publicBits(key: PublicKeyInfo): Uint8Array {
  return key.kind === 'rsa' ? sequence(integer(key.modulus), integer(key.exponent)) : key.point
}

/** PKCS #8: `PRIVATE KEY`. */
export function pkcs8(key: PrivateKey): Uint8Array {
  const inner = key.kind === 'rsa' ? pkcs1(key.rsa) : key.kind === 'ec' ? sec1(key.secret, false) : octets(key.secret)
  return sequence(integer(0n), algorithmOf(key.kind), octets(inner))
}

/** The older form: `RSA PRIVATE KEY`, `EC PRIVATE KEY`; PKCS #8 where there is none. */
export function traditional(key: PrivateKey): { readonly label: string; readonly der: Uint8Array } {
  if (key.kind === 'rsa') return { label: 'RSA PRIVATE KEY', der: pkcs1(key.rsa) }
  if (key.kind === 'ec') return { label: 'EC PRIVATE KEY', der: sec1(key.secret, true) }
  return { label: 'PRIVATE KEY', der: pkcs8(key) }
}

function pkcs1({ modulus, exponent, secret, primes }: RsaKey): Uint8Array {
  const [p = 0n, q = 0n, ...more] = primes
  const numbers = [modulus, exponent, secret, p, q, secret % (p - 1n), secret % (q - 1n), inverse(q, p)]
  let product = p * q
  const others = more.map((prime) => {
    const other = sequence(integer(prime), integer(secret % (prime - 1n)), integer(inverse(product, prime)))
    product *= prime
    return other
  })
  const head = integer(others.length === 0 ? 0n : 1n)
  return sequence(head, ...numbers.map(integer), ...(others.length === 0 ? [] : [sequence(...others)]))
}

function sec1(secret: Uint8Array, namesCurve: boolean): Uint8Array {
  const point = p256.getPublicKey(secret, false)
  const curve = namesCurve ? [tagged(0, objectId(oids.p256))] : []
  return sequence(integer(1n), octets(secret), ...curve, tagged(1, bits(point)))
}

/** A key in any of these forms; undefined for what is none, or of another kind. */
export function parsePrivateKey(der: Uint8Array): PrivateKey | undefined {
  const fields = derSequence(der)
  if (fields === undefined) return undefined
  const [, second, third] = fields
  if (second?.tag === derTag.integer) return fromPkcs1(fields)
  if (second?.tag === derTag.octetString) return { kind: 'ec', secret: bigBytes(bigInteger(second.content), 32) }
  if (second?.tag !== derTag.sequence || third === undefined) return undefined
  const kind = kindOf(second)
  if (kind === 'rsa') return fromPkcs1(derSequence(third.content) ?? [])
  const inner = kind === 'ec' ? derSequence(third.content)?.[1] : derElements(third.content)?.[0]
  return kind === undefined || inner === undefined ? undefined : { kind, secret: inner.content }
}

function kindOf(algorithm: DerNode): PrivateKey['kind'] | undefined {
  const [oid, curve] = derElements(algorithm.content) ?? []
  const kind = oid === undefined ? undefined : kinds[hex(oid.content)]
  return kind === 'ec' && (curve === undefined || hex(curve.content) !== p256Oid) ? undefined : kind
}

function fromPkcs1(fields: readonly DerNode[]): PrivateKey | undefined {
  const [, modulus, exponent, secret, p, q] = fields.map(({ content }) => bigInteger(content))
  if (modulus === undefined || exponent === undefined || secret === undefined || p === undefined || q === undefined)
    return undefined
  const others = derElements(fields[9]?.content ?? new Uint8Array()) ?? []
  const more = others.map(({ content }) => bigInteger(derElements(content)?.[0]?.content ?? new Uint8Array()))
  return { kind: 'rsa', rsa: { modulus, exponent, secret, primes: [p, q, ...more] } }
}

/** The key in a SubjectPublicKeyInfo; undefined where podsim does not know its kind. */
export function parsePublicKey(der: Uint8Array): PublicKeyInfo | undefined {
  const [algorithm, key] = derSequence(der) ?? []
  if (algorithm === undefined || key === undefined) return undefined
  const kind = kindOf(algorithm)
  const point = key.content.subarray(1)
  if (kind !== 'rsa') return kind === undefined ? undefined : { kind, point }
  const [modulus, exponent] = (derSequence(point) ?? []).map(({ content }) => bigInteger(content))
  return modulus === undefined || exponent === undefined ? undefined : { kind, modulus, exponent }
}

/** The algorithm that a key of this kind signs with: SHA-256, but for Ed25519. */
export function signatureAlgorithm(kind: PrivateKey['kind']): Uint8Array {
  return kind === 'rsa' ? sequence(objectId(signatures.rsa), nothing) : sequence(objectId(signatures[kind]))
}

/** A real signature. */
export function signWith(key: PrivateKey, message: Uint8Array): Uint8Array {
  if (key.kind === 'rsa') return rsaSign(key.rsa, message)
  return key.kind === 'ec' ? p256.sign(message, key.secret, { format: 'der' }) : ed25519.sign(message, key.secret)
}

/** Whether a signature is that of a message. */
export function isSignedBy(key: PublicKeyInfo, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.kind === 'rsa') return rsaVerify(key.modulus, key.exponent, message, signature)
  return key.kind === 'ec'
    ? p256.verify(signature, message, key.point, { format: 'der', lowS: false })
    : ed25519.verify(signature, message, key.point)
}

/** A DER element in the lines of a PEM block. */
export function pem(label: string, der: Uint8Array, encode: (bytes: Uint8Array) => string): string {
  return `-----BEGIN ${label}-----\n${encode(der).replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`
}

/** `EC PARAMETERS` of P-256. */
export const p256Parameters = element(0x06, Uint8Array.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]))
