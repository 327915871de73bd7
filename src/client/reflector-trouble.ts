import type { Ticket } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { has } from '../versions/changes.ts'
import { clientGo } from '../versions/client-go.ts'
import { type Backoff, reflectorBackoffOf } from './backoff.ts'
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

  /** Of lists and watches that failed, or of those that nobody listened to. `madeAt`: when the reflector was. */
  backoffFor(reason: 'failed' | 'refused', minor: number, madeAt: VirtualMs): Backoff {
    const which = has(minor, clientGo.sharesBackOff) ? 'failed' : reason
    this[which] ??= reflectorBackoffOf(minor, madeAt)
    return this[which]
  }
}

/** Source: reflector.go, isExpiredError and isTooLargeResourceVersionError. */
export function isVersionUnavailable(error: RequestError): boolean {
  if (error.kind !== 'status') return false
  const { code, reason, details } = error.status
  if (code === 410 || reason === 'Expired' || reason === 'Gone') return true
  return details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') ?? false
}
