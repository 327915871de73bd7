/** As much of DER as certificates need. Source: ITU-T X.690, RFC 5280. */

/** A value with its tag and length. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content])
}

/** SEQUENCE. */
export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
/** SET of one. */
export const setOf = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...parts)
/** OCTET STRING. */
export const octets = (content: Uint8Array): Buffer => der(0x04, content)
/** BIT STRING of whole bytes. */
export const bits = (content: Uint8Array): Buffer => der(0x03, Buffer.from([0]), content)
/** BOOLEAN. */
export const bool = (value: boolean): Buffer => der(0x01, Buffer.from([value ? 0xff : 0]))
/** UTF8String. */
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text, 'utf8'))

/** A number above 0, by its bytes, most significant first. */
export function integer(bytes: Uint8Array): Buffer {
  return der(0x02, ...((bytes[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), bytes)
}

/** `2.5.29.15`. The numbers that certificates use are below 2^31. */
export function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const digits = [part & 0x7f]
    for (let left = part >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f))
    bytes.push(...digits)
  }
  return der(0x06, Buffer.from(bytes))
}

/** `[n]` with parts inside, as explicit tags have them. */
export const tagged = (number: number, ...parts: readonly Uint8Array[]): Buffer => der(0xa0 | number, ...parts)
/** `[n]` in place of the value's own tag, for values without parts. */
export const implicit = (number: number, content: Uint8Array): Buffer => der(0x80 | number, content)

/** A whole second of UTC; years from 2050 on have four digits. Source: RFC 5280 4.1.2.5. */
export function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replace(/[-:T]|\.\d+/g, '')
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}
