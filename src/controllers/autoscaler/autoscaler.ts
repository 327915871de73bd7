import { servedAutoscaler, storedAutoscaler } from '../../api/autoscaling/conversion.ts'
import { equalJson } from '../../api/json.ts'
import type { AutoscalerStatus, HorizontalPodAutoscaler } from '../../api/types/autoscaling.ts'
import type { Pod } from '../../api/types/core.ts'
import type { Client } from '../../client/client.ts'
import { resources } from '../../client/client.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import { type Informer, keyOf, splitKey } from '../../client/informer.ts'
import { errorText } from '../../client/refusals.ts'
import type { Outcome } from '../../client/work-queue.ts'
import { rfc3339 } from '../../kernel/calendar.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { second } from '../../kernel/time.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { type Controller, type ControllerContext, createQueue } from '../controller.ts'
import { eventReference } from '../objects.ts'
import { withCondition } from './conditions.ts'
import { failureOf } from './metrics.ts'
import { type Scaled, scaleOf } from './scale.ts'
import { SelectedPods } from './selected-pods.ts'

/** Source: pkg/controller/podautoscaler/config/v1alpha1/defaults.go, HorizontalPodAutoscalerSyncPeriod. */
const syncPeriodMs = 15 * second

/**
 * Keeps targets between their least and their greatest size, and tells that there are no metrics: nothing in the cluster
 * measures. Source: pkg/controller/podautoscaler/horizontal.go.
 */
export function createAutoscalerController(context: ControllerContext): Controller {
  const autoscaling = new Autoscaling(context)
  const { autoscalers, selected } = autoscaling
  const { queue, controller } = createQueue({
    context,
    informers: [autoscalers, selected.pods],
    workers: has(context.minor, controllers.autoscalersInParallel) ? 5 : 1,
    sync: (key) => autoscaling.sync(key, () => queue.addAfter(key, syncPeriodMs)),
  })
  const add = (autoscaler: HorizontalPodAutoscaler): void => {
    selected.add(keyOf(autoscaler))
    queue.addAfter(keyOf(autoscaler), syncPeriodMs)
  }
  autoscalers.addHandler({
    add,
    update: (_old, autoscaler) => add(autoscaler),
    delete: (autoscaler) => selected.delete(keyOf(autoscaler)),
  })
  return controller
}

class Autoscaling {
  readonly autoscalers: Informer<HorizontalPodAutoscaler>
  readonly selected: SelectedPods
  readonly #context: ControllerContext
  readonly #client: Client
  readonly #recorder: EventRecorder
  readonly #isV2: boolean

  constructor(context: ControllerContext) {
    this.#context = context
    this.#isV2 = has(context.minor, controllers.autoscalersAreV2)
    this.#client = context.clientFor('horizontal-pod-autoscaler')
    this.#recorder = context.recorder('horizontal-pod-autoscaler', 'horizontal-pod-autoscaler')
    this.autoscalers = context.informer(this.#resource)
    this.selected = new SelectedPods(context.informer<Pod>(resources.pods), context.minor)
  }

  get #resource() {
    return { group: 'autoscaling', version: this.#isV2 ? 'v2' : 'v1', resource: 'horizontalpodautoscalers' }
  }

  *sync(key: string, again: () => void): Steps<Outcome> {
    const { namespace, name } = splitKey(key)
    const cached = this.autoscalers.get(namespace, name)
    if (cached === undefined) return 'done'
    yield* this.#reconcile(this.#isV2 ? cached : storedAutoscaler(cached, 'v1'), key)
    again()
    return 'done'
  }

  /** Whatever is watched, v2 is what is worked on, and what Events name. */
  #tell(autoscaler: HorizontalPodAutoscaler, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const kind = {
      apiVersion: this.#isV2 ? 'autoscaling/v2' : 'autoscaling/v2beta2',
      kind: 'HorizontalPodAutoscaler',
    }
    this.#recorder.event(eventReference(autoscaler, kind), type, reason, message)
  }

  #now(): string {
    const { calendar, kernel } = this.#context
    return rfc3339(calendar.at(kernel.now()))
  }

  #with(status: AutoscalerStatus, type: string, holds: boolean, reason: string, message: string): AutoscalerStatus {
    return withCondition(status, { type, status: holds ? 'True' : 'False', reason, message }, this.#now())
  }

  /** Source: updateStatusIfNeeded. */
  *#write(autoscaler: HorizontalPodAutoscaler, status: AutoscalerStatus): Steps<void> {
    if (equalJson(status, autoscaler.status ?? {})) return
    const next = { ...autoscaler, status }
    const body = this.#isV2 ? next : { ...servedAutoscaler(next, 'v1'), apiVersion: 'autoscaling/v1' }
    const written = yield* attempt(this.#client.update(this.#resource, body, { subresource: 'status' }))
    if (!written.ok) this.#tell(autoscaler, 'Warning', 'FailedUpdateStatus', errorText(written.error))
  }

  /** Source: reconcileAutoscaler. */
  *#reconcile(autoscaler: HorizontalPodAutoscaler, key: string): Steps<void> {
    const { spec = {}, status: before = {} } = autoscaler
    const found = yield* scaleOf(this.#client, this.#context.options, autoscaler)
    if ('problem' in found) {
      const text = `the HPA controller was unable to get the target's current scale: ${found.problem}`
      this.#tell(autoscaler, 'Warning', 'FailedGetScale', found.problem)
      return yield* this.#write(autoscaler, this.#with(before, 'AbleToScale', false, 'FailedGetScale', text))
    }
    const able = "the HPA controller was able to get the target's current scale"
    const status = this.#with(before, 'AbleToScale', true, 'SucceededGetScale', able)
    const current = found.scale.spec?.replicas ?? 0
    const { minReplicas = 1, maxReplicas = 0 } = spec
    if (current === 0 && minReplicas !== 0) {
      const text = 'scaling is disabled since the replica count of the target is zero'
      const disabled = this.#with(status, 'ScalingActive', false, 'ScalingDisabled', text)
      return yield* this.#write(autoscaler, counted(disabled, current, current))
    }
    if (current > maxReplicas) {
      const why = 'Current number of replicas above Spec.MaxReplicas'
      return yield* this.#rescale(autoscaler, status, found, maxReplicas, why)
    }
    if (current < minReplicas) {
      const why = 'Current number of replicas below Spec.MinReplicas'
      return yield* this.#rescale(autoscaler, status, found, minReplicas, why)
    }
    yield* this.#measure(autoscaler, status, found, key)
  }

  *#rescale(
    autoscaler: HorizontalPodAutoscaler,
    status: AutoscalerStatus,
    { scale, target }: Scaled,
    wanted: number,
    why: string,
  ): Steps<void> {
    const current = scale.spec?.replicas ?? 0
    const size = { ...scale, spec: { replicas: wanted } }
    const changed = yield* attempt(this.#client.update(target, size, { subresource: 'scale' }))
    if (!changed.ok) {
      const error = errorText(changed.error)
      this.#tell(autoscaler, 'Warning', 'FailedRescale', `New size: ${wanted}; reason: ${why}; error: ${error}`)
      const text = `the HPA controller was unable to update the target scale: ${error}`
      const unable = this.#with(status, 'AbleToScale', false, 'FailedUpdateScale', text)
      return yield* this.#write(autoscaler, { ...unable, currentReplicas: current })
    }
    const text = `the HPA controller was able to update the target scale to ${wanted}`
    this.#tell(autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${wanted}; reason: ${why}`)
    const scaled = counted(this.#with(status, 'AbleToScale', true, 'SucceededRescale', text), current, wanted)
    yield* this.#write(autoscaler, { ...scaled, lastScaleTime: this.#now() })
  }

  /** Source: computeReplicasForMetrics, as it goes where no metric can be had. */
  *#measure(
    autoscaler: HorizontalPodAutoscaler,
    status: AutoscalerStatus,
    { scale }: Scaled,
    key: string,
  ): Steps<void> {
    const { minor } = this.#context
    const current = scale.spec?.replicas ?? 0
    const selector = scale.status?.selector ?? ''
    const problem = this.selected.problem(key, selector)
    if (problem !== undefined) {
      this.#tell(autoscaler, 'Warning', problem.event, problem.error)
      const inactive = this.#with(status, 'ScalingActive', false, problem.reason, problem.message)
      return yield* this.#fail(autoscaler, { ...inactive, currentReplicas: current }, problem.error)
    }
    const specs = autoscaler.spec?.metrics ?? []
    let next: AutoscalerStatus = { ...status, currentReplicas: current }
    let first = ''
    for (const [at, spec] of specs.entries()) {
      const failure = yield* failureOf(this.#client, minor, autoscaler, spec, selector)
      this.#tell(autoscaler, 'Warning', failure.reason, failure.error)
      if (at > 0) continue
      const text = `the HPA was unable to compute the replica count: ${failure.error}`
      next = this.#with(next, 'ScalingActive', false, failure.reason, text)
      first = failure.summary
    }
    if (has(minor, controllers.tellsUnknownMetrics)) next = { ...next, currentMetrics: specs.map(() => ({ type: '' })) }
    const text = `invalid metrics (${specs.length} invalid out of ${specs.length}), first error is: ${first}`
    yield* this.#fail(autoscaler, next, text)
  }

  *#fail(autoscaler: HorizontalPodAutoscaler, status: AutoscalerStatus, error: string): Steps<void> {
    yield* this.#write(autoscaler, status)
    this.#tell(autoscaler, 'Warning', 'FailedComputeMetricsReplicas', error)
  }
}

/** Source: setStatus: what is not measured is not kept. */
function counted(status: AutoscalerStatus, currentReplicas: number, desiredReplicas: number): AutoscalerStatus {
  return { ...status, currentReplicas, desiredReplicas, currentMetrics: null }
}
