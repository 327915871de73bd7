import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes that each of what `make` makes takes, on average of many. */
export function heapBytesOf(make: () => unknown, count = 20_000): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const kept = new Array<unknown>(count).fill(undefined)
  for (let at = 0; at < 200; at++) kept[at] = make()
  kept.fill(undefined)
  collect()
  const before = process.memoryUsage().heapUsed
  for (let at = 0; at < count; at++) kept[at] = make()
  collect()
  const bytes = (process.memoryUsage().heapUsed - before) / count
  kept.length = 0
  return bytes
}
