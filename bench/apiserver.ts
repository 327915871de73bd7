import { createApiServer, type RunningApiServer } from '../src/apiserver/create-api-server.ts'
import { kindStrategies } from '../src/apiserver/registry/kinds/all.ts'
import { resources } from '../src/client/client.ts'
import { createCalendar, defaultEpochMs } from '../src/kernel/calendar.ts'
import { createJournal } from '../src/kernel/journal.ts'
import { createKernel, type Kernel } from '../src/kernel/kernel.ts'
import { createRandomStreams } from '../src/kernel/random.ts'
import { resolveFeatureGates } from '../src/versions/feature-gates.ts'
import { elapsedMs, type Figure } from './measure.ts'

export const admin = { name: 'admin', groups: ['system:masters'] }
const [few, many] = [1000, 100_000]

/** Writes of a round, and rounds of which the median counts. */
const [writes, rounds] = [2000, 15]

/** One round of writes to a server that has run `before` rounds. */
type Round = (server: RunningApiServer, before: number) => void

const pods = { user: admin, resource: resources.pods, namespace: 'default' } as const
export const secrets = { user: admin, resource: resources.secrets, namespace: 'default' } as const

/** Each begins and ends with the same objects in the store. */
const kinds: Readonly<Record<string, Round>> = {
  'create and delete Pods': (server) => {
    for (let i = 0; i < writes; i++) server.handle({ ...pods, verb: 'create', body: podBody(`new-${i}`) })
    const options = { gracePeriodSeconds: 0 }
    for (let i = 0; i < writes; i++) server.handle({ ...pods, verb: 'delete', name: `new-${i}`, delete: options })
  },
  'patch the status of a Pod': (server, before) => {
    for (let i = 0; i < writes; i++) {
      server.handle({
        ...pods,
        verb: 'patch',
        name: 'pod-0',
        subresource: 'status',
        patchType: 'application/strategic-merge-patch+json',
        body: { status: { message: `${before} ${i}`, conditions: [{ type: 'Ready', status: 'True' }] } },
      })
    }
  },
  'update a Secret': writeSecret,
}

/** Requests are filled in as clients do it: a literal that begins with a spread would cost as much as the write (docs/decisions/0011). */
function writeSecret(server: RunningApiServer, before: number): void {
  const data = before % 2 === 0 ? ['MQ==', 'Mg=='] : ['Mw==', 'NA==']
  const { user, resource, namespace } = secrets
  for (let i = 0; i < writes; i++) {
    const body = secretBody('secret-0', data[i % 2] ?? '')
    server.handle({ user, verb: 'update', resource, body, namespace, name: 'secret-0' })
  }
}

/**
 * Cost of a write with few and with many objects in the store and watches open that it does not concern: µs each way, and
 * their ratio, for which both servers live in one process and take turns.
 */
export const apiserverFigures: readonly Figure[] = Object.entries(kinds).flatMap(([name, round]) => [
  ...[few, many].map((size) => figure(name, size, 'µs', () => medianUs(round, [newServer(size)])[0] ?? 0)),
  {
    ...figure(`${name}: ratio`, many, `x that at ${few}`, () => {
      const [atFew = 1, atMany = 1] = medianUs(round, [newServer(few), newServer(many)])
      return Math.round((atMany / atFew) * 100) / 100
    }),
    isRatio: true,
  },
])

function figure(name: string, size: number, unit: string, measure: () => number): Figure {
  return { suite: 'apiserver', name, size, unit, measure }
}

/** Median time of one write on each server; the first rounds, which warm up, don't count. */
function medianUs(round: Round, servers: readonly RunningApiServer[]): readonly number[] {
  const warmUp = 5
  const times = servers.map((): number[] => [])
  for (let i = 0; i < warmUp + rounds; i++) {
    servers.forEach((server, which) => {
      const ms = elapsedMs(() => round(server, i))
      if (i >= warmUp) times[which]?.push((ms * 1000) / writes)
    })
  }
  return times.map((of) => Math.round((of.sort((a, b) => a - b)[rounds >> 1] ?? 0) * 100) / 100)
}

/** One write of a Secret by a component, which three watchers hear of: of that name, of its namespace, of all. */
export function writeOfSecretUs(): number {
  const server = newServer(few)
  server.watch(admin, resources.secrets, {}, { event: () => {}, closed: () => {} })
  server.watch(admin, resources.secrets, { namespace: 'default' }, { event: () => {}, closed: () => {} })
  return medianUs(writeSecret, [server])[0] ?? 0
}

/** A server with so many Pods and Secrets in 50 other namespaces, and as many watches: of nodes, Secrets and namespaces. */
export function newServer(others: number, kernel: Kernel = createKernel()): RunningApiServer {
  const server = createApiServer({
    kernel,
    calendar: createCalendar(defaultEpochMs),
    journal: createJournal(kernel, 'off'),
    random: createRandomStreams('bench'),
    minor: 18,
    gates: resolveFeatureGates(18),
    authorizers: [],
    // As in a run that nobody checks.
    freezes: false,
    admission: [],
    strategies: kindStrategies,
  })
  const handlers = { event: () => {}, closed: () => {} }
  for (let i = 0; i < others / 2; i++) {
    const namespace = `ns-${i % 50}`
    server.handle({ ...pods, verb: 'create', namespace, body: podBody(`other-${i}`) })
    server.handle({ ...secrets, verb: 'create', namespace, body: secretBody(`other-${i}`, 'MQ==') })
    server.watch(admin, resources.pods, { fieldSelector: `spec.nodeName=other-${i}` }, handlers)
    const selected = i % 10 === 0 ? {} : { fieldSelector: `metadata.name=other-${i}` }
    server.watch(admin, resources.secrets, { namespace, ...selected }, handlers)
  }
  server.handle({ ...pods, verb: 'create', body: podBody('pod-0') })
  server.handle({ ...secrets, verb: 'create', body: secretBody('secret-0', 'MA==') })
  server.watch(admin, resources.pods, { fieldSelector: 'spec.nodeName=node-1' }, handlers)
  server.watch(admin, resources.secrets, { namespace: 'default', fieldSelector: 'metadata.name=secret-0' }, handlers)
  return server
}

function podBody(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'web' } },
    spec: {
      nodeName: 'node-1',
      containers: [
        { name: 'c', image: 'redis', volumeMounts: [{ name: 'foo', mountPath: '/etc/foo', readOnly: true }] },
      ],
      volumes: [{ name: 'foo', secret: { secretName: 'mysecret' } }],
    },
  }
}

function secretBody(name: string, value: string): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data: { k: value } }
}
