import { execFileSync, spawnSync } from 'node:child_process'
import { Session } from 'node:inspector/promises'
import { join } from 'node:path'
import { createSim, type Sim } from '../src/index.ts'
import { writeOfSecretUs } from './apiserver.ts'
import { baselineLibrary, benchFolder, bundleScript, presentLibrary } from './baseline.ts'
import { idleWatchBytes } from './idle-watch.ts'
import { cpuMs, type Figure, type Goal, heapBytes, median, rounded } from './measure.ts'
import { streamingShareUs } from './streams.ts'
import { nodesFor, podsWithSecrets, untilRunning } from './workload.ts'

/**
 * What a Pod costs, and what a run costs before its first Pod: the figures by which the engine is judged. Bytes and
 * ratios hardly depend on the machine or its load; µs and ms do.
 */
export const engineFigures: readonly Figure[] = [
  figure('bytes allocated per Pod with its Secret', 1000, 'B', allocatedPerPod, {
    landed: 775_000,
    reach: 200_000,
    aim: 60_000,
  }),
  figure('bytes retained per Running Pod, journal off', 1000, 'B', retainedPerPod, {
    landed: 65_000,
    reach: 20_000,
    aim: 10_000,
  }),
  figure('bytes per idle node', 200, 'B', bytesPerIdleNode, { landed: 150_000, reach: 50_000, aim: 40_000 }),
  figure('bytes per idle watch', 150_000, 'B', () => idleWatchBytes(150_000), { landed: 3712, reach: 600, aim: 450 }),
  figure('Pods per processor second: ratio', 10_000, 'x that of e91926d', podsPerSecondRatio, {
    landed: 1,
    reach: 10,
    aim: 30,
  }),
  figure("the streaming layer's share of a Pod", 2000, 'µs', streamingShareUs, { reach: 25, aim: 15 }),
  figure('createSim, settings seen for the first time', 1, 'ms', () => createSimMs(false), {
    landed: 31,
    reach: 10,
    aim: 5,
  }),
  figure('createSim, settings seen before', 1, 'ms', () => createSimMs(true), { landed: 31, reach: 2, aim: 1 }),
  figure('createSim, settings seen before: ratio', 1, 'x that of e91926d', createSimRatio, {
    landed: 1,
    reach: 0.065,
    aim: 0.032,
  }),
  figure('podsim run first-light: ratio', 1, 'x bare node', startRatio, { landed: 14, reach: 5, aim: 3 }),
  figure('write of a Secret with 3 watchers', 1000, 'µs', writeOfSecretUs, { landed: 9.5, reach: 3, aim: 2 }),
]

function figure(name: string, size: number, unit: string, measure: Figure['measure'], goal: Goal): Figure {
  return { suite: 'engine', name, size, unit, isRatio: true, measure, goal }
}

/** Sampled every 8 KB or so, those included that are collected at once. */
async function allocatedPerPod(): Promise<number> {
  bring(600)
  const count = 1000
  const sim = createSim({ seed: 'rate', nodes: nodesFor(count), journal: 'off' })
  const objects = podsWithSecrets(0, count)
  const session = new Session()
  session.connect()
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: 8192,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  })
  sim.apply(objects)
  untilRunning(sim, count)
  const { profile } = await session.post('HeapProfiler.stopSampling')
  const bytes = (node: typeof profile.head): number =>
    node.children.reduce((sum, child) => sum + bytes(child), node.selfSize)
  return Math.round(bytes(profile.head) / count)
}

function retainedPerPod(): number {
  const count = 1000
  const sim = createSim({ seed: 'heap', nodes: 40, journal: 'off' })
  sim.apply(podsWithSecrets(0, count))
  untilRunning(sim, count)
  const before = heapBytes()
  sim.apply(podsWithSecrets(count, 2 * count))
  untilRunning(sim, 2 * count)
  const retained = (heapBytes() - before) / count
  sim.dispose()
  return Math.round(retained)
}

function bytesPerIdleNode(): number {
  const few = createSim({ seed: 'few', nodes: 40, journal: 'off' })
  const before = heapBytes()
  const many = createSim({ seed: 'many', nodes: 240, journal: 'off' })
  const after = heapBytes()
  const alone = createSim({ seed: 'alone', nodes: 40, journal: 'off' })
  const ofControlPlane = heapBytes() - after
  for (const sim of [few, many, alone]) sim.dispose()
  return Math.round((after - before - ofControlPlane) / 200)
}

function podsPerSecondRatio(): number {
  return rounded(Math.max(...ratios('rate', ['10000'], 2)))
}

/** Of simulations whose settings the process has seen before. */
function createSimRatio(): number {
  return Math.round(1000 / median(ratios('boot', [], 3))) / 1000
}

/** How many times as long a script takes with the library of e91926d: in turns, each in a process of its own. */
function ratios(name: string, args: readonly string[], turns: number): readonly number[] {
  const script = join(benchFolder, `${name}-${process.pid}.mjs`)
  bundleScript(`bench/${name}.ts`, script)
  const [baseline, present] = [baselineLibrary(), presentLibrary()]
  const us = (library: string): number =>
    Number(
      execFileSync(process.execPath, ['--max-old-space-size=8192', script, library, ...args], { encoding: 'utf8' }),
    )
  return Array.from({ length: turns }, () => us(baseline) / us(present))
}

function createSimMs(isKnown: boolean): number {
  const times: number[] = []
  for (let i = 0; i < 60; i++) {
    // Another epoch makes other settings.
    const epoch = isKnown ? {} : { epoch: new Date(Date.UTC(2021, 0, 1, 0, 0, i)).toISOString().replace('.000', '') }
    const ms = cpuMs(() => createSim({ seed: `seed-${i}`, ...epoch }))
    if (i >= 20) times.push(ms)
  }
  return rounded(median(times))
}

/** Processor time of whole processes, the least of nine each, in turns. */
function startRatio(): number {
  let [bare, podsim] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let turn = 0; turn < 9; turn++) {
    bare = Math.min(bare, processorMs(['-e', '0']))
    podsim = Math.min(podsim, processorMs(['bin/podsim.js', 'run', 'scenarios/first-light.yaml']))
  }
  return rounded(podsim / bare)
}

/** The shell tells what its children took. */
function processorMs(args: readonly string[]): number {
  const { stderr } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="%U %S"; time "$@" >/dev/null', 'bash', process.execPath, ...args],
    { encoding: 'utf8' },
  )
  const [user = Number.NaN, system = Number.NaN] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
  return (user + system) * 1000
}

function bring(count: number): Sim {
  const sim = createSim({ seed: 'warm', nodes: nodesFor(count), journal: 'off' })
  sim.apply(podsWithSecrets(0, count))
  untilRunning(sim, count)
  return sim
}
