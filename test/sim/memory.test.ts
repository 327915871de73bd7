import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { EventRow } from '../../src/client/event-row.ts'
import { createSim } from '../../src/index.ts'

/** What is gone is let go: held by references that do not keep, not by sizes, which depend on the compiler. */

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void // what the flag exposes

test('R2 of Events that have expired and Pods that are deleted nothing is kept but the newest, as the caches of the API server do', async () => {
  const sim = createSim({ journal: 'off', nodes: 2 })
  const pods = Array.from({ length: 20 }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${i}` },
    spec: {
      containers: [{ name: 'c', image: 'busybox', volumeMounts: [{ name: 'v', mountPath: '/s' }] }],
      volumes: [{ name: 'v', secret: { secretName: 's' } }],
    },
  }))
  // What all clusters of these settings begin with is theirs together.
  const common = new Set(sim.events())
  sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { a: 'b' } }, pods)
  sim.runFor('2m')
  const events = sim.events().flatMap((event) => (common.has(event) ? [] : new WeakRef(event)))
  const oldPods = sim.list('Pod').map((pod) => new WeakRef(pod))
  expect(events.length).toBeGreaterThan(80)
  sim.kubectl('delete pods --all --wait=false')
  sim.runFor('2m')
  expect(sim.list('Pod')).toEqual([])
  // The API server's cache keeps the last 1,000 changes of Pods, real ones do, too: others take their place.
  sim.kubectl('run q --image=busybox --restart=Never')
  for (let change = 0; change < 1000; change++) {
    const body = { metadata: { labels: { change: String(change) } } }
    const path = '/api/v1/namespaces/default/pods/q'
    sim.request({ user: 'admin', method: 'PATCH', path, contentType: 'application/merge-patch+json', body })
  }
  sim.runFor('80m')
  // References that were looked at are kept until the job ends.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  expect(events.filter((event) => event.deref() !== undefined)).toEqual([])
  expect(oldPods.filter((pod) => pod.deref() !== undefined)).toEqual([])
})

test('R2 nor is a row kept of an Event that nobody has read', async () => {
  const rows = new Set<WeakRef<EventRow>>()
  const known = new WeakSet<EventRow>()
  const given = Object.getOwnPropertyDescriptor(EventRow.prototype, 'namespace')
  Object.defineProperty(EventRow.prototype, 'namespace', {
    configurable: true,
    get(this: EventRow) {
      if (this.about.kind === 'Pod' && !known.has(this)) rows.add(new WeakRef(this))
      known.add(this)
      return this.about.namespace
    },
  })
  try {
    const sim = createSim({ journal: 'off', nodes: 2 })
    const containers = [{ name: 'c', image: 'busybox', command: ['sleep', '86400'] }]
    const pods = Array.from({ length: 10 }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${i}` },
      spec: { containers },
    }))
    sim.apply(pods)
    sim.runFor('2m')
    expect(rows.size).toBeGreaterThan(30)
    sim.kubectl('delete pods --all --wait=false')
    sim.runFor('80m')
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    const kept = [...rows].flatMap((row) => row.deref() ?? [])
    expect(kept.map(({ about, reason }) => `${about.name} ${reason}`)).toEqual([])
  } finally {
    if (given !== undefined) Object.defineProperty(EventRow.prototype, 'namespace', given)
  }
})
