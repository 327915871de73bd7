/** Keys, names and certificates as openssl 3.0 shows them. Sources: crypto/x509/t_x509.c, x_name.c; providers encode_key2text.c. */
import { type Certificate, isIssuedBy, type NamePart } from '../../../go/tls/certificate.ts'
import { bigBytes } from '../../../go/tls/der-writer.ts'
import type { PrivateKey, PublicKeyInfo } from '../../../go/tls/private-key.ts'
import { civilTime, padNumber } from '../../../kernel/calendar.ts'
import { hexText } from './context.ts'
import { extensionText } from './extensions.ts'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `CN = example.com, O = my org` */
export function nameText(parts: readonly NamePart[], isRfc2253 = false): string {
  const shown = parts.map(([type, value]) => {
    const quoted = isRfc2253 ? value.replace(/[,+"\\<>;]/g, '\\$&') : /[,+"\\<>;]/.test(value) ? `"${value}"` : value
    return isRfc2253 ? `${type}=${quoted}` : `${type} = ${quoted}`
  })
  return isRfc2253 ? shown.reverse().join(',') : shown.join(', ')
}

/** `Nov 30 21:58:38 2026 GMT` */
export function timeText(epochMs: number): string {
  const { year, month, day, hour, minute, second } = civilTime(epochMs)
  const clock = [hour, minute, second].map((part) => padNumber(part, 2)).join(':')
  return `${months[month - 1] ?? ''} ${String(day).padStart(2)} ${clock} ${year} GMT`
}

/** Bytes in lines. */
function block(bytes: Uint8Array, perLine: number, indent: string): string {
  let lines = ''
  for (let at = 0; at < bytes.length; at += perLine) {
    const end = Math.min(at + perLine, bytes.length)
    lines += `${indent}${hexText(bytes.subarray(at, end), ':', false)}${end < bytes.length ? ':' : ''}\n`
  }
  return lines
}

const signatureNames = { rsa: 'sha256WithRSAEncryption', ec: 'ecdsa-with-SHA256', ed25519: 'ED25519' } as const
const keyNames = { rsa: 'rsaEncryption', ec: 'id-ecPublicKey', ed25519: 'ED25519' } as const

/** What a key is, behind an indent. */
function publicKeyText(key: PublicKeyInfo, indent: string): string {
  const inner = `${indent}    `
  if (key.kind === 'ed25519') return `${indent}ED25519 Public-Key:\n${indent}pub:\n${block(key.point, 15, inner)}`
  if (key.kind !== 'rsa')
    return `${indent}Public-Key: (256 bit)\n${indent}pub:\n${block(key.point, 15, inner)}${indent}ASN1 OID: prime256v1\n${indent}NIST CURVE: P-256\n`
  const bytes = bigBytes(key.modulus)
  const signed = (bytes[0] ?? 0) >= 0x80 ? Uint8Array.of(0, ...bytes) : bytes
  const { length } = key.modulus.toString(2)
  return `${indent}Public-Key: (${length} bit)\n${indent}Modulus:\n${block(signed, 15, inner)}${indent}Exponent: ${key.exponent} (0x${key.exponent.toString(16)})\n`
}

/** `Public Key Algorithm` and what follows it. */
function keyInfoText(key: PublicKeyInfo): string {
  return `        Subject Public Key Info:\n            Public Key Algorithm: ${keyNames[key.kind]}\n${publicKeyText(key, '                ')}`
}

/** The algorithm's name by the kind of key that signed. */
function signatureName(kind: PrivateKey['kind'] | undefined): string {
  return kind === undefined ? '' : signatureNames[kind]
}

/** The signature at the end of a certificate or request. */
function signatureText(name: string, signature: Uint8Array): string {
  return `    Signature Algorithm: ${name}\n    Signature Value:\n${block(signature, 18, '        ')}`
}

function serialText(serial: bigint): string {
  if (serial < 2n ** 63n) return `        Serial Number: ${serial} (0x${serial.toString(16)})\n`
  return `        Serial Number:\n            ${hexText(bigBytes(serial), ':', false)}\n`
}

/** `x509 -text` */
export function certificateText(certificate: Certificate): string {
  const { version, serial, issuer, subject, notBefore, notAfter, publicKey, extensions, signature } = certificate
  const name = signatureName(certificate.signedWith)
  const listed = extensions.map((one) => extensionText(one, '            ')).join('')
  return (
    `Certificate:\n    Data:\n        Version: ${version} (0x${version - 1})\n${serialText(serial)}` +
    `        Signature Algorithm: ${name}\n        Issuer: ${nameText(issuer)}\n        Validity\n` +
    `            Not Before: ${timeText(notBefore)}\n            Not After : ${timeText(notAfter)}\n` +
    `        Subject: ${nameText(subject)}\n${keyInfoText(publicKey)}` +
    `${listed === '' ? '' : `        X509v3 extensions:\n${listed}`}${signatureText(name, signature)}`
  )
}

/** What `verify` has against a certificate at the end of its chain: a number and words; undefined when it is good. Source: crypto/x509/x509_txt.c. */
export function chainError(
  certificate: Certificate,
  trusted: readonly Certificate[],
  nowMs: number,
): readonly [number, string] | undefined {
  const isTrusted = trusted.some((one) => isIssuedBy(certificate, one))
  if (!isTrusted)
    return isIssuedBy(certificate, certificate)
      ? [18, 'self-signed certificate']
      : [20, 'unable to get local issuer certificate']
  if (nowMs < certificate.notBefore) return [9, 'certificate is not yet valid']
  return nowMs > certificate.notAfter ? [10, 'certificate has expired'] : undefined
}
