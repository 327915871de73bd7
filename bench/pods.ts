import { createSim } from '../src/index.ts'
import { cpuMs, elapsedMs, type Figure, rounded } from './measure.ts'

/**
 * Pods that each mount a Secret, from their creation until all of them run: how many a second of wall time, once the
 * engine is warm, and how processor time follows their number. In virtual time it takes minutes: a kubelet asks for no more
 * than 5 things a second.
 */
export const podFigures: readonly Figure[] = [
  ...[100, 1_000, 10_000].map((count) =>
    figure('create to Running', count, 'Pods/s', () => {
      warmUp()
      return Math.round((count / elapsedMs(runPods(count))) * 1000)
    }),
  ),
  {
    ...figure('cost of a Pod: ratio', 10_000, 'x that at 100', () => {
      warmUp()
      const atFew = microsecondsPerPod(100)
      return rounded(microsecondsPerPod(10_000) / Math.min(atFew, microsecondsPerPod(100)))
    }),
    isRatio: true,
  },
]

/** Within the 110 Pods that a kubelet takes by default. */
const podsPerNode = 100

function figure(name: string, size: number, unit: string, measure: () => number): Figure {
  return { suite: 'pods', name, size, unit, measure }
}

/** Without it 100 Pods would measure the compiler. */
function warmUp(): void {
  runPods(1_500)()
}

function microsecondsPerPod(count: number): number {
  return Math.round((cpuMs(runPods(count)) / count) * 1000)
}

/** Brings a cluster up; what it returns creates the Pods and waits until they run. */
function runPods(count: number): () => void {
  const sim = createSim({ nodes: Math.ceil(count / podsPerNode), journal: 'off' })
  post(sim, 'secrets', { kind: 'Secret', metadata: { name: 'mysecret' }, data: { password: 'MWYyZDFlMmU2N2Rm' } })
  return () => {
    for (let i = 0; i < count; i++) post(sim, 'pods', podNamed(`pod-${i}`))
    const isRunning = () => sim.list('Pod').every((pod) => phaseOf(pod) === 'Running')
    for (let seconds = 0; !isRunning(); seconds++) {
      if (seconds > 600) throw new Error('some Pods never run')
      sim.runFor('1s')
    }
    sim.dispose()
  }
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
