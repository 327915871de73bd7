/** DER, written. Source: ITU-T X.690. */
import { utf8Bytes } from '../../bytes/bytes.ts'
import { civilTime, padNumber } from '../../kernel/calendar.ts'

/** Bytes one behind the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** One element: its tag byte, its length, what it holds. */
export function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const inner = joined(...content)
  const { length } = inner
  if (length < 0x80) return joined(Uint8Array.of(tag, length), inner)
  const bytes = bigBytes(BigInt(length))
  return joined(Uint8Array.of(tag, 0x80 | bytes.length), bytes, inner)
}

/** The bytes of a number, most significant first, at least `size` of them. */
export function bigBytes(value: bigint, size = 1): Uint8Array {
  const text = value.toString(16)
  const hex = text.padStart(Math.max(2 * size, text.length + (text.length % 2)), '0')
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

/** Elements in an order that counts. */
export const sequence = (...content: readonly Uint8Array[]): Uint8Array => element(0x30, ...content)
/** Elements of which the order does not count. */
export const setOf = (...content: readonly Uint8Array[]): Uint8Array => element(0x31, ...content)
/** Bytes that mean something of their own. */
export const octets = (...content: readonly Uint8Array[]): Uint8Array => element(0x04, ...content)
/** A text of bits, all of them used. */
export const bits = (...content: readonly Uint8Array[]): Uint8Array => element(0x03, Uint8Array.of(0), ...content)
/** NULL. */
export const nothing = Uint8Array.of(0x05, 0)
/** TRUE. */
export const yes = Uint8Array.of(0x01, 1, 0xff)
/** An element in a tag of its own, as `[0]`. */
export const tagged = (number: number, ...content: readonly Uint8Array[]): Uint8Array =>
  element(0xa0 | number, ...content)

/** A number that is not negative. */
export function integer(value: bigint): Uint8Array {
  const bytes = bigBytes(value)
  return element(0x02, (bytes[0] ?? 0) >= 0x80 ? joined(Uint8Array.of(0), bytes) : bytes)
}

/** `2.5.4.3` */
export function objectId(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [40 * first + second, ...rest].flatMap((part) => {
    const sevens = [part & 0x7f]
    for (let left = part >>> 7; left > 0; left >>>= 7) sevens.unshift((left & 0x7f) | 0x80)
    return sevens
  })
  return element(0x06, Uint8Array.from(bytes))
}

/** Text: UTF-8, or printable where the type wants it. */
export function text(value: string, tag: 0x0c | 0x13 | 0x16 = 0x0c): Uint8Array {
  return element(tag, utf8Bytes(value))
}

/** A second of the calendar, as UTCTime up to 2049. Source: RFC 5280, 4.1.2.5. */
export function time(epochMs: number): Uint8Array {
  const { year, month, day, hour, minute, second } = civilTime(epochMs)
  const rest = [month, day, hour, minute, second].map((part) => padNumber(part, 2)).join('')
  return year < 2050
    ? element(0x17, utf8Bytes(`${padNumber(year % 100, 2)}${rest}Z`))
    : element(0x18, utf8Bytes(`${year}${rest}Z`))
}
