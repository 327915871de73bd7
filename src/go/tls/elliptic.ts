/** The NIST curves, y² = x³ - 3x + b over a prime field, as far as telling the public key of a private one needs. */

interface Curve {
  readonly prime: bigint
  readonly order: bigint
  readonly x: bigint
  readonly y: bigint
  readonly bytes: number
}

/** By the hexadecimal DER content of the curve's object identifier. Source: FIPS 186-4, appendix D.1.2. */
const curves: ReadonlyMap<string, Curve> = new Map([
  [
    '2a8648ce3d030107',
    {
      prime: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
      order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
      x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
      bytes: 32,
    },
  ],
  [
    '2b81040022',
    {
      prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
      order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
      x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
      y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
      bytes: 48,
    },
  ],
  [
    '2b81040023',
    {
      prime: 2n ** 521n - 1n,
      order:
        0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
      x: 0x00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66n,
      y: 0x011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650n,
      bytes: 66,
    },
  ],
])

type Point = readonly [x: bigint, y: bigint, z: bigint]

/**
 * The uncompressed point (hexadecimal, `04` x y) that belongs to a private number on the curve with this object
 * identifier; undefined for other curves and for numbers out of range.
 */
export function ellipticPublicKey(curveOid: string, secret: bigint): string | undefined {
  const curve = curves.get(curveOid)
  if (curve === undefined || secret <= 0n || secret >= curve.order) return undefined
  const { prime, bytes } = curve
  let sum: Point = [0n, 1n, 0n]
  let power: Point = [curve.x, curve.y, 1n]
  for (let rest = secret; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) sum = add(sum, power, prime)
    power = double(power, prime)
  }
  const [x, y, z] = sum
  const inverse = modPower(z, prime - 2n, prime)
  const affineX = mod(x * inverse ** 2n, prime)
  const affineY = mod(y * inverse ** 3n, prime)
  return `04${affineX.toString(16).padStart(2 * bytes, '0')}${affineY.toString(16).padStart(2 * bytes, '0')}`
}

function mod(value: bigint, prime: bigint): bigint {
  const rest = value % prime
  return rest < 0n ? rest + prime : rest
}

function modPower(base: bigint, exponent: bigint, prime: bigint): bigint {
  let result = 1n
  let power = mod(base, prime)
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = mod(result * power, prime)
    power = mod(power * power, prime)
  }
  return result
}

/** Doubling in Jacobian coordinates for a = -3. */
function double([x, y, z]: Point, p: bigint): Point {
  if (z === 0n) return [x, y, z]
  const delta = mod(z * z, p)
  const gamma = mod(y * y, p)
  const beta = mod(x * gamma, p)
  const alpha = mod(3n * (x - delta) * (x + delta), p)
  const nextX = mod(alpha * alpha - 8n * beta, p)
  return [nextX, mod(alpha * (4n * beta - nextX) - 8n * gamma * gamma, p), mod((y + z) ** 2n - gamma - delta, p)]
}

function add(a: Point, b: Point, p: bigint): Point {
  if (a[2] === 0n) return b
  if (b[2] === 0n) return a
  const aSquare = mod(a[2] * a[2], p)
  const bSquare = mod(b[2] * b[2], p)
  const u1 = mod(a[0] * bSquare, p)
  const u2 = mod(b[0] * aSquare, p)
  const s1 = mod(a[1] * b[2] * bSquare, p)
  const s2 = mod(b[1] * a[2] * aSquare, p)
  if (u1 === u2) return s1 === s2 ? double(a, p) : [0n, 1n, 0n]
  const h = mod(u2 - u1, p)
  const r = mod(s2 - s1, p)
  const hSquare = mod(h * h, p)
  const hCube = mod(h * hSquare, p)
  const v = mod(u1 * hSquare, p)
  const x = mod(r * r - hCube - 2n * v, p)
  return [x, mod(r * (v - x) - s1 * hCube, p), mod(h * a[2] * b[2], p)]
}
