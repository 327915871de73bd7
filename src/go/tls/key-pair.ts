/**
 * Whether a certificate and a private key belong together, as `create secret tls` checks it.
 * Source: Go crypto/tls, X509KeyPair and parsePrivateKey.
 */
import { utf8Text } from '../../bytes/bytes.ts'
import { bigInteger, type DerNode, derElements, derSequence, derTag, hex, type PemBlock, pemBlocks } from './der.ts'
import { ellipticPublicKey } from './elliptic.ts'

type PublicKey =
  | { readonly algorithm: 'rsa'; readonly modulus: bigint }
  | { readonly algorithm: 'ecdsa'; readonly point: string }
  | { readonly algorithm: 'ed25519' }

const oids = { rsa: '2a864886f70d010101', ecdsa: '2a8648ce3d0201', ed25519: '2b6570' } as const

/** What crypto/tls says against the pair, beginning with `tls: `; undefined when it is right. */
export function keyPairError(certificate: Uint8Array, key: Uint8Array): string | undefined {
  const certificates = blocksFor(certificate, 'certificate')
  if (typeof certificates === 'string') return certificates
  const keys = blocksFor(key, 'key')
  if (typeof keys === 'string') return keys
  const [certificateBlock] = certificates
  const [keyBlock] = keys
  if (certificateBlock === undefined || keyBlock === undefined) return 'tls: internal error'
  const published = certificatePublicKey(certificateBlock.bytes)
  if (published === undefined) return 'x509: malformed certificate'
  if (published === 'unknown') return 'tls: unknown public key algorithm'
  const own = privateKeyPublic(keyBlock.bytes)
  if (own === undefined) return 'tls: failed to parse private key'
  if (published.algorithm !== own.algorithm) return 'tls: private key type does not match public key type'
  const matches =
    (published.algorithm === 'rsa' && own.algorithm === 'rsa' && published.modulus === own.modulus) ||
    (published.algorithm === 'ecdsa' && own.algorithm === 'ecdsa' && published.point === own.point) ||
    published.algorithm === 'ed25519'
  return matches ? undefined : 'tls: private key does not match public key'
}

function isKeyType(type: string): boolean {
  return type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY')
}

function blocksFor(content: Uint8Array, input: 'certificate' | 'key'): readonly PemBlock[] | string {
  const blocks = pemBlocks(utf8Text(content))
  const wanted = blocks.filter(({ type }) => (input === 'key' ? isKeyType(type) : type === 'CERTIFICATE'))
  if (wanted.length > 0) return wanted
  if (blocks.length === 0) return `tls: failed to find any PEM data in ${input} input`
  if (input === 'certificate' && blocks.length === 1 && isKeyType(blocks[0]?.type ?? '')) {
    return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
  }
  if (input === 'key' && blocks.length === 1 && blocks[0]?.type === 'CERTIFICATE') {
    return 'tls: found a certificate rather than a key in the PEM for the private key'
  }
  const types = `[${blocks.map(({ type }) => type).join(' ')}]`
  return input === 'certificate'
    ? `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${types}`
    : `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${types}`
}

/** tbsCertificate.subjectPublicKeyInfo of an X.509 certificate. */
function certificatePublicKey(der: Uint8Array): PublicKey | 'unknown' | undefined {
  const [tbs] = derSequence(der) ?? []
  const fields = derElements(tbs?.content ?? new Uint8Array())
  if (fields === undefined) return undefined
  // version is tagged [0] and optional; then serial, signature, issuer, validity, subject, subjectPublicKeyInfo
  const info = fields[fields[0]?.tag === 0xa0 ? 6 : 5]
  const [algorithm, key] = derElements(info?.content ?? new Uint8Array()) ?? []
  const [oid] = derElements(algorithm?.content ?? new Uint8Array()) ?? []
  if (oid === undefined || key === undefined || key.tag !== derTag.bitString) return undefined
  const bits = key.content.subarray(1)
  switch (hex(oid.content)) {
    case oids.rsa: {
      const [modulus] = derSequence(bits) ?? []
      return modulus === undefined ? undefined : { algorithm: 'rsa', modulus: bigInteger(modulus.content) }
    }
    case oids.ecdsa:
      return { algorithm: 'ecdsa', point: hex(bits) }
    case oids.ed25519:
      return { algorithm: 'ed25519' }
    default:
      return 'unknown'
  }
}

/** The public half of a private key in PKCS #1, PKCS #8 or SEC 1 form. */
function privateKeyPublic(der: Uint8Array): PublicKey | undefined {
  const fields = derSequence(der)
  if (fields === undefined) return undefined
  const [, second, third] = fields
  if (second?.tag === derTag.sequence && third?.tag === derTag.octetString) return fromPkcs8(second, third)
  if (second?.tag === derTag.integer) return { algorithm: 'rsa', modulus: bigInteger(second.content) }
  if (second?.tag === derTag.octetString) return fromSec1(fields, undefined)
  return undefined
}

function fromPkcs8(algorithm: DerNode, key: DerNode): PublicKey | undefined {
  const [oid, parameter] = derElements(algorithm.content) ?? []
  const inner = derSequence(key.content)
  switch (oid === undefined ? '' : hex(oid.content)) {
    case oids.rsa:
      return inner?.[1] === undefined ? undefined : { algorithm: 'rsa', modulus: bigInteger(inner[1].content) }
    case oids.ecdsa:
      return inner === undefined ? undefined : fromSec1(inner, parameter)
    case oids.ed25519:
      return { algorithm: 'ed25519' }
    default:
      return undefined
  }
}

/** ECPrivateKey: version, private number, [0] curve. The public point is computed, never taken from the file. */
function fromSec1(fields: readonly DerNode[], parameter: DerNode | undefined): PublicKey | undefined {
  const tagged = fields.find(({ tag }) => tag === 0xa0)
  const curve = parameter ?? derElements(tagged?.content ?? new Uint8Array())?.[0]
  const secret = fields[1]
  if (curve === undefined || secret === undefined) return undefined
  const point = ellipticPublicKey(hex(curve.content), bigInteger(secret.content))
  return point === undefined ? undefined : { algorithm: 'ecdsa', point }
}
