import { createSim } from '../src/index.ts'
import { elapsedMs, type Figure } from './measure.ts'

/** An idle cluster in which Pods run that mount a Secret: how long an hour and a day of it take. */
export const idleFigures: readonly Figure[] = [3, 300].flatMap((nodes) =>
  (['1h', '24h'] as const).map((duration) => ({
    suite: 'idle',
    name: `idle for ${duration}`,
    size: nodes,
    unit: 'ms',
    measure: () => idleMs(nodes, duration),
  })),
)

function idleMs(nodes: number, duration: string): number {
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
  const ms = elapsedMs(() => sim.runFor(duration))
  sim.dispose()
  return Math.round(ms * 100) / 100
}
