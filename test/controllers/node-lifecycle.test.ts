import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Event, Node, Pod } from '../../src/api/types/core.ts'
import type { KubeObject } from '../../src/api/types/meta.ts'
import { resources } from '../../src/client/client.ts'
import { createSim } from '../../src/index.ts'
import { defaultEpochMs, rfc3339, rfc3339Micro } from '../../src/kernel/calendar.ts'
import { createWorld, type World } from './world.ts'

interface Entry {
  readonly t: number
  readonly do?: string
  readonly kind?: string
  readonly event?: string
  readonly name?: string
  readonly taints?: readonly string[]
  readonly conditions?: Readonly<Record<string, unknown>>
  readonly ttl?: string | null
  readonly unschedulable?: boolean
  readonly phase?: string
  readonly deleting?: boolean
  readonly type?: string
  readonly reason?: string
  readonly message?: string
  readonly on?: string
  readonly from?: string
}

interface Timeline {
  readonly name: string
  readonly timeline?: readonly Entry[]
}

const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/controllers.json', import.meta.url), 'utf8'),
) as readonly Timeline[]

/** The recording begins this long after the controllers' loops began: that gives their ticks the phases seen in it. */
const leadMs = 13_600
const tolerance = 5.6

const text = {
  Ready: {
    True: ['KubeletReady', 'kubelet is posting ready status'],
    False: ['KubeletNotReady', 'container runtime is down'],
  },
  MemoryPressure: {
    True: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
    False: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  },
  DiskPressure: { False: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'] },
  PIDPressure: { False: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'] },
} as const

type ConditionType = keyof typeof text

/** Plays what was done to the real cluster, and writes down what a watcher sees. */
class Replay {
  readonly seen: Entry[] = []
  readonly #world: World
  readonly #renewing = new Set<string>()

  constructor(world: World) {
    this.#world = world
    this.#watch(resources.nodes, (type, object) => nodeEntry(type, object as Node))
    this.#watch(resources.pods, (type, object) => podEntry(type, object as Pod))
    this.#watch(resources.events, (type, object) => eventEntry(type, object as Event))
  }

  get #now(): string {
    return rfc3339(defaultEpochMs + this.#world.kernel.now())
  }

  #watch(
    resource: (typeof resources)['nodes' | 'pods' | 'events'],
    show: (type: string, object: KubeObject) => Omit<Entry, 't'>,
  ) {
    const user = { name: 'watcher', groups: ['system:masters'] }
    this.#world.server.watch(
      user,
      resource,
      {},
      {
        event: (event) => {
          if (event.type === 'ERROR' || event.type === 'BOOKMARK') return
          this.seen.push({ t: (this.#world.kernel.now() - leadMs) / 1000, ...show(event.type, event.object) })
        },
        closed: () => {},
      },
    )
  }

  /** Kubelets renew every 5 s. */
  renewAll(): void {
    for (const name of this.#renewing) this.#renew(name)
    this.#world.kernel.schedule(5000, () => this.renewAll())
  }

  /** A kubelet that had stopped renews again. */
  resume(name: string): void {
    this.#renewing.add(name)
    this.#renew(name)
  }

  #renew(name: string): void {
    const renewTime = rfc3339Micro(defaultEpochMs + this.#world.kernel.now())
    this.#world.patch(resources.leases, name, { spec: { renewTime } }, { namespace: 'kube-node-lease' })
  }

  act(step: string): void {
    const world = this.#world
    const [, node = ''] = /(?:node|cordon|^|on) ?(lc-\d+)/.exec(step) ?? []
    if (step.startsWith('create node')) this.#createNode(node, step.includes('Ready=True'))
    else if (step.startsWith('create pod')) this.#createPod(step)
    else if (step.startsWith('delete node')) {
      this.#renewing.delete(node)
      world.remove(resources.nodes, node)
    } else if (step.startsWith('cordon') || step.startsWith('uncordon'))
      world.patch(resources.nodes, node, { spec: { unschedulable: step.startsWith('cordon') ? true : null } })
    else if (step.includes('for the last time')) {
      for (const name of step.startsWith('all') ? [...this.#renewing] : [node]) {
        this.#renew(name)
        this.#renewing.delete(name)
      }
    } else {
      const [, type = 'Ready', status = 'True'] = /posts (\w+)=(\w+)/.exec(step) ?? []
      this.#post(node, type as ConditionType, status as 'True' | 'False')
    }
  }

  #condition(type: ConditionType, status: 'True' | 'False', since: string) {
    const [reason, message] = (text[type] as Record<string, readonly string[]>)[status] ?? []
    return { type, status, reason, message, lastHeartbeatTime: this.#now, lastTransitionTime: since }
  }

  #createNode(name: string, posts: boolean): void {
    const conditions = (['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const).map((type) =>
      this.#condition(type, 'False', this.#now),
    )
    const status = posts ? { conditions: [...conditions, this.#condition('Ready', 'True', this.#now)] } : {}
    const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]
    this.#world.create(resources.nodes, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      spec: { taints },
      status,
    })
    if (!posts) return
    this.#world.create(resources.leases, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: 'kube-node-lease' },
      spec: { holderIdentity: name, renewTime: rfc3339Micro(defaultEpochMs + this.#world.kernel.now()) },
    })
    this.#renewing.add(name)
  }

  #post(name: string, type: ConditionType, status: 'True' | 'False'): void {
    const node = this.#world.get<Node>(resources.nodes, name)
    const conditions = (node?.status?.conditions ?? []).map((old) =>
      old.type === type ? this.#condition(type, status, this.#now) : { ...old, lastHeartbeatTime: this.#now },
    )
    this.#world.patch(resources.nodes, name, { status: { conditions } }, { subresource: 'status' })
  }

  #createPod(step: string): void {
    const [, name = '', node = '', given] = /create pod (\S+) on (\S+)(?: tolerations (.*))?$/.exec(step) ?? []
    const stay = (key: string) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })
    const own = (given === undefined ? [] : JSON.parse(given)) as readonly { readonly key?: string }[]
    const usual = [stay('node.kubernetes.io/not-ready'), stay('node.kubernetes.io/unreachable')]
    const added = usual.filter(({ key }) => !own.some((one) => one.key === undefined || one.key === key))
    this.#world.create(resources.pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'lc' },
      spec: { nodeName: node, tolerations: [...own, ...added], containers: [{ name: 'c', image: 'x' }] },
    })
    const ready = { type: 'Ready', status: 'True', lastTransitionTime: this.#now }
    const status = { phase: 'Running', conditions: [ready] }
    this.#world.patch(resources.pods, name, { status }, { namespace: 'lc', subresource: 'status' })
  }
}

function nodeEntry(event: string, { metadata, spec, status }: Node): Omit<Entry, 't'> {
  return {
    kind: 'node',
    event,
    name: metadata.name,
    taints: (spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort(),
    conditions: Object.fromEntries(
      (status?.conditions ?? []).map(({ type, status: is, reason, message }) => [type, [is, reason, message]]),
    ),
    ttl: metadata.annotations?.['node.alpha.kubernetes.io/ttl'] ?? null,
    unschedulable: spec?.unschedulable ?? false,
  }
}

function podEntry(event: string, { metadata, status }: Pod): Omit<Entry, 't'> {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  return {
    kind: 'pod',
    event,
    name: metadata.name,
    phase: status?.phase ?? '',
    conditions: ready === undefined ? {} : { Ready: [ready.status, null] },
    deleting: metadata.deletionTimestamp !== undefined,
  }
}

function eventEntry(event: string, { type, reason, message, involvedObject, source }: Event): Omit<Entry, 't'> {
  const on = `${involvedObject.kind}/${involvedObject.name}`
  const from = source?.component ?? ''
  return {
    kind: 'event',
    event,
    name: '',
    ...(type === undefined ? {} : { type }),
    reason: reason ?? '',
    message: message ?? '',
    on,
    from,
  }
}

type Change = readonly [what: string, value: string, t: number]

/** For each thing that can change, its values one after the other: races between different things do not matter. */
function changes(entries: readonly Entry[]): ReadonlyMap<string, readonly Change[]> {
  const all = new Map<string, Change[]>()
  const note = (what: string, value: unknown, t: number): void => {
    const list = all.get(what) ?? []
    all.set(what, list)
    const shown = JSON.stringify(value)
    if (list.at(-1)?.[1] !== shown) list.push([what, shown, t])
  }
  for (const entry of entries) {
    const { t, kind, name, event } = entry
    if (kind === 'event') note(`${entry.from} tells ${entry.on} ${entry.reason}`, [entry.type, entry.message], t)
    if (kind === 'node' && event !== 'DELETED')
      for (const field of ['taints', 'conditions', 'ttl', 'unschedulable'] as const)
        note(`${name} ${field}`, entry[field], t)
    if (kind === 'pod')
      for (const field of ['phase', 'conditions', 'deleting'] as const) note(`${name} ${field}`, entry[field], t)
    if (event === 'DELETED') note(`${name} deleted`, true, t)
  }
  return all
}

describe('L6 apiserver 8.1 node lifecycle', () => {
  for (const { name, timeline = [] } of vectors.filter((vector) => vector.timeline !== undefined)) {
    test(`L6 ${name}: taints, conditions, Pods and events come in the recorded order, to within a look (5 s)`, () => {
      const world = createWorld({ options: {} })
      world.namespace('lc')
      world.namespace('kube-node-lease')
      const replay = new Replay(world)
      world.manager.start()
      replay.renewAll()
      const own = timeline.filter((entry) => entry.t > 0.2)
      // What happens after the last thing that was done to the cluster and a while is the recording's own clean-up.
      const until = Math.max(...own.filter((entry) => entry.do !== undefined).map((entry) => entry.t)) + 60
      for (const entry of own) {
        if (entry.do === undefined) continue
        world.kernel.runUntil(Math.round(entry.t * 1000) + leadMs)
        replay.act(entry.do)
      }
      world.kernel.runUntil(until * 1000 + leadMs)
      const expected = changes(own.filter((entry) => entry.do === undefined && entry.t < until))
      const found = changes(replay.seen)
      const differences: string[] = []
      for (const [what, list] of expected) {
        const ours = found.get(what) ?? []
        list.forEach(([, value, t], at) => {
          const one = ours[at]
          if (one === undefined || one[1] !== value || Math.abs(one[2] - t) > tolerance)
            differences.push(`${what}: expected ${value} at ${t}, found ${one?.[1]} at ${one?.[2]}`)
        })
        for (const more of ours.slice(list.length))
          differences.push(`${what}: ${more[1]} at ${more[2]} was not recorded`)
      }
      expect(differences).toEqual([])
    })
  }

  function begin(nodes: number) {
    const world = createWorld()
    world.namespace('lc')
    world.namespace('kube-node-lease')
    const replay = new Replay(world)
    world.manager.start()
    replay.renewAll()
    for (let i = 1; i <= nodes; i++) replay.act(`create node lc-${i} (Ready=True) and its lease`)
    world.wait(10)
    const taints = (name: string) =>
      world.get<Node>(resources.nodes, name)?.spec?.taints?.map(({ key, effect }) => `${key.slice(19)}:${effect}`) ?? []
    const isDeleting = (name: string) =>
      world.get<Pod>(resources.pods, name, 'lc')?.metadata.deletionTimestamp !== undefined
    return { world, replay, taints, isDeleting }
  }

  /** Source: node_lifecycle_controller.go, monitorNodeHealth (kubernetes #120816); controller_utils.go, MarkPodsNotReady. */
  test.each([
    ['v1.33', 5],
    ['v1.34', 0],
  ] as const)('%s: NoExecute follows NoSchedule after %i s; the Pod is not ready, then told so', (release, pause) => {
    const sim = createSim({ journal: 'off', version: release, nodes: 2 })
    sim.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { nodeName: 'node-2', containers: [{ name: 'c', image: 'nginx' }] },
    })
    sim.runFor('20s')
    sim.fault({ power: 'off', node: 'node-2' })
    sim.runFor('2m')
    const taints = sim.get('Node', 'node-2')?.spec?.taints ?? []
    const [schedule, execute] = ['NoSchedule', 'NoExecute'].map((effect) =>
      Date.parse(taints.find((taint) => taint.effect === effect)?.timeAdded ?? ''),
    )
    expect(Math.round(((execute ?? 0) - (schedule ?? 0)) / 1000)).toBe(pause)
    const told = sim
      .events()
      .find(({ reason, involvedObject }) => reason === 'NodeNotReady' && involvedObject.name === 'p')
    const version = (object: KubeObject | undefined) => Number(object?.metadata.resourceVersion)
    expect(version(told)).toBeGreaterThan(version(sim.get('Pod', 'p')))
  })

  test('L6 a node that comes back in time keeps its Pods', () => {
    const { world, replay, taints, isDeleting } = begin(3)
    replay.act('create pod p on lc-1')
    replay.act('lc-1 renews its lease for the last time')
    world.wait(60)
    expect(taints('lc-1').sort()).toEqual(['unreachable:NoExecute', 'unreachable:NoSchedule'])
    world.wait(200)
    replay.act('lc-1 posts Ready=True')
    world.wait(10)
    expect(taints('lc-1')).toEqual([])
    replay.resume('lc-1')
    world.wait(400)
    expect(isDeleting('p')).toBe(false)
    expect(world.events('lc').map(({ message }) => message)).toEqual(['Cancelling deletion of Pod lc/p'])
  })

  test('8.1 when no node is ready nothing is evicted; when one is again the others get their grace anew', () => {
    const { world, replay, taints, isDeleting } = begin(2)
    replay.act('create pod p on lc-1')
    replay.act('all remaining nodes renew their leases for the last time')
    world.wait(600)
    expect([taints('lc-1'), isDeleting('p')]).toEqual([['unreachable:NoSchedule'], false])
    replay.act('lc-2 posts Ready=True')
    replay.resume('lc-2')
    world.wait(20)
    expect([taints('lc-1').sort(), taints('lc-2')]).toEqual([['unreachable:NoExecute', 'unreachable:NoSchedule'], []])
    world.wait(320)
    expect(isDeleting('p')).toBe(true)
  })

  test('8.1 no node of a small zone is tainted while it has lost more than half; once fewer are lost, they are', () => {
    const { world, replay, taints } = begin(5)
    for (const i of [1, 2, 3]) replay.act(`lc-${i} renews its lease for the last time`)
    world.wait(120)
    const lost = ['lc-1', 'lc-2', 'lc-3']
    expect(lost.map((name) => taints(name))).toEqual(lost.map(() => ['unreachable:NoSchedule']))
    replay.act('lc-3 posts Ready=True')
    replay.resume('lc-3')
    world.wait(30)
    const both = ['unreachable:NoExecute', 'unreachable:NoSchedule']
    expect(lost.map((name) => [...taints(name)].sort())).toEqual([both, both, []])
  })

  test('8.1 nodes that stop together are tainted one in 10 s', () => {
    const { world, replay, taints } = begin(9)
    for (const i of [1, 2, 3, 4]) replay.act(`lc-${i} renews its lease for the last time`)
    world.wait(46)
    const tainted = () => [1, 2, 3, 4].filter((i) => taints(`lc-${i}`).includes('unreachable:NoExecute')).length
    const counts: number[] = []
    for (let i = 0; i < 5; i++) {
      world.wait(10)
      counts.push(tainted())
    }
    expect(counts).toEqual([1, 2, 3, 4, 4].map((count) => Math.min(4, count + (counts[0] ?? 1) - 1)))
  })

  test('paused, the controller sees nothing; resumed, it looks again', () => {
    const { world, replay, taints } = begin(2)
    world.manager.pause('nodelifecycle')
    replay.act('lc-1 renews its lease for the last time')
    world.wait(300)
    expect(taints('lc-1')).toEqual([])
    world.manager.resume('nodelifecycle')
    world.wait(20)
    expect(taints('lc-1')).toContain('unreachable:NoExecute')
  })
})
