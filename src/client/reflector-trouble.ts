import type { Ticket } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { Backoff, reflectorBackoff } from './backoff.ts'
import type { RequestError } from './client.ts'

/** What a reflector has that selects by labels, streams what there is, or has something in its way. */
export class Rare<T> {
  pause: Ticket | undefined
  labelSelector: string | undefined
  /** Of the last version that was seen. */
  isLastVersionUnavailable = false
  /** By `namespace/name`, before the bookmark. */
  streamed: Map<string, T> | undefined
  private failed: Backoff | undefined
  private refused: Backoff | undefined

  get hasFailed(): boolean {
    return this.failed !== undefined || this.refused !== undefined || this.isLastVersionUnavailable
  }

  /** Of lists and watches that failed, or of those that nobody listened to. */
  backoffFor(reason: 'failed' | 'refused', now: VirtualMs): Backoff {
    this[reason] ??= new Backoff(reflectorBackoff, now)
    return this[reason]
  }
}

/** Source: reflector.go, isExpiredError and isTooLargeResourceVersionError. */
export function isVersionUnavailable(error: RequestError): boolean {
  if (error.kind !== 'status') return false
  const { code, reason, details } = error.status
  if (code === 410 || reason === 'Expired' || reason === 'Gone') return true
  return details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') ?? false
}
