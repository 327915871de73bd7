import { equalJson } from '../../api/json.ts'
import { selectorFromObject } from '../../api/label-selector.ts'
import type { Node, Pod } from '../../api/types/core.ts'
import type { OwnerReference } from '../../api/types/meta.ts'
import type { ControllerRevision, DaemonSet, DaemonSetStatus, PodTemplateSpec } from '../../api/types/workload-specs.ts'
import { resources } from '../../client/client.ts'
import { keyOf, splitKey } from '../../client/informer.ts'
import { isNotFound } from '../../client/refusals.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { minute, second } from '../../kernel/time.ts'
import { claim, claimKeys, controllerIndex, orphanKey } from '../claim.ts'
import { type Controller, type ControllerContext, createQueue } from '../controller.ts'
import { scaledValue } from '../deployment/arithmetic.ts'
import { Expectations } from '../expectations.ts'
import { byCreation, controllerOf, eventReference, isPodAvailable, isPodReady, omitZero } from '../objects.ts'
import { createPodControl, createSlowly, podFromTemplate } from '../pod-control.ts'
import { cleanUpHistory, constructHistory, daemonSetNaming, revisionHashLabel } from '../revisions.ts'
import { fitOf, specForNode, targetNode } from './node-fit.ts'

/** Source: pkg/controller/daemon/daemon_controller.go, BurstReplicas, StatusUpdateRetries; flowcontrol.NewBackOff(1s, 15m). */
const burstReplicas = 250
const statusTries = 1
const failedPodBackOff = { initialMs: second, maxMs: 15 * minute } as const

const daemonSetKind = { apiVersion: 'apps/v1', kind: 'DaemonSet' } as const
const generationAnnotation = 'deprecated.daemonset.template.generation'
const generationLabel = 'pod-template-generation'

/** Runs one Pod on every node that fits. Source: pkg/controller/daemon; facts/apiserver.md 8.3. */
export function createDaemonSetController(context: ControllerContext): Controller {
  const { kernel, calendar } = context
  const client = context.clientFor('daemon-set-controller')
  const recorder = context.recorder('daemon-set-controller', 'daemonset-controller')
  const daemonSets = context.informer<DaemonSet>(resources.daemonSets)
  const revisions = context.informer<ControllerRevision>(resources.controllerRevisions)
  const nodes = context.informer<Node>(resources.nodes)
  const pods = context.informer<Pod>(resources.pods)
  daemonSets.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
  pods.addIndexer(controllerIndex, claimKeys)
  revisions.addIndexer(controllerIndex, claimKeys)
  const control = createPodControl(client, recorder, daemonSetKind)
  const expectations = new Expectations(kernel)
  /** How long a node's failed Pods were last left alone, and since when. */
  const backOffs = new Map<string, { ms: number; since: number }>()
  const nowMs = () => calendar.at(kernel.now())

  type ByNode = ReadonlyMap<string, readonly Pod[]>
  const claimPods = function* (daemonSet: DaemonSet): Steps<ByNode | undefined> {
    const { uid = '', namespace } = daemonSet.metadata
    const own = yield* claim({
      client,
      resource: resources.pods,
      owner: daemonSet,
      ownerKind: daemonSetKind,
      ownerResource: resources.daemonSets,
      selector: selectorFromObject(daemonSet.spec.selector),
      candidates: [...pods.byIndex(controllerIndex, uid), ...pods.byIndex(controllerIndex, orphanKey(namespace))],
    })
    if (own === undefined) return undefined
    const byNode = new Map<string, Pod[]>()
    for (const pod of own) {
      const node = targetNode(pod)
      if (node === undefined) continue
      const there = byNode.get(node)
      if (there === undefined) byNode.set(node, [pod])
      else there.push(pod)
    }
    return byNode
  }

  /** Source: podsShouldBeOnNode. */
  const planNode = (daemonSet: DaemonSet, node: Node, there: readonly Pod[] | undefined) => {
    const { shouldRun, mayStay } = fitOf(node, daemonSet.spec.template.spec)
    const living = (there ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    if (shouldRun && there === undefined) return { isMissing: true, doomed: [] }
    if (!mayStay) return { isMissing: false, doomed: living }
    const failed = living.filter(({ status }) => status?.phase === 'Failed')
    const running = living.filter((pod) => !failed.includes(pod)).sort(boundThenOldest)
    const killed = failed.filter((pod) => mayKill(daemonSet, node.metadata.name, pod))
    return { isMissing: false, doomed: [...killed, ...running.slice(1)] }
  }

  /** A Pod that the node keeps refusing is not replaced in a loop. */
  const mayKill = (daemonSet: DaemonSet, node: string, pod: Pod): boolean => {
    const { uid, namespace } = daemonSet.metadata
    const key = `${uid}/${daemonSet.status?.observedGeneration ?? 0}/${node}`
    const known = backOffs.get(key)
    if (known !== undefined && kernel.now() - known.since < known.ms) {
      queue.addAfter(keyOf(daemonSet), known.ms)
      return false
    }
    const isForgotten = known === undefined || kernel.now() - known.since > 2 * failedPodBackOff.maxMs
    const ms = isForgotten ? failedPodBackOff.initialMs : Math.min(known.ms * 2, failedPodBackOff.maxMs)
    backOffs.set(key, { ms, since: kernel.now() })
    const message = `Found failed daemon pod ${namespace}/${pod.metadata.name} on node ${node}, will try to kill it`
    recorder.event(eventReference(daemonSet, daemonSetKind), 'Warning', 'FailedDaemonPod', message)
    return true
  }

  /** Creates and deletes Pods. False: something did not work out. Source: syncNodes. */
  const apply = function* (
    daemonSet: DaemonSet,
    missing: readonly string[],
    doomed: readonly Pod[],
    hash: string,
  ): Steps<boolean> {
    const key = keyOf(daemonSet)
    const create = missing.slice(0, burstReplicas)
    const remove = doomed.slice(0, burstReplicas)
    expectations.expect(key, create.length, remove.map(keyOf))
    const made = yield* createSlowly(
      control,
      daemonSet,
      create.map((node) => podFromTemplate(templateFor(daemonSet, hash, node), daemonSet, daemonSetKind)),
    )
    for (let left = create.length - made.made; left > 0; left--) expectations.creationObserved(key)
    const errors = yield* control.delete(daemonSet, remove)
    let isDone = made.error === undefined
    for (const [at, error] of errors.entries()) {
      const pod = remove[at]
      if (error === undefined || pod === undefined) continue
      expectations.deletionObserved(key, keyOf(pod))
      if (!isNotFound(error)) isDone = false
    }
    return isDone
  }

  const manage = function* (daemonSet: DaemonSet, hash: string): Steps<boolean> {
    const byNode = yield* claimPods(daemonSet)
    if (byNode === undefined) return false
    const missing: string[] = []
    const doomed: Pod[] = []
    for (const node of nodes.list()) {
      const plan = planNode(daemonSet, node, byNode.get(node.metadata.name))
      if (plan.isMissing) missing.push(node.metadata.name)
      doomed.push(...plan.doomed)
    }
    // Pods for a node that is gone will never be scheduled, and nobody else deletes them.
    for (const [node, there] of byNode)
      if (nodes.get(undefined, node) === undefined) doomed.push(...there.filter(({ spec }) => !spec.nodeName))
    return yield* apply(daemonSet, missing, doomed, hash)
  }

  /** Deletes old Pods, as many as may be unavailable. Source: update.go, rollingUpdate. */
  const rollingUpdate = function* (daemonSet: DaemonSet, hash: string): Steps<boolean> {
    const byNode = yield* claimPods(daemonSet)
    if (byNode === undefined) return false
    const { minReadySeconds = 0, template, updateStrategy } = daemonSet.spec
    const isAvailable = (pod: Pod) => isPodAvailable(pod, minReadySeconds, nowMs())
    let wanted = 0
    let unavailable = 0
    for (const node of nodes.list()) {
      if (!fitOf(node, template.spec).shouldRun) continue
      wanted++
      const there = byNode.get(node.metadata.name) ?? []
      if (!there.some((pod) => isAvailable(pod) && pod.metadata.deletionTimestamp === undefined)) unavailable++
    }
    const most = scaledValue(updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, wanted, true)
    const old = [...byNode.values()].flat().filter((pod) => !isUpdated(pod, hash))
    const doomed = old.filter((pod) => !isAvailable(pod) && pod.metadata.deletionTimestamp === undefined)
    for (const pod of old.filter(isAvailable)) {
      if (unavailable >= most) break
      doomed.push(pod)
      unavailable++
    }
    return yield* apply(daemonSet, [], doomed, hash)
  }

  const writeStatus = function* (daemonSet: DaemonSet, hash: string, isObserved: boolean): Steps<boolean> {
    const byNode = yield* claimPods(daemonSet)
    if (byNode === undefined) return false
    const { minReadySeconds = 0, template } = daemonSet.spec
    const count = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 }
    for (const node of nodes.list()) {
      const [pod] = [...(byNode.get(node.metadata.name) ?? [])].sort(boundThenOldest)
      if (!fitOf(node, template.spec).shouldRun) {
        if (pod !== undefined) count.misscheduled++
        continue
      }
      count.desired++
      if (pod === undefined) continue
      count.current++
      if (isPodReady(pod)) count.ready++
      if (isPodAvailable(pod, minReadySeconds, nowMs())) count.available++
      if (isUpdated(pod, hash)) count.updated++
    }
    const before = daemonSet.status
    const { generation = 0, namespace = '', name } = daemonSet.metadata
    const observedGeneration = isObserved ? generation : (before?.observedGeneration ?? 0)
    const status: DaemonSetStatus = {
      currentNumberScheduled: count.current,
      numberMisscheduled: count.misscheduled,
      desiredNumberScheduled: count.desired,
      numberReady: count.ready,
      ...omitZero({
        observedGeneration,
        updatedNumberScheduled: count.updated,
        numberAvailable: count.available,
        numberUnavailable: count.desired - count.available,
      }),
      ...(before?.collisionCount === undefined ? {} : { collisionCount: before.collisionCount }),
      ...(before?.conditions === undefined ? {} : { conditions: before.conditions }),
    }
    if (minReadySeconds > 0 && count.ready !== count.available)
      queue.addAfter(keyOf(daemonSet), minReadySeconds * second)
    if (equalJson(before, status) && (before?.observedGeneration ?? 0) >= generation) return true
    let current = daemonSet
    for (let tries = 0; tries <= statusTries; tries++) {
      const next = { ...current, status }
      const written = yield* attempt(client.update<DaemonSet>(resources.daemonSets, next, { subresource: 'status' }))
      if (written.ok) return true
      const fresh = yield* attempt(client.get<DaemonSet>(resources.daemonSets, { namespace, name }))
      if (!fresh.ok) return false
      current = fresh.value
    }
    return false
  }

  const { queue, controller } = createQueue({
    context,
    informers: [daemonSets, revisions, nodes, pods],
    workers: 2,
    *sync(key) {
      const { namespace, name } = splitKey(key)
      const daemonSet = daemonSets.get(namespace, name)
      if (daemonSet === undefined) {
        expectations.forget(key)
        return 'done'
      }
      if (daemonSet.metadata.deletionTimestamp !== undefined) return 'done'
      const { selector, updateStrategy, revisionHistoryLimit = 10 } = daemonSet.spec
      const history = yield* claim<ControllerRevision>({
        client,
        resource: resources.controllerRevisions,
        owner: daemonSet,
        ownerKind: daemonSetKind,
        ownerResource: resources.daemonSets,
        selector: selectorFromObject(selector),
        candidates: [
          ...revisions.byIndex(controllerIndex, daemonSet.metadata.uid ?? ''),
          ...revisions.byIndex(controllerIndex, orphanKey(namespace)),
        ],
      })
      if (history === undefined) return 'retry'
      const found = yield* constructHistory(client, daemonSet, daemonSetKind, history, daemonSetNaming)
      if (found === undefined) return 'retry'
      const hash = found.current.metadata.labels?.[revisionHashLabel] ?? ''
      if (!expectations.areSatisfied(key)) return (yield* writeStatus(daemonSet, hash, false)) ? 'done' : 'retry'
      if (!(yield* manage(daemonSet, hash))) return 'retry'
      const mayRoll = updateStrategy?.type !== 'OnDelete' && expectations.areSatisfied(key)
      if (mayRoll && !(yield* rollingUpdate(daemonSet, hash))) return 'retry'
      const own = pods.byIndex(controllerIndex, daemonSet.metadata.uid ?? '')
      const live = new Set(own.map(({ metadata }) => metadata.labels?.[revisionHashLabel] ?? ''))
      if (!(yield* cleanUpHistory(client, found.old, revisionHistoryLimit, live))) return 'retry'
      return (yield* writeStatus(daemonSet, hash, true)) ? 'done' : 'retry'
    },
  })

  const resolve = (namespace: string | undefined, reference: OwnerReference | undefined): DaemonSet | undefined => {
    if (reference?.kind !== daemonSetKind.kind) return undefined
    const daemonSet = daemonSets.get(namespace, reference.name)
    return daemonSet?.metadata.uid === reference.uid ? daemonSet : undefined
  }
  const add = (daemonSet: DaemonSet | undefined): void => {
    if (daemonSet !== undefined) queue.add(keyOf(daemonSet))
  }
  const offerOrphan = (pod: Pod): void => {
    for (const daemonSet of daemonSets.byIndex('namespace', pod.metadata.namespace ?? ''))
      if (selectorFromObject(daemonSet.spec.selector).matches(pod.metadata.labels)) add(daemonSet)
  }
  const podGone = (pod: Pod): void => {
    const daemonSet = resolve(pod.metadata.namespace, controllerOf(pod))
    if (daemonSet !== undefined) expectations.deletionObserved(keyOf(daemonSet), keyOf(pod))
    add(daemonSet)
  }
  daemonSets.addHandler({ add, update: (_old, daemonSet) => add(daemonSet), delete: add })
  pods.addHandler({
    add(pod) {
      const reference = controllerOf(pod)
      const daemonSet = resolve(pod.metadata.namespace, reference)
      if (pod.metadata.deletionTimestamp !== undefined) podGone(pod)
      else if (daemonSet !== undefined) {
        expectations.creationObserved(keyOf(daemonSet))
        add(daemonSet)
      } else if (reference === undefined) offerOrphan(pod)
    },
    update(old, pod) {
      if (pod.metadata.deletionTimestamp !== undefined) {
        podGone(pod)
        return
      }
      const [was, is] = [controllerOf(old), controllerOf(pod)]
      if (was !== undefined && was.uid !== is?.uid) add(resolve(old.metadata.namespace, was))
      const daemonSet = resolve(pod.metadata.namespace, is)
      add(daemonSet)
      const { minReadySeconds = 0 } = daemonSet?.spec ?? {}
      if (daemonSet !== undefined && minReadySeconds > 0 && !isPodReady(old) && isPodReady(pod))
        queue.addAfter(keyOf(daemonSet), (minReadySeconds + 1) * second)
      if (is === undefined && (was !== undefined || !equalJson(old.metadata.labels, pod.metadata.labels)))
        offerOrphan(pod)
    },
    delete: podGone,
  })
  nodes.addHandler({
    add(node) {
      for (const daemonSet of daemonSets.list()) if (fitOf(node, daemonSet.spec.template.spec).shouldRun) add(daemonSet)
    },
    update(old, node) {
      if (old.spec === node.spec && old.metadata.labels === node.metadata.labels) return
      for (const daemonSet of daemonSets.list()) {
        const [before, after] = [fitOf(old, daemonSet.spec.template.spec), fitOf(node, daemonSet.spec.template.spec)]
        if (!equalJson(before, after)) add(daemonSet)
      }
    },
  })
  return controller
}

/** Source: daemonset_util.go, CreatePodTemplate. */
function templateFor({ metadata, spec }: DaemonSet, hash: string, node: string): PodTemplateSpec {
  const generation = metadata.annotations?.[generationAnnotation]
  const labels = {
    ...spec.template.metadata?.labels,
    ...(generation === undefined ? {} : { [generationLabel]: generation }),
    [revisionHashLabel]: hash,
  }
  return { metadata: { ...spec.template.metadata, labels }, spec: specForNode(spec.template.spec, node) }
}

function isUpdated({ metadata }: Pod, hash: string): boolean {
  return metadata.labels?.[revisionHashLabel] === hash
}

/** Source: podByCreationTimestampAndPhase. */
function boundThenOldest(a: Pod, b: Pod): number {
  return Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName)) || byCreation(a, b)
}
