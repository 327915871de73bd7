import { type EventName, machineTable, type StateName } from '../../kernel/compiled-machine.ts'
import { Instance } from '../../kernel/instance.ts'
import { minute, second, type VirtualMs } from '../../kernel/time.ts'
import type { StateFeed } from '../kubelet/state-feed.ts'
import { imagePullMachine } from './image-pull.machine.ts'

/** Source: pkg/kubelet/kubelet.go, backOffPeriod and MaxContainerBackOff; the rest client-go util/flowcontrol/backoff.go. */
const imageBackOff = { initialMs: 10 * second, maxMs: 5 * minute } as const

const table = machineTable(imagePullMachine)

/** One image of one Pod: where its pull stands, and for how long it rests after a failure. */
export class ImagePull extends Instance<StateName<typeof imagePullMachine>, EventName<typeof imagePullMachine>> {
  readonly podUid: string
  readonly image: string
  /** Of the last failure. */
  error = ''
  #delayMs: VirtualMs = 0
  #failedAt: VirtualMs | undefined

  readonly #feed: StateFeed | undefined

  constructor(podUid: string, image: string, feed?: StateFeed) {
    super(table)
    this.podUid = podUid
    this.image = image
    this.#feed = feed
  }

  protected override stepped(event: EventName<typeof imagePullMachine>): void {
    this.#feed?.tell('imagePull', this.podUid, this.image, event, this)
  }

  fail(error: string, now: VirtualMs): void {
    this.#delayMs =
      this.#failedAt === undefined || this.isForgotten(now)
        ? imageBackOff.initialMs
        : Math.min(this.#delayMs * 2, imageBackOff.maxMs)
    this.#failedAt = now
    this.error = error
    this.send('pull.failed')
  }

  /** Whether it may not be pulled yet; the pause after a failure ends here. */
  isBackingOff(now: VirtualMs): boolean {
    if (this.state !== 'ImagePullBackOff') return false
    if (this.#failedAt !== undefined && !this.isForgotten(now) && now - this.#failedAt < this.#delayMs) return true
    this.send('backOff.over')
    return false
  }

  /** Its failures are so long ago, or so few, that the next begins anew. */
  isForgotten(now: VirtualMs): boolean {
    return this.#failedAt === undefined || now - this.#failedAt > 2 * imageBackOff.maxMs
  }
}
