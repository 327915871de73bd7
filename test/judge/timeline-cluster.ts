import type { KubeObject } from '../../src/api/types/meta.ts'
import { nodeUser } from '../../src/apiserver/auth/users.ts'
import { type Client, type RequestError, watchedBy } from '../../src/client/client.ts'
import type { Link } from '../../src/client/link.ts'
import { adminUser, createControlPlane } from '../../src/cluster/control-plane.ts'
import type { NetworkLatencies } from '../../src/cluster/networks.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import { createNodeFs } from '../../src/fs/memory-fs.ts'
import type { NodeFs } from '../../src/fs/node-fs.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel, type Kernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams, type RandomStream } from '../../src/kernel/random.ts'
import { tapped } from '../../src/kernel/tapped.ts'
import { kubeletConfiguration } from '../../src/node/kubelet/configuration.ts'
import { createKubelet, type Kubelet } from '../../src/node/kubelet/kubelet.ts'
import type { ContainerRuntime, RuntimeTimings } from '../../src/node/runtime/cri.ts'
import { createRecordingRegistry, recordingTimings } from '../../src/node/runtime/recording-profile.ts'
import { createRuntime } from '../../src/node/runtime/simulated-runtime.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import { roomyMachine } from '../node/roomy-machine.ts'
import { minorOfFile, type TimelineFile } from './timeline-format.ts'

export interface TimelineNode {
  readonly name: string
  readonly fs: NodeFs
  readonly runtime: ContainerRuntime
  readonly kubelet: Kubelet
  readonly link: Link
}

/** Hears of what a node asks the API server for Secrets. */
export type RequestListener = (
  node: string,
  what: 'get' | 'list' | 'watch opened' | 'watch closed' | 'watch refused',
  detail: Readonly<Record<string, unknown>>,
) => void

/**
 * Latency of a request on the machine of the older recordings: some ms. In about 7 % of the cases the authorizer was later than a
 * kubelet's first request (README-timelines.md), which takes 2 to 13 ms from the binding.
 */
const quietLatencies = {
  request: { kind: 'uniform', minMs: 2, maxMs: 8 },
  watchEvent: { kind: 'uniform', minMs: 1, maxMs: 5 },
  authorizer: { kind: 'seldom', share: 0.075, minMs: 10, maxMs: 25 },
} as const

const busyMeanMs = 24

/**
 * That of v1.36 was quiet at times and busy at others (its README, "Resolution and noise"): of the user's requests a quarter
 * took 9 ms or less, half 15, three quarters 29, and 5 % more than 94; in v1.26 7, 8, 12 and 19 (`took`). Each run draws which.
 */
function latenciesOf(minor: number, random: RandomStream): NetworkLatencies {
  if (minor < 36 || random.next() < 0.5) return quietLatencies
  return {
    request: { kind: 'exponential', meanMs: busyMeanMs },
    watchEvent: { kind: 'exponential', meanMs: 8 },
    // Of the first watches 12 % were refused (26 of 211), and of the LISTs in their place, within some 20 ms, one in five.
    authorizer: { kind: 'seldom', share: 0.15, minMs: 10, maxMs: 45 },
  }
}

/** A recording's first requests of the user tell how busy its machine was as it began. Seconds. */
const beginning = 3

/**
 * How busy the machine of v1.36 was as a recording began, where its user's requests took longer than elsewhere: in the first half minute of
 * one "its own lines came late" while others started (its README, "Resolution and noise"). Undefined: no more than at other times.
 */
function busyBeginning({ timeline }: TimelineFile, minor: number): NetworkLatencies | undefined {
  const took = timeline.flatMap(({ t, actor, detail }) =>
    actor === 'user' && t < beginning && detail.took !== undefined ? [Number(detail.took) * 1000] : [],
  )
  const meanMs = Math.round(took.reduce((sum, each) => sum + each, 0) / Math.max(1, took.length))
  if (minor < 36 || meanMs <= 2 * busyMeanMs) return undefined
  return {
    request: { kind: 'exponential', meanMs },
    watchEvent: { kind: 'exponential', meanMs: Math.round(meanMs / 3) },
  }
}

/**
 * From the sandbox to the call that creates a container: 4 ms on the machine of the older recordings, in v1.36 between
 * 9 (first tenth), 28 (half) and 59 ms (three quarters) of 173. Each run draws whether it was as quick, or how slow.
 */
function timingsOf(minor: number, random: RandomStream): RuntimeTimings {
  if (minor < 36 || random.next() < 0.5) return recordingTimings
  return { ...recordingTimings, createContainerMs: random.integer(7, 60) }
}

/** Three starts on the machine of v1.36 took 0.28 to 0.93 s until the kubelet looked for its Node. */
const busyStartUpMs = { least: 250, most: 950 } as const

/** A node that is there and of which nothing is told. */
export const neighbourName = 'neighbour-1'

/** "`outage-watch` of both halves share one control plane: it was away at the same moments" (README of v1.36, "Caveats"). */
function sharedServer({ category }: TimelineFile, minor: number): boolean {
  return minor >= 36 && category === 'api-outage'
}

/** The kubelets of the recordings ran for a while before the scenario began: which gives their minutes a phase. Ms. */
const lead = { leastMs: 33_000, varietyMs: 60_000 } as const

/** Shared by two recordings, the control plane was older: from v1.36 on pauses of reflectors hang on their age. Ms; how old is not told. */
const ageOfServers = 300_000

function leastLeadMs(file: TimelineFile, minor: number): number {
  return lead.leastMs + (sharedServer(file, minor) ? ageOfServers : 0)
}

/** The cluster that a timeline was recorded on: its API server, controllers without `ttl`, scheduler, its nodes. */
export function createTimelineCluster(file: TimelineFile, seed: string, onRequest: RequestListener) {
  const kernel = createKernel()
  const calendar = createCalendar(defaultEpochMs)
  const journal = createJournal<ClusterRecord>(kernel, 'full')
  const random = createRandomStreams(seed)
  const minor = minorOfFile(file)
  const leadMs = leastLeadMs(file, minor) + random.stream('judge/lead').integer(0, lead.varietyMs)
  const latencies = latenciesOf(minor, random.stream('judge/latencies'))
  const timings = timingsOf(minor, random.stream('judge/runtime'))
  const controlPlane = createControlPlane({
    kernel,
    calendar,
    // What is told of it comes from watches and requests.
    journal: createJournal<ClusterRecord>(kernel, 'off'),
    random,
    minor,
    gates: resolveFeatureGates(minor, { ImmutableEphemeralVolumes: true }),
    controllers: { disabled: ['ttl'] },
    latencies,
    explicitWatches: true,
  })
  const admin = controlPlane.clientOf(adminUser, controlPlane.linkFor('judge'))
  const nodes = new Map<string, TimelineNode>()
  /** Of another recording, of which nothing is told. */
  const others: TimelineNode[] = []
  const outage = { isOn: false }
  const otherNames = sharedServer(file, minor) ? [neighbourName] : []
  for (const [index, name] of [...file.nodes, ...otherNames].entries()) {
    const fs = createNodeFs({ kernel, memoryBytes: 16 * 2 ** 30, calendar })
    const runtime = createRuntime({
      ...{ kernel, calendar, journal, random, fs, timings, nodeName: name },
      registry: createRecordingRegistry(),
      podCidr: `10.244.${index}.0/24`,
    })
    const link = controlPlane.linkFor(name, latencies)
    const client = () => controlPlane.clientOf(nodeUser(name), link)
    const kubelet = createKubelet({
      space: roomyMachine(),
      kernel,
      calendar,
      journal,
      random,
      nodeName: name,
      minor,
      gates: resolveFeatureGates(minor, file.featureGates),
      config: kubeletConfiguration(minor, { configMapAndSecretChangeDetectionStrategy: file.strategy }),
      client: recordingClient(
        client(),
        name,
        (...line) => {
          // What a killed server did last is in no audit log.
          if (!outage.isOn && name !== neighbourName) onRequest(...line)
        },
        () => kernel.now(),
        minor >= 36,
      ),
      eventClient: client(),
      heartbeatClient: client(),
      runtime,
      fs,
      hostIp: `10.0.0.${index + 10}`,
      recordIdleSyncs: true,
      ...(minor >= 36 ? { startUpMs: busyStartUpMs } : {}),
      heartbeats: 'explicit',
    })
    const node = { name, fs, runtime, kubelet, link }
    if (name === neighbourName) others.push(node)
    else nodes.set(name, node)
  }
  const links = [controlPlane.link, ...[...nodes.values(), ...others].map(({ link }) => link)]
  const busy = busyBeginning(file, minor)
  if (busy !== undefined) slowAtFirst(kernel, leadMs, links, busy, latencies)
  return { leadMs, kernel, calendar, journal, random, controlPlane, admin, nodes, others, links, minor, outage }
}

function slowAtFirst(
  kernel: Kernel,
  leadMs: number,
  links: readonly Link[],
  busy: NetworkLatencies,
  later: NetworkLatencies,
): void {
  const setAll = (latencies: NetworkLatencies) => (): void => {
    for (const link of links) link.setLatencies(latencies)
  }
  kernel.schedule(leadMs - 1, setAll(busy))
  kernel.schedule(leadMs + beginning * 1000, setAll(later))
}

export type TimelineCluster = ReturnType<typeof createTimelineCluster>

/** A client that tells of its reads of Secrets, as an audit log would. */
function recordingClient(
  client: Client,
  node: string,
  tell: RequestListener,
  now: () => number,
  tellsRefusals: boolean,
): Client {
  const codeOf = (error: RequestError) => (error.kind === 'status' ? (error.status.code ?? 500) : undefined)
  const version = (resourceVersion: string | undefined) =>
    resourceVersion === undefined ? {} : { resourceVersion: resourceVersion === '0' ? '0' : '<rv>' }
  const nameOf = (fieldSelector: string | undefined) => /metadata\.name=(.*)$/.exec(fieldSelector ?? '')?.[1]
  return {
    user: client.user,
    create: (...args) => client.create(...args),
    update: (...args) => client.update(...args),
    patch: (...args) => client.patch(...args),
    delete: (...args) => client.delete(...args),
    deleteCollection: (...args) => client.deleteCollection(...args),
    get: <T extends KubeObject>(...[resource, key, options]: Parameters<Client['get']>) =>
      tapped(client.get<T>(resource, key, options), {
        ends(reply) {
          const code = reply.ok ? 200 : codeOf(reply.error)
          if (resource.resource === 'secrets' && code !== undefined)
            tell(node, 'get', { secret: key.name, node, ...version(options?.resourceVersion), code })
        },
      }),
    list: <T extends KubeObject>(...[resource, options]: Parameters<Client['list']>) =>
      tapped(client.list<T>(resource, options), {
        ends(reply) {
          const code = reply.ok ? 200 : codeOf(reply.error)
          const secret = nameOf(options.fieldSelector)
          if (resource.resource === 'secrets' && code !== undefined && secret !== undefined)
            tell(node, 'list', { secret, node, ...version(options.resourceVersion), code })
        },
      }),
    watch<T extends KubeObject>(...[resource, options]: Parameters<Client['watch']>) {
      const watch = client.watch<T>(resource, options)
      const secret = nameOf(options.fieldSelector)
      if (resource.resource !== 'secrets' || secret === undefined) return watch
      const detail = {
        secret,
        node,
        ...version(options.resourceVersion),
        ...(options.sendInitialEvents === true ? { sendInitialEvents: true } : {}),
        timeoutSeconds: options.timeoutSeconds,
      }
      let openedAt: number | undefined
      const closed = () => {
        if (openedAt !== undefined)
          tell(node, 'watch closed', { ...detail, code: 200, lasted: (now() - openedAt) / 1000 })
        openedAt = undefined
      }
      return watchedBy(watch, (handlers) => ({
        handlers: {
          opened() {
            openedAt = now()
            tell(node, 'watch opened', detail)
            handlers.opened?.()
          },
          event: (event) => handlers.event(event),
          closed(error) {
            // Audit logs of later servers have a line for a watch that was answered with an error.
            const code = error === undefined ? undefined : codeOf(error)
            if (tellsRefusals && openedAt === undefined && code !== undefined)
              tell(node, 'watch refused', { ...detail, code })
            closed()
            handlers.closed(error)
          },
        },
        ended: closed,
      }))
    },
  }
}
