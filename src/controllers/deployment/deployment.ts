import { equalJson } from '../../api/json.ts'
import { selectorFromObject } from '../../api/label-selector.ts'
import type { Pod } from '../../api/types/core.ts'
import type { OwnerReference } from '../../api/types/meta.ts'
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../api/types/workload-specs.ts'
import { resources } from '../../client/client.ts'
import { keyOf, splitKey } from '../../client/informer.ts'
import type { Outcome } from '../../client/work-queue.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import { second } from '../../kernel/time.ts'
import { claim, claimKeys, controllerIndex, orphanKey } from '../claim.ts'
import { type Controller, type ControllerContext, createQueue } from '../controller.ts'
import { controllerOf, epochOf, eventReference } from '../objects.ts'
import { active, annotationKeys, hasProgressDeadline, isComplete, replicasOf, sumStatus } from './arithmetic.ts'
import { getCondition, reasons } from './conditions.ts'
import { type Revisions, setProgress, syncRevision, type Work, writeStatus } from './revision.ts'
import { createScaler, deploymentKind } from './rollout.ts'
import { deploymentStatus, rolloutStatus } from './status.ts'

/** Source: deployment_controller.go, maxRetries. */
const maxRetries = 15

/** Rolls templates out over ReplicaSets. Source: pkg/controller/deployment; facts/apiserver.md 8.3. */
export function createDeploymentController(context: ControllerContext): Controller {
  const { kernel, calendar } = context
  const client = context.clientFor('deployment-controller')
  const recorder = context.recorder('deployment-controller', 'deployment-controller')
  const deployments = context.informer<Deployment>(resources.deployments)
  const sets = context.informer<ReplicaSet>(resources.replicaSets)
  const pods = context.informer<Pod>(resources.pods)
  deployments.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
  sets.addIndexer(controllerIndex, claimKeys)
  pods.addIndexer(controllerIndex, claimKeys)
  const scaler = createScaler(client, recorder, context.minor)
  const now = () => rfc3339(calendar.at(kernel.now()))
  const revisionOptions = {
    minor: context.minor,
    client,
    recorder,
    now,
    cached: (namespace: string, name: string) => sets.get(namespace, name),
  }

  const podsOf = (own: readonly ReplicaSet[]): readonly Pod[] =>
    own.flatMap(({ metadata }) => pods.byIndex(controllerIndex, metadata.uid ?? ''))

  const write = function* (work: Work, status: DeploymentStatus): Steps<Outcome> {
    work.deployment = { ...work.deployment, status }
    return (yield* writeStatus(client, work)) === 'failed' ? 'retry' : 'done'
  }

  const writeRollout = function* (work: Work, { fresh, old }: Revisions): Steps<Outcome> {
    const status = rolloutStatus(work.deployment, old, fresh, now())
    if (!equalJson(status, work.deployment.status ?? {})) return yield* write(work, status)
    checkProgressLater(work.deployment, status)
    return 'done'
  }

  /** A Deployment that is stuck brings no event: it is looked at again when its deadline has passed. */
  const checkProgressLater = (deployment: Deployment, status: DeploymentStatus): void => {
    const condition = getCondition(deployment.status, 'Progressing')
    if (!hasProgressDeadline(deployment) || condition === undefined) return
    if (isComplete(deployment, status) || condition.reason === reasons.timedOut) return
    const deadline = (epochOf(condition.lastUpdateTime) ?? 0) + (deployment.spec.progressDeadlineSeconds ?? 0) * second
    const leftMs = deadline - calendar.at(kernel.now())
    if (leftMs < second) queue.addRateLimited(keyOf(deployment))
    else queue.addAfter(keyOf(deployment), leftMs + second)
  }

  /** Paused, or its size has changed: sizes move, templates do not. Source: sync.go, sync. */
  const resize = function* (work: Work, own: readonly ReplicaSet[]): Steps<Outcome> {
    const revisions = yield* syncRevision(revisionOptions, work, own, false)
    if (revisions === 'failed') return 'retry'
    const { fresh, old } = revisions
    if ((yield* scaler.scaleProportionally(work.deployment, fresh, old)) === 'failed') return 'retry'
    const isPaused = work.deployment.spec.paused === true
    if (isPaused && (yield* scaler.cleanUp(old, work.deployment)) === 'failed') return 'retry'
    return yield* writePlain(work, revisions)
  }

  const writePlain = function* (work: Work, { fresh, old }: Revisions): Steps<Outcome> {
    const status = deploymentStatus(work.deployment, old, fresh, now())
    return equalJson(status, work.deployment.status ?? {}) ? 'done' : yield* write(work, status)
  }

  const rollOut = function* (work: Work, own: readonly ReplicaSet[]): Steps<Outcome> {
    const revisions = yield* syncRevision(revisionOptions, work, own, true)
    if (revisions === 'failed' || revisions.fresh === undefined) return 'retry'
    const { fresh, old } = revisions
    const up = yield* scaler.scaleUp([...old, fresh], fresh, work.deployment)
    if (up === 'failed') return 'retry'
    if (up === 'unchanged') {
      const down = yield* scaler.scaleDown(old, fresh, work.deployment)
      const isOver = down === 'unchanged' && isComplete(work.deployment, work.deployment.status)
      if (isOver && (yield* scaler.cleanUp(old, work.deployment)) === 'failed') return 'retry'
    }
    return yield* writeRollout(work, revisions)
  }

  /** All old Pods end before a new one begins. Source: recreate.go. */
  const recreate = function* (work: Work, own: readonly ReplicaSet[]): Steps<Outcome> {
    let revisions = yield* syncRevision(revisionOptions, work, own, false)
    if (revisions === 'failed') return 'retry'
    let hasScaled = false
    for (const set of active(revisions.old)) {
      if ((yield* scaler.scaleReplicaSet(set, 0, work.deployment)) === 'failed') return 'retry'
      hasScaled = true
    }
    if (hasScaled || areOldPodsRunning(revisions)) return yield* writeRollout(work, revisions)
    if (revisions.fresh === undefined) revisions = yield* syncRevision(revisionOptions, work, own, true)
    if (revisions === 'failed' || revisions.fresh === undefined) return 'retry'
    const { fresh, old } = revisions
    const wanted = replicasOf(work.deployment)
    if (replicasOf(fresh) !== wanted && (yield* scaler.scaleReplicaSet(fresh, wanted, work.deployment)) === 'failed')
      return 'retry'
    const isOver = isComplete(work.deployment, work.deployment.status)
    if (isOver && (yield* scaler.cleanUp(old, work.deployment)) === 'failed') return 'retry'
    return yield* writeRollout(work, revisions)
  }
  const areOldPodsRunning = ({ old }: Revisions): boolean =>
    sumStatus(old, 'replicas') > 0 ||
    podsOf(old).some(({ status }) => status?.phase !== 'Failed' && status?.phase !== 'Succeeded')

  const checkPaused = function* (work: Work): Steps<Outcome> {
    const { deployment } = work
    const condition = getCondition(deployment.status, 'Progressing')
    if (!hasProgressDeadline(deployment) || condition?.reason === reasons.timedOut) return 'done'
    const isPaused = deployment.spec.paused === true
    if (isPaused === (condition?.reason === reasons.paused)) return 'done'
    if (isPaused) setProgress(work, 'Unknown', reasons.paused, 'Deployment is paused', now())
    else setProgress(work, 'Unknown', reasons.resumed, 'Deployment is resumed', now())
    return (yield* writeStatus(client, work)) === 'failed' ? 'retry' : 'done'
  }

  const sync = function* (deployment: Deployment): Steps<Outcome> {
    const work: Work = { deployment }
    const { metadata, spec } = deployment
    const { matchLabels = {}, matchExpressions = [] } = spec.selector
    if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0) {
      const message = 'This deployment is selecting all pods. A non-empty selector is required.'
      recorder.event(eventReference(deployment, deploymentKind), 'Warning', 'SelectingAll', message)
      return 'done'
    }
    const own = yield* claim({
      client,
      resource: resources.replicaSets,
      owner: deployment,
      ownerKind: deploymentKind,
      ownerResource: resources.deployments,
      selector: selectorFromObject(spec.selector),
      candidates: [
        ...sets.byIndex(controllerIndex, metadata.uid ?? ''),
        ...sets.byIndex(controllerIndex, orphanKey(metadata.namespace)),
      ],
    })
    if (own === undefined) return 'retry'
    if (metadata.deletionTimestamp !== undefined) {
      const revisions = yield* syncRevision(revisionOptions, work, own, false)
      return revisions === 'failed' ? 'retry' : yield* writePlain(work, revisions)
    }
    if ((yield* checkPaused(work)) === 'retry') return 'retry'
    if (spec.paused === true) return yield* resize(work, own)
    const revisions = yield* syncRevision(revisionOptions, work, own, false)
    if (revisions === 'failed') return 'retry'
    if (active([...revisions.old, revisions.fresh]).some((set) => hasOtherSize(set, deployment)))
      return yield* resize(work, own)
    return spec.strategy?.type === 'Recreate' ? yield* recreate(work, own) : yield* rollOut(work, own)
  }

  const { queue, controller } = createQueue({
    context,
    informers: [deployments, sets, pods],
    *sync(key) {
      const { namespace, name } = splitKey(key)
      const deployment = deployments.get(namespace, name)
      if (deployment === undefined) return 'done'
      const outcome = yield* sync(deployment)
      return outcome === 'retry' && queue.retries(key) >= maxRetries ? 'done' : outcome
    },
  })

  const resolve = (namespace: string | undefined, reference: OwnerReference | undefined): Deployment | undefined => {
    if (reference?.kind !== deploymentKind.kind) return undefined
    const deployment = deployments.get(namespace, reference.name)
    return deployment?.metadata.uid === reference.uid ? deployment : undefined
  }
  const add = (deployment: Deployment | undefined): void => {
    if (deployment !== undefined) queue.add(keyOf(deployment))
  }
  const tell = (set: ReplicaSet): void => {
    const reference = controllerOf(set)
    if (reference !== undefined) {
      add(resolve(set.metadata.namespace, reference))
      return
    }
    for (const deployment of deployments.byIndex('namespace', set.metadata.namespace ?? ''))
      if (selectorFromObject(deployment.spec.selector).matches(set.metadata.labels)) add(deployment)
  }
  deployments.addHandler({ add, update: (_old, deployment) => add(deployment), delete: add })
  sets.addHandler({
    add: tell,
    update(old, set) {
      const [was, is] = [controllerOf(old), controllerOf(set)]
      if (was !== undefined && was.uid !== is?.uid) add(resolve(old.metadata.namespace, was))
      if (is !== undefined || was !== undefined || !equalJson(old.metadata.labels, set.metadata.labels)) tell(set)
    },
    delete: (set) => add(resolve(set.metadata.namespace, controllerOf(set))),
  })
  pods.addHandler({
    delete(pod) {
      const reference = controllerOf(pod)
      if (reference?.kind !== 'ReplicaSet') return
      const set = sets.get(pod.metadata.namespace, reference.name)
      const deployment = set === undefined ? undefined : resolve(set.metadata.namespace, controllerOf(set))
      if (deployment?.spec.strategy?.type !== 'Recreate') return
      if (podsOf(sets.byIndex(controllerIndex, deployment.metadata.uid ?? '')).length === 0) add(deployment)
    },
  })
  return controller
}

/** Whether the ReplicaSet was scaled for another size of the Deployment. Source: sync.go, isScalingEvent. */
function hasOtherSize({ metadata }: ReplicaSet, deployment: Deployment): boolean {
  const desired = Number.parseInt(metadata.annotations?.[annotationKeys.desired] ?? '', 10)
  return !Number.isNaN(desired) && desired !== replicasOf(deployment)
}
