import type { createSim, SimOptions } from '../src/index.ts'
import { cpuMs, median } from './measure.ts'

/**
 * `node boot.mjs LIBRARY`: processor time in µs of a `createSim` in a warm process, of the library in that file: the median of
 * rounds of ten. Which library is not known when this is bundled, so that two can be compared.
 */
const [, , library = ''] = process.argv
// The library of another commit has the same function for what is used here.
const made = (await import(library)) as { readonly createSim: typeof createSim }
const options: SimOptions = { version: 'v1.18' }
const round = (seed: number): number =>
  cpuMs(() => {
    for (let i = 0; i < 10; i++) made.createSim({ ...options, seed: seed * 10 + i })
  }) * 100
for (let seed = 0; seed < 15; seed++) round(seed)
process.stdout.write(String(median(Array.from({ length: 25 }, (_, i) => round(100 + i)))))
