import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { bits, bool, implicit, integer, objectId, octets, sequence, setOf, tagged, time, utf8 } from './der.ts'

/** What a server shows and what its clients trust, as PEM. Made anew at each start and kept nowhere. */
export interface ServerIdentity {
  readonly ca: string
  readonly certificate: string
  readonly key: string
  /** A certificate for a client, as kubeadm signs them: the user is its common name, the groups its organizations. */
  clientOf(user: string, groups: readonly string[]): { readonly certificate: string; readonly key: string }
}

interface Subject {
  readonly name: string
  readonly organizations?: readonly string[]
}

interface Wanted {
  readonly subject: Subject
  readonly publicKey: KeyObject
  readonly extensions: readonly Buffer[]
}

interface Issuer {
  readonly subject: Subject
  readonly privateKey: KeyObject
}

const hourMs = 3_600_000
/** How long they are good. Source: kubeadm's constants, CertificateValidityPeriod. */
const validMs = 365 * 24 * hourMs

/** `ecdsa-with-SHA256`. */
const signatureAlgorithm = sequence(objectId('1.2.840.10045.4.3.2'))

/** A new authority and a certificate of it for a server at these addresses. */
export function makeIdentity(nowMs: number, addresses: readonly string[], names: readonly string[]): ServerIdentity {
  const authority = newKeys()
  const issuer: Issuer = { subject: { name: 'podsim' }, privateKey: authority.privateKey }
  const ca = certificate(nowMs, issuer, {
    subject: issuer.subject,
    publicKey: authority.publicKey,
    extensions: [basicConstraints(true), keyUsage(caUsages), keyIdentifier(authority.publicKey)],
  })
  const issued = (subject: Subject, extensions: readonly Buffer[]) => {
    const { publicKey, privateKey } = newKeys()
    return {
      certificate: certificate(nowMs, issuer, { subject, publicKey, extensions }),
      key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    }
  }
  const server = issued({ name: 'kube-apiserver' }, [
    basicConstraints(false),
    keyUsage(endUsages),
    extendedUsage('1.3.6.1.5.5.7.3.1'),
    alternativeNames(addresses, names),
  ])
  return {
    ca,
    ...server,
    clientOf: (name, organizations) =>
      issued({ name, organizations }, [
        basicConstraints(false),
        keyUsage(endUsages),
        extendedUsage('1.3.6.1.5.5.7.3.2'),
      ]),
  }
}

function newKeys(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function certificate(nowMs: number, issuer: Issuer, { subject, publicKey, extensions }: Wanted): string {
  const serial = randomBytes(16)
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0)
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(serial),
    signatureAlgorithm,
    nameOf(issuer.subject),
    // An hour back: clocks differ.
    sequence(time(nowMs - hourMs), time(nowMs + validMs)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, createPrivateKey(issuer.privateKey.export({ type: 'pkcs8', format: 'pem' })))
  const whole = sequence(body, signatureAlgorithm, bits(signature)).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${whole.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END CERTIFICATE-----\n`
}

function nameOf({ name, organizations = [] }: Subject): Buffer {
  const part = (id: string, text: string): Buffer => setOf(sequence(objectId(id), utf8(text)))
  return sequence(...organizations.map((each) => part('2.5.4.10', each)), part('2.5.4.3', name))
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(objectId(id), ...(isCritical ? [bool(true)] : []), octets(value))
}

function basicConstraints(isAuthority: boolean): Buffer {
  return extension('2.5.29.19', true, sequence(...(isAuthority ? [bool(true)] : [])))
}

/** Bits of KeyUsage, with how many of the last ones are none: certSign and cRLSign; digitalSignature. */
const caUsages = [1, 0x06] as const
const endUsages = [7, 0x80] as const

function keyUsage([unused, flags]: readonly [number, number]): Buffer {
  return extension('2.5.29.15', true, Buffer.from([0x03, 2, unused, flags]))
}

function extendedUsage(purpose: string): Buffer {
  return extension('2.5.29.37', false, sequence(objectId(purpose)))
}

function keyIdentifier(publicKey: KeyObject): Buffer {
  const digest = createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
  return extension('2.5.29.14', false, octets(digest))
}

function alternativeNames(addresses: readonly string[], names: readonly string[]): Buffer {
  const parts = [
    ...names.map((name) => implicit(2, Buffer.from(name))),
    ...addresses.map((address) => implicit(7, addressBytes(address))),
  ]
  return extension('2.5.29.17', false, sequence(...parts))
}

/** `127.0.0.1`, or `::1`: loopback is all that is served. */
function addressBytes(address: string): Buffer {
  if (address === '::1') return Buffer.concat([Buffer.alloc(15), Buffer.from([1])])
  return Buffer.from(address.split('.').map(Number))
}
