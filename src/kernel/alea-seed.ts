import seedrandom from 'seedrandom'
import { invariant } from './invariant.ts'

/**
 * What `seedrandom.alea` begins with for the seed `<seed>/<name>`: its three fractions in 2 to the power of -32, as bits with a sign;
 * its carry is 1. Always the same array, filled anew. The package makes five closures and a boxed number for most letters, 2 KB a stream,
 * of which a Pod has five: here nothing is made. That both agree is asked of the package when the process seeds its first stream.
 * Source: seedrandom, lib/alea.js, Alea and Mash.
 */
export function aleaSeed(seed: string, name: string): Int32Array {
  mashAll(seed, name)
  if (!isCompared) {
    isCompared = true
    const { s0, s1, s2 } = seedrandom.alea(`${seed}/${name}`, { state: true }).state()
    for (const [i, fraction] of [s0, s1, s2].entries())
      invariant(((fraction * twoTo32) | 0) === sown[i], 'streams are seeded as seedrandom seeds them', name)
  }
  return sown
}

let isCompared = false
const sown = new Int32Array(3)
const twoTo32 = 2 ** 32

/** Three blanks are mashed first: what comes of them, and where that leaves the mash. */
const blanks = [0, 0, 0]
let afterBlanks = 0xefc8249d
for (const i of blanks.keys()) {
  afterBlanks = mash(afterBlanks, ' ')
  blanks[i] = afterBlanks >>> 0
}

function mashAll(seed: string, name: string): void {
  let n = afterBlanks
  for (let i = 0; i < 3; i++) {
    n = mash(mash(mash(n, seed), '/'), name)
    // A difference below nothing is one more, which bits say by themselves.
    sown[i] = (blanks[i] ?? 0) - (n >>> 0)
  }
}

function mash(from: number, text: string): number {
  let n = from
  for (let i = 0; i < text.length; i++) {
    n += text.charCodeAt(i)
    let h = 0.02519603282416938 * n
    n = h >>> 0
    h -= n
    h *= n
    n = h >>> 0
    h -= n
    n += h * twoTo32
  }
  return n
}
