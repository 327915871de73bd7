/** A stream of pseudo-random numbers that belongs to one actor and one purpose. */
export interface RandomStream {
  /** A number in [0, 1). */
  next(): number
  /** A whole number in [low, high): both ends whole, high above low. */
  integer(low: number, high: number): number
}

/**
 * Named streams of one seed (design: adding a Pod does not change what happens to another). The same name gives the
 * same stream object, so draws go on where they stopped.
 */
export interface RandomStreams {
  /** Example: `stream('node-1/kubelet/sync-jitter/<uid>')`. */
  stream(name: string): RandomStream
  /** Forgets a stream that nobody will draw from again. */
  release(name: string): void
}

export function createRandomStreams(seed: string): RandomStreams {
  const streams = new Map<string, RandomStream>()
  return {
    stream(name) {
      let stream = streams.get(name)
      if (stream === undefined) {
        stream = new AleaStream(`${seed}/${name}`)
        streams.set(name, stream)
      }
      return stream
    },
    release(name) {
      streams.delete(name)
    },
  }
}

/**
 * Baagøe's Alea, as seedrandom has it, in whole numbers: its fractions are multiples of 2 to the power of -32, so the very
 * same numbers come. A row of four small numbers, where seedrandom's generator keeps some 900 bytes: clusters of some
 * size have hundreds of thousands of streams. Seeded when it is first drawn from, for some streams never are.
 */
class AleaStream implements RandomStream {
  private seed: string | undefined
  private carry = 1
  // Bits of numbers below 2 to the power of 32: with a sign, the engine keeps them in place.
  private first = 0
  private second = 0
  private third = 0

  constructor(seed: string) {
    this.seed = seed
  }

  next(): number {
    if (this.seed !== undefined) this.sow(this.seed)
    // At most 53 bits: exact.
    const product = multiplier * (this.first >>> 0) + this.carry
    this.carry = Math.floor(product * twoToMinus32)
    this.first = this.second
    this.second = this.third
    this.third = (product - this.carry * twoTo32) | 0
    return (this.third >>> 0) * twoToMinus32
  }

  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low))
  }

  /** Source: seedrandom, lib/alea.js, Alea. */
  private sow(seed: string): void {
    const fourth = mashed(seed, blanks[2])
    const fifth = mashed(seed, fourth)
    const sixth = mashed(seed, fifth)
    this.first = ((blanks[0] >>> 0) - (fourth >>> 0)) | 0
    this.second = ((blanks[1] >>> 0) - (fifth >>> 0)) | 0
    this.third = ((blanks[2] >>> 0) - (sixth >>> 0)) | 0
    this.seed = undefined
  }
}

const multiplier = 2_091_639
const twoTo32 = 2 ** 32
const twoToMinus32 = 2 ** -32

/** State of Baagøe's Mash after it has taken in a text. Source: seedrandom, lib/alea.js, Mash. */
function mashed(text: string, state: number): number {
  let n = state
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

const mashStart = 0xefc8249d
/** What Mash says of one, two and three blanks: every generator begins with these. */
const blanks = (() => {
  const one = mashed(' ', mashStart)
  const two = mashed(' ', one)
  return [one, two, mashed(' ', two)] as const
})()
