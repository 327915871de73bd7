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
      const known = streams.get(name)
      if (known !== undefined) return known
      const draw = seedrandom.alea(`${seed}/${name}`)
      const stream: RandomStream = {
        next: () => draw(),
        integer: (low, high) => low + Math.floor(draw() * (high - low)),
      }
      streams.set(name, stream)
      return stream
    },
    release(name) {
      streams.delete(name)
    },
  }
}
