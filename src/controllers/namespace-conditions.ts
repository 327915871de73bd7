import { compareText } from './objects.ts'

/** How the deletion of a namespace gets on. Source: pkg/controller/namespace/deletion/status_condition_utils.go. */

export interface Content {
  /** Number of objects left, by `<resource>.<group>`. */
  readonly remaining: Map<string, number>
  /** Number of objects left that have a finalizer, by finalizer. */
  readonly finalizers: Map<string, number>
  readonly errors: string[]
}

export interface NamespaceCondition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly lastTransitionTime: string
  readonly reason: string
  readonly message: string
}

/** Types in their order, each with what it says when all is well. */
const fine = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
] as const

/** All conditions, well or not. */
export function contentConditions(
  { remaining, finalizers, errors }: Content,
  now: string,
): readonly NamespaceCondition[] {
  const found = new Map<string, readonly [reason: string, message: string]>()
  if (errors.length > 0) {
    const texts = [...errors].sort(compareText).join(', ')
    const message = `Failed to delete all resource types, ${errors.length} remaining: ${texts}`
    found.set('NamespaceDeletionContentFailure', ['ContentDeletionFailed', message])
  }
  if (remaining.size > 0) {
    const message = `Some resources are remaining: ${counted(remaining, (what, count) => `${what} has ${count} resource instances`)}`
    found.set('NamespaceContentRemaining', ['SomeResourcesRemain', message])
  }
  if (finalizers.size > 0) {
    const texts = counted(finalizers, (what, count) => `${what} in ${count} resource instances`)
    const message = `Some content in the namespace has finalizers remaining: ${texts}`
    found.set('NamespaceFinalizersRemaining', ['SomeFinalizersRemain', message])
  }
  return fine.map(([type, okReason, okMessage]) => {
    const [reason, message] = found.get(type) ?? [okReason, okMessage]
    return { type, status: found.has(type) ? 'True' : 'False', lastTransitionTime: now, reason, message }
  })
}

function counted(counts: ReadonlyMap<string, number>, text: (what: string, count: number) => string): string {
  return [...counts]
    .map(([what, count]) => text(what, count))
    .sort(compareText)
    .join(', ')
}

/** The conditions as they should be, or undefined if they are so already. */
export function mergeConditions(
  present: readonly unknown[],
  wanted: readonly NamespaceCondition[],
  now: string,
): readonly NamespaceCondition[] | undefined {
  const merged = [...(present as readonly NamespaceCondition[])] // what only this controller writes
  let hasChanged = false
  for (const condition of wanted) {
    const at = merged.findIndex(({ type }) => type === condition.type)
    const old = merged[at]
    if (old === undefined) merged.push(condition)
    else if (old.status !== condition.status || old.message !== condition.message || old.reason !== condition.reason)
      merged[at] = { ...condition, lastTransitionTime: old.status === condition.status ? old.lastTransitionTime : now }
    else continue
    hasChanged = true
  }
  return hasChanged ? merged : undefined
}
