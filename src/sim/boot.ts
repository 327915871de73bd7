import type { ServiceAccount } from '../api/types/core.ts'
import type { KubeObject, ResourceRef } from '../api/types/meta.ts'
import { type Cluster, createCluster, type RestingCluster } from '../cluster/cluster.ts'
import { adminUser } from '../cluster/control-plane.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { type ClusterSeams, stackSeams } from '../cluster/seams.ts'
import { type InvariantObserver, observeInvariants } from '../invariants/observer.ts'
import { type Calendar, createCalendar } from '../kernel/calendar.ts'
import { createJournal, type Journal, type JournalPast } from '../kernel/journal.ts'
import { createKernel, type Kernel } from '../kernel/kernel.ts'
import { createLateStreams, type LateStreams, type RandomStreams } from '../kernel/random.ts'
import { minute, type VirtualMs } from '../kernel/time.ts'
import type { SimulatedRegistry } from '../node/runtime/registry.ts'
import { createImageRegistry } from './registry.ts'
import type { NodeSettings, SimSettings } from './resolve-options.ts'
import { Settling } from './settle.ts'

/** How long the control plane runs before the first node begins: by then it has made what it makes by itself, and rests. */
const controlPlaneUpMs: VirtualMs = minute / 2

/** How long the cluster has been up when virtual time begins: nodes are ready, accounts have their tokens. */
export const bringUpMs: VirtualMs = controlPlaneUpMs + minute

/** A cluster that is up, at time 0, with what it stands on. */
export interface Booted {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: Journal<ClusterRecord>
  readonly random: RandomStreams
  readonly registry: SimulatedRegistry
  readonly settling: Settling
  readonly observer: InvariantObserver | undefined
  readonly cluster: Cluster
}

/** One of which a part has not begun yet. */
export interface Starting extends Booted {
  readonly random: LateStreams
}

/** What copies begin with: of a cluster that is up, or of a control plane that waits for nodes. All of them share it: nothing in it is ever changed. */
export interface BootImage {
  readonly of: 'cluster' | 'control plane'
  readonly cluster: RestingCluster
  readonly journal: JournalPast<ClusterRecord>
  /** When something last changed in it. */
  readonly lastChange: VirtualMs
}

/** Seams between invariants and the cluster (`below`), and before both (`above`). */
export interface BootSeams {
  readonly below?: ClusterSeams
  readonly above?: ClusterSeams
}

/**
 * Clusters of the same settings are brought up alike, whatever their seed, which counts from time 0 on, and control planes whatever their
 * nodes will be. Only at which instants the loops of the kubelets look around is the seed's own from the start: nothing of that shows before.
 */
const areKubeletPhases = (stream: string): boolean => stream.endsWith('/kubelet/phases')

/** Boots a cluster from the first. */
export function boot(settings: SimSettings, seams: BootSeams = {}): Booted {
  return withNodes(bootControlPlane(settings, seams), settings)
}

/** A control plane that waits for the nodes of these settings, as far as it has come by itself. */
export function bootControlPlane(settings: SimSettings, seams: BootSeams = {}): Starting {
  const starting = partsOf(settings, seams)
  starting.cluster.start()
  starting.kernel.runUntil(controlPlaneUpMs)
  starting.random.turn()
  return starting
}

/** What the image is of, with a seed of its own: a cluster that is up, or a control plane that waits for the nodes of these settings. */
export function bootCopy(settings: SimSettings, image: BootImage): Starting {
  const starting = partsOf(settings, {}, image)
  starting.kernel.runUntil(image.of === 'cluster' ? bringUpMs : controlPlaneUpMs)
  starting.cluster.start()
  starting.settling.goOnFrom(image.lastChange)
  return starting
}

/** The cluster of a control plane that waited for its nodes. */
export function withNodes(waiting: Starting, settings: SimSettings): Booted {
  startNodes(waiting, settings)
  waiting.random.sow()
  return waiting
}

/** All of it is there, and nothing has begun. */
function partsOf(settings: SimSettings, seams: BootSeams, image?: BootImage): Starting {
  const kernel: Kernel = createKernel({ describeCause: (seq) => journal.record(seq)?.type })
  const journal = createJournal<ClusterRecord>(
    kernel,
    settings.journal,
    bringUpMs,
    image?.journal,
    settings.journalKeep,
  )
  const registry = createImageRegistry(settings)
  const { privateRepository } = registry
  const known = { kernel, journal, minor: settings.minor, gates: settings.gates, privateRepository }
  const observer = settings.invariants ? observeInvariants({ ...known, originMs: bringUpMs }) : undefined
  const calendar = createCalendar(settings.epochMs - bringUpMs)
  const random = createLateStreams(settings.seed, areKubeletPhases)
  if (image?.of === 'cluster') random.sow()
  else if (image !== undefined) random.turn()
  const { minor, gates, nodes, latencies, admission } = settings
  const settling = new Settling(kernel)
  const cluster = createCluster({
    kernel,
    calendar,
    journal,
    random,
    registry,
    minor,
    gates,
    nodes,
    latencies,
    admission,
    freezes: settings.invariants,
    seams: stackSeams(seams.below ?? {}, observer?.seams ?? {}, seams.above ?? {}, { written: settling.written }),
    from: image?.cluster,
  })
  observer?.attach(cluster)
  return { kernel, calendar, journal, random, registry, settling, observer, cluster }
}

/** Undefined: the cluster does not rest, so that a copy of it would not be the same. */
export function imageOf({ cluster, journal, settling }: Booted, of: BootImage['of']): BootImage | undefined {
  const resting = cluster.atRest()
  return resting && { of, cluster: resting, journal: journal.past(), lastChange: settling.lastChange }
}

/** Starts the nodes and lets all settle; what a user would have set by hand on the nodes is set then. */
function startNodes({ kernel, cluster }: Booted, { nodes, gates }: SimSettings): void {
  // Its work is to undo just what is set by hand here; paused from the start, it has no request on its way that does.
  if (nodes.some(({ ttl }) => ttl !== undefined)) cluster.controlPlane.controllers.pause('ttl')
  cluster.startNodes()
  const { server } = cluster.controlPlane
  const nodeObjects = server.store.collection('nodes')
  const accounts = server.store.collection('serviceaccounts')
  const isReady = ({ name, isAbsent }: NodeSettings) => isAbsent || isNodeReady(nodeObjects.get('', name))
  let ready = 0
  const isUp = () => {
    // Asked after every event: whoever is not ready yet answers for all, and is the first to be looked at again.
    for (let node = nodes[ready]; node !== undefined; node = nodes[ready]) {
      if (!isReady(node)) return false
      ready++
    }
    // The collection of accounts holds accounts.
    const account = accounts.get('default', 'default') as ServiceAccount | undefined
    const needsToken = !gates.LegacyServiceAccountTokenNoAutoGeneration && !gates.BoundServiceAccountTokenVolume
    return account !== undefined && (!needsToken || (account.secrets?.length ?? 0) > 0)
  }
  kernel.runUntilTrue(isUp, bringUpMs - 1)
  for (const { name, ttl, taints } of nodes) {
    if (ttl === undefined && taints.length === 0) continue
    const body = {
      ...(ttl === undefined ? {} : { metadata: { annotations: { 'node.alpha.kubernetes.io/ttl': String(ttl) } } }),
      ...(taints.length === 0 ? {} : { spec: { taints } }),
    }
    server.handle({
      user: adminUser,
      verb: 'patch',
      resource: nodesRef,
      name,
      patchType: 'application/merge-patch+json',
      body,
    })
  }
  kernel.runUntil(bringUpMs)
}

const nodesRef: ResourceRef = { group: '', version: 'v1', resource: 'nodes' }

function isNodeReady(node: KubeObject | undefined): boolean {
  // A Node's conditions, as its kubelet writes them.
  const { status } = (node ?? {}) as {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
  }
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
}
