import seedrandom from 'seedrandom'
import { digestUnits } from './digest.ts'
import { SparseMap } from './sparse.ts'

/** A stream of pseudo-random numbers that belongs to one actor and one purpose. */
export interface RandomStream {
  /** A number in [0, 1). */
  next(): number
  /** A whole number in [low, high): both ends whole, high above low. */
  integer(low: number, high: number): number
  /** `integer(0, 2 ** 32)`. */
  bits(): number
}

/**
 * Named streams of one seed (design: adding a Pod does not change what happens to another). The same name gives the
 * same stream object, so draws go on where they stopped.
 */
export interface RandomStreams {
  /** Example: `stream('node-1/kubelet/sync-jitter/<uid>')`. */
  stream(name: string): RandomStream
  /** A stream that only who asked knows, for what is made and let go in tens of thousands: asked for once more it begins anew. */
  loose(name: string): RandomStream
  /** Forgets a stream that nobody will draw from again. */
  release(name: string): void
  /** All streams whose names begin so, by the rest of their names: of thousands the beginning is kept once. */
  family(prefix: string): StreamFamily
}

/** Streams whose names begin alike. */
export type StreamFamily = Pick<RandomStreams, 'stream' | 'release'>

export function createRandomStreams(seed: string): RandomStreams {
  return new Streams(() => seed)
}

/** Streams of which most begin anew, in the end with the seed that counts from then on. */
export interface LateStreams extends RandomStreams {
  /** What goes before is over: every stream begins, as it does for every seed. */
  turn(): void
  /** From now on every stream is one of the seed, and begins. */
  sow(): void
}

/** What no seed that anybody gives is like. */
const seedsBefore = ['\u0000', '\u0001'] as const

/** Until `sow`, what is drawn is the same for every seed, but from streams whose names `isOfSeed` knows: they are the seed's all along. */
export function createLateStreams(seed: string, isOfSeed: (name: string) => boolean): LateStreams {
  let isSown = false
  let [before]: readonly string[] = seedsBefore
  const streams = new Streams((name) => (isSown || isOfSeed(name) ? seed : (before ?? seed)))
  return {
    stream: (name) => streams.stream(name),
    // Before it is sown, what is asked for will have to begin anew.
    loose: (name) => (isSown ? streams.loose(name) : streams.stream(name)),
    release: (name) => streams.release(name),
    family: (prefix) => streams.family(prefix),
    turn() {
      before = seedsBefore[1]
      streams.beginAnew((name) => !isOfSeed(name))
    },
    sow() {
      isSown = true
      streams.beginAnew((name) => !isOfSeed(name))
    },
  }
}

class Streams implements RandomStreams {
  readonly #streams = new Map<string, AleaStream>()
  readonly #families = new SparseMap<string, Family>()
  readonly #seedOf: (name: string) => string

  constructor(seedOf: (name: string) => string) {
    this.#seedOf = seedOf
  }

  stream(name: string): RandomStream {
    let stream = this.#streams.get(name)
    if (stream === undefined) {
      stream = new AleaStream(new Unsown(this, name))
      this.#streams.set(name, stream)
    }
    return stream
  }

  loose(name: string): RandomStream {
    // Its name would be kept for this alone.
    return new AleaStream(this.seedFor(name))
  }

  release(name: string): void {
    this.#streams.delete(name)
  }

  family(prefix: string): Family {
    let family = this.#families.get(prefix)
    if (family === undefined) {
      family = new Family(this, prefix)
      this.#families.set(prefix, family)
    }
    return family
  }

  beginAnew(isMeant: (name: string) => boolean): void {
    for (const family of this.#families.values()) family.beginAnew(isMeant)
    for (const [name, stream] of this.#streams) if (isMeant(name)) stream.beginAnew(new Unsown(this, name))
  }

  /** Short, for seedrandom goes over it letter by letter, three times, and boxes a number for each. */
  seedFor(name: string): string {
    return digestUnits([name, this.#seedOf(name)])
  }
}

/** A class, for each node has one; its streams are by what comes after the prefix. */
class Family implements StreamFamily {
  readonly #streams: Streams
  readonly #prefix: string
  readonly #members = new SparseMap<string, AleaStream>()

  constructor(streams: Streams, prefix: string) {
    this.#streams = streams
    this.#prefix = prefix
  }

  stream(rest: string): RandomStream {
    let stream = this.#members.get(rest)
    if (stream === undefined) {
      stream = new AleaStream(new Unsown(this.#streams, this.#prefix + rest))
      this.#members.set(rest, stream)
    }
    return stream
  }

  release(rest: string): void {
    this.#members.delete(rest)
  }

  beginAnew(isMeant: (name: string) => boolean): void {
    for (const [rest, stream] of this.#members) {
      const name = this.#prefix + rest
      if (isMeant(name)) stream.beginAnew(new Unsown(this.#streams, name))
    }
  }
}

/** What a named stream is to be seeded with: worked out when it is first drawn from, for of those of a booted cluster most never are. */
class Unsown {
  readonly #streams: Streams
  readonly #name: string

  constructor(streams: Streams, name: string) {
    this.#streams = streams
    this.#name = name
  }

  get seed(): string {
    return this.#streams.seedFor(this.#name)
  }
}

/**
 * A generator of seedrandom (Baagøe's Alea), kept as a row of four small numbers: its own keeps some 900 bytes, and clusters of
 * some size have hundreds of thousands of streams. seedrandom seeds it, when it is first drawn from, for some streams never
 * are; stepping it in whole numbers gives the very same draws, since its fractions are multiples of 2 to the power of -32.
 */
class AleaStream implements RandomStream {
  /** What it is to be seeded with, until it is first drawn from. */
  private unsown: Unsown | string | undefined
  private carry = 1
  // Bits of numbers below 2 to the power of 32: with a sign, the engine keeps them in place.
  private first = 0
  private second = 0
  private third = 0

  constructor(unsown: Unsown | string) {
    this.unsown = unsown
  }

  beginAnew(unsown: Unsown): void {
    this.unsown = unsown
  }

  next(): number {
    this.step()
    return (this.third >>> 0) * twoToMinus32
  }

  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low))
  }

  bits(): number {
    this.step()
    return this.third >>> 0
  }

  private step(): void {
    const { unsown } = this
    if (unsown !== undefined) this.sow(typeof unsown === 'string' ? unsown : unsown.seed)
    // At most 53 bits: exact.
    const product = multiplier * (this.first >>> 0) + this.carry
    this.carry = Math.floor(product * twoToMinus32)
    this.first = this.second
    this.second = this.third
    this.third = (product - this.carry * twoTo32) | 0
  }

  private sow(seed: string): void {
    const { c, s0, s1, s2 } = seedrandom.alea(seed, { state: true }).state()
    this.carry = c
    this.first = (s0 * twoTo32) | 0
    this.second = (s1 * twoTo32) | 0
    this.third = (s2 * twoTo32) | 0
    this.unsown = undefined
  }
}

/** Source: seedrandom, lib/alea.js, Alea.next. */
const multiplier = 2_091_639
const twoTo32 = 2 ** 32
const twoToMinus32 = 2 ** -32
