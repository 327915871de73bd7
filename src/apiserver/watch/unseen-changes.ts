import type { KubeObject } from '../../api/types/meta.ts'
import { defineHandler } from '../../kernel/handler.ts'
import type { Kernel, Ticket } from '../../kernel/kernel.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Presenter } from '../stored-objects.ts'

export interface UnseenChangesOptions {
  readonly kernel: Kernel
  readonly presents: Presenter
  /** The objects that the watch is about, as they look now. */
  readonly objects: () => readonly KubeObject[]
  readonly changed: (object: KubeObject) => void
}

const look = defineHandler('a look at what changes unwritten', (changes: UnseenChanges) => changes.look())

/** Tells one watch when its objects look otherwise without having been written: signs of life of nodes that are only computed. */
export class UnseenChanges {
  readonly #options: UnseenChangesOptions
  #ticket: Ticket | undefined
  /** Names of what is due at the next look. */
  #due: ReadonlySet<string> = new Set()

  constructor(options: UnseenChangesOptions) {
    this.#options = options
  }

  /** Also after a write, for what is due may be another. */
  plan(): void {
    const { kernel, presents, objects } = this.#options
    this.stop()
    let at: VirtualMs | undefined
    let due: string[] = []
    for (const object of objects()) {
      const changesAt = presents.changesAt(object)
      if (changesAt === undefined || (at !== undefined && changesAt > at)) continue
      if (changesAt !== at) due = []
      at = changesAt
      due.push(object.metadata.name)
    }
    this.#due = new Set(due)
    if (at !== undefined) this.#ticket = kernel.post(at - kernel.now(), look, this)
  }

  look(): void {
    this.#ticket = undefined
    const { presents, objects, changed } = this.#options
    for (const object of objects()) {
      // What is no longer computed will be told by a write.
      if (this.#due.has(object.metadata.name) && presents.changesAt(object) !== undefined) changed(object)
    }
    this.plan()
  }

  stop(): void {
    if (this.#ticket !== undefined) this.#options.kernel.cancel(this.#ticket)
    this.#ticket = undefined
  }
}
