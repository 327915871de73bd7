import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSim, type Fault, type Flows, type Journal, nextSyncAt, type Sim, whereIs } from '../../src/index.ts'
import type { FaultMeaning } from '../../src/sim/fault-row.ts'
import { plans } from '../invariants/plan.ts'
import { optionsOf } from '../invariants/run-plan.ts'
import { tries } from '../tries.ts'

/** What asks the cluster for something, or lets its time pass: whoever does that is part of what happens. */
type Doing =
  | 'apply'
  | 'kubectl'
  | 'shell'
  | 'start'
  | 'exec'
  | 'runFor'
  | 'runUntil'
  | 'settle'
  | 'fault'
  | 'at'
  | 'client'
  | 'controller'
  | 'admission'
  | 'process'
  | 'request'
  | 'dispose'

/** All else that the library can be asked: the compiler misses a call that is left out. */
const readings: Readonly<Record<Exclude<keyof Sim, Doing>, (sim: Sim, pick: number) => void>> = {
  now: (sim) => sim.now(),
  seed: (sim) => sim.seed,
  get(sim) {
    for (const kind of kinds)
      for (const { metadata } of sim.list(kind)) sim.get(kind, metadata.name, metadata.namespace)
  },
  list(sim) {
    for (const kind of kinds) sim.list(kind, { namespace: 'default' })
  },
  events: (sim) => sim.events({ reason: 'FailedMount' }),
  logs: (sim) =>
    ofPods(sim, (pod, namespace) => {
      for (const previous of [false, true]) sim.logs({ pod, namespace }, { previous })
    }),
  file: (sim) => ofPods(sim, (pod, namespace) => sim.file({ pod, namespace }, '/secret/a')),
  env: (sim) => ofPods(sim, (pod, namespace) => sim.env({ pod, namespace })),
  volumeFiles: (sim) => ofPods(sim, (pod, namespace) => sim.volumeFiles(pod, 'v', namespace)),
  why(sim) {
    for (const kind of ['Pod', 'Secret'])
      for (const { metadata } of sim.list(kind))
        sim.why({ kind, name: metadata.name, namespace: metadata.namespace ?? '' })
  },
  inspect(sim) {
    for (const kind of ['Pod', 'Secret', 'Node'])
      for (const { metadata } of sim.list(kind))
        sim.inspect({ kind, name: metadata.name, ...(kind === 'Node' ? {} : { namespace: metadata.namespace ?? '' }) })
  },
  assumptions: (sim) => sim.assumptions(),
  stateAt: (sim, pick) => sim.stateAt(Math.floor(sim.now() / (1 + pick))),
  journal: (sim) => readJournal(sim.journal),
  flows: (sim) => readFlows(sim.flows, sim.now()),
  delays: (sim) => ofSecrets(sim, (name, namespace) => sim.delays(name, namespace)),
  traffic: (sim) =>
    ofSecrets(sim, (name, namespace) => {
      for (const resource of ['secrets', 'configmaps']) sim.traffic(name, namespace, resource)
    }),
  etcdValue: (sim) => ofSecrets(sim, (name, namespace) => sim.etcdValue(name, namespace)),
  nodeFiles: (sim) => ofNodes(sim, (node) => sim.nodeFiles(node, 'Value')),
  nodeMemory: (sim) => ofNodes(sim, (node) => sim.nodeMemory(node)),
  holdsSecret: (sim) =>
    ofNodes(sim, (node) => ofSecrets(sim, (name, namespace) => sim.holdsSecret(node, name, namespace))),
  states: (sim) => sim.states().subscribe().unsubscribe(),
  clone(sim, pick) {
    // It is asked again for all that was done: dear where that is much.
    if (pick === 3 && sim.now() < 120_000) sim.clone().dispose()
  },
}

const kinds = ['Pod', 'Secret', 'Node', 'Event', 'Namespace', 'ServiceAccount'] as const

/** Everything that the library can be asked without asking the cluster for something. */
function readAll(sim: Sim, pick: number): void {
  for (const read of Object.values(readings)) read(sim, pick)
}

function ofPods(sim: Sim, read: (name: string, namespace: string) => void): void {
  for (const { metadata } of sim.list('Pod')) read(metadata.name, metadata.namespace ?? '')
}

function ofSecrets(sim: Sim, read: (name: string, namespace: string) => void): void {
  for (const { metadata } of sim.list('Secret')) read(metadata.name, metadata.namespace ?? '')
}

function ofNodes(sim: Sim, read: (name: string) => void): void {
  for (const { metadata } of sim.list('Node')) read(metadata.name)
}

function readJournal(journal: Journal): void {
  const parts: Readonly<Record<keyof Journal, () => void>> = {
    level: () => journal.level,
    records: () => journal.records.length,
    record: () => journal.record(7),
    query: () => journal.query({ type: 'volume.set-up' }),
    causes: () => journal.causes(journal.records.at(-1)?.seq ?? 0),
    forgotten: () => journal.forgotten,
    forgetting$: () => journal.forgetting$.subscribe().unsubscribe(),
    records$: () => journal.records$.subscribe().unsubscribe(),
    digest: () => journal.digest(),
    [Symbol.iterator]: () => [...journal],
  }
  for (const read of [...Object.values(parts), parts[Symbol.iterator]]) read()
}

function readFlows(flows: Flows, now: number): void {
  const parts: Readonly<Record<keyof Flows, () => void>> = {
    index: () => flows.index,
    secrets: () => flows.secrets,
    of() {
      for (const { namespace, name } of flows.secrets) {
        const flow = flows.of({ namespace, secret: name })
        for (const { letter } of flow.revisions) whereIs(flow, letter, now)
        for (const lane of flow.lanes) nextSyncAt(lane, now)
      }
    },
    delays() {
      for (const { namespace, name } of flows.secrets) flows.delays(namespace, name)
    },
  }
  for (const read of Object.values(parts)) read()
}

describe('S1, L5: to look is not to touch', () => {
  test('after a restart of its kubelet a Pod follows its Secret as it would have unseen', () => {
    const seenAfter = [false, true].map((isLookedAt) => {
      const sim = createSim({ seed: 'look' })
      sim.apply(
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tin' }, stringData: { a: 'old' } },
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'eats' },
          spec: {
            containers: [
              {
                name: 'c',
                image: 'busybox',
                args: ['sleep', '9999'],
                volumeMounts: [{ name: 'v', mountPath: '/tin' }],
              },
            ],
            volumes: [{ name: 'v', secret: { secretName: 'tin' } }],
          },
        },
      )
      sim.runFor('10m')
      for (let i = 0; i < 5; i++) {
        sim.runFor(100)
        if (isLookedAt) sim.inspect({ kind: 'Pod', namespace: 'default', name: 'eats' })
      }
      sim.fault({ kubelet: 'restart' })
      sim.runFor('300s')
      const writtenAt = sim.now()
      sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tin' }, stringData: { a: 'new' } })
      sim.runUntil(() => sim.file({ pod: 'eats' }, '/tin/a')?.content === 'new', { within: '5m' })
      return sim.now() - writtenAt
    })
    expect(seenAfter[1]).toBe(seenAfter[0])
  })

  /** So many random plans; each runs twice. */
  const runs = 4
  const looks = fc.array(fc.record({ inS: fc.constantFrom(0, 1, 7, 61, 200), pick: fc.nat({ max: 3 }) }), {
    minLength: 1,
    maxLength: 4,
  })

  test('nothing that the library can be asked changes what comes after, whatever happens', () => {
    fc.assert(
      fc.property(plans, fc.array(looks, { minLength: 4, maxLength: 12 }), (plan, between) => {
        const [unseen, seen] = [false, true].map((isLookedAt) => {
          const sim = createSim({ ...optionsOf(plan), journal: 'full' })
          const pass = (step: number): void => {
            for (const { inS, pick } of between[step % between.length] ?? []) {
              sim.runFor(inS * 1000)
              if (isLookedAt) readAll(sim, pick)
            }
          }
          plan.steps.forEach(({ waitS, action }, step) => {
            sim.runFor(waitS * 1000)
            if (action.kind === 'apply') sim.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(action.manifest) })
            else if (action.kind === 'kubectl') sim.kubectl(action.line.split(' '))
            else sim.fault(action.forS === undefined ? action.fault : { ...action.fault, for: action.forS * 1000 })
            pass(step)
          })
          // What was drawn too early or too late shows in the next life of the kubelets.
          for (let node = 1; node <= plan.nodes; node++) sim.fault({ kubelet: 'restart', node: `node-${node}` })
          sim.runFor('5m')
          for (const { metadata } of sim.list('Secret'))
            sim.kubectl([
              'patch',
              'secret',
              metadata.name,
              '-n',
              metadata.namespace ?? '',
              '-p',
              '{"stringData":{"a":"last"}}',
            ])
          sim.runFor('10m')
          return sim.journal.digest()
        })
        expect(seen).toBe(unseen)
      }),
      { numRuns: tries(runs), seed: 10 },
    )
  })

  /** Each accident that there is: the compiler misses one that is left out. */
  const accidents: Readonly<Record<Exclude<FaultMeaning['kind'], 'end'>, readonly Fault[]>> = {
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

  test.each(Object.entries(accidents))(
    '%s: whoever looks before, meanwhile and after finds and changes nothing',
    (_title, faults) => {
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
      expect(sim.journal.digest()).toBe(unseen.journal.digest())
      unseen.dispose()
    },
  )
})

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
