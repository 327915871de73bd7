import { createSim } from '../src/index.ts'
import { elapsedMs, type Figure } from './measure.ts'

/** Pods that each mount a Secret, from their creation until all of them run: how many a second of wall time. */
export const podFigures: readonly Figure[] = [100, 1_000, 10_000].map((count) => ({
  suite: 'pods',
  name: 'create to Running',
  size: count,
  unit: 'Pods/s',
  measure: () => podsPerSecond(count),
}))

/** Within the 110 Pods that a kubelet takes by default. */
const podsPerNode = 100

function podsPerSecond(count: number): number {
  const sim = createSim({ nodes: Math.ceil(count / podsPerNode), journal: 'off' })
  post(sim, 'secrets', { kind: 'Secret', metadata: { name: 'mysecret' }, data: { password: 'MWYyZDFlMmU2N2Rm' } })
  const ms = elapsedMs(() => {
    for (let i = 0; i < count; i++) post(sim, 'pods', podNamed(`pod-${i}`))
    const isRunning = () => sim.list('Pod').every((pod) => phaseOf(pod) === 'Running')
    for (let seconds = 0; !isRunning(); seconds++) {
      if (seconds > 600) throw new Error('some Pods never run')
      sim.runFor('1s')
    }
  })
  sim.dispose()
  return Math.round((count / ms) * 1000)
}

function post(sim: ReturnType<typeof createSim>, resource: string, object: object): void {
  const answer = sim.request({
    user: 'admin',
    method: 'POST',
    path: `/api/v1/namespaces/default/${resource}`,
    body: { apiVersion: 'v1', ...object },
  })
  if (answer.code !== 201) throw new Error(JSON.stringify(answer))
}

function podNamed(name: string): object {
  return {
    kind: 'Pod',
    metadata: { name },
    spec: {
      containers: [
        { name: 'app', image: 'nginx', volumeMounts: [{ name: 'foo', mountPath: '/etc/foo', readOnly: true }] },
      ],
      volumes: [{ name: 'foo', secret: { secretName: 'mysecret' } }],
    },
  }
}

function phaseOf(pod: object): string | undefined {
  return 'status' in pod ? (pod.status as { readonly phase?: string }).phase : undefined
}
