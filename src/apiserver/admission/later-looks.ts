import type { Status } from '../../api/types/meta.ts'
import type { VirtualMs } from '../../kernel/time.ts'

/** How often a plugin looks again, and how long it waits before each look. */
export interface LaterLooks {
  readonly times: number
  readonly everyMs: VirtualMs
}

const known = new WeakMap<Status, LaterLooks>()

/** A refusal that stands only if the looks that follow find no more. */
export function refusedUnlessLater(status: Status, looks: LaterLooks): Status {
  known.set(status, looks)
  return status
}

/** The looks that may still take a refusal back; undefined for one that stands. */
export function laterLooks(status: Status): LaterLooks | undefined {
  return known.get(status)
}
