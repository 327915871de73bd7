import type { Secret } from '../api/types/core.ts'
import type { Revision } from './flow.ts'
import type { SecretTrace, SecretWrite } from './traces.ts'

/** The revisions of a Secret, or of one of its keys, and which of them a resourceVersion stands for. */
export interface Revisions {
  readonly all: readonly Revision[]
  /** Of a version that some record names; undefined for one that was never written. */
  of(resourceVersion: string | undefined): Revision | undefined
}

/** Bijective base 26: A..Z, AA, AB, ... */
export function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26))
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter
}

/** Each write that changes what is looked at makes a revision; other writes only another version of the same one. */
export function revisionsOf(trace: SecretTrace | undefined, key?: string): Revisions {
  const all: Revision[] = []
  const byVersion = new Map<string, number>()
  let before: Secret | undefined
  for (const write of trace?.writes ?? []) {
    const last = all[all.length - 1]
    if (write.secret === undefined) {
      if (last !== undefined) all[all.length - 1] = { ...last, deletedAt: write.at }
      before = undefined
      continue
    }
    const keys = changedKeys(before, write.secret)
    const isNew = before === undefined || (key === undefined ? keys.length > 0 : keys.includes(key))
    if (isNew) all.push(revision(all.length, write, write.secret, { key, keys }))
    else if (last !== undefined && last.immutable !== (write.secret.immutable === true))
      all[all.length - 1] = { ...last, immutable: write.secret.immutable === true }
    byVersion.set(write.secret.metadata.resourceVersion ?? '', all.length - 1)
    before = write.secret
  }
  return {
    all,
    of(resourceVersion) {
      const index = resourceVersion === undefined ? undefined : byVersion.get(resourceVersion)
      return index === undefined ? undefined : all[index]
    },
  }
}

function revision(
  index: number,
  { seq, at, by }: SecretWrite,
  secret: Secret,
  { key, keys }: { readonly key: string | undefined; readonly keys: readonly string[] },
): Revision {
  const data = secret.data ?? {}
  return {
    letter: letterOf(index),
    index,
    ...{ seq, at, by, keys },
    resourceVersion: secret.metadata.resourceVersion ?? '',
    hasKey: key === undefined ? Object.keys(data).length > 0 : Object.hasOwn(data, key),
    immutable: secret.immutable === true,
    deletedAt: undefined,
  }
}

/** Keys whose values differ, in the order of the newer object, removed ones last. */
function changedKeys(before: Secret | undefined, after: Secret): readonly string[] {
  const old = before?.data ?? {}
  const now = after.data ?? {}
  return [
    ...Object.keys(now).filter((key) => !Object.hasOwn(old, key) || old[key] !== now[key]),
    ...Object.keys(old).filter((key) => !Object.hasOwn(now, key)),
  ]
}
