import type { Unsubscribable } from 'rxjs'
import { equalJson } from '../../api/json.ts'
import type { Node, Pod, Taint } from '../../api/types/core.ts'
import { type Client, resources } from '../../client/client.ts'
import { keyOf, splitKey } from '../../client/informer.ts'
import { attempt, type Steps, sleep } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { type Controller, type ControllerContext, combine, createClockwork, createQueue } from '../controller.ts'
import { disruptionWrite } from '../disrupted-pods.ts'
import { tolerationMs } from './taints.ts'

/** Source: taint_manager.go, retries. */
const deletionTries = 5
const deletionPauseMs = 10

const byTaint = { reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' } as const

/** An eviction that waits, or one that was carried out: it is not repeated. */
type Eviction = { readonly kind: 'waiting'; readonly timer: Unsubscribable } | { readonly kind: 'done' }

/** Name of the index of Pods by node. */
export const nodeIndex = 'node'

export function nodeKeys({ spec }: Pod): readonly string[] {
  return spec.nodeName === undefined || spec.nodeName === '' ? [] : [spec.nodeName]
}

/**
 * Deletes Pods from nodes with NoExecute taints that they do not tolerate, or no longer (L6).
 * Source: pkg/controller/nodelifecycle/scheduler/taint_manager.go, timed_workers.go.
 */
export function createTaintManager(context: ControllerContext): Controller {
  const { kernel } = context
  const client = context.clientFor('node-controller')
  const ownName = has(context.minor, controllers.evictsByItsOwnName) ? 'taint-eviction-controller' : 'taint-controller'
  const recorder = context.recorder('node-controller', ownName)
  const nodes = context.informer<Node>(resources.nodes)
  const pods = context.informer<Pod>(resources.pods)
  pods.addIndexer(nodeIndex, nodeKeys)
  const clockwork = createClockwork(kernel, [], {
    begin: () => {},
    atRest: () => (evictions.size > 0 ? undefined : true),
    goOnFrom() {
      for (const { metadata } of nodes.list()) nodeChanged(metadata.name)
    },
  })
  const tainted = new Map<string, readonly Taint[]>()
  const evictions = new Map<string, Eviction>()

  const tell = (pod: string, message: string): void => {
    const { namespace, name } = splitKey(pod)
    recorder.event({ kind: 'Pod', namespace, name }, 'Normal', 'TaintManagerEviction', message)
  }
  const cancel = (pod: string): void => {
    const eviction = evictions.get(pod)
    evictions.delete(pod)
    if (eviction?.kind !== 'waiting') return
    eviction.timer.unsubscribe()
    tell(pod, `Cancelling deletion of Pod ${pod}`)
  }
  const evict = function* (pod: string): Steps<void> {
    tell(pod, `Marking for deletion Pod ${pod}`)
    for (let tries = 1; tries <= deletionTries; tries++) {
      if ((yield* told(context, client, pod)) && (yield* attempt(client.delete(resources.pods, splitKey(pod)))).ok)
        return
      yield* sleep(deletionPauseMs)
    }
    evictions.delete(pod)
  }
  const schedule = (pod: string, delayMs: number): void => {
    if (evictions.has(pod)) return
    const timer = clockwork.after(delayMs, () => {
      evictions.set(pod, { kind: 'done' })
      clockwork.run(() => evict(pod))
    })
    evictions.set(pod, { kind: 'waiting', timer })
  }

  const consider = (pod: Pod, taints: readonly Taint[]): void => {
    const key = keyOf(pod)
    const stayMs = tolerationMs(taints, pod.spec.tolerations ?? [])
    if (stayMs === undefined) {
      cancel(key)
      return
    }
    if (stayMs === 0) cancel(key)
    // Once it has been decided when a Pod goes, a change of taints moves that no more: so it is in the original too.
    schedule(key, stayMs)
  }

  const { queue, controller } = createQueue({
    context,
    informers: [nodes, pods],
    sync(key) {
      if (key.startsWith(nodePrefix)) nodeChanged(key.slice(nodePrefix.length))
      else podChanged(key)
      return 'done'
    },
  })
  const nodeChanged = (name: string): void => {
    const node = nodes.get(undefined, name)
    if (node === undefined) {
      tainted.delete(name)
      return
    }
    const taints = noExecute(node)
    if (taints.length === 0) tainted.delete(name)
    else tainted.set(name, taints)
    if (taints.length === 0 && evictions.size === 0) return
    for (const pod of pods.byIndex(nodeIndex, name)) {
      if (taints.length === 0) cancel(keyOf(pod))
      else consider(pod, taints)
    }
  }
  const podChanged = (key: string): void => {
    const { namespace, name } = splitKey(key)
    const pod = pods.get(namespace, name)
    if (pod === undefined) {
      cancel(key)
      return
    }
    const taints = tainted.get(pod.spec.nodeName ?? '')
    if (taints !== undefined) consider(pod, taints)
  }

  nodes.addHandler({
    add: ({ metadata }) => queue.add(nodePrefix + metadata.name),
    update(old, node) {
      if (old.spec?.taints === node.spec?.taints || equalJson(noExecute(old), noExecute(node))) return
      queue.add(nodePrefix + node.metadata.name)
    },
    delete: ({ metadata }) => queue.add(nodePrefix + metadata.name),
  })
  /** A node that gets its taints later looks at its Pods itself. */
  const isConcerned = (pod: Pod): boolean => tainted.has(pod.spec.nodeName ?? '') || evictions.has(keyOf(pod))
  pods.addHandler({
    add(pod) {
      if (isConcerned(pod)) queue.add(keyOf(pod))
    },
    update(old, pod) {
      if (old.spec === pod.spec || !isConcerned(pod)) return
      const isSame = old.spec.nodeName === pod.spec.nodeName && equalJson(old.spec.tolerations, pod.spec.tolerations)
      if (!isSame) queue.add(keyOf(pod))
    },
    delete(pod) {
      if (isConcerned(pod)) queue.add(keyOf(pod))
    },
  })
  return combine(clockwork, controller)
}

/** Source: pkg/controller/tainteviction/taint_eviction.go, addConditionAndDeletePod. */
function* told({ calendar, kernel, minor }: ControllerContext, client: Client, key: string): Steps<boolean> {
  if (!has(minor, controllers.tellsPodsOfDisruptions)) return true
  const pod = yield* attempt(client.get<Pod>(resources.pods, splitKey(key)))
  if (!pod.ok) return false
  const write = disruptionWrite(client, pod.value, byTaint, { nowMs: calendar.at(kernel.now()), minor })
  return write === undefined || (yield* attempt(write)).ok
}

/** Keys of nodes in the queue; Pods' keys hold a slash where this one has a colon. */
const nodePrefix = 'node:'

function noExecute({ spec }: Node): readonly Taint[] {
  return (spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute')
}
