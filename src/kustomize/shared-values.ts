/**
 * One label that a transformer makes in several places of an object is one node to kustomize 4 and 5: who changes it in one of
 * them later changes it in all. Source: api filters/filtersutil/setters.go, SetEntry, whose node is made once for each key;
 * kyaml yaml/fns.go, FieldSetter, which appends that node, or writes over the one that is there.
 */
import { setOwn } from './field-spec.ts'
import type { Body } from './resource.ts'

/** Maps that have the same node behind a key. */
export type Sharers = Map<string, Set<Body>>

const sharersOf = new WeakMap<Body, Sharers>()

/** Sets members of a map; `made` are those that the same transformer has made in this object, and grows. */
export function setShared(map: Body, entries: Readonly<Record<string, string>>, made: Sharers): void {
  const own = sharersOf.get(map) ?? new Map<string, Set<Body>>()
  sharersOf.set(map, own)
  for (const [key, value] of Object.entries(entries)) {
    if (Object.hasOwn(map, key)) {
      for (const one of own.get(key) ?? [map]) setOwn(one, key, value)
      continue
    }
    setOwn(map, key, value)
    const set = made.get(key) ?? new Set<Body>()
    made.set(key, set.add(map))
    own.set(key, set)
  }
}
