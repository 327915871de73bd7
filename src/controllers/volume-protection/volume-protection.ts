import { isObject, member } from '../../api/json.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { type Client, resources } from '../../client/client.ts'
import type { Outcome } from '../../client/work-queue.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type Controller, type ControllerContext, createQueue } from '../controller.ts'
import { addFinalizer, isDeletionCandidate, needsFinalizer, removeFinalizer } from './finalizer.ts'

/** Source: pkg/volume/util/finalizer.go, PVProtectionFinalizer. */
const finalizer = 'kubernetes.io/pv-protection'
const resource = resources.persistentVolumes

/** A deleted PersistentVolume stays while it is bound to a claim. Source: pkg/controller/volume/pvprotection/pv_protection_controller.go. */
export function createVolumeProtection(context: ControllerContext): Controller {
  const client = context.clientFor('pv-protection-controller')
  const volumes = context.informer<KubeObject>(resource)
  const { queue, controller } = createQueue({
    context,
    informers: [volumes],
    workers: 1,
    sync: (name) => protect(client, volumes.get(undefined, name)),
  })
  const offer = (volume: KubeObject): void => {
    if (needsFinalizer(volume, finalizer) || isDeletionCandidate(volume, finalizer)) queue.add(volume.metadata.name)
  }
  volumes.addHandler({ add: offer, update: (_old, volume) => offer(volume) })
  return controller
}

/** Source: processPV. */
function* protect(client: Client, volume: KubeObject | undefined): Steps<Outcome> {
  if (volume === undefined) return 'done'
  if (needsFinalizer(volume, finalizer)) return yield* addFinalizer(client, resource, volume, finalizer)
  const goes = isDeletionCandidate(volume, finalizer) && !isBound(volume)
  return goes ? yield* removeFinalizer(client, resource, volume, finalizer) : 'done'
}

function isBound(volume: KubeObject): boolean {
  const status = member(volume, 'status')
  return isObject(status) && member(status, 'phase') === 'Bound'
}
