import { writeHeapSnapshot } from 'node:v8'
import { heapBytes } from '../measure.ts'
import { bootPhase, phasesOf } from '../scale/phases.ts'
import { scaleSettings } from '../scale/settings.ts'

/**
 * `node --expose-gc take.mjs FILE PHASE OPTIONS`: runs the phases of the scale benchmark up to one, says to stderr what a Pod keeps after
 * each, and writes the heap into the file, unless that is `-`. Prints the number of Pods.
 */
const [file = '', until = '', ...args] = process.argv.slice(2)
const settings = scaleSettings(args)
let peak = 0
const cluster = bootPhase(settings, () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  peak = Math.max(peak, heapUsed + arrayBuffers)
})
const booted = heapBytes()
for (const { name, run } of phasesOf(settings)) {
  peak = 0
  const before = process.cpuUsage()
  run(cluster)
  const { user, system } = process.cpuUsage(before)
  const cost = `${((user + system) / 1000 / settings.pods).toFixed(2)} ms of processor time a Pod, peak ${megabytes(peak)} MB`
  const kept = Math.round((heapBytes() - booted) / settings.pods)
  process.stderr.write(`${name}: ${kept} B a Pod beyond the ${megabytes(booted)} MB of the boot, ${cost}\n`)
  if (name === until) break
}
if (file !== '-') writeHeapSnapshot(file)
process.stdout.write(String(settings.pods))

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}
