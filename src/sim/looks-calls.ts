import { deepFreeze } from '../api/json.ts'
import type { Pod } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { PersistentVolumeClaim } from '../api/types/storage.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Machine } from '../cluster/machine.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import type { Flows } from '../flow/flows.ts'
import { createHistory } from '../kernel/history.ts'
import type { Journal, JournalObject } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { type ContainerRef, envOf, type FoundContainer, fileIn, logBytesOf, logsOf } from '../looks/containers.ts'
import { imageAssumptions, imageRefusals, type Owners } from '../looks/image-assumptions.ts'
import { machineSteps, machinesOf } from '../looks/machines.ts'
import { filesWith, holdsSecret } from '../looks/node-files.ts'
import { nodeMemory } from '../looks/node-memory.ts'
import { Traffic } from '../looks/traffic.ts'
import { volumeAssumptions } from '../looks/volume-assumptions.ts'
import { filesOfVolume } from '../looks/volume-files.ts'
import { explain, notKept } from '../looks/why.ts'
import { portAssumptions, unmetWish } from '../looks/why-network.ts'
import { neededBy, podDetails } from '../looks/why-pod.ts'
import { betweenKinds, explainWorkload, isWorkload, ownedBy, type WorkloadPods } from '../looks/why-workload.ts'
import { unknownName } from './calls.ts'
import { formatDuration } from './duration.ts'
import type { Work } from './guard.ts'
import { isWholeProgram } from './image-programs.ts'
import { millisecondsOf } from './input/formats.ts'
import { eventsOf, find, listOf, parseRef, properName } from './objects.ts'
import type { SimSettings } from './resolve-options.ts'
import { SimUsageError } from './usage-error.ts'
import { secretDetails } from './why-secret.ts'

/** What the calls that only look need of the simulation. */
export interface LooksWorld {
  readonly settings: SimSettings
  readonly kernel: Kernel
  readonly journal: Journal<ClusterRecord>
  readonly cluster: Cluster
  readonly flows: Flows
  /** Instant of the kernel at which the user's time begins. */
  readonly originMs: VirtualMs
  containerOf(target: ContainerRef, previous?: boolean): FoundContainer | undefined
  etcdValue(namespace: string, name: string): Uint8Array | undefined
}

type Look =
  | 'get'
  | 'list'
  | 'events'
  | 'logs'
  | 'logBytes'
  | 'file'
  | 'env'
  | 'volumeFiles'
  | 'why'
  | 'assumptions'
  | 'stateAt'
  | 'delays'
  | 'traffic'
  | 'nodeFiles'
  | 'holdsSecret'
  | 'nodeMemory'
  | 'etcdValue'
  | 'states'
  | 'inspect'

/** The calls that only look: they let no time pass and change nothing. */
export function createLooks(world: LooksWorld): Pick<Work, Look> {
  const { settings, kernel, journal, cluster, flows, originMs, containerOf, etcdValue } = world
  const { server } = cluster.controlPlane
  const history = createHistory(journal)
  const requests = new Traffic(journal)
  const described = new Map(settings.images.map(({ name, program }) => [name, isWholeProgram(program)]))
  const owners: Owners = {
    find: (kind, name, namespace) =>
      betweenKinds.some((between) => between === kind) ? find(server, kind, name, namespace) : undefined,
  }
  const assumedIn = (pods: readonly Pod[], gone: readonly Pod[] = []) => [
    ...(settings.unknownImages !== 'succeed' ? [] : imageAssumptions(pods, gone, { described }, owners)),
    ...portAssumptions(cluster.network, pods),
    ...volumeAssumptions(pods, (driver) => find(server, 'CSIDriver', driver, '') !== undefined),
  ]
  const podOf = (namespace: string, name: string) => find<Pod>(server, 'Pod', name, namespace)
  const detailsOf = (object: KubeObject | undefined, namespace: string): readonly string[] => {
    if (object?.kind === 'Secret')
      return secretDetails(flows.of({ namespace, secret: object.metadata.name }), kernel.now() - originMs)
    if (object?.kind !== 'Pod') return []
    const { name } = object.metadata
    // A Pod by its kind.
    const pod = object as Pod
    const refused = settings.unknownImages === 'strict' ? imageRefusals(pod, { described }, owners) : []
    const told = podDetails(pod, {
      // of this kind
      find: (kind, wanted) => find(server, kind, wanted, namespace),
      claim: (wanted) => find<PersistentVolumeClaim>(server, 'PersistentVolumeClaim', wanted, namespace),
      lastEvent: (claim) => eventsOf(server, { namespace, on: `pvc/${claim}` }).at(-1)?.message,
      logs: (container, previous) => logsOf(containerOf({ pod: name, container, namespace }, previous)),
      waitsFor: (container) =>
        unmetWish(cluster.network, namespace, containerOf({ pod: name, container, namespace }, false)),
    })
    return [...told, ...refused]
  }
  const usersOf = ({ kind, namespace = 'default', name }: JournalObject): readonly string[] =>
    kind === 'Secret' || kind === 'ConfigMap' ? neededBy(listOf<Pod>(server, 'Pod', namespace), kind, name) : []
  const podsOfWorkload = (workload: KubeObject, namespace: string): WorkloadPods => {
    const owners = ownedBy(
      workload,
      betweenKinds.flatMap((kind) => listOf(server, kind, namespace)),
    )
    const uids = new Set(owners.map(({ metadata }) => metadata.uid))
    const pods = listOf<Pod>(server, 'Pod', namespace).filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ uid }) => uids.has(uid)),
    )
    return { owners, pods, detailsOf: (pod) => detailsOf(pod, namespace) }
  }
  return {
    get: <T extends KubeObject>(kind: string, name: string, namespace = 'default') =>
      deepFreeze(find<T>(server, kind, name, namespace)),
    list: <T extends KubeObject>(kind: string, { namespace }: { readonly namespace?: string } = {}) =>
      listOf<T>(server, kind, namespace).map(deepFreeze),
    events: (query = {}) => eventsOf(server, query).map(deepFreeze),
    logs: (target, { previous = false } = {}) => logsOf(containerOf(target, previous)),
    logBytes: (target, { previous = false } = {}) => logBytesOf(containerOf(target, previous)),
    file: (target, path) => fileIn(containerOf(target), path),
    env: (target) => envOf(containerOf(target)),
    volumeFiles(name, volume, namespace = 'default') {
      const pod = podOf(namespace, name)
      const machine = cluster.machines.get(pod?.spec.nodeName ?? '')
      return machine === undefined ? [] : filesOfVolume(machine, pod?.metadata.uid ?? '', volume)
    },
    why(asked) {
      const object = properName(server, typeof asked === 'string' ? parseRef(asked) : asked)
      const { kind, name, namespace = 'default' } = object
      const found = find(server, kind, name, namespace)
      const pods = found !== undefined && isWorkload(found) ? podsOfWorkload(found, namespace) : undefined
      // A Pod by its kind.
      const explained = explain(journal, found, object)
      const details = found === undefined ? usersOf(object) : detailsOf(found, namespace)
      const assumed = assumedIn(found?.kind === 'Pod' ? [found as Pod] : (pods?.pods ?? []))
      return {
        ...explained,
        details: [...details, ...notKept(journal, explained.chain)],
        ...(found === undefined || pods === undefined ? {} : explainWorkload(journal, found, pods)),
        assumed: assumed.map(({ message }) => message),
      }
    },
    assumptions: () => assumedIn(listOf<Pod>(server, 'Pod', undefined), gonePods(journal)),
    stateAt(asked) {
      const time = millisecondsOf(asked)
      if (time > kernel.now() - originMs)
        throw new SimUsageError(
          `stateAt: ${formatDuration(time)} lies in the future; it is ${formatDuration(kernel.now() - originMs)} now`,
        )
      wantsAll(journal, 'stateAt')
      return history.at(lastSeqUntil(journal, time))
    },
    delays: (secret, namespace = 'default') => flows.delays(namespace, secret),
    traffic(name, namespace = 'default', resource = 'secrets') {
      wantsAll(journal, 'traffic')
      return requests.of({ namespace, name, resource })
    },
    nodeFiles: (node, text) => filesWith(machineOf(cluster, node), text),
    holdsSecret(node, secret, namespace = 'default') {
      wantsAll(journal, 'holdsSecret')
      return holdsSecret(machineOf(cluster, node), journal, namespace, secret)
    },
    nodeMemory: (node) =>
      nodeMemory(machineOf(cluster, node), settings.nodes.find(({ name }) => name === node)?.memory ?? '0'),
    etcdValue: (name, namespace = 'default') => etcdValue(namespace, name),
    states: () => machineSteps(cluster),
    inspect(asked) {
      const { kind, name, namespace = 'default' } = typeof asked === 'string' ? parseRef(asked) : asked
      return machinesOf(cluster, find(server, kind, name, namespace))
    },
  }
}

/** Pods that are no more, as far as the journal knows them, in the order in which they went. */
function gonePods(journal: Journal<ClusterRecord>): readonly Pod[] {
  return (
    journal
      .query({ type: 'object.deleted', object: { kind: 'Pod' } })
      // What was deleted is of the kind that was asked for.
      .map(({ before }) => before as Pod)
  )
}

/** Some looks count from the beginning: of a journal that has let go of it they would say what is not so. */
function wantsAll({ forgotten }: Journal<ClusterRecord>, call: string): void {
  if (forgotten === undefined) return
  const until = formatDuration(forgotten.time)
  throw new SimUsageError(`${call}: it wants all records; those until ${until} are not kept any more (journal.keep)`)
}

function lastSeqUntil(journal: Journal<ClusterRecord>, time: VirtualMs): number {
  let seq = 0
  for (const record of journal.records) {
    if (record.time > time) break
    seq = record.seq
  }
  return seq
}

function machineOf(cluster: Cluster, node: string): Machine {
  const machine = cluster.machines.get(node)
  if (machine === undefined) throw unknownName('node', node, [...cluster.machines.keys()])
  return machine
}
