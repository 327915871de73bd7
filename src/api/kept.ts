import { exact } from '../kernel/exact.ts'

/** What defaults leave as it is stays the same object, so that Pods, ReplicaSets and Deployments of one template share what they share. */

/** `next`, made of `before` by writing members: `before` itself where that changed nothing. */
export function keptIfSame<T extends object>(before: T, next: T): T {
  for (const key in next) if (next[key] !== before[key]) return exact(next)
  return before
}

/** The list with each item as `change` makes it: the list itself where that changes none. */
export function mappedIfOther<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  for (let at = 0; at < list.length; at++) {
    const item = list[at] as T // within the list
    const next = change(item)
    if (next === item) continue
    return list.map((each, i) => (i < at ? each : i === at ? next : change(each)))
  }
  return list
}
