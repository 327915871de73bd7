import type { ContainerStatus, Event, Pod } from '../../api/types/core.ts'
import { defaultEpochMs, parseRfc3339 } from '../../kernel/calendar.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { YamlPath } from '../../scenario/positions.ts'
import type { Sim } from '../../sim/sim.ts'
import type { GivenObject, Place } from '../given.ts'
import { containersIn, podSpecOf } from '../references.ts'
import type { CauseKind } from '../report.ts'

/** One cause found at one workload, before causes of several are put together. */
export interface Found {
  readonly cause: CauseKind
  /** The same for all that one cause holds up. */
  readonly key: string
  readonly summary: string
  /** From the root of the workload's object. */
  readonly path: YamlPath
  /** Instead of `path`, where the cause lies in another object. */
  readonly place?: Place
  readonly hints: readonly string[]
  readonly uses: readonly string[]
  /** Name of what is missing: events that speak of it are told first. */
  readonly about?: string
}

/** A container that keeps its Pod from being ready. */
export interface Stuck {
  readonly status: ContainerStatus
  readonly word: 'init container' | 'container'
}

/** Where a container stands in the object that makes its Pods; the Pod's spec, if there is none of that name. */
export function containerPath(given: GivenObject, container: string): YamlPath {
  const { spec, path } = podSpecOf(given) ?? { spec: {}, path: [] }
  return containersIn(spec, path).find(({ name }) => name === container)?.path ?? path
}

/** Whether all that a Pod has to do is done, or under way as it should be. */
export function isReady(pod: Pod, now: VirtualMs): boolean {
  const { status } = pod
  if (status?.phase === 'Succeeded') return true
  const isTold = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
  return isTold && loopingIn(pod, now) === undefined
}

/**
 * A container that ends again and again, be it that it runs, and its Pod is ready, just now: it was started again twice or more,
 * and has not run longer yet than it did the last time.
 */
export function loopingIn({ status }: Pod, now: VirtualMs): ContainerStatus | undefined {
  return status?.containerStatuses?.find(({ restartCount = 0, state, lastState }) => {
    const last = lastState?.terminated
    if (restartCount < 2 || state?.running === undefined || last === undefined) return false
    const ranMs = sinceStart(last.finishedAt ?? '') - sinceStart(last.startedAt ?? '')
    return now - sinceStart(state.running.startedAt ?? '') <= ranMs
  })
}

/** Virtual time of a time stamp in the cluster. */
export function sinceStart(time: string): VirtualMs {
  return Math.max(0, (parseRfc3339(time) ?? defaultEpochMs) - defaultEpochMs)
}

/** The newest warning about any of the objects whose reason and message fit. */
export function newestWarning(
  sim: Sim,
  namespace: string,
  uids: ReadonlySet<string | undefined>,
  fits: (text: string) => boolean = () => true,
): Event | undefined {
  return sim
    .events({ namespace })
    .filter(
      ({ type, involvedObject, reason, message }) =>
        type === 'Warning' && uids.has(involvedObject.uid) && fits(`${reason}: ${message}`),
    )
    .at(-1)
}
