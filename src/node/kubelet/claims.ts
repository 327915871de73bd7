import { foreignClaim, isClaimOfPod } from '../../api/ephemeral-claims.ts'
import type { Pod } from '../../api/types/core.ts'
import type { ResourceRef } from '../../api/types/meta.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types/storage.ts'
import { type Client, resources } from '../../client/client.ts'
import { keyOf } from '../../client/informer.ts'
import { errorText } from '../../client/refusals.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Once } from '../../kernel/once.ts'
import { process } from '../../kernel/process.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { storage } from '../../versions/storage.ts'
import type { ClaimSource, FoundVolume } from '../volumes/plugins/host.ts'

/**
 * The volumes behind claims, each asked for when a Pod that wants it is first seen.
 * Source: pkg/kubelet/volumemanager/populator/desired_state_of_world_populator.go, getPVCExtractPV and getPVSpec.
 */
export class Claims implements ClaimSource {
  readonly #kernel: Kernel
  readonly #client: Client
  readonly #minor: number

  constructor(kernel: Kernel, client: Client, minor: number) {
    this.#kernel = kernel
    this.#client = client
    this.#minor = minor
  }

  find(namespace: string, claim: string, madeFor?: Pod): Once<FoundVolume> {
    return process(this.#kernel, () => this.#find(namespace, claim, madeFor))
  }

  *#find(namespace: string, claimName: string, madeFor: Pod | undefined): Steps<FoundVolume> {
    const found = yield* this.#claim(namespace, claimName)
    // The volume has been asked for by then; that cannot be told apart.
    if (madeFor !== undefined && typeof found !== 'string' && !isClaimOfPod(found, madeFor))
      return { ok: false, error: this.#foreignText(found, madeFor) }
    const volume = typeof found === 'string' ? found : yield* this.#volume(found)
    if (typeof volume !== 'string') return { ok: true, volume }
    return { ok: false, error: `error processing PVC ${namespace}/${claimName}: ${volume}` }
  }

  #foreignText(claim: PersistentVolumeClaim, pod: Pod): string {
    if (has(this.#minor, storage.tellsWhoseEphemeralClaims)) return foreignClaim(claim, pod)
    return `error processing PVC ${keyOf(claim)}: not the ephemeral PVC for the pod`
  }

  *#claim(namespace: string, name: string): Steps<PersistentVolumeClaim | string> {
    const resource: ResourceRef = resources.persistentVolumeClaims
    const reply = yield* attempt(this.#client.get<PersistentVolumeClaim>(resource, { namespace, name }))
    if (!reply.ok) return `failed to fetch PVC from API server: ${errorText(reply.error)}`
    const { metadata, spec, status } = reply.value
    if (metadata.deletionTimestamp !== undefined) return 'PVC is being deleted'
    if (status?.phase !== 'Bound') return 'PVC is not bound'
    return spec?.volumeName ? reply.value : 'PVC has empty pvc.Spec.VolumeName'
  }

  *#volume({ metadata, spec }: PersistentVolumeClaim): Steps<PersistentVolume | string> {
    const name = spec?.volumeName ?? ''
    const reply = yield* attempt(this.#client.get<PersistentVolume>(resources.persistentVolumes, { name }))
    if (!reply.ok) return `failed to fetch PV ${name} from API server: ${errorText(reply.error)}`
    const reference = reply.value.spec?.claimRef
    if (reference === undefined) {
      return `found PV object ${name} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim`
    }
    if (reference.uid === metadata.uid) return reply.value
    return `found PV object ${name} but its pv.Spec.ClaimRef.UID ${reference.uid ?? ''} does not point to claim.UID ${metadata.uid}`
  }
}
