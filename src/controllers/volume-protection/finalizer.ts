import type { KubeObject, ResourceRef } from '../../api/types/meta.ts'
import type { Client } from '../../client/client.ts'
import type { Outcome } from '../../client/work-queue.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'

/** Whether it goes as soon as nobody uses it. Source: pkg/controller/volume/protectionutil/utils.go, IsDeletionCandidate. */
export function isDeletionCandidate({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(finalizer) === true
}

/** Whether it stays and lacks what admission gives to all. Source: protectionutil/utils.go, NeedToAddFinalizer. */
export function needsFinalizer({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.deletionTimestamp === undefined && metadata.finalizers?.includes(finalizer) !== true
}

/** An update of all that is known of it. Source: addFinalizer of both controllers. */
export function addFinalizer(
  client: Client,
  resource: ResourceRef,
  object: KubeObject,
  finalizer: string,
): Steps<Outcome> {
  return write(client, resource, object, [...(object.metadata.finalizers ?? []), finalizer])
}

/** The same without it. Source: removeFinalizer. */
export function removeFinalizer(
  client: Client,
  resource: ResourceRef,
  object: KubeObject,
  finalizer: string,
): Steps<Outcome> {
  const { finalizers = [] } = object.metadata
  return write(
    client,
    resource,
    object,
    finalizers.filter((one) => one !== finalizer),
  )
}

function* write(
  client: Client,
  resource: ResourceRef,
  object: KubeObject,
  finalizers: readonly string[],
): Steps<Outcome> {
  const next = { ...object, metadata: { ...object.metadata, finalizers } }
  const written = yield* attempt(client.update<KubeObject>(resource, next))
  return written.ok ? 'done' : 'retry'
}
