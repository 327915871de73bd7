import type { VirtualMs } from '../kernel/time.ts'

/** Virtual time laid out over a width in which quiet stretches are short: a gap costs by the logarithm of its length. */
export interface TimeAxis {
  readonly width: number
  readonly from: VirtualMs
  readonly to: VirtualMs
  /** Place of an instant, 0..width, never decreasing; instants outside are at the ends. */
  x(at: VirtualMs): number
  /** The instant at a place, in whole ms: `x(timeAt(x))` is at most half a ms' worth away from `x`. */
  timeAt(x: number): VirtualMs
  /** Instants to write above the axis, so far apart that labels of `labelWidth` fit between. */
  ticks(labelWidth: number): readonly VirtualMs[]
}

/** What a second of calm costs beside the instants at its ends. */
const unitMs = 1000
/** Each gap costs at least this, so that what happens at nearly one time can be told apart. */
const gapCost = 0.5

/** An axis over `from..to` on which each of `instants` has a place; what lies between two of them is folded. */
export function createTimeAxis(
  instants: Iterable<VirtualMs>,
  { from, to, width }: { readonly from: VirtualMs; readonly to: VirtualMs; readonly width: number },
): TimeAxis {
  const inside = [...instants].filter((at) => at > from && at < to)
  const times = [...new Set([from, ...inside.sort((a, b) => a - b), Math.max(to, from)])]
  const costs: number[] = [0]
  for (let i = 1; i < times.length; i++) costs.push((costs[i - 1] ?? 0) + cost((times[i] ?? 0) - (times[i - 1] ?? 0)))
  const total = costs[costs.length - 1] ?? 0
  // Engines may differ in the last bit of a logarithm: places are told to a millionth.
  const places = costs.map((sum) => (total === 0 ? 0 : Math.round((sum / total) * width * 1e6) / 1e6))
  const x = (at: VirtualMs): number => interpolate(times, places, at)
  const timeAt = (place: number): VirtualMs => Math.round(interpolate(places, times, place))
  return {
    width,
    from,
    to: Math.max(to, from),
    x,
    timeAt,
    ticks: (labelWidth) => ticksOf(times, x, width, labelWidth),
  }
}

function cost(gapMs: VirtualMs): number {
  return gapCost + Math.log2(1 + gapMs / unitMs)
}

/** The piecewise linear function through the given points; both lists never decrease. */
function interpolate(from: readonly number[], to: readonly number[], value: number): number {
  const last = from.length - 1
  if (value <= (from[0] ?? 0)) return to[0] ?? 0
  if (value >= (from[last] ?? 0)) return to[last] ?? 0
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((from[middle] ?? 0) <= value) low = middle
    else high = middle
  }
  const [a = 0, b = 0] = [from[low], from[high]]
  const [c = 0, d = 0] = [to[low], to[high]]
  return b === a ? c : c + ((value - a) / (b - a)) * (d - c)
}

/** From the left, each instant whose label fits behind the one before. */
function ticksOf(
  times: readonly VirtualMs[],
  x: (at: VirtualMs) => number,
  width: number,
  labelWidth: number,
): readonly VirtualMs[] {
  const ticks: VirtualMs[] = []
  let free = 0
  for (const at of times) {
    const place = x(at)
    if (place < free || place + labelWidth > width) continue
    ticks.push(at)
    free = place + labelWidth + 1
  }
  return ticks
}
