import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { type Client, type RequestError, resources } from '../../client/client.ts'
import type { Informer } from '../../client/informer.ts'
import { isAlreadyExists } from '../../client/refusals.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { type ClaimedSet, claimsFor, ordinalOf } from './replicas.ts'

/**
 * Makes those claims of a Pod that are not there; answers why one could not be had. `claims`: absent where nobody looks whether
 * they are there. `tell` gets the text of an event. Source: stateful_pod_control.go, createPersistentVolumeClaims.
 */
export function* makeMissingClaims(
  client: Client,
  claims: Informer<KubeObject> | undefined,
  set: ClaimedSet,
  pod: Pod,
  tell: (text: string) => void,
): Steps<string | RequestError | undefined> {
  for (const wanted of claimsFor(set, ordinalOf(pod, set))) {
    const { name } = wanted.metadata
    const known = claims?.get(set.metadata.namespace ?? '', name)
    // Told in the words of an aggregate of one error.
    if (known?.metadata.deletionTimestamp !== undefined) return `pvc ${name} is being deleted`
    if (known !== undefined) continue
    const made = yield* attempt(client.create<KubeObject>(resources.persistentVolumeClaims, wanted))
    if (!made.ok && isAlreadyExists(made.error)) continue
    if (!made.ok) return made.error
    tell(`create Claim ${name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} success`)
  }
  return undefined
}
