import { p256, p384, p521 } from '@noble/curves/nist.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'

/** By the hexadecimal DER content of the curve's object identifier. Source: RFC 5480, 2.1.1.1. */
const curves = new Map([
  ['2a8648ce3d030107', () => p256],
  ['2b81040022', () => p384],
  ['2b81040023', () => p521],
])

/**
 * The uncompressed point (hexadecimal, `04` x y) that belongs to a private number on the curve with this object
 * identifier; undefined for other curves and for numbers out of range.
 */
export function ellipticPublicKey(curveOid: string, secret: bigint): string | undefined {
  const curve = curves.get(curveOid)?.()
  if (curve === undefined || secret <= 0n || secret >= curve.Point.Fn.ORDER) return undefined
  const key = hexToBytes(secret.toString(16).padStart(2 * curve.Point.Fn.BYTES, '0'))
  return bytesToHex(curve.getPublicKey(key, false))
}
