import { defaultEpochMs, type EpochMs } from '../kernel/calendar.ts'
import type { Device, Reservation } from './device.ts'
import type { Later } from './node-fs.ts'

/**
 * Work that waits in an unread tree, with what was kept for it. There are some of each Pod: what they know of themselves stands in the
 * object in which that is kept.
 */
export abstract class KeptWork implements Later, Reservation {
  device: Device = nowhere
  bytes = 0
  firstId = 0
  /** It did over what had been done. */
  isRedone = false
  /** Of `sinceDefaultEpoch`. */
  #sinceMs = 0

  abstract carryOut(): void

  get time(): number {
    return defaultEpochMs + this.#sinceMs
  }

  /** It comes into a tree: this is kept for it. */
  keep({ device, bytes, firstId, time }: Reservation, isRedone: boolean): this {
    this.device = device
    this.bytes = bytes
    this.firstId = firstId
    this.#sinceMs = sinceDefaultEpoch(time)
    this.isRedone = isRedone
    return this
  }

  /** Whether it is this, or stands for it. */
  is(later: Later): boolean {
    return this === later
  }
}

/**
 * An instant since virtual time begins unless a scenario says otherwise: as a rule a number that needs no object of its own, as long as it is not
 * left as a difference of two that do.
 */
export function sinceDefaultEpoch(time: EpochMs): number {
  const since = time - defaultEpochMs
  const whole = Math.trunc(since)
  return whole === since ? whole : since
}

/** Until it is kept. */
const nowhere: Device = { kind: 'disk', sizeBytes: undefined, usedBytes: 0 }

/** Stands for work that keeps nothing itself. */
class Wrapped extends KeptWork {
  readonly #later: Later

  constructor(later: Later) {
    super()
    this.#later = later
  }

  carryOut(): void {
    this.#later.carryOut()
  }

  override is(later: Later): boolean {
    return this.#later === later
  }
}

/** Work with what is kept for it. */
export function kept(later: Later, reservation: Reservation, isRedone: boolean): KeptWork {
  return (later instanceof KeptWork ? later : new Wrapped(later)).keep(reservation, isRedone)
}
