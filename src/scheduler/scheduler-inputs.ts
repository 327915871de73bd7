import { isObject, member } from '../api/json.ts'
import { selectorFromObject } from '../api/label-selector.ts'
import type { Node, Pod } from '../api/types/core.ts'
import type { KubeObject, LabelSelector, ResourceRef } from '../api/types/meta.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../api/types/storage.ts'
import { type Client, resources } from '../client/client.ts'
import { createInformer, type Indexer, type Informer, type RestingInformer } from '../client/informer.ts'
import { allOf, type Reopening, type WatchesAtRest } from '../client/reopening.ts'
import { all } from '../kernel/all.ts'
import { Scope } from '../kernel/scope.ts'
import { type Steps, wait } from '../kernel/steps.ts'
import { apiServer } from '../versions/api-server.ts'
import { has } from '../versions/changes.ts'
import type { DisruptionBudget } from './preemption.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import { type SpreadKind, spreadIndexers, spreadResources } from './spread-listers.ts'
import type { StorageInformers } from './volumes/storage-view.ts'

const budgetResource = (minor: number): ResourceRef => ({
  group: 'policy',
  version: has(minor, apiServer.budgetsV1) ? 'v1' : 'v1beta1',
  resource: 'poddisruptionbudgets',
})

type Watched = Pick<Informer<KubeObject>, 'start' | 'stop' | 'synced'>

/** Pods that have ended need no place. Source: pkg/scheduler/factory.go, NewPodInformer. */
const notEnded = 'status.phase!=Succeeded,status.phase!=Failed'

/** Who is told of what the scheduler watches. */
export interface InputHandlers {
  /** A Pod without a node, for this scheduler. */
  podWaiting(pod: Pod): void
  waitingPodChanged(old: Pod, pod: Pod): void
  waitingPodGone(pod: Pod): void
  podAssigned(pod: Pod): void
  assignedPodChanged(old: Pod, pod: Pod): void
  assignedPodGone(pod: Pod): void
  nodeAdded(node: Node): void
  nodeChanged(old: Node, node: Node): void
  nodeGone(node: Node): void
  /** Something else that may make room: a Service. */
  somethingChanged(): void
  /** A claim, a volume or a class of volumes; `mayHelp`: it did not go. */
  storageChanged(mayHelp: boolean): void
  /** Pods and nodes are known: scheduling may begin. */
  synced(): void
}

/** What the scheduler sees of the cluster: informers, those that are seldom needed opened when they are. */
export interface SchedulerInputs {
  start(handlers: InputHandlers): void
  stop(): void
  /** What a copy of it is to know; undefined unless all that it watches rests. */
  atRest(watches: WatchesAtRest): readonly RestingInformer[] | undefined
  /** In place of `start`: handlers are told of what the caches hold. */
  goOnFrom(rest: readonly RestingInformer[], handlers: InputHandlers, reopening: Reopening): void
  readonly spread: ReadonlyMap<SpreadKind, Informer<KubeObject>>
  /** Claims, volumes and classes, once they are known: at once after the first time. */
  storage(): Steps<StorageInformers>
  budgets(): Steps<readonly DisruptionBudget[]>
}

export function createSchedulerInputs(options: SchedulerOptions): SchedulerInputs {
  const { kernel, client, minor, random, schedulerName = 'default-scheduler' } = options
  const informer = <T extends KubeObject>(
    resource: ResourceRef,
    rest: { readonly fieldSelector?: string; readonly indexers?: Readonly<Record<string, Indexer<T>>> } = {},
  ) =>
    createInformer<T>({
      kernel,
      client: client satisfies Client,
      resource,
      minor,
      random: random.stream(`${schedulerName}/reflector/${resource.resource}`),
      ...rest,
    })
  const pods = informer<Pod>(resources.pods, { fieldSelector: notEnded })
  const nodes = informer<Node>(resources.nodes)
  const kinds = Object.keys(spreadResources) as SpreadKind[] // keys of that very record
  const spread = new Map(
    kinds.map((kind) => [kind, informer<KubeObject>(spreadResources[kind], { indexers: spreadIndexers(kind) })]),
  )
  const storage: StorageInformers = {
    claims: informer<PersistentVolumeClaim>(resources.persistentVolumeClaims),
    volumes: informer<PersistentVolume>(resources.persistentVolumes),
    classes: informer<StorageClass>(resources.storageClasses),
  }
  const budgetInformer = informer<KubeObject>(budgetResource(minor))
  const onDemand = new Set<Watched>()
  const scope = new Scope()
  let handlers: InputHandlers | undefined

  function* known(...wanted: readonly Watched[]): Steps<void> {
    for (const one of wanted) {
      if (onDemand.has(one)) continue
      onDemand.add(one)
      one.start()
    }
    for (const one of wanted) yield* wait(one.synced)
  }
  // A Pod with gates is nobody's until they are gone. Source: plugins/schedulinggates/scheduling_gates.go, PreEnqueue.
  const isMine = (pod: Pod) =>
    (pod.spec.schedulerName || 'default-scheduler') === schedulerName &&
    (pod.status?.conditions?.some(({ reason }) => reason === 'SchedulingGated') !== true ||
      (pod.spec.schedulingGates?.length ?? 0) === 0)

  const watched = [nodes, pods, ...spread.values()]
  const tell = (to: InputHandlers): void => {
    handlers = to
    pods.addHandler(podHandler(to, isMine))
    nodes.addHandler({
      add: (node) => to.nodeAdded(node),
      update: (old, node) => to.nodeChanged(old, node),
      delete: (node) => to.nodeGone(node),
    })
    const changed = () => handlers?.somethingChanged()
    spread.get('services')?.addHandler({ add: changed, update: changed, delete: changed })
    const came = () => handlers?.storageChanged(true)
    const went = () => handlers?.storageChanged(false)
    storage.claims.addHandler({ add: came, update: came, delete: went })
    storage.volumes.addHandler({ add: came, update: came, delete: went })
    storage.classes.addHandler({ add: came, update: came })
  }

  return {
    spread,
    start(to) {
      tell(to)
      for (const one of watched) one.start()
      scope.start(all([nodes.synced, pods.synced]), () => to.synced())
    },
    atRest: (watches) =>
      onDemand.size > 0
        ? undefined
        : allOf(watched, (informer): RestingInformer | undefined => informer.atRest(watches)),
    goOnFrom(rest, to, reopening) {
      tell(to)
      rest.forEach((informer, at) => void watched[at]?.goOnFrom(informer, reopening))
    },
    stop() {
      handlers = undefined
      scope.end()
      for (const one of [...watched, ...onDemand]) one.stop()
    },
    *storage() {
      yield* known(storage.claims, storage.volumes, storage.classes)
      return storage
    },
    *budgets() {
      yield* known(budgetInformer)
      return budgetInformer.list().map(disruptionBudget)
    },
  }
}

/** A Pod that gets a node leaves one handler and comes to the other. Source: pkg/scheduler/eventhandlers.go. */
function podHandler(to: InputHandlers, isMine: (pod: Pod) => boolean) {
  const isAssigned = (pod: Pod) => pod.spec.nodeName !== undefined && pod.spec.nodeName !== ''
  return {
    add(pod: Pod): void {
      if (isAssigned(pod)) to.podAssigned(pod)
      else if (isMine(pod)) to.podWaiting(pod)
    },
    update(old: Pod, pod: Pod): void {
      if (isAssigned(pod)) {
        if (isAssigned(old)) to.assignedPodChanged(old, pod)
        else {
          to.podAssigned(pod)
          if (isMine(old)) to.waitingPodGone(old)
        }
      } else if (isMine(pod)) to.waitingPodChanged(old, pod)
    },
    delete(pod: Pod): void {
      if (isAssigned(pod)) to.assignedPodGone(pod)
      else if (isMine(pod)) to.waitingPodGone(pod)
    },
  }
}

function disruptionBudget(budget: KubeObject): DisruptionBudget {
  const spec = member(budget, 'spec')
  const status = member(budget, 'status')
  const selector = isObject(spec) ? member(spec, 'selector') : undefined
  const allowed = isObject(status) ? member(status, 'disruptionsAllowed') : undefined
  return {
    namespace: budget.metadata.namespace ?? '',
    selector: selectorFromObject(selector as LabelSelector | undefined), // validated by the API server
    disruptionsAllowed: typeof allowed === 'number' ? allowed : 0,
  }
}
