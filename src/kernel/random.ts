import seedrandom from 'seedrandom'

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

/** Seeded when it is first drawn from: some streams never are. */
class AleaStream implements RandomStream {
  readonly #seed: string
  #draw: (() => number) | undefined

  constructor(seed: string) {
    this.#seed = seed
  }

  next(): number {
    this.#draw ??= seedrandom.alea('', { state: sown(this.#seed) })
    return this.#draw()
  }

  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low))
  }
}

/**
 * The state in which `seedrandom.alea(seed)` begins, in a third of the time: many streams give no more than one number.
 * Source: seedrandom, lib/alea.js, Alea and Mash.
 */
function sown(seed: string): seedrandom.State.Alea {
  const first = mashed(' ', mashStart)
  const second = mashed(' ', first)
  const third = mashed(' ', second)
  const fourth = mashed(seed, third)
  const fifth = mashed(seed, fourth)
  const sixth = mashed(seed, fifth)
  return {
    c: 1,
    s0: positive(fraction(first) - fraction(fourth)),
    s1: positive(fraction(second) - fraction(fifth)),
    s2: positive(fraction(third) - fraction(sixth)),
  }
}

const mashStart = 0xefc8249d
/** 2 to the power of -32, as seedrandom writes it. */
const twoTo32nd = 2.3283064365386963e-10

/** State of Baagøe's Mash after it has taken in a text. */
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
    n += h * 0x1_0000_0000
  }
  return n
}

function fraction(state: number): number {
  return (state >>> 0) * twoTo32nd
}

function positive(value: number): number {
  return value < 0 ? value + 1 : value
}
