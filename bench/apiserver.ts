import { resources } from '../src/apiserver/client/client.ts'
import { createApiServer } from '../src/apiserver/create-api-server.ts'
import { kindStrategies } from '../src/apiserver/registry/kinds/all.ts'
import { createCalendar, defaultEpochMs } from '../src/kernel/calendar.ts'
import { createJournal } from '../src/kernel/journal.ts'
import { createKernel } from '../src/kernel/kernel.ts'
import { createRandomStreams } from '../src/kernel/random.ts'
import { resolveFeatureGates } from '../src/versions/feature-gates.ts'

/** Cost of a write through `handle`, with few and with many objects and watchers that it does not concern. One JSON row each. */

const admin = { name: 'admin', groups: ['system:masters'] }
const writes = 20_000

function newServer() {
  const kernel = createKernel()
  return createApiServer({
    kernel,
    calendar: createCalendar(defaultEpochMs),
    journal: createJournal(kernel, 'off'),
    random: createRandomStreams('bench'),
    minor: 18,
    gates: resolveFeatureGates(18),
    authorizers: [],
    admission: [],
    strategies: kindStrategies,
  })
}

const podBody = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'web' } },
  spec: {
    nodeName: 'node-1',
    containers: [{ name: 'c', image: 'redis', volumeMounts: [{ name: 'foo', mountPath: '/etc/foo', readOnly: true }] }],
    volumes: [{ name: 'foo', secret: { secretName: 'mysecret' } }],
  },
})

function measure(others: number, watchers: number): Record<string, number> {
  const server = newServer()
  const place = { user: admin, resource: resources.pods, namespace: 'default' } as const
  for (let i = 0; i < others; i++) {
    server.handle({ ...place, verb: 'create', namespace: `ns-${i % 50}`, body: podBody(`other-${i}`) })
  }
  const handlers = { event: () => {}, closed: () => {} }
  for (let i = 0; i < watchers; i++) {
    server.watch(admin, resources.pods, { fieldSelector: `spec.nodeName=other-${i}` }, handlers)
    server.watch(admin, resources.secrets, { namespace: 'default', fieldSelector: `metadata.name=s-${i}` }, handlers)
  }
  server.watch(admin, resources.pods, { fieldSelector: 'spec.nodeName=node-1' }, handlers)
  const timed = (work: (i: number) => void): number => {
    const start = process.hrtime.bigint()
    for (let i = 0; i < writes; i++) work(i)
    return Number(process.hrtime.bigint() - start) / writes / 1000
  }
  const bodies = Array.from({ length: writes }, (_, i) => podBody(`pod-${i}`))
  const createUs = timed((i) => server.handle({ ...place, verb: 'create', body: bodies[i] }))
  const statusPatchUs = timed((i) =>
    server.handle({
      ...place,
      verb: 'patch',
      name: `pod-${i}`,
      subresource: 'status',
      patchType: 'application/strategic-merge-patch+json',
      body: { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
    }),
  )
  const secret = (i: number, value: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `s-${i % 1000}` },
    data: { k: value },
  })
  const secrets = { user: admin, resource: resources.secrets, namespace: 'bench' } as const
  for (let i = 0; i < 1000; i++) server.handle({ ...secrets, verb: 'create', body: secret(i, 'MQ==') })
  const updateUs = timed((i) =>
    server.handle({
      ...secrets,
      verb: 'update',
      name: `s-${i % 1000}`,
      body: secret(i, i % 2000 < 1000 ? 'Mg==' : 'MQ=='),
    }),
  )
  return { createUs, statusPatchUs, updateUs }
}

measure(100, 10)
const few = measure(1000, 1000)
const many = measure(100_000, 20_000)
for (const [name, others] of [
  ['few', few],
  ['many', many],
] as const) {
  console.log(
    JSON.stringify({
      bench: `apiserver/${name}`,
      ...Object.fromEntries(Object.entries(others).map(([k, v]) => [k, Number(v.toFixed(2))])),
    }),
  )
}
const ratios = Object.keys(few).map((key) => (many[key] ?? 0) / (few[key] ?? 1))
console.log(JSON.stringify({ bench: 'apiserver/ratio', max: Number(Math.max(...ratios).toFixed(2)), limit: 1.5 }))
