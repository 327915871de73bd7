import type { Node, Pod } from '../api/types/core.ts'
import { resources } from '../client/client.ts'
import { keyOf, splitKey } from '../client/informer.ts'
import { isNotFound } from '../client/refusals.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { second } from '../kernel/time.ts'
import { type Controller, type ControllerContext, createClockwork } from './controller.ts'
import { disruptionWrite } from './disrupted-pods.ts'
import { nodeIndex, nodeKeys } from './node-lifecycle/taint-manager.ts'
import { byCreation } from './objects.ts'
import { createTicks } from './ticks.ts'

/** Source: pkg/controller/podgc/gc_controller.go, gcCheckPeriod and quarantineTime. */
const checkPeriodMs = 20 * second
const quarantineMs = 40 * second

const byNode = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' } as const

/**
 * Deletes Pods that nobody else will: of nodes that are gone, deleted before they had a node, and ended ones beyond a
 * number (L6). Source: pkg/controller/podgc/gc_controller.go.
 */
export function createPodGc(context: ControllerContext): Controller {
  const { kernel, options } = context
  const client = context.clientFor('pod-garbage-collector')
  const nodes = context.informer<Node>(resources.nodes)
  const pods = context.informer<Pod>(resources.pods)
  pods.addIndexer(nodeIndex, nodeKeys)
  /** Nodes that are missing; the instant at which their quarantine ends, once it has begun. */
  const missing = new Map<string, number | undefined>()
  const unscheduled = new Set<string>()
  const terminated = new Set<string>()

  const clockwork = createClockwork(kernel, [nodes, pods], {
    begin: () => ticks.begin(),
    atRest: () => (hasWork() ? undefined : true),
    goOnFrom: (_rest, beganAt) => ticks.goOnFrom(beganAt),
  })
  const ticks = createTicks(kernel, clockwork, checkPeriodMs, () => {
    if (!hasWork()) return
    clockwork.run(collect, () => {
      if (hasWork()) ticks.request()
    })
  })
  const hasWork = () => missing.size > 0 || unscheduled.size > 0 || hasTooMany()
  const hasTooMany = () => options.terminatedPodGcThreshold > 0 && terminated.size > options.terminatedPodGcThreshold

  /** An orphan is told first. Source: gc_controller.go, markFailedAndDeletePodWithCondition. */
  const remove = function* (key: string, orphan?: Pod): Steps<void> {
    const hasEnded = orphan?.status?.phase === 'Succeeded' || orphan?.status?.phase === 'Failed'
    const when = { nowMs: context.calendar.at(kernel.now()), minor: context.minor }
    const write =
      orphan === undefined || hasEnded ? undefined : disruptionWrite(client, orphan, byNode, when, { phase: 'Failed' })
    if (write !== undefined && !(yield* attempt(write)).ok) return
    yield* attempt(client.delete(resources.pods, splitKey(key), { gracePeriodSeconds: 0 }))
  }

  const collect = function* (): Steps<void> {
    const now = kernel.now()
    for (const [name, until] of missing) {
      const orphans = pods.byIndex(nodeIndex, name)
      if (nodes.get(undefined, name) !== undefined || orphans.length === 0) missing.delete(name)
      else if (until === undefined) missing.set(name, now + quarantineMs)
      else if (now >= until) {
        missing.delete(name)
        const live = yield* attempt(client.get<Node>(resources.nodes, { name }))
        const isGone = !live.ok && isNotFound(live.error)
        if (isGone) for (const pod of orphans) yield* remove(keyOf(pod), pod)
        else suspect(name)
      }
    }
    for (const key of unscheduled) {
      unscheduled.delete(key)
      const { namespace, name } = splitKey(key)
      if (pods.get(namespace, name) !== undefined) yield* remove(key)
    }
    if (!hasTooMany()) return
    const excess = terminated.size - options.terminatedPodGcThreshold
    const ended = [...terminated].flatMap((key) => pods.get(splitKey(key).namespace, splitKey(key).name) ?? [])
    for (const pod of ended.sort(byCreation).slice(0, excess)) yield* remove(keyOf(pod))
  }

  const suspect = (name: string): void => {
    if (missing.has(name)) return
    missing.set(name, undefined)
    ticks.request()
  }
  const see = (pod: Pod): void => {
    const { nodeName = '' } = pod.spec
    const key = keyOf(pod)
    if (nodeName !== '') {
      // Before all nodes are known, every node looks as if it were gone: the first look comes after that.
      if (nodes.get(undefined, nodeName) === undefined) suspect(nodeName)
    } else if (pod.metadata.deletionTimestamp !== undefined) {
      unscheduled.add(key)
      ticks.request()
    }
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
      terminated.add(key)
      if (hasTooMany()) ticks.request()
    }
  }
  pods.addHandler({
    add: see,
    update: (_old, pod) => see(pod),
    delete(pod) {
      unscheduled.delete(keyOf(pod))
      terminated.delete(keyOf(pod))
    },
  })
  nodes.addHandler({
    delete({ metadata }) {
      if (pods.byIndex(nodeIndex, metadata.name).length > 0) suspect(metadata.name)
    },
  })
  return clockwork
}
