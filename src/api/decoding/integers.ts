import type { ByteReader } from './byte-reader.ts'

const limits = { int32: 2_147_483_647n, int64: 9_223_372_036_854_775_807n, uint8: 255n } as const
const names = { int32: 'ReadInt32', int64: 'ReadInt64', uint8: 'ReadUint8' } as const

/**
 * A whole number as json-iterator reads it. Numbers beyond 2^53 lose digits here, which no field of a kind needs.
 * Source: github.com/json-iterator/go, iter_int.go.
 */
export function readInteger(reader: ByteReader, type: keyof typeof limits): number | undefined {
  const operation = type === 'int64' ? 'readUint64' : 'readUint32'
  let code = reader.nextToken()
  const isNegative = code === 0x2d && type !== 'uint8'
  if (isNegative) code = reader.readByte()
  if (code < 0x30 || code > 0x39) {
    // The original prints the byte -1, which is no UTF-8.
    reader.report(operation, 'unexpected character: \ufffd')
    return undefined
  }
  let digits = String.fromCharCode(code)
  if (code !== 0x30) {
    while (isDigit(reader.byteAt(reader.head))) digits += String.fromCharCode(reader.readByte())
  }
  if (reader.head < reader.tail && reader.byteAt(reader.head) === 0x2e) {
    reader.report('assertInteger', 'can not decode float as int')
    return undefined
  }
  const value = BigInt(digits)
  const wordMax = type === 'int64' ? 18_446_744_073_709_551_615n : 4_294_967_295n
  if (value > wordMax) {
    reader.report(operation, 'overflow')
    return undefined
  }
  if (value > limits[type] + (isNegative ? 1n : 0n)) {
    reader.report(names[type], `overflow: ${value}`)
    return undefined
  }
  return isNegative ? -Number(value) : Number(value)
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
