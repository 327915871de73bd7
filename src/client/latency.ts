import { invariant } from '../kernel/invariant.ts'
import type { RandomStream } from '../kernel/random.ts'
import type { VirtualMs } from '../kernel/time.ts'

/**
 * How long something takes. `exponential` is cut off at `maxMs` (default ten times the mean); `seldom` takes no time, but for a
 * share of the cases.
 */
export type Latency =
  | { readonly kind: 'fixed'; readonly ms: VirtualMs }
  | { readonly kind: 'uniform'; readonly minMs: VirtualMs; readonly maxMs: VirtualMs }
  | { readonly kind: 'exponential'; readonly meanMs: VirtualMs; readonly maxMs?: VirtualMs }
  | { readonly kind: 'seldom'; readonly share: number; readonly minMs: VirtualMs; readonly maxMs: VirtualMs }

/** No time at all: draws nothing from the random stream. */
export const instant: Latency = { kind: 'fixed', ms: 0 }

const exponentialCutOff = 10

/** Draws one duration in whole ms. A fixed latency draws nothing. */
export function drawLatencyMs(latency: Latency, random: RandomStream): VirtualMs {
  switch (latency.kind) {
    case 'fixed':
      return latency.ms
    case 'uniform':
      return random.integer(latency.minMs, latency.maxMs + 1)
    case 'exponential': {
      const maxMs = latency.maxMs ?? latency.meanMs * exponentialCutOff
      // Rounded because engines may differ in the last bit of a logarithm.
      return Math.min(Math.round(-Math.log(1 - random.next()) * latency.meanMs), maxMs)
    }
    case 'seldom':
      return random.next() < latency.share ? random.integer(latency.minMs, latency.maxMs + 1) : 0
  }
}

/** Throws unless the latency's numbers are whole, not negative and in order, and its share is one. */
export function checkLatency(latency: Latency): void {
  for (const ms of numbersOf(latency))
    invariant(Number.isSafeInteger(ms) && ms >= 0, 'a latency is whole ms, at least 0', ms)
  if ('minMs' in latency) invariant(latency.minMs <= latency.maxMs, 'a latency ends after it begins')
  if (latency.kind === 'seldom')
    invariant(latency.share >= 0 && latency.share <= 1, 'a share is from 0 to 1', latency.share)
}

function numbersOf(latency: Latency): readonly VirtualMs[] {
  switch (latency.kind) {
    case 'fixed':
      return [latency.ms]
    case 'exponential':
      return [latency.meanMs, latency.maxMs ?? 0]
    default:
      return [latency.minMs, latency.maxMs]
  }
}
