import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes that each of what `make` makes takes, on average of many. */
export function heapBytesOf(make: () => unknown): number {
  return heapBytesOfEach([make])[0] ?? 0
}

/** The same of several: each time garbage is collected, which takes long in a worker that holds many tests, one ends and the next begins. */
export function heapBytesOfEach(makers: readonly (() => unknown)[], count = 20_000): readonly number[] {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const kept = makers.map(() => new Array<unknown>(count).fill(undefined))
  for (const make of makers) for (let at = 0; at < 200; at++) make()
  collect()
  let before = process.memoryUsage().heapUsed
  const bytes = makers.map((make, index) => {
    const all = kept[index] ?? []
    for (let at = 0; at < count; at++) all[at] = make()
    collect()
    const now = process.memoryUsage().heapUsed
    const each = (now - before) / count
    before = now
    return each
  })
  for (const all of kept) all.length = 0
  return bytes
}
