import type { ResourceRef } from '../../src/api/types/meta.ts'
import { adminUser, createControlPlane } from '../../src/cluster/control-plane.ts'
import { createCalendar, defaultEpochMs, rfc3339, rfc3339Micro } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { type FeatureGates, resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import { bootedPlane, goOnFrom } from './booted-plane.ts'

/** The first word of the recorder's user agent. */
const fieldManager = 'podsim-vectors'

export interface RecordedSetUp {
  readonly seed: string
  /** Of the recorded server. Default: 18. */
  readonly minor?: number
  /** As a vector names them; those that it does not name have the version's default. */
  readonly gates?: Readonly<Record<string, boolean>>
  /** Made before the first step, and left alone until it has its account and token. */
  readonly namespace?: string
  /** Ready from the beginning, with a lease that is renewed every 5 s. */
  readonly nodes?: readonly string[]
  /** Says which of them have one. Default: all. */
  readonly hasLease?: (node: string) => boolean
  readonly runsScheduler?: boolean
}

export type RecordedControlPlane = ReturnType<typeof createRecordedControlPlane>

/** Between two requests of the recordings passed less time than until the controllers had acted on the first. */
const latencies = { request: { kind: 'fixed', ms: 1 }, watchEvent: { kind: 'fixed', ms: 6 } } as const

/** What controllers need to come to rest after something new. */
const settledMs = 3000
/** From the last renewal of leases until the first step: none falls among the first requests. */
const afterRenewalMs = 2100
const leases = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' }
const core = (resource: string): ResourceRef => ({ group: '', version: 'v1', resource })

/** The recorded cluster (README-real-cluster.md): Node and RBAC, PodPreset where there is one, all controllers, no kubelet. */
export function createRecordedControlPlane(setUp: RecordedSetUp) {
  const { minor = 18 } = setUp
  const kernel = createKernel()
  const calendar = createCalendar(defaultEpochMs)
  const settings = {
    minor,
    // The gates that vectors name are podsim's.
    gates: resolveFeatureGates(minor, (setUp.gates ?? {}) as Partial<FeatureGates>),
    admission: { podPreset: minor < 20 },
    // The recorded manager of v1.36 ran without it (v1.36/README.md).
    ...(minor >= 36 ? { controllers: { disabled: ['ttl'] } } : {}),
    runs: { controllers: true, scheduler: setUp.runsScheduler === true },
    latencies,
  }
  const from = bootedPlane({ ...settings, journal: 'off' })
  const plane = createControlPlane({
    ...settings,
    kernel,
    calendar,
    journal: createJournal(kernel, 'off'),
    random: createRandomStreams(setUp.seed),
    from: from.plane.front,
  })
  const create = (resource: ResourceRef, body: object, namespace?: string): void => {
    const scope = namespace === undefined ? {} : { namespace }
    const answer = plane.server.handle({ user: adminUser, verb: 'create', resource, body, fieldManager, ...scope })
    if (!answer.ok) throw new Error(answer.status.message)
  }
  const advance = (ms: number): void => kernel.runUntil(kernel.now() + ms)
  const time = (): string => rfc3339(calendar.at(kernel.now()))
  const renewTime = (): string => rfc3339Micro(calendar.at(kernel.now()))
  goOnFrom(from, plane, kernel)
  const keepLease = (name: string): void => {
    create(leases, leaseOf(name, renewTime()), 'kube-node-lease')
    kernel.schedule(5000, () => renew(name))
  }
  for (const name of setUp.nodes ?? []) {
    create(core('nodes'), readyNode(name, time()))
    if (setUp.hasLease?.(name) !== false) keepLease(name)
  }
  function renew(name: string): void {
    const at = { namespace: 'kube-node-lease', name }
    const body = { spec: { renewTime: renewTime() } }
    const patchType = 'application/merge-patch+json'
    const answer = plane.server.handle({
      user: adminUser,
      verb: 'patch',
      resource: leases,
      body,
      patchType,
      fieldManager,
      ...at,
    })
    // A vector may have deleted it.
    if (answer.ok) kernel.schedule(5000, () => renew(name))
  }
  if (setUp.namespace !== undefined && !['default', 'kube-system'].includes(setUp.namespace))
    create(core('namespaces'), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: setUp.namespace } })
  advance(settledMs + afterRenewalMs)
  return {
    kernel,
    calendar,
    plane,
    advance,
    /** Makes a node's lease and renews it every 5 s, until somebody deletes it. */
    keepLease,
    http: plane.server.http,
    setGate: (isOn: boolean) => plane.server.setGates(resolveFeatureGates(minor, { ImmutableEphemeralVolumes: isOn })),
  }
}

function leaseOf(name: string, renewTime: string): object {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: 'kube-node-lease' },
    spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime },
  }
}

/** A Node made by hand: 4 CPU, 8Gi, 110 Pods, conditions as a healthy kubelet posts them. */
export function readyNode(name: string, now: string, labels: Readonly<Record<string, string>> = {}): object {
  const amounts = { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi' }
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
    reason,
    message,
  })
  const conditions = [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ]
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels },
    },
    status: { capacity: amounts, allocatable: amounts, conditions },
  }
}
