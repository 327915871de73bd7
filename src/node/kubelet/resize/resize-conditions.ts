import type { PodCondition } from '../../../api/types/core.ts'
import { SparseMap } from '../../../kernel/sparse.ts'

/** Conditions that tell of a resize. */
export type ResizeCondition = 'PodResizePending' | 'PodResizeInProgress'

/** Both, in the order in which statuses tell them. */
export const resizeConditions: readonly ResizeCondition[] = ['PodResizePending', 'PodResizeInProgress']

/** What a resize is told with: `generation` is that of the Pod that asks for it. */
interface Telling {
  readonly reason?: string
  readonly message?: string
  readonly generation: number | undefined
}

interface Told extends Telling {
  readonly since: string
}

/** How the resizes of a node's Pods stand. Source: pkg/kubelet/status/status_manager.go, podResizeConditions. */
export class ResizeConditions {
  readonly #told = new SparseMap<string, Readonly<Partial<Record<ResizeCondition, Told>>>>()

  get(uid: string, type: ResizeCondition): Told | undefined {
    return this.#told.get(uid)?.[type]
  }

  /** Whether that is news. Its time is that of its reason. */
  set(uid: string, type: ResizeCondition, telling: Telling, now: string): boolean {
    const before = this.get(uid, type)
    const since = before !== undefined && before.reason === telling.reason ? before.since : now
    this.#told.set(uid, { ...this.#told.get(uid), [type]: { ...telling, since } })
    return (
      before?.reason !== telling.reason ||
      before?.message !== telling.message ||
      before?.generation !== telling.generation
    )
  }

  clear(uid: string, type: ResizeCondition): Told | undefined {
    const before = this.#told.get(uid)
    const was = before?.[type]
    if (was === undefined) return undefined
    const { [type]: _gone, ...rest } = before ?? {}
    if (Object.keys(rest).length === 0) this.#told.delete(uid)
    else this.#told.set(uid, rest)
    return was
  }

  forget(uid: string): void {
    this.#told.delete(uid)
  }

  /** As a status tells them; `tellsGeneration`: with what they are of. */
  of(uid: string, tellsGeneration: boolean): readonly PodCondition[] {
    const told = this.#told.get(uid)
    if (told === undefined) return none
    return resizeConditions.flatMap((type): PodCondition[] => {
      const { reason, message, generation, since } = told[type] ?? {}
      if (since === undefined) return []
      return [
        {
          type,
          ...(tellsGeneration && generation !== undefined ? { observedGeneration: generation } : {}),
          status: 'True',
          lastProbeTime: null,
          lastTransitionTime: since,
          ...(reason === undefined ? {} : { reason }),
          ...(message === undefined ? {} : { message }),
        },
      ]
    })
  }
}

const none: readonly PodCondition[] = []
