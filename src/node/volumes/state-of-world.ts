import { type Observable, Subject } from 'rxjs'
import { Few } from '../../kernel/few.ts'
import { SparseMap } from '../../kernel/sparse.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { VolumeUse } from './volume-use.ts'

/** The volumes of one Pod on this node. */
export class PodVolumes {
  readonly uid: string
  readonly uses = new Few<string, VolumeUse>()
  askedAt: VirtualMs = 0
  #settled: Subject<void> | undefined

  constructor(uid: string) {
    this.uid = uid
  }

  /** Told when an operation on one of them ended. */
  get settled(): Observable<void> {
    this.#settled ??= new Subject()
    return this.#settled
  }

  /** An operation on one of them ended. Whether somebody waited for that, and still does. */
  tellSettled(): boolean {
    this.#settled?.next()
    const isHeard = this.#settled?.observed === true
    // Most volumes rest, and nobody waits for them.
    if (!isHeard) this.#settled = undefined
    return isHeard
  }
}

/**
 * Which volumes of which Pods a node has or shall have: each `VolumeUse` has its place in the desired and in the actual
 * state of world. The volume manager writes it; others read. Source: pkg/kubelet/volumemanager/cache.
 */
export class StateOfWorld {
  readonly #pods = new SparseMap<string, PodVolumes>()

  get(uid: string): PodVolumes | undefined {
    return this.#pods.get(uid)
  }

  of(uid: string): PodVolumes {
    const known = this.#pods.get(uid)
    if (known !== undefined) return known
    const created = new PodVolumes(uid)
    this.#pods.set(uid, created)
    return created
  }

  forget(uid: string): void {
    this.#pods.delete(uid)
  }

  use(uid: string, volumeName: string): VolumeUse | undefined {
    return this.#pods.get(uid)?.uses.get(volumeName)
  }

  /** Whether any volume of the Pod is mounted. */
  hasMountedVolumes(uid: string): boolean {
    for (const use of this.#pods.get(uid)?.uses.values() ?? []) if (use.isMounted || use.isBusy) return true
    return false
  }
}
