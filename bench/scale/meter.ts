import { Session } from 'node:inspector/promises'
import { heapBytes } from '../measure.ts'

/** What work cost. */
export interface Cost {
  readonly cpuS: number
  /** The most that was in use, garbage included. */
  readonly peakBytes: number
  /** What is alive at the end. */
  readonly retainedBytes: number
  /** Sampled: what was allocated in all. */
  readonly allocatedBytes: number
}

/** Bytes between two samples of what is allocated. */
const samplingInterval = 2 ** 18

/** Measures pieces of work; `sample` is to be called now and then while they run. */
export class Meter {
  readonly #session = new Session()
  #peak = 0
  #cpuUs = 0

  constructor() {
    this.#session.connect()
  }

  sample(): void {
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    this.#peak = Math.max(this.#peak, heapUsed + arrayBuffers)
  }

  /** Processor time so far of the work under way, in seconds. */
  get cpuS(): number {
    const { user, system } = process.cpuUsage()
    return (user + system - this.#cpuUs) / 1e6
  }

  async measure(work: () => void): Promise<Cost> {
    await this.#session.post('HeapProfiler.startSampling', {
      samplingInterval,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    })
    this.#peak = 0
    const { user, system } = process.cpuUsage()
    this.#cpuUs = user + system
    work()
    this.sample()
    const { cpuS } = this
    const { profile } = await this.#session.post('HeapProfiler.stopSampling')
    const bytes = (node: typeof profile.head): number =>
      node.children.reduce((sum, child) => sum + bytes(child), node.selfSize)
    return { cpuS, peakBytes: this.#peak, allocatedBytes: bytes(profile.head), retainedBytes: heapBytes() }
  }
}
