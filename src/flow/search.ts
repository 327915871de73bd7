import type { VirtualMs } from '../kernel/time.ts'

/** Place of the first of some steps in order of time that is not before an instant. */
export function firstFrom(steps: readonly { readonly at: VirtualMs }[], at: VirtualMs): number {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((steps[middle]?.at ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}
