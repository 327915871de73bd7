import type { Observable, Unsubscribable } from 'rxjs'
import type { Pod } from '../../../api/types/core.ts'
import { after } from '../../../kernel/after.ts'
import { gridAfter } from '../../../kernel/grid.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { Source } from '../../../kernel/source.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import { loopClocks } from './phases.ts'

/** Pods with `activeDeadlineSeconds`, each synced at the first tick after its deadline. Source: kubelet.go, getPodsToSync. */
export class Deadlines {
  readonly #kernel: Kernel
  readonly #scope: Scope
  readonly #due = new Source<string>()
  readonly #planned = new SparseMap<string, Unsubscribable>()

  constructor(kernel: Kernel, scope: Scope) {
    this.#kernel = kernel
    this.#scope = scope
  }

  /** Uids of Pods whose deadline is over. */
  get due(): Observable<string> {
    return this.#due
  }

  /** `deadline` undefined: it is not known yet. One that is planned stays. */
  plan({ metadata: { uid = '' } }: Pod, deadline: VirtualMs | undefined): void {
    if (deadline === undefined || this.#planned.has(uid)) return
    const now = this.#kernel.now()
    const grid = { phaseMs: deadline % loopClocks.syncMs, periodMs: loopClocks.syncMs }
    const at = gridAfter(grid, Math.max(deadline - 1, now))
    this.#planned.set(
      uid,
      this.#scope.start(after(this.#kernel, at - now), () => this.#due.next(uid)),
    )
  }

  forget(uid: string): void {
    this.#planned.get(uid)?.unsubscribe()
    this.#planned.delete(uid)
  }
}
