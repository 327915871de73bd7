import type { Pod } from '../api/types/core.ts'
import { keyOf } from '../client/informer.ts'
import type { Service } from './endpoint-subsets.ts'
import { podCondition } from './objects.ts'

/** Source: core/v1 annotation_key_constants.go, EndpointsLastChangeTriggerTime. */
export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time'

/** When what a sync finds has changed. Source: util/endpoint/trigger_time_tracker.go. */
export class TriggerTimes {
  readonly #known = new Map<string, ReadonlyMap<string, string>>()

  /** The earliest change that the last sync did not know of. */
  of(service: Service, selected: readonly Pod[]): string | undefined {
    const key = keyOf(service)
    const before = this.#known.get(key)
    const after = new Map<string, string>()
    const changed: string[] = []
    for (const pod of selected) {
      const at = podCondition(pod, 'Ready')?.lastTransitionTime ?? undefined
      if (at === undefined) continue
      const { name } = pod.metadata
      after.set(name, at)
      if (at > (before?.get(name) ?? '')) changed.push(at)
    }
    this.#known.set(key, after)
    // A Service that is new counts with its creation, which is earlier than anything about its Pods that matters.
    const created = service.metadata.creationTimestamp ?? undefined
    if (before === undefined && created !== undefined) changed.push(created)
    return changed.sort()[0]
  }

  forget(service: string): void {
    this.#known.delete(service)
  }
}
