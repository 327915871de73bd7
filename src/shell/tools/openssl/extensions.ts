/** Extensions of certificates: from the words of `-addext` and configuration, and as texts. Source: openssl 3.0 crypto/x509/v3_*.c. */
import { sha1 } from '@noble/hashes/legacy.js'
import { utf8Bytes, utf8Text } from '../../../bytes/bytes.ts'
import { alternativeNames, type Extension } from '../../../go/tls/certificate.ts'
import { derElements, derSequence, hex } from '../../../go/tls/der.ts'
import { element, integer, objectId, octets, sequence, yes } from '../../../go/tls/der-writer.ts'
import { type PublicKeyInfo, publicBits } from '../../../go/tls/private-key.ts'
import { hexText } from './context.ts'

const ids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const
const titles: Readonly<Record<string, string>> = {
  [ids.subjectKeyIdentifier]: 'X509v3 Subject Key Identifier',
  [ids.keyUsage]: 'X509v3 Key Usage',
  [ids.subjectAltName]: 'X509v3 Subject Alternative Name',
  [ids.basicConstraints]: 'X509v3 Basic Constraints',
  [ids.authorityKeyIdentifier]: 'X509v3 Authority Key Identifier',
  [ids.extendedKeyUsage]: 'X509v3 Extended Key Usage',
}
const usages = [
  ['digitalSignature', 'Digital Signature'],
  ['nonRepudiation', 'Non Repudiation'],
  ['keyEncipherment', 'Key Encipherment'],
  ['dataEncipherment', 'Data Encipherment'],
  ['keyAgreement', 'Key Agreement'],
  ['keyCertSign', 'Certificate Sign'],
  ['cRLSign', 'CRL Sign'],
] as const
const extendedUsages = [
  ['serverAuth', '1.3.6.1.5.5.7.3.1', 'TLS Web Server Authentication'],
  ['clientAuth', '1.3.6.1.5.5.7.3.2', 'TLS Web Client Authentication'],
  ['codeSigning', '1.3.6.1.5.5.7.3.3', 'Code Signing'],
] as const

function keyIdentifier(key: PublicKeyInfo): Uint8Array {
  return sha1(publicBits(key))
}

/** What a self-signed certificate has by default. Source: Debian's openssl.cnf, v3_ca. */
export function ownExtensions(key: PublicKeyInfo): readonly Extension[] {
  const id = keyIdentifier(key)
  return [
    { id: ids.subjectKeyIdentifier, critical: false, value: octets(id) },
    { id: ids.authorityKeyIdentifier, critical: false, value: sequence(element(0x80, id)) },
    { id: ids.basicConstraints, critical: true, value: sequence(yes) },
  ]
}

/** `name = value` as an extension; undefined where podsim does not know it. */
export function extensionOf(line: string): Extension | undefined {
  const [, name = '', given = ''] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
  const critical = /^critical\s*,/.test(given)
  const words = given.replace(/^critical\s*,\s*/, '').split(/\s*,\s*/)
  const value = extensionValue(name, words)
  const id = Object.entries(ids).find(([known]) => known === name)?.[1]
  return value === undefined || id === undefined ? undefined : { id, critical, value }
}

function extensionValue(name: string, words: readonly string[]): Uint8Array | undefined {
  switch (name) {
    case 'subjectAltName':
      return namesOf(words)
    case 'basicConstraints': {
      const length = /^pathlen:(\d+)$/i.exec(words[1] ?? '')?.[1]
      const isCa = /^CA:true$/i.test(words[0] ?? '')
      return sequence(...(isCa ? [yes] : []), ...(length === undefined ? [] : [integer(BigInt(length))]))
    }
    case 'keyUsage': {
      const set = usages.map(([usage]) => words.includes(usage))
      const byte = set.reduce((sum, isSet, i) => sum | (isSet ? 0x80 >> i : 0), 0)
      const unused = 7 - set.lastIndexOf(true)
      return words.every((word) => usages.some(([usage]) => usage === word))
        ? element(0x03, Uint8Array.of(unused, byte))
        : undefined
    }
    case 'extendedKeyUsage': {
      const found = words.map((word) => extendedUsages.find(([usage]) => usage === word)?.[1])
      return found.includes(undefined) ? undefined : sequence(...found.map((id) => objectId(id ?? '')))
    }
  }
  return undefined
}

function namesOf(words: readonly string[]): Uint8Array | undefined {
  const names: (readonly [string, Uint8Array])[] = []
  for (const word of words) {
    const [, kind = '', value = ''] = /^(DNS|IP|email|URI)(?:\.\d+)?:(.*)$/.exec(word) ?? []
    const bytes = kind === 'IP' ? addressBytes(value) : utf8Bytes(value)
    if (kind === '' || bytes === undefined) return undefined
    names.push([kind, bytes])
  }
  return alternativeNames(names)
}

function addressBytes(text: string): Uint8Array | undefined {
  if (/^\d+(?:\.\d+){3}$/.test(text)) return Uint8Array.from(text.split('.').map(Number))
  if (!/^[0-9a-fA-F:]+$/.test(text)) return undefined
  const [head = '', tail] = text.split('::')
  const parts = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const left = parts(head)
  const right = tail === undefined ? [] : parts(tail)
  const filled =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  if (filled.length !== 8) return undefined
  return Uint8Array.from(filled.flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]))
}

/** As `x509 -text` shows it: title and lines, each behind `indent`. */
export function extensionText({ id, critical, value }: Extension, indent: string): string {
  const lines = shown(id, value)
  return `${indent}${titles[id] ?? id}: ${critical ? 'critical' : ''}\n${lines.map((line) => `${indent}    ${line}\n`).join('')}`
}

/** Whether an extension is asked for by this name. */
export function isCalled({ id }: Extension, name: string): boolean {
  return Object.entries(ids).some(([known, one]) => known === name && one === id)
}

function shown(id: string, value: Uint8Array): readonly string[] {
  switch (id) {
    case ids.subjectKeyIdentifier:
      return [hexText(value.subarray(2), ':')]
    case ids.authorityKeyIdentifier:
      return [hexText(derSequence(value)?.[0]?.content ?? value, ':')]
    case ids.basicConstraints: {
      const parts = derSequence(value) ?? []
      const length = parts.find(({ tag }) => tag === 0x02)
      return [
        `CA:${parts.some(({ tag }) => tag === 0x01) ? 'TRUE' : 'FALSE'}${length === undefined ? '' : `, pathlen:${length.content[0] ?? 0}`}`,
      ]
    }
    case ids.keyUsage: {
      const byte = value[3] ?? 0
      return [
        usages
          .filter((_, i) => (byte & (0x80 >> i)) !== 0)
          .map(([, title]) => title)
          .join(', '),
      ]
    }
    case ids.extendedKeyUsage: {
      const oids = (derSequence(value) ?? []).map(({ content }) => hex(content))
      const found = oids.map(
        (oid) => extendedUsages.find(([, one]) => hex(objectId(one).subarray(2)) === oid)?.[2] ?? '',
      )
      return [found.join(', ')]
    }
    case ids.subjectAltName:
      return [(derSequence(value) ?? []).map(({ tag, content }) => nameText(tag, content)).join(', ')]
  }
  return [hexText(derElements(value)?.[0]?.content ?? value, ':')]
}

function nameText(tag: number, content: Uint8Array): string {
  if (tag !== 0x87) return `${{ 129: 'email', 134: 'URI' }[tag] ?? 'DNS'}:${utf8Text(content)}`
  if (content.length === 4) return `IP Address:${[...content].join('.')}`
  const parts = Array.from({ length: 8 }, (_, i) =>
    (((content[2 * i] ?? 0) << 8) | (content[2 * i + 1] ?? 0)).toString(16),
  )
  return `IP Address:${parts.join(':').toUpperCase()}`
}
