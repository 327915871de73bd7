import { decodeBase64Url, encodeBase64Url, utf8Bytes, utf8Text } from '../bytes/bytes.ts'
import { isObject, type JsonObject } from './json.ts'

/** Tokens in the shape of JSON web tokens. Nothing is signed and no key exists: bytes made of the text stand for a signature. */

/** Size of a 2048-bit RSA signature. */
const signatureBytes = 256

/** Longer texts than any token of an account are not looked at. */
const longestToken = 65_536

/** Bytes that look random and depend on nothing but the text. */
export function standInBytes(text: string, count: number): Uint8Array {
  let state = 0x811c9dc5
  const stir = (byte: number): number => {
    state = Math.imul(state ^ byte, 0x01000193)
    state ^= state >>> 15
    return state & 0xff
  }
  for (const byte of utf8Bytes(text)) stir(byte)
  return Uint8Array.from({ length: count }, (_, at) => stir(at & 0xff))
}

/** A token with these claims, as the cluster's key would have signed it. */
export function webToken(claims: object): string {
  const header = { alg: 'RS256', kid: encodeBase64Url(standInBytes('key', 32)) }
  const signed = [header, claims].map((part) => encodeBase64Url(utf8Bytes(JSON.stringify(part)))).join('.')
  return `${signed}.${signatureOf(signed)}`
}

/** The claims of a token of this cluster; undefined for any other text. */
export function claimsOf(token: string): JsonObject | undefined {
  if (token.length > longestToken) return undefined
  const [header = '', payload = '', signature = '', ...rest] = token.split('.')
  if (rest.length > 0 || signature !== signatureOf(`${header}.${payload}`)) return undefined
  const decoded = decodeBase64Url(payload)
  if (!decoded.ok) return undefined
  try {
    const claims: unknown = JSON.parse(utf8Text(decoded.bytes))
    return isObject(claims) ? claims : undefined
  } catch {
    return undefined
  }
}

function signatureOf(signed: string): string {
  return encodeBase64Url(standInBytes(signed, signatureBytes))
}
