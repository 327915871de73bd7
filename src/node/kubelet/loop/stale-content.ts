import type { Unsubscribable } from 'rxjs'
import { after } from '../../../kernel/after.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import type { VolumeUse } from '../../volumes/volume-use.ts'
import type { WorkQueue } from './work-queue.ts'

/** Volumes whose content ends by itself (tokens): the first sync of the Pod after that is carried out. */
export class StaleContent {
  readonly #kernel: Kernel
  readonly #queue: WorkQueue
  readonly #scope: Scope
  readonly #planned = new SparseMap<VolumeUse, Unsubscribable>()

  constructor(kernel: Kernel, queue: WorkQueue, scope: Scope) {
    this.#kernel = kernel
    this.#queue = queue
    this.#scope = scope
  }

  willBeStale(use: VolumeUse, staleAt: VirtualMs): void {
    this.forget(use)
    const { uid = '' } = use.pod.metadata
    const inMs = Math.max(0, staleAt - this.#kernel.now())
    this.#planned.set(
      use,
      this.#scope.start(after(this.#kernel, inMs), () => {
        this.#planned.delete(use)
        this.#queue.wantSync(uid, true)
      }),
    )
  }

  /** Somebody else looks after it. */
  forget(use: VolumeUse): void {
    this.#planned.get(use)?.unsubscribe()
    this.#planned.delete(use)
  }
}
