import { createSim, type Sim } from '../src/index.ts'
import type { KubernetesVersion } from '../src/versions/version.ts'
import { cpuMs, type Figure, rounded } from './measure.ts'

const pods = 1000
const nodes = 20

/** An hour in which a Secret that all Pods mount is updated every minute: up to v1.20 nothing else is mounted, then tokens are, too. */
export const rotationFigures: readonly Figure[] = (['v1.18', 'v1.26'] as const).map((version) => ({
  suite: 'rotations',
  name: `an hour of rotations, ${version}`,
  size: pods,
  unit: 's of processor time',
  measure: () => rounded(hourOfRotationsMs(version) / 1000),
}))

function hourOfRotationsMs(version: KubernetesVersion): number {
  const sim = runningPods(version)
  const ms = cpuMs(() => rotate(sim, 60))
  sim.dispose()
  return ms
}

/** All of a Deployment, running, after the Events of their start. */
function runningPods(version: KubernetesVersion): Sim {
  const sim = createSim({ nodes, version, journal: 'off' })
  sim.apply(sharedSecret(0), {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app' },
    spec: {
      replicas: pods,
      selector: { matchLabels: { app: 'app' } },
      template: {
        metadata: { labels: { app: 'app' } },
        spec: {
          containers: [{ name: 'c', image: 'nginx', volumeMounts: [{ name: 'shared', mountPath: '/etc/shared' }] }],
          volumes: [{ name: 'shared', secret: { secretName: 'shared' } }],
        },
      },
    },
  })
  sim.runFor('3h')
  return sim
}

/** One a minute. */
function rotate(sim: Sim, times: number): void {
  for (let i = 1; i <= times; i++) {
    sim.apply(sharedSecret(i))
    sim.runFor('1m')
  }
}

function sharedSecret(revision: number): object {
  const stringData = { username: 'app', password: `value-${revision}` }
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'shared' }, stringData }
}
