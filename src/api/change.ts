import { type Draft, Immer } from 'immer'
import { isObject, type JsonObject } from '../go/json.ts'
import { member, setMember } from './json.ts'

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

/** A copy with the value at `path` set; objects on the way are made where missing. Hot, and so without a draft. */
export function withValue(object: unknown, path: readonly string[], value: unknown): JsonObject {
  const copy = copyOf(object)
  let here = copy
  for (let i = 0; i < path.length - 1; i++) {
    const step = path[i] ?? ''
    const inner = copyOf(member(here, step))
    setMember(here, step, inner)
    here = inner
  }
  const last = path.at(-1)
  if (last !== undefined) setMember(here, last, value)
  return copy
}

/** A copy without the value at `path`. Emptied objects stay. */
export function withoutValue(object: unknown, path: readonly string[]): JsonObject {
  const copy = copyOf(object)
  const [step, ...rest] = path
  if (step === undefined || !Object.hasOwn(copy, step)) return copy
  if (rest.length === 0) delete copy[step]
  else if (isObject(copy[step])) setMember(copy, step, withoutValue(copy[step], rest))
  return copy
}

/** The own members of an object; what is none has none. */
function copyOf(object: unknown): Record<string, unknown> {
  return { ...(isObject(object) ? object : {}) }
}
