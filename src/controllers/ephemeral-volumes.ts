import { ephemeralClaimName, foreignClaim, isClaimOfPod } from '../api/ephemeral-claims.ts'
import { isObject, member } from '../api/json.ts'
import type { Pod } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { type Client, resources } from '../client/client.ts'
import type { EventRecorder } from '../client/event-recorder.ts'
import { type Informer, keyOf, splitKey } from '../client/informer.ts'
import { errorText } from '../client/refusals.ts'
import type { Outcome } from '../client/work-queue.ts'
import { goQuote } from '../go/quote.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { has } from '../versions/changes.ts'
import { storage } from '../versions/storage.ts'
import { type Controller, type ControllerContext, createQueue } from './controller.ts'
import { eventReference, newControllerRef } from './objects.ts'

/** Source: pkg/controller/volume/ephemeral/controller.go, NewController. */
const podIndex = 'ephemeral-claims'
const component = 'ephemeral_volume'
const podKind = { apiVersion: 'v1', kind: 'Pod' }

/**
 * Makes the claims of Pods' `ephemeral` volumes, owned by their Pods: POD-VOLUME. Since v1.21.
 * Source: pkg/controller/volume/ephemeral/controller.go.
 */
export function createEphemeralVolumes(context: ControllerContext): Controller {
  const client = context.clientFor('ephemeral-volume-controller')
  const recorder = context.recorder('ephemeral-volume-controller', component)
  const pods = context.informer<Pod>(resources.pods)
  const claims = context.informer<KubeObject>(resources.persistentVolumeClaims)
  pods.addIndexer(podIndex, (pod) => claimsOf(pod).map((name) => `${pod.metadata.namespace ?? ''}/${name}`))

  const parts: Parts = { client, recorder, claims, minor: context.minor }
  const { queue, controller } = createQueue({
    context,
    informers: [pods, claims],
    sync(key) {
      const { namespace, name } = splitKey(key)
      const pod = pods.get(namespace, name)
      return pod === undefined || pod.metadata.deletionTimestamp !== undefined ? 'done' : syncPod(parts, pod)
    },
  })
  const offer = (pod: Pod): void => {
    if (pod.metadata.deletionTimestamp === undefined && claimsOf(pod).length > 0) queue.add(keyOf(pod))
  }
  pods.addHandler({ add: offer })
  claims.addHandler({
    delete(claim) {
      for (const pod of pods.byIndex(podIndex, keyOf(claim))) offer(pod)
    },
  })
  return controller
}

interface Parts {
  readonly client: Client
  readonly recorder: EventRecorder
  readonly claims: Informer<KubeObject>
  readonly minor: number
}

/** Source: syncHandler, handleVolume. */
function* syncPod({ client, recorder, claims, minor }: Parts, pod: Pod): Steps<Outcome> {
  for (const volume of pod.spec.volumes ?? []) {
    const claimName = ephemeralClaimName(pod, volume)
    if (claimName === undefined) continue
    const known = claims.get(pod.metadata.namespace, claimName)
    const problem =
      known === undefined ? yield* make(client, pod, claimName, volume.ephemeral) : foreignText(known, pod, minor)
    if (problem === undefined) continue
    recorder.event(
      eventReference(pod, podKind),
      'Warning',
      'FailedBinding',
      `ephemeral volume ${volume.name}: ${problem}`,
    )
    return 'retry'
  }
  return 'done'
}

function claimsOf(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => ephemeralClaimName(pod, volume) ?? [])
}

function foreignText(claim: KubeObject, pod: Pod, minor: number): string | undefined {
  if (isClaimOfPod(claim, pod)) return undefined
  if (has(minor, storage.tellsWhoseEphemeralClaims)) return foreignClaim(claim, pod)
  return `PVC ${goQuote(keyOf(claim))} (uid: ${goQuote(claim.metadata.uid ?? '')}) was not created for the pod`
}

function* make(client: Client, pod: Pod, name: string, volume: unknown): Steps<string | undefined> {
  const template = isObject(volume) ? member(volume, 'volumeClaimTemplate') : undefined
  const { metadata, spec } = isObject(template) ? template : {}
  const { labels, annotations } = isObject(metadata) ? metadata : {}
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: pod.metadata.namespace ?? '',
      ...(isObject(labels) ? { labels } : {}),
      ...(isObject(annotations) ? { annotations } : {}),
      ownerReferences: [newControllerRef(pod, podKind)],
    },
    spec,
  }
  const made = yield* attempt(client.create<KubeObject>(resources.persistentVolumeClaims, claim))
  return made.ok ? undefined : `create PVC ${name}: ${errorText(made.error)}`
}
