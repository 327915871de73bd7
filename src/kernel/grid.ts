import type { Kernel, Timer } from './kernel.ts'
import type { VirtualMs } from './time.ts'

/** The instants `phaseMs + k * periodMs` at which a loop of the kubelet looks around. */
export interface Grid {
  readonly phaseMs: VirtualMs
  readonly periodMs: VirtualMs
}

/** First instant of the grid that is not before `time`. */
export function gridAtOrAfter({ phaseMs, periodMs }: Grid, time: VirtualMs): VirtualMs {
  return phaseMs + Math.max(0, Math.ceil((time - phaseMs) / periodMs)) * periodMs
}

/** First instant of the grid after `time`, `time` itself excluded. */
export function gridAfter(grid: Grid, time: VirtualMs): VirtualMs {
  return gridAtOrAfter(grid, time + 1)
}

/** Last instant of the grid that is not after `time`, or undefined before the first one. */
export function gridAtOrBefore({ phaseMs, periodMs }: Grid, time: VirtualMs): VirtualMs | undefined {
  return time < phaseMs ? undefined : phaseMs + Math.floor((time - phaseMs) / periodMs) * periodMs
}

/**
 * A periodic loop that runs only at those of its instants at which somebody expects it to find something: idle time
 * costs nothing. The real loop runs at each instant and finds nothing at the others.
 */
export class GridLoop {
  private timer: Timer | undefined
  private isStopped = false

  private readonly kernel: Kernel
  readonly grid: Grid
  private readonly pass: () => void

  constructor(kernel: Kernel, grid: Grid, pass: () => void) {
    this.kernel = kernel
    this.grid = grid
    this.pass = pass
  }

  get isPlanned(): boolean {
    return this.timer !== undefined
  }

  /** Asks for a pass at the first instant of the grid after now and not before `notBefore`. */
  wake(notBefore: VirtualMs = 0): void {
    if (this.isStopped) return
    const now = this.kernel.now()
    const at = Math.max(gridAfter(this.grid, now), gridAtOrAfter(this.grid, notBefore))
    if (this.timer !== undefined) {
      if (this.timer.at <= at) return
      this.timer.cancel()
    }
    this.timer = this.kernel.schedule(at - now, () => {
      this.timer = undefined
      this.pass()
    })
  }

  stop(): void {
    this.isStopped = true
    this.timer?.cancel()
    this.timer = undefined
  }
}
