import { equalJson } from '../../api/json.ts'
import type { KubeObject, OwnerReference } from '../../api/types/meta.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'

/** An object whose owners are each named once. */
export interface WithoutDuplicates {
  readonly object: KubeObject
  /** What the caller is told, where an owner was named again. */
  readonly warning?: string
}

/**
 * A new object without owner references that say the same as one before them.
 * Source: apiserver pkg/endpoints/handlers/rest.go, dedupOwnerReferences, DuplicateOwnerReferencesWarningFormat (v1.20 on).
 */
export function withoutDuplicateOwners(object: KubeObject, minor: number): WithoutDuplicates {
  const references = object.metadata.ownerReferences
  if (references === undefined || references.length < 2 || !has(minor, apiServer.ownersAreNamedOnceEach))
    return { object }
  const kept: OwnerReference[] = []
  const again: string[] = []
  for (const reference of references) {
    if (kept.some((other) => equalJson(other, reference))) again.push(reference.uid)
    else kept.push(reference)
  }
  if (again.length === 0) return { object }
  const warning = `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${again.join(', ')}`
  return { object: { ...object, metadata: { ...object.metadata, ownerReferences: kept } }, warning }
}
