import { createSim, type Sim } from '../src/index.ts'
import { elapsedMs, type Figure, median, rounded } from './measure.ts'

/** An idle cluster in which Pods run that mount a Secret: how long an hour and a day of it take. */
export const idleFigures: readonly Figure[] = [3, 300].flatMap((nodes) => [
  ...(['1h', '24h'] as const).map((duration) => ({
    suite: 'idle',
    name: `idle for ${duration}`,
    size: nodes,
    unit: 'ms',
    measure: () => medianMs(idleSim(nodes), [duration])[0] ?? 0,
  })),
  {
    suite: 'idle',
    name: 'idle for 24h: ratio',
    size: nodes,
    unit: 'x that for 1h',
    isRatio: true,
    measure: () => {
      const [hourMs = 1, dayMs = 1] = medianMs(idleSim(nodes), ['1h', '24h'])
      return rounded(Math.max(dayMs, leastMs) / Math.max(hourMs, leastMs))
    },
  },
])

/** Below this the clock measures itself. */
const leastMs = 0.05

/** Median over turns of how long each duration takes, of an idle cluster in which nothing is left to be done. */
function medianMs(sim: Sim, durations: readonly string[]): readonly number[] {
  const times = durations.map((): number[] => [])
  for (let turn = 0; turn < 9; turn++) {
    durations.forEach((duration, i) => {
      times[i]?.push(elapsedMs(() => sim.runFor(duration)))
    })
  }
  sim.dispose()
  return times.map((each) => Math.round(median(each) * 1000) / 1000)
}

function idleSim(nodes: number): Sim {
  const sim = createSim({ nodes, journal: 'summary' })
  sim.apply(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mysecret' }, stringData: { a: 'b' } },
    ...Array.from({ length: nodes * 2 }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${i}` },
      spec: {
        containers: [{ name: 'app', image: 'nginx', volumeMounts: [{ name: 'foo', mountPath: '/etc/foo' }] }],
        volumes: [{ name: 'foo', secret: { secretName: 'mysecret' } }],
      },
    })),
  )
  // Events of the start expire after an hour: that is over before the measurement begins.
  sim.runFor('3h')
  return sim
}
