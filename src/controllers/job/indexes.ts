import type { Pod } from '../../api/types/core.ts'

/** Which indexes of a Job of mode Indexed are done. Source: pkg/controller/job/indexed_job_utils.go. */

/** From the first to the last, both in it. */
type Interval = readonly [first: number, last: number]

/** In their order, none touches the next. */
export type Indexes = readonly Interval[]

/** Source: batch/v1 types.go, JobCompletionIndexAnnotation, a label as well. */
export const completionIndexKey = 'batch.kubernetes.io/job-completion-index'

/** The index of a Pod; undefined when it has none. Source: getCompletionIndex. */
export function completionIndex({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[completionIndexKey]
  return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : undefined
}

/** Whether a set holds an index. */
export function hasIndex(indexes: Indexes, index: number): boolean {
  return indexes.some(([first, last]) => index >= first && index <= last)
}

/** What two sets hold together. Source: withOrderedIndexes. */
export function withIndexes(indexes: Indexes, more: Iterable<number>): Indexes {
  const added = [...new Set(more)].map((index): Interval => [index, index])
  return together(indexes, added)
}

/** The same of two sets of intervals. Source: merge. */
export function together(indexes: Indexes, others: Indexes): Indexes {
  const ordered = [...indexes, ...others].sort((a, b) => a[0] - b[0])
  const merged: [number, number][] = []
  for (const [first, last] of ordered) {
    const before = merged.at(-1)
    if (before === undefined || first > before[1] + 1) merged.push([first, last])
    else before[1] = Math.max(before[1], last)
  }
  return merged
}

/** How many they are. */
export function countIndexes(indexes: Indexes): number {
  return indexes.reduce((sum, [first, last]) => sum + last - first + 1, 0)
}

/** `0,2,3,5-9`, as a status tells them: two neighbours have no dash. Source: orderedIntervals.String. */
export function indexesText(indexes: Indexes): string {
  return indexes
    .map(([first, last]) => (first === last ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`))
    .join()
}

/** Those of a status below `completions`; what is no interval is passed over. Source: parseIndexesFromString. */
export function parseIndexes(text: string, completions: number): Indexes {
  const intervals = text.split(',').flatMap((part): readonly Interval[] => {
    const found = /^([0-9]+)(?:-([0-9]+))?$/.exec(part)
    if (found === null || Number(found[1]) >= completions) return []
    const first = Number(found[1])
    return [[first, Math.min(Number(found[2] ?? first), completions - 1)]]
  })
  const merged: [number, number][] = []
  for (const [first, last] of intervals) {
    const before = merged.at(-1)
    if (before?.[1] === first - 1) before[1] = last
    else merged.push([first, last])
  }
  return merged
}

/** The first `count` indexes below `completions` that are in none of both. Source: firstPendingIndexes. */
export function firstPending(
  active: readonly Pod[],
  done: Indexes,
  count: number,
  completions: number,
): readonly number[] {
  const taken = withIndexes(
    done,
    active.flatMap((pod) => completionIndex(pod) ?? []),
  )
  const pending: number[] = []
  let next = 0
  for (const [first, last] of [...taken, [completions, completions] as const]) {
    for (; next < Math.min(first, completions) && pending.length < count; next++) pending.push(next)
    next = Math.max(next, last + 1)
  }
  return pending
}

/**
 * Those that must go: Pods without an index below `completions`, and all but one of an index. `keepLast` orders the Pods
 * of one index: the last of them stays. Source: appendDuplicatedIndexPodsForRemoval.
 */
export function superfluous(
  pods: readonly Pod[],
  completions: number,
  keepLast: (pods: readonly Pod[]) => readonly Pod[],
): readonly Pod[] {
  const groups = new Map<number | undefined, Pod[]>()
  for (const pod of pods) {
    const index = completionIndex(pod)
    const valid = index !== undefined && index < completions ? index : undefined
    groups.set(valid, [...(groups.get(valid) ?? []), pod])
  }
  return [...groups].flatMap(([index, same]) => (index === undefined ? same : keepLast(same).slice(0, -1)))
}
