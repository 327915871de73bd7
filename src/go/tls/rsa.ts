/** RSA with numbers of JavaScript: keys from drawn primes, signatures with SHA-256. Source: RFC 8017. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bigInteger } from './der.ts'
import { bigBytes, joined } from './der-writer.ts'

/** Bytes, as many as are asked for, the same under one seed. */
export type RandomBytes = (count: number) => Uint8Array

/** Two primes, more in keys of more than 2048 bits. */
export interface RsaKey {
  readonly modulus: bigint
  readonly exponent: bigint
  readonly secret: bigint
  readonly primes: readonly bigint[]
}

const exponent = 65537n
/** Bits of a prime: larger ones take too long to find, so that keys of more bits have more primes (RFC 8017, 3.2). */
const primeBits = 1024
/** Primes up to this are tried by division before a candidate is. */
const sieveLimit = 65536
/** Odd candidates beside each other that are sieved at once. */
const sieveSize = 4096

/** A key of so many bits. Takes some 80 ms of processor time for each prime of 1024 bits, more if the draw is bad. */
export function makeRsaKey(bits: number, random: RandomBytes): RsaKey {
  const count = Math.max(2, Math.ceil(bits / primeBits))
  for (;;) {
    const primes: bigint[] = []
    for (let i = 0; i < count; i++) {
      const size = Math.floor(bits / count) + (i < bits % count ? 1 : 0)
      primes.push(findPrime(size, count, random, primes))
    }
    primes.sort((a, b) => (a > b ? -1 : 1))
    const modulus = primes.reduce((product, prime) => product * prime, 1n)
    if (modulus.toString(2).length !== bits) continue
    const order = primes.map((prime) => prime - 1n).reduce((a, b) => (a * b) / gcd(a, b), 1n)
    return { modulus, exponent, secret: inverse(exponent, order), primes }
  }
}

/** Its highest bits are set, so that the product has all of its bits. */
function findPrime(bits: number, count: number, random: RandomBytes, taken: readonly bigint[]): bigint {
  const high = count === 2 ? 3n << BigInt(bits - 2) : 31n << BigInt(bits - 5)
  let start = bigInteger(random(Math.ceil(bits / 8)))
  for (;;) {
    start = (start & ((1n << BigInt(bits)) - 1n)) | high | 1n
    const found = primeAbove(start, bits)
    if (found !== undefined && (found - 1n) % exponent !== 0n && !taken.includes(found)) return found
    // Draws may repeat themselves: the search goes on behind what it has seen.
    start = found === undefined ? start + BigInt(2 * sieveSize) : found + 2n
  }
}

let smallPrimes: readonly number[] | undefined

function primesOfSieve(): readonly number[] {
  if (smallPrimes !== undefined) return smallPrimes
  const isComposite = new Uint8Array(sieveLimit)
  const primes: number[] = []
  for (let n = 3; n < sieveLimit; n += 2) {
    if (isComposite[n] === 1) continue
    primes.push(n)
    for (let multiple = n * n; multiple < sieveLimit; multiple += 2 * n) isComposite[multiple] = 1
  }
  smallPrimes = primes
  return primes
}

function primeAbove(start: bigint, bits: number): bigint | undefined {
  const isComposite = new Uint8Array(sieveSize)
  for (const prime of primesOfSieve()) {
    // start + 2i is a multiple of the prime
    const rest = Number(start % BigInt(prime))
    const half = (prime + 1) / 2
    for (let i = ((prime - rest) * half) % prime; i < sieveSize; i += prime) isComposite[i] = 1
  }
  for (let i = 0; i < sieveSize; i++) {
    if (isComposite[i] === 1) continue
    const candidate = start + BigInt(2 * i)
    if (candidate.toString(2).length === bits && isProbablyPrime(candidate)) return candidate
  }
  return undefined
}

/** To base 2, then by Miller and Rabin to a few more: of numbers as large as these hardly any deceives even the first. */
function isProbablyPrime(n: bigint): boolean {
  return [2n, 3n, 5n, 7n].every((base) => passes(n, base))
}

function passes(n: bigint, base: bigint): boolean {
  let odd = n - 1n
  let twos = 0
  while ((odd & 1n) === 0n) {
    odd >>= 1n
    twos++
  }
  let value = power(base, odd, n)
  if (value === 1n || value === n - 1n) return true
  for (let i = 1; i < twos; i++) {
    value = (value * value) % n
    if (value === n - 1n) return true
  }
  return false
}

/** `base` to the `exponent`, modulo `modulus`. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus
    if (bit === '1') result = (result * base) % modulus
  }
  return result
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b)
}

/** The number that gives 1 with `value`, modulo `modulus`. */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [((value % modulus) + modulus) % modulus, modulus, 1n, 0n]
  while (b !== 0n) {
    const quotient = a / b
    ;[a, b] = [b, a - quotient * b]
    ;[x, y] = [y, x - quotient * y]
  }
  return ((x % modulus) + modulus) % modulus
}

/** DER in front of a SHA-256 digest. Source: RFC 8017, 9.2, note 1. */
const sha256Prefix = Uint8Array.from([
  0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
])

function padded(message: Uint8Array, size: number): bigint {
  const digest = joined(sha256Prefix, sha256(message))
  const filling = new Uint8Array(size - digest.length - 3).fill(0xff)
  return bigInteger(joined(Uint8Array.of(0, 1), filling, Uint8Array.of(0), digest))
}

/** RSASSA-PKCS1-v1_5 with SHA-256. */
export function rsaSign({ modulus, secret, primes }: RsaKey, message: Uint8Array): Uint8Array {
  const size = bigBytes(modulus).length
  const value = padded(message, size)
  // Each prime on its own, then together (RFC 8017, 5.1.2).
  let [result, product] = [0n, 1n]
  for (const prime of primes) {
    const part = power(value % prime, secret % (prime - 1n), prime)
    const step = (((part - result) % prime) + prime) * inverse(product, prime)
    result += product * (step % prime)
    product *= prime
  }
  return bigBytes(result, size)
}

/** Whether a signature is that of a message. */
export function rsaVerify(modulus: bigint, exponent: bigint, message: Uint8Array, signature: Uint8Array): boolean {
  return power(bigInteger(signature), exponent, modulus) === padded(message, bigBytes(modulus).length)
}
