import type { Pod } from '../../api/types/core.ts'
import type { YamlPath } from '../../scenario/positions.ts'
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

/** Where a container stands in the object that makes its Pods; the Pod's spec, if there is none of that name. */
export function containerPath(given: GivenObject, container: string): YamlPath {
  const { spec, path } = podSpecOf(given) ?? { spec: {}, path: [] }
  return containersIn(spec, path).find(({ name }) => name === container)?.path ?? path
}

/** Whether all that a Pod has to do is done, or under way as it should be. */
export function isReady({ status }: Pod): boolean {
  return (
    status?.phase === 'Succeeded' ||
    (status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false)
  )
}
