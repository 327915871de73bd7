import type { ContainerEntry } from './container.ts'
import type { RuntimeUses } from './runtime-options.ts'

/** What a container uses of memory beside what it has written there: a choice, docs/fidelity.md. */
export const baseMemoryBytes = 1024 * 1024

/** What the containers of a node that run hold of its memory, all together. */
export class MemoryUse {
  running = 0
  memoryBytes = 0
  readonly #heed: RuntimeUses | undefined

  constructor(heed: RuntimeUses | undefined) {
    this.#heed = heed
  }

  started(): void {
    this.running++
    this.#heed?.memoryGrew()
  }

  /** A container takes so much more, or gives it back. */
  take(entry: ContainerEntry, bytes: number): void {
    const before = entry.memoryBytes
    entry.memoryBytes = Math.max(0, before + bytes)
    if (entry.state === 'running') this.memoryBytes += entry.memoryBytes - before
    if (bytes > 0) this.#heed?.memoryGrew()
  }

  /** Called before a container's state says that it has ended. */
  ended({ state, memoryBytes }: ContainerEntry): void {
    if (state !== 'running') return
    this.running--
    this.memoryBytes -= memoryBytes
  }
}
