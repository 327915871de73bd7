import type { Selector } from '../api/label-selector.ts'
import type { KubeObject, ResourceRef } from '../api/types/meta.ts'
import type { Client } from '../client/client.ts'
import { isNotFound } from '../client/refusals.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { type ControllerKind, controllerOf, newControllerRef } from './objects.ts'

export interface ClaimOptions<T extends KubeObject> {
  readonly client: Client
  /** Resource of the candidates. */
  readonly resource: ResourceRef
  readonly owner: KubeObject
  readonly ownerKind: ControllerKind
  readonly ownerResource: ResourceRef
  readonly selector: Selector
  /** What the owner controls, and orphans of its namespace. */
  readonly candidates: readonly T[]
  /** What is adopted gets this finalizer, and what is released loses it. */
  readonly finalizer?: string
}

/** Name of the index that finds what a controller may claim; see `claimKeys`. */
export const controllerIndex = 'controller'

/** Under the uid of its controller, or as an orphan of its namespace. */
export function claimKeys(object: KubeObject): readonly string[] {
  return [controllerOf(object)?.uid ?? orphanKey(object.metadata.namespace)]
}

export function orphanKey(namespace: string | undefined): string {
  return `orphans/${namespace}`
}

/**
 * Those of the candidates that the owner controls: orphans that match are adopted, what it controls but does not match
 * any more is released. Undefined when that did not work out: try again.
 * Source: pkg/controller/controller_ref_manager.go, ClaimObject.
 */
export function* claim<T extends KubeObject>(options: ClaimOptions<T>): Steps<readonly T[] | undefined> {
  const { client, resource, owner, ownerKind, selector, candidates, finalizer } = options
  const isGoing = owner.metadata.deletionTimestamp !== undefined
  const claimed: T[] = []
  let hasFailed = false
  let mayAdopt: boolean | undefined
  for (const object of candidates) {
    const { name, namespace, uid = '' } = object.metadata
    const key = namespace === undefined ? { name } : { namespace, name }
    const controller = controllerOf(object)
    const matches = selector.matches(object.metadata.labels)
    const change = (reference: object, more: object = {}) =>
      attempt(
        client.patch<T>(resource, key, 'application/strategic-merge-patch+json', {
          metadata: { uid, ownerReferences: [reference], ...more },
        }),
      )
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue
      if (matches) claimed.push(object)
      else if (!isGoing) {
        const without = finalizer === undefined ? {} : { '$deleteFromPrimitiveList/finalizers': [finalizer] }
        const released = yield* change({ $patch: 'delete', uid: controller.uid }, without)
        if (!released.ok && !isGone(released.error)) hasFailed = true
      }
      continue
    }
    if (isGoing || !matches || object.metadata.deletionTimestamp !== undefined) continue
    mayAdopt ??= yield* isStillThere(options)
    const more = finalizer === undefined ? {} : { finalizers: [finalizer] }
    const adopted = mayAdopt ? yield* change(newControllerRef(owner, ownerKind), more) : undefined
    if (adopted?.ok === true) claimed.push(finalizer === undefined ? object : adopted.value)
    else if (adopted === undefined || !isNotFound(adopted.error)) hasFailed = true
  }
  return hasFailed ? undefined : claimed
}

function isGone(error: Parameters<typeof isNotFound>[0]): boolean {
  return isNotFound(error) || (error.kind === 'status' && error.status.reason === 'Invalid')
}

/** Asks the server itself: the cache may not know yet that the owner is being deleted. */
function* isStillThere<T extends KubeObject>({ client, owner, ownerResource }: ClaimOptions<T>): Steps<boolean> {
  const { name, namespace, uid } = owner.metadata
  const key = namespace === undefined ? { name } : { namespace, name }
  const fresh = yield* attempt(client.get<KubeObject>(ownerResource, key))
  return fresh.ok && fresh.value.metadata.uid === uid && fresh.value.metadata.deletionTimestamp === undefined
}
