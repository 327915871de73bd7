import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { type Client, resources } from '../../client/client.ts'
import { cacheKey, type Informer, keyOf, splitKey } from '../../client/informer.ts'
import type { Outcome } from '../../client/work-queue.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { type Controller, type ControllerContext, createQueue } from '../controller.ts'
import { claimsOfPod, isPodTerminated, podUsesClaim } from './claims-of-pods.ts'
import { addFinalizer, isDeletionCandidate, needsFinalizer, removeFinalizer } from './finalizer.ts'

/** Source: pkg/volume/util/finalizer.go, PVCProtectionFinalizer. */
const finalizer = 'kubernetes.io/pvc-protection'
const resource = resources.persistentVolumeClaims

/**
 * A deleted claim stays while a Pod uses it that has a node: the cache is asked, and if it knows of none, the server.
 * Source: pkg/controller/volume/pvcprotection/pvc_protection_controller.go. Instead of an index of Pods, which only deleted claims would
 * ask, all are looked through.
 */
export function createClaimProtection(context: ControllerContext): Controller {
  const claims = context.informer<KubeObject>(resource)
  const pods = context.informer<Pod>(resources.pods)
  const protection = new ClaimProtection(context.clientFor('pvc-protection-controller'), claims, pods)
  const { queue, controller } = createQueue({
    context,
    informers: [claims, pods],
    workers: 1,
    sync: (key) => protection.sync(key),
  })
  const offer = (claim: KubeObject): void => {
    if (needsFinalizer(claim, finalizer) || isDeletionCandidate(claim, finalizer)) queue.add(keyOf(claim))
  }
  /** Whoever runs can't set a claim free. Source: enqueuePVCs. */
  const follow = (pod: Pod, isGone: boolean): void => {
    if (pod.spec.volumes === undefined) return
    if (!isGone && pod.spec.nodeName && !isPodTerminated(pod)) return
    for (const name of claimsOfPod(pod)) queue.add(cacheKey(pod.metadata.namespace, name))
  }
  claims.addHandler({ add: offer, update: (_old, claim) => offer(claim) })
  pods.addHandler({
    add: (pod) => follow(pod, false),
    update(old, pod) {
      follow(pod, false)
      // A Pod of the same name may have come in its place.
      if (old.metadata.uid !== pod.metadata.uid) follow(old, true)
    },
    delete: (pod) => follow(pod, true),
  })
  return controller
}

class ClaimProtection {
  readonly #client: Client
  readonly #claims: Informer<KubeObject>
  readonly #pods: Informer<Pod>

  constructor(client: Client, claims: Informer<KubeObject>, pods: Informer<Pod>) {
    this.#client = client
    this.#claims = claims
    this.#pods = pods
  }

  /** Source: processPVC. */
  *sync(key: string): Steps<Outcome> {
    const { namespace, name } = splitKey(key)
    const claim = this.#claims.get(namespace, name)
    if (claim === undefined) return 'done'
    if (needsFinalizer(claim, finalizer)) return yield* addFinalizer(this.#client, resource, claim, finalizer)
    if (!isDeletionCandidate(claim, finalizer)) return 'done'
    const used = yield* this.#isUsed(claim)
    if (used === undefined) return 'retry'
    return used ? 'done' : yield* removeFinalizer(this.#client, resource, claim, finalizer)
  }

  /** Undefined: the server did not say. Source: isBeingUsed. */
  *#isUsed(claim: KubeObject): Steps<boolean | undefined> {
    if (this.#pods.list().some((pod) => podUsesClaim(pod, claim))) return true
    const { namespace = '' } = claim.metadata
    const live = yield* attempt(this.#client.list<Pod>(resources.pods, { namespace }))
    return live.ok ? live.value.items.some((pod) => podUsesClaim(pod, claim)) : undefined
  }
}
