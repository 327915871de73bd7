import type { VirtualMs } from '../kernel/time.ts'

/** A bar: values from `fromMs` on, up to but without the next bar's. */
export interface Bar {
  readonly fromMs: VirtualMs
  readonly count: number
}

/** Bars of a histogram, at most. */
const mostBars = 12
const steps = [1, 2, 5]

/** Bars of equal width, 1, 2 or 5 times a power of ten; the first and last have values. */
export function histogram(values: readonly VirtualMs[]): readonly Bar[] {
  if (values.length === 0) return []
  const lowest = values.reduce((a, b) => Math.min(a, b))
  const highest = values.reduce((a, b) => Math.max(a, b))
  const width = widthFor(lowest, highest)
  const first = Math.floor(lowest / width)
  const counts = new Array<number>(Math.floor(highest / width) - first + 1).fill(0)
  for (const value of values) {
    const at = Math.floor(value / width) - first
    counts[at] = (counts[at] ?? 0) + 1
  }
  return counts.map((count, i) => ({ fromMs: (first + i) * width, count }))
}

function widthFor(lowest: VirtualMs, highest: VirtualMs): VirtualMs {
  for (let power = 1; ; power *= 10) {
    for (const step of steps) {
      const width = step * power
      if (Math.floor(highest / width) - Math.floor(lowest / width) < mostBars) return width
    }
  }
}
