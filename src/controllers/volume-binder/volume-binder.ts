import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types/storage.ts'
import { resources } from '../../client/client.ts'
import { cacheKey, type Informer, keyOf, splitKey } from '../../client/informer.ts'
import type { Outcome, WorkQueue } from '../../client/work-queue.ts'
import type { Steps } from '../../kernel/steps.ts'
import { second, type VirtualMs } from '../../kernel/time.ts'
import { type Controller, type ControllerContext, combine, createClockwork, createQueue } from '../controller.ts'
import { createTicks } from '../ticks.ts'
import { Bindings } from './bindings.ts'
import { ClaimSync } from './claim-sync.ts'
import { VolumeSync } from './volume-sync.ts'

/** Source: pkg/controller/volume/persistentvolume/config/v1alpha1/defaults.go, PVClaimBinderSyncPeriod. */
const resyncMs = 15 * second

/**
 * Binds claims to volumes and sees to what becomes of volumes that are released; volumes that are to be made it leaves to provisioners.
 * Two queues of one worker each, without retries: what did not work out is looked at again with all others, every 15 s. Of these only
 * those are looked at that are not as they should be. Source: pkg/controller/volume/persistentvolume.
 */
export function createVolumeBinder(context: ControllerContext): Controller {
  const claims = context.informer<PersistentVolumeClaim>(resources.persistentVolumeClaims)
  const volumes = context.informer<PersistentVolume>(resources.persistentVolumes)
  const pods = context.informer<Pod>(resources.pods)
  const bindings = new Bindings(context)
  const informers = [claims, volumes, bindings.classes, pods]
  const open = new Open(() => ticks.request())
  const forClaims = createQueue({ context, informers, workers: 1, sync: (key) => open.sync(key, claimOf, claimSync) })
  const forVolumes = createQueue({
    context,
    informers,
    workers: 1,
    sync: (key) => open.sync(key, volumeOf, volumeSync),
  })
  const claimSync = new ClaimSync(bindings, pods)
  const volumeSync = new VolumeSync(bindings, pods, (key) => forClaims.queue.add(key))
  const claimOf = (key: string) => bindings.claims.get(...partsOf(key))
  const volumeOf = (name: string) => bindings.volumes.get(undefined, name)

  // The instants of the original's clock, at which those are looked at again that are open.
  let phase: VirtualMs = 0
  const clockwork = createClockwork<VirtualMs>(context.kernel, informers, {
    begin() {
      phase = context.kernel.now() + context.random.stream('controllers/volume-binder').integer(0, resyncMs)
      ticks.goOnFrom(phase)
    },
    atRest: () => (open.keys.size === 0 ? phase : undefined),
    goOnFrom(rest) {
      phase = rest
      ticks.goOnFrom(rest)
    },
  })
  const ticks = createTicks(context.kernel, clockwork, resyncMs, () => {
    for (const key of open.keys) (key.includes('/') ? forClaims : forVolumes).queue.add(key)
    if (open.keys.size > 0) ticks.request()
  })

  follow(claims, forClaims.queue, (claim) => {
    open.close(keyOf(claim))
    bindings.claims.forget(keyOf(claim))
    bindings.forget(claim)
    if (claim.spec?.volumeName) forVolumes.queue.add(claim.spec.volumeName)
  })
  follow(volumes, forVolumes.queue, (volume) => {
    const { claimRef } = volume.spec ?? {}
    open.close(keyOf(volume))
    bindings.volumes.forget(keyOf(volume))
    bindings.forget(volume)
    if (claimRef !== undefined) forClaims.queue.add(cacheKey(claimRef.namespace, claimRef.name ?? ''))
  })
  return combine(forClaims.controller, forVolumes.controller, clockwork)
}

function partsOf(key: string): readonly [namespace: string, name: string] {
  const { namespace, name } = splitKey(key)
  return [namespace, name]
}

/** Whatever is told of it is a reason to look at it. */
function follow<T extends KubeObject>(informer: Informer<T>, queue: WorkQueue, gone: (object: T) => void): void {
  informer.addHandler({
    add: (object) => queue.add(keyOf(object)),
    update: (_old, object) => queue.add(keyOf(object)),
    delete: gone,
  })
}

/** Claims and volumes that are not as they should be, in the order in which that was seen. */
class Open {
  readonly keys = new Set<string>()
  readonly #heard: () => void

  /** `heard`: told when there is one more. */
  constructor(heard: () => void) {
    this.#heard = heard
  }

  *sync<T extends KubeObject>(
    key: string,
    find: (key: string) => T | undefined,
    work: { sync(object: T): Steps<boolean> },
  ): Steps<Outcome> {
    const object = find(key)
    if (object === undefined) this.close(key)
    else if (yield* work.sync(object)) this.close(key)
    else {
      this.keys.add(key)
      this.#heard()
    }
    return 'done'
  }

  close(key: string): void {
    this.keys.delete(key)
  }
}
