/** Certificates and requests for them: written and read. Sources: RFC 5280, RFC 2986. */
import { utf8Text } from '../../bytes/bytes.ts'
import { parseRfc3339 } from '../../kernel/calendar.ts'
import { bigInteger, type DerNode, derElements, derSequence, hex } from './der.ts'
import { bits, integer, joined, objectId, octets, sequence, setOf, tagged, text, time, yes } from './der-writer.ts'
import {
  isSignedBy,
  type PrivateKey,
  type PublicKeyInfo,
  parsePublicKey,
  publicDer,
  publicOf,
  signatureAlgorithm,
  signWith,
} from './private-key.ts'

/** One part of a name: `CN` and its value. */
export type NamePart = readonly [type: string, value: string]

/** Object identifiers of the parts that podsim knows, by their short names. */
export const nameTypes: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  emailAddress: '1.2.840.113549.1.9.1',
  UID: '0.9.2342.19200300.100.1.1',
  DC: '0.9.2342.19200300.100.1.25',
}
const extensionRequest = '1.2.840.113549.1.9.14'

/** An extension: its object identifier, and the DER of its value. */
export interface Extension {
  readonly id: string
  readonly critical: boolean
  readonly value: Uint8Array
}

/** What a certificate says. */
export interface CertificateFields {
  readonly serial: bigint
  readonly issuer: readonly NamePart[]
  readonly subject: readonly NamePart[]
  /** Milliseconds of the epoch. */
  readonly notBefore: number
  readonly notAfter: number
  readonly publicKey: PublicKeyInfo
  readonly extensions: readonly Extension[]
}

/** A certificate that was read. */
export interface Certificate extends CertificateFields {
  readonly der: Uint8Array
  /** What is signed. */
  readonly body: Uint8Array
  readonly signature: Uint8Array
  readonly signedWith: PrivateKey['kind'] | undefined
  /** 1 without extensions. */
  readonly version: number
  readonly subjectDer: Uint8Array
}

/** A name as DER. */
function nameDer(parts: readonly NamePart[]): Uint8Array {
  return sequence(
    ...parts.map(([type, value]) => {
      const tag = type === 'C' ? 0x13 : type === 'emailAddress' || type === 'DC' ? 0x16 : 0x0c
      return setOf(sequence(objectId(nameTypes[type] ?? '2.5.4.3'), text(value, tag)))
    }),
  )
}

function extensionsDer(extensions: readonly Extension[]): Uint8Array {
  return sequence(
    ...extensions.map(({ id, critical, value }) => sequence(objectId(id), ...(critical ? [yes] : []), octets(value))),
  )
}

/** The DER of a certificate, signed with the issuer's key. */
export function certificateDer(fields: CertificateFields, key: PrivateKey): Uint8Array {
  const { serial, issuer, subject, notBefore, notAfter, publicKey, extensions } = fields
  const algorithm = signatureAlgorithm(key.kind)
  const hasExtensions = extensions.length > 0
  const body = sequence(
    ...(hasExtensions ? [tagged(0, integer(2n))] : []),
    integer(serial),
    algorithm,
    nameDer(issuer),
    sequence(time(notBefore), time(notAfter)),
    nameDer(subject),
    publicDer(publicKey),
    ...(hasExtensions ? [tagged(3, extensionsDer(extensions))] : []),
  )
  return sequence(body, algorithm, bits(signWith(key, body)))
}

/** The DER of a request for a certificate. */
export function requestDer(
  subject: readonly NamePart[],
  extensions: readonly Extension[],
  key: PrivateKey,
): Uint8Array {
  const attributes =
    extensions.length === 0
      ? tagged(0)
      : tagged(0, sequence(objectId(extensionRequest), setOf(extensionsDer(extensions))))
  const body = sequence(integer(0n), nameDer(subject), publicDer(publicOf(key)), attributes)
  return sequence(body, signatureAlgorithm(key.kind), bits(signWith(key, body)))
}

const none = new Uint8Array()
const signers: Readonly<Record<string, PrivateKey['kind']>> = {
  '2a864886f70d01010b': 'rsa',
  '2a8648ce3d040302': 'ec',
  '2b6570': 'ed25519',
}

/** What a certificate says; undefined for what is none, or has a key of a kind that podsim does not know. */
export function parseCertificate(der: Uint8Array): Certificate | undefined {
  const [tbs, algorithm, signature] = derSequence(der) ?? []
  const fields = derElements(tbs?.content ?? none) ?? []
  const hasVersion = fields[0]?.tag === 0xa0
  const [serial, , issuer, validity, subject, info] = hasVersion ? fields.slice(1) : fields
  if (tbs === undefined || serial === undefined || issuer === undefined || validity === undefined) return undefined
  if (subject === undefined || info === undefined || signature === undefined) return undefined
  const publicKey = parsePublicKey(sequence(info.content))
  const [notBefore, notAfter] = (derElements(validity.content) ?? []).map(timeOf)
  if (publicKey === undefined || notBefore === undefined || notAfter === undefined) return undefined
  const last = fields.at(-1)
  const [oid] = derElements(algorithm?.content ?? none) ?? []
  return {
    serial: bigInteger(serial.content),
    issuer: nameOf(issuer),
    subject: nameOf(subject),
    notBefore,
    notAfter,
    publicKey,
    extensions: last?.tag === 0xa3 ? extensionsOf(derSequence(last.content) ?? []) : [],
    der,
    body: sequence(tbs.content),
    signature: signature.content.subarray(1),
    signedWith: signers[hex(oid?.content ?? none)],
    version: hasVersion ? Number(bigInteger(fields[0]?.content.subarray(2) ?? none)) + 1 : 1,
    subjectDer: sequence(subject.content),
  }
}

/** What a request says; undefined for what is none. */
export function parseRequest(der: Uint8Array): Pick<Certificate, 'subject' | 'publicKey' | 'extensions'> | undefined {
  const [body] = derSequence(der) ?? []
  const [, subject, info, attributes] = derElements(body?.content ?? none) ?? []
  const publicKey = info === undefined ? undefined : parsePublicKey(sequence(info.content))
  if (subject === undefined || publicKey === undefined) return undefined
  const asked = (derElements(attributes?.content ?? none) ?? []).map(({ content }) => derElements(content) ?? [])
  const wanted = hex(objectId(extensionRequest).subarray(2))
  const [, set] = asked.find(([oid]) => hex(oid?.content ?? none) === wanted) ?? []
  const extensions = set === undefined ? [] : extensionsOf(derSequence(set.content) ?? [])
  return { subject: nameOf(subject), publicKey, extensions }
}

function nameOf({ content }: DerNode): readonly NamePart[] {
  return (derElements(content) ?? []).flatMap((set) =>
    (derElements(set.content) ?? []).map((pair): NamePart => {
      const [oid, value] = derElements(pair.content) ?? []
      const known = Object.entries(nameTypes).find(
        ([, id]) => hex(objectId(id).subarray(2)) === hex(oid?.content ?? none),
      )
      return [known?.[0] ?? '', utf8Text(value?.content ?? none)]
    }),
  )
}

function extensionsOf(nodes: readonly DerNode[]): readonly Extension[] {
  return nodes.map(({ content }) => {
    const parts = derElements(content) ?? []
    return {
      id: idOf(parts[0]?.content ?? none),
      critical: parts.length > 2,
      value: parts.at(-1)?.content ?? none,
    }
  })
}

/** `2.5.29.17` */
function idOf(bytes: Uint8Array): string {
  const [first = 0, ...rest] = bytes
  const parts = [Math.floor(first / 40), first % 40]
  let value = 0
  for (const byte of rest) {
    value = value * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    parts.push(value)
    value = 0
  }
  return parts.join('.')
}

function timeOf({ tag, content }: DerNode): number | undefined {
  const digits = utf8Text(content)
  const full = tag === 0x17 ? `${Number(digits.slice(0, 2)) < 50 ? '20' : '19'}${digits}` : digits
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full) ?? []
  if (year === undefined) return undefined
  return parseRfc3339(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/** Whether the key of one certificate signed the other. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return (
    hex(nameDer(certificate.issuer)) === hex(nameDer(issuer.subject)) &&
    isSignedBy(issuer.publicKey, certificate.body, certificate.signature)
  )
}

/** The names of subjectAltName: kinds as openssl calls them. Source: RFC 5280, 4.2.1.6. */
export function alternativeNames(names: readonly (readonly [kind: string, value: Uint8Array])[]): Uint8Array {
  const tags: Readonly<Record<string, number>> = { email: 0x81, DNS: 0x82, URI: 0x86, IP: 0x87 }
  return sequence(...names.map(([kind, value]) => joined(Uint8Array.of(tags[kind] ?? 0x82, value.length), value)))
}
