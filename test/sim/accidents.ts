import { createSim, type Fault } from '../../src/index.ts'
import type { FaultMeaning } from '../../src/sim/fault-row.ts'
import { readAll } from './readings.ts'

const tin = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tin' } }
const spec = {
  containers: [
    {
      name: 'c',
      image: 'corp/eater',
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'tin', key: 'a' } } }],
      volumeMounts: [{ name: 'v', mountPath: '/tin' }],
    },
  ],
  volumes: [{ name: 'v', secret: { secretName: 'tin' } }],
}
/** A Pod by itself, and some of a Deployment, which move when their node goes. */
const fedPods = [
  { ...tin, stringData: { a: 'old' } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'eats' }, spec },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'guests' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'guest' } },
      template: { metadata: { labels: { app: 'guest' } }, spec },
    },
  },
]

/** A name of an accident. */
export type Accident = Exclude<FaultMeaning['kind'], 'end'>

/** Each accident that there is: the compiler misses one that is left out. */
export const accidents: Readonly<Record<Accident, readonly Fault[]>> = {
  apiServerUnreachable: [
    { apiServer: 'unreachable', for: '40s' },
    { apiServer: 'unreachable', node: 'node-1' },
  ],
  apiServerRestarted: [{ apiServer: 'restart', for: '5s' }],
  apiServerSlow: [{ apiServer: 'slow', latency: '3s', for: '90s' }],
  requestsRefused: [{ http: 503, for: '20s' }],
  partition: [{ partition: 'node-1', for: '50s' }],
  dropWatches: [{ watches: 'drop' }],
  stallWatches: [{ watches: 'stall', for: '100s' }],
  loseAnswers: [{ loseAnswers: 3 }],
  etcdSlow: [{ etcd: 'slow', latency: '2s', for: '60s' }],
  credentialsExpired: [{ credentials: 'expired', node: 'node-1', for: '60s' }],
  nodeRemoved: [{ remove: 'node-2' }],
  poweredOff: [{ power: 'off', node: 'node-1', for: '2m' }],
  containerKilled: [{ kill: 'eats/c' }],
  kill: [{ kill: 'eats', oom: true }],
  kubeletStopped: [{ kubelet: 'stop', node: 'node-1', for: '45s' }],
  kubeletRestarted: [{ kubelet: 'restart', node: 'node-1' }],
  rebooted: [{ reboot: 'node-1' }],
  clockAhead: [{ clock: '-10m', node: 'node-1', for: '3m' }],
  registryUnreachable: [{ registry: 'unreachable', for: '60s' }, { kill: 'eats' }],
  controllerPaused: [{ controller: 'replicaset', for: '60s' }, { remove: 'node-2' }],
  staleReads: [{ staleReads: 'node-1', for: '70s' }],
  missedEvents: [{ missedEvents: 'node-1', for: '70s' }],
  crashInTheMiddle: [{ crashInTheMiddle: 'node-1' }],
  memoryLow: [{ memory: 'low', node: 'node-1', for: '60s' }],
  diskLow: [{ disk: 'low', available: '1Gi', node: 'node-1', for: '60s' }],
  diskFull: [{ disk: 'full', node: 'node-1', for: '60s' }],
  inodesLow: [{ inodes: 'low', node: 'node-1', for: '60s' }],
}

/** A run in which somebody looks before an accident, meanwhile and after it, beside the same run unseen: their digests. */
export function seenAndUnseen(faults: readonly Fault[]): readonly [seen: string, unseen: string] {
  const sim = createSim({ seed: 'accident', nodes: 2, version: 'v1.26', journal: 'full' })
  const pass = (...seconds: readonly number[]): void => {
    for (const [pick, each] of seconds.entries()) {
      sim.runFor(each * 1000)
      readAll(sim, pick)
    }
  }
  sim.apply(...fedPods)
  pass(8, 70)
  for (const fault of faults) {
    sim.fault(fault)
    pass(1, 25)
  }
  sim.apply({ ...tin, stringData: { a: 'new' } })
  pass(30, 61)
  sim.fault({ kubelet: 'restart' })
  sim.runFor('3m')
  sim.apply({ ...tin, stringData: { a: 'last' } })
  sim.runFor('2m')
  // A clone is asked again for all that changes something, and for nothing else: it is what would have happened unseen.
  const unseen = sim.clone()
  const digests = [sim.journal.digest(), unseen.journal.digest()] as const
  unseen.dispose()
  return digests
}

/** Those of which `npm test` looks at one each: what befalls the server, a network, a kubelet, a machine, what is read, and Pods. */
export const oneOfEach: readonly Accident[] = [
  'apiServerRestarted',
  'partition',
  'kubeletRestarted',
  'rebooted',
  'staleReads',
  'memoryLow',
]
