import { type Flows, type Journal, nextSyncAt, type Sim, whereIs } from '../../src/index.ts'

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
  logBytes: (sim) => ofPods(sim, (pod, namespace) => sim.logBytes({ pod, namespace })),
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
export function readAll(sim: Sim, pick: number): void {
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
