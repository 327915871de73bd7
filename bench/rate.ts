import type { createSim } from '../src/index.ts'
import { cpuMs } from './measure.ts'
import { nodesFor, podsWithSecrets, untilRunning } from './workload.ts'

/**
 * `node rate.mjs LIBRARY PODS`: processor time in µs a Pod, from `sim.apply` until all run, of the library in that file,
 * after a warm-up of 1,000 Pods. Which library is not known when this is bundled, so that two can be compared.
 */
const [, , library = '', pods = ''] = process.argv
// The library of another commit has the same function for what is used here.
const made = (await import(library)) as { readonly createSim: typeof createSim }
run(1000)
process.stdout.write(String((run(Number(pods)) * 1000) / Number(pods)))

function run(count: number): number {
  const sim = made.createSim({ seed: 'rate', nodes: nodesFor(count), journal: 'off' })
  const objects = podsWithSecrets(0, count)
  return cpuMs(() => {
    sim.apply(objects)
    untilRunning(sim, count)
  })
}
