import { type Draft, Immer } from 'immer'
import { isObject, type JsonObject } from '../go/json.ts'

/** What comes out of a draft is not frozen: the store does that, where somebody checks. */
const drafts = new Immer({ autoFreeze: false })

/**
 * A changed copy of an API object that shares with it all that did not change; the object itself where nothing did. For every
 * change that is not hot: a draft costs some 10 microseconds, so statuses, bindings and the store's own metadata copy by spread.
 */
export function change<T>(object: T, recipe: (draft: Draft<T>) => void): T {
  return drafts.produce(object, (draft) => {
    recipe(draft)
  })
}

/** The same for a recipe that changes the draft, or gives something in its place. */
export function changeOrReplace<T>(object: T, recipe: (draft: Draft<T>) => unknown): unknown {
  return drafts.produce(object, recipe as (draft: Draft<T>) => Draft<T> | undefined) // what else it gives is handed on
}

/** A copy with the value at `path` set; objects on the way are made where missing. */
export function withValue(object: unknown, path: readonly string[], value: unknown): JsonObject {
  return change<Record<string, unknown>>({ ...(isObject(object) ? object : {}) }, (draft) => {
    const last = path.at(-1)
    if (last !== undefined) containerIn(draft, path.slice(0, -1), true)[last] = value
  })
}

/** A copy without the value at `path`. Emptied objects stay. */
export function withoutValue(object: unknown, path: readonly string[]): JsonObject {
  return change<Record<string, unknown>>({ ...(isObject(object) ? object : {}) }, (draft) => {
    const last = path.at(-1)
    if (last !== undefined) delete containerIn(draft, path.slice(0, -1), false)[last]
  })
}

/** The object at a path of a draft; one that nobody sees where the path leads nowhere, unless it is to be made. */
function containerIn(
  draft: Record<string, unknown>,
  path: readonly string[],
  isMade: boolean,
): Record<string, unknown> {
  let here = draft
  for (const step of path) {
    const next = Object.hasOwn(here, step) ? here[step] : undefined
    // Only own members that are objects are gone into; a draft of one can be written to.
    const inner = isObject(next) ? (next as Record<string, unknown>) : {}
    if (inner !== next && isMade) here[step] = inner
    here = isMade ? (here[step] as Record<string, unknown>) : inner
  }
  return here
}
