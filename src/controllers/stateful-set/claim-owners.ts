import type { Pod } from '../../api/types/core.ts'
import type { KubeObject, OwnerReference } from '../../api/types/meta.ts'
import { type Client, type RequestError, resources } from '../../client/client.ts'
import type { Informer } from '../../client/informer.ts'
import { errorText } from '../../client/refusals.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { newControllerRef } from '../objects.ts'
import { type ClaimedSet, claimsFor, ordinalOf, podNameLabel, startOf, statefulSetKind } from './replicas.ts'

const podKind = { apiVersion: 'v1', kind: 'Pod' } as const

/** The event about what was done to a Pod, or why it was not. */
export type TellPod = (
  set: ClaimedSet,
  verb: 'create' | 'delete' | 'update',
  pod: string,
  error?: RequestError | string,
) => void

/**
 * Whom the claims of a StatefulSet belong to, by its persistentVolumeClaimRetentionPolicy: the garbage collector deletes them with their
 * owner. Claims that are not in the cache yet are looked at with the next sync. Source: pkg/controller/statefulset/stateful_pod_control.go.
 */
export class ClaimOwners {
  readonly #client: Client
  readonly #claims: Informer<KubeObject> | undefined
  readonly #minor: number
  readonly #tell: TellPod

  /** `claims`: absent where StatefulSets have no such policy. */
  constructor(client: Client, claims: Informer<KubeObject> | undefined, minor: number, tell: TellPod) {
    this.#client = client
    this.#claims = claims
    this.#minor = minor
    this.#tell = tell
  }

  /** Sets them right, and tells if that does not work out. */
  *own(set: ClaimedSet, pod: Pod): Steps<boolean> {
    const error = yield* this.setRight(set, pod)
    if (error !== undefined) this.#tell(set, 'update', pod.metadata.name, error)
    return error === undefined
  }

  /** A Pod that has its label and its claims as they should be. Source: UpdateStatefulPod. */
  *update(set: ClaimedSet, pod: Pod): Steps<boolean> {
    const { name, labels } = pod.metadata
    if (labels?.[podNameLabel] === name && this.areRight(set, pod)) return true
    if (!(yield* this.own(set, pod))) return false
    const next = { ...pod, metadata: { ...pod.metadata, labels: { ...labels, [podNameLabel]: name } } }
    const updated = yield* attempt(this.#client.update<Pod>(resources.pods, next))
    this.#tell(set, 'update', name, updated.ok ? undefined : updated.error)
    return updated.ok
  }

  /** Source: ClaimsMatchRetentionPolicy. */
  areRight(set: ClaimedSet, pod: Pod): boolean {
    return this.#of(set, pod).every((claim) => referencesFor(claim, set, pod, this.#minor) === undefined)
  }

  /** Why it could not be done, as the event says it. Source: UpdatePodClaimForRetentionPolicy. */
  *setRight(set: ClaimedSet, pod: Pod): Steps<string | undefined> {
    for (const claim of this.#of(set, pod)) {
      const ownerReferences = referencesFor(claim, set, pod, this.#minor)
      if (ownerReferences === undefined) continue
      const next = { ...claim, metadata: { ...claim.metadata, ownerReferences } }
      const written = yield* attempt(this.#client.update(resources.persistentVolumeClaims, next))
      const { name } = claim.metadata
      if (!written.ok) return `Could not update claim ${name} for delete policy ownerRefs: ${errorText(written.error)}`
    }
    return undefined
  }

  /** Whether a claim still goes with a Pod of the same name that was there before. Source: PodClaimIsStale. */
  isStale(set: ClaimedSet, pod: Pod): boolean {
    if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false
    const isForPod = ({ kind, name }: OwnerReference) => kind === podKind.kind && name === pod.metadata.name
    return this.#of(set, pod).some(({ metadata }) => metadata.ownerReferences?.some(isForPod) === true)
  }

  #of(set: ClaimedSet, pod: Pod): readonly KubeObject[] {
    return claimsFor(set, ordinalOf(pod, set)).flatMap(
      ({ metadata }) => this.#claims?.get(set.metadata.namespace ?? '', metadata.name) ?? [],
    )
  }
}

interface Owner {
  readonly object: KubeObject
  readonly kind: typeof podKind | typeof statefulSetKind
}

/** The policy's table. Source: stateful_set_utils.go, updateClaimOwnerRefForSetAndPod. */
function ownerFor(set: ClaimedSet, pod: Pod, minor: number): Owner | undefined {
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  const at = ordinalOf(pod, set) - startOf(set, minor)
  const isScaledDown = at < 0 || at >= (set.spec.replicas ?? 1)
  if (whenScaled === 'Delete' && isScaledDown) return { object: pod, kind: podKind }
  return whenDeleted === 'Delete' ? { object: set, kind: statefulSetKind } : undefined
}

/** The owners that a claim should have; undefined: it has them. */
function referencesFor(
  claim: KubeObject,
  set: ClaimedSet,
  pod: Pod,
  minor: number,
): readonly OwnerReference[] | undefined {
  const before = claim.metadata.ownerReferences ?? []
  const owner = ownerFor(set, pod, minor)
  const isOurs = ({ kind, name }: OwnerReference) =>
    (kind === statefulSetKind.kind && name === set.metadata.name) ||
    (kind === podKind.kind && name === pod.metadata.name)
  const ours = before.filter(isOurs)
  const others = before.filter((reference) => !isOurs(reference))
  const controls = has(minor, controllers.claimsHaveControllers)
  const uids = [set.metadata.uid, pod.metadata.uid]
  if (controls && ours.some(({ uid }) => !uids.includes(uid))) return undefined
  const isForeign = controls && isManaged(set) && others.some(({ controller }) => controller === true)
  if (owner === undefined || isForeign) return ours.length === 0 ? undefined : others
  const reference = newControllerRef(owner.object, owner.kind)
  const { controller: _controller, blockOwnerDeletion: _blocks, ...plain } = reference
  const [only, ...more] = ours
  const isRight = more.length === 0 && only?.uid === reference.uid && (!controls || only.controller === true)
  return isRight ? undefined : [...others, controls ? reference : plain]
}

function isManaged({ spec: { persistentVolumeClaimRetentionPolicy: policy } }: ClaimedSet): boolean {
  return policy?.whenDeleted === 'Delete' || policy?.whenScaled === 'Delete'
}
