import type { Event, Node, Pod } from '../../../src/api/types/core.ts'
import type { KubeObject, ResourceRef } from '../../../src/api/types/meta.ts'
import { resources } from '../../../src/client/client.ts'
import { adminUser } from '../../../src/cluster/control-plane.ts'
import { rfc3339, rfc3339Micro } from '../../../src/kernel/calendar.ts'
import { type RecordedControlPlane, readyNode } from '../recorded-control-plane.ts'

/** One line of a recorded node lifecycle: what was done (`do`), or what a watcher saw. `t` in seconds. */
export interface LifecycleEntry {
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

/** What the recording's nodes post of themselves. */
const texts: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>> = {
  Ready: {
    True: ['KubeletReady', 'kubelet is posting ready status'],
    False: ['KubeletNotReady', 'container runtime is down'],
  },
  MemoryPressure: {
    True: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
    False: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  },
  DiskPressure: {
    True: ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
    False: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  },
  PIDPressure: {
    True: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
    False: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  },
}

const leases = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' }
type Place = { readonly name?: string; readonly namespace?: string; readonly subresource?: string }

/** Plays what was done to the recorded cluster, and writes down what a watcher sees. */
export class LifecycleReplay {
  readonly seen: LifecycleEntry[] = []
  readonly #cluster: RecordedControlPlane
  readonly #beganAt: number
  readonly #renewing = new Set<string>()
  readonly #namespace: string

  /** `namespace`: that of the Pods; it is there. */
  constructor(cluster: RecordedControlPlane, namespace: string) {
    this.#namespace = namespace
    this.#cluster = cluster
    this.#beganAt = cluster.kernel.now()
    this.#watch(resources.nodes, (type, object) => nodeEntry(type, object as Node))
    this.#watch(resources.pods, (type, object) => podEntry(type, object as Pod))
    this.#watch(resources.events, (type, object) => eventEntry(type, object as Event))
    this.#renewAll()
  }

  #now(): string {
    return rfc3339(this.#cluster.calendar.at(this.#cluster.kernel.now()))
  }

  #watch(resource: ResourceRef, show: (type: string, object: KubeObject) => Omit<LifecycleEntry, 't'>): void {
    const { kernel, plane } = this.#cluster
    plane.server.watch(
      adminUser,
      resource,
      {},
      {
        event: (event) => {
          if (event.type === 'ERROR' || event.type === 'BOOKMARK') return
          this.seen.push({ t: (kernel.now() - this.#beganAt) / 1000, ...show(event.type, event.object) })
        },
        closed: () => {},
      },
    )
  }

  #ask(verb: 'create' | 'patch' | 'delete', resource: ResourceRef, place: Place, body?: object): void {
    const patchType = verb === 'patch' ? { patchType: 'application/merge-patch+json' as const } : {}
    const answer = this.#cluster.plane.server.handle({ user: adminUser, verb, resource, ...place, body, ...patchType })
    if (!answer.ok) throw new Error(`${verb} ${resource.resource}: ${answer.status.message}`)
  }

  /** Kubelets renew every 5 s. */
  #renewAll(): void {
    for (const name of this.#renewing) this.#renew(name)
    this.#cluster.kernel.schedule(5000, () => this.#renewAll())
  }

  #renewTime(): string {
    return rfc3339Micro(this.#cluster.calendar.at(this.#cluster.kernel.now()))
  }

  #renew(name: string): void {
    this.#ask('patch', leases, { name, namespace: 'kube-node-lease' }, { spec: { renewTime: this.#renewTime() } })
  }

  /** A `do` of the recording; throws on one that it does not know. */
  act(step: string): void {
    const create = /^create node (\S+) (.*)$/.exec(step)
    const pod = /^create pod (\S+) on (\S+)(?: tolerations (.*))?$/.exec(step)
    const posts = /^(\S+) posts (\w+)=(\w+)/.exec(step)
    const [verb = '', subject = '', name = ''] = step.split(' ')
    if (create !== null) this.#createNode(create[1] ?? '', create[2] ?? '')
    else if (pod !== null) this.#createPod(pod[1] ?? '', pod[2] ?? '', pod[3])
    else if (posts !== null) this.#post(posts[1] ?? '', posts[2] ?? '', posts[3] ?? '')
    else if (verb === 'delete' && subject === 'node') {
      this.#renewing.delete(name)
      this.#ask('delete', resources.nodes, { name })
    } else if (verb === 'delete' && subject === 'pod')
      this.#ask('delete', resources.pods, { name, namespace: this.#namespace })
    else if (verb === 'cordon' || verb === 'uncordon')
      this.#ask('patch', resources.nodes, { name: subject }, { spec: { unschedulable: verb === 'cordon' || null } })
    else if (/renews? (its|their) leases? for the last time/.test(step)) {
      for (const each of verb === 'all' ? [...this.#renewing] : [verb]) {
        this.#renew(each)
        this.#renewing.delete(each)
      }
    } else if (/renews? (its|their) leases? again/.test(step)) {
      this.#renewing.add(verb)
      this.#renew(verb)
    } else throw new Error(`unknown step: ${step}`)
  }

  /** As the admission of new Nodes wants it, they are tainted until the controller has looked. */
  #createNode(name: string, how: string): void {
    const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]
    const whole = readyNode(name, this.#now()) as Node
    const isSilent = how.includes('no status')
    this.#ask(
      'create',
      resources.nodes,
      {},
      { ...whole, metadata: { name }, spec: { taints }, status: isSilent ? {} : whole.status },
    )
    if (isSilent) return
    const ready = /\(Ready=(\w+)\)/.exec(how)?.[1] ?? 'True'
    if (ready !== 'True') this.#post(name, 'Ready', ready)
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: this.#renewTime() }
    const metadata = { name, namespace: 'kube-node-lease' }
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }
    this.#ask('create', leases, { namespace: 'kube-node-lease' }, lease)
    this.#renewing.add(name)
  }

  #post(name: string, type: string, status: string): void {
    const { server } = this.#cluster.plane
    const found = server.handle({ user: adminUser, verb: 'get', resource: resources.nodes, name })
    const node = found.ok ? (found.object as Node) : undefined
    const [reason = '', message = ''] = texts[type]?.[status] ?? []
    const now = this.#now()
    const conditions = (node?.status?.conditions ?? []).map((old) =>
      old.type === type
        ? { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now }
        : { ...old, lastHeartbeatTime: now },
    )
    this.#ask('patch', resources.nodes, { name, subresource: 'status' }, { status: { conditions } })
  }

  #createPod(name: string, nodeName: string, tolerations: string | undefined): void {
    const namespace = this.#namespace
    const own = tolerations === undefined ? {} : { tolerations: JSON.parse(tolerations) as unknown }
    this.#ask(
      'create',
      resources.pods,
      { namespace },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace },
        spec: { nodeName, ...own, containers: [{ name: 'c', image: 'x' }] },
      },
    )
    const ready = { type: 'Ready', status: 'True', lastTransitionTime: this.#now() }
    const status = { phase: 'Running', conditions: [ready] }
    this.#ask('patch', resources.pods, { name, namespace, subresource: 'status' }, { status })
  }
}

function nodeEntry(event: string, { metadata, spec, status }: Node): Omit<LifecycleEntry, 't'> {
  const conditions = (status?.conditions ?? []).map(
    ({ type, status: is, reason, message }) => [type, [is, reason, message]] as const,
  )
  return {
    kind: 'node',
    event,
    name: metadata.name,
    taints: (spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort(),
    conditions: Object.fromEntries(conditions),
    ttl: metadata.annotations?.['node.alpha.kubernetes.io/ttl'] ?? null,
    unschedulable: spec?.unschedulable ?? false,
  }
}

function podEntry(event: string, { metadata, status }: Pod): Omit<LifecycleEntry, 't'> {
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

function eventEntry(event: string, { type, reason, message, involvedObject, source }: Event) {
  return {
    kind: 'event',
    event,
    name: '',
    ...(type === undefined ? {} : { type }),
    reason: reason ?? '',
    message: message ?? '',
    on: `${involvedObject.kind}/${involvedObject.name}`,
    from: source?.component ?? '',
  }
}
