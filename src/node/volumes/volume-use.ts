import type { Pod, Volume } from '../../api/types/core.ts'
import { type EventName, machineTable, type StateName } from '../../kernel/compiled-machine.ts'
import { Instance } from '../../kernel/instance.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { StateFeed } from '../kubelet/state-feed.ts'
import type { ContentSource, VolumePlugin } from './plugin.ts'
import type { UnreadVolume } from './plugins/unread-volume.ts'
import { volumeMachine } from './volume.machine.ts'

const table = machineTable(volumeMachine)

export type VolumeState = StateName<typeof volumeMachine>
export type VolumeEventName = EventName<typeof volumeMachine>

/** One volume of one Pod on this node: its place in the desired and in the actual state of world. */
export class VolumeUse extends Instance<VolumeState, VolumeEventName> {
  /** Whether the desired state of world has it. */
  isDesired = true
  /** It was on the disk when the kubelet started. */
  isFound = false
  /** So it may be mounted, though it was not set up: known once that was begun. Source: operationexecutor, VolumeMountUncertain. */
  isUncertain = false
  failures = 0
  failedAt: VirtualMs = 0
  /** What the present content was made from. */
  sources: readonly ContentSource[] = []
  staleAt: VirtualMs | undefined
  /** When a sync of the Pod last asked for the content. */
  askedAt: VirtualMs = 0
  /** What it was written with, while nobody has looked into it. */
  unread: UnreadVolume | undefined
  readonly volume: Volume
  readonly plugin: VolumePlugin
  /** The Pod as it was when the volume was last asked for. */
  pod: Pod

  readonly #feed: StateFeed | undefined

  constructor(pod: Pod, volume: Volume, plugin: VolumePlugin, feed?: StateFeed) {
    super(table)
    this.pod = pod
    this.volume = volume
    this.plugin = plugin
    this.#feed = feed
  }

  protected override stepped(event: VolumeEventName): void {
    this.#feed?.tell('volume', this.pod.metadata.uid ?? '', this.volume.name, event, this)
  }

  /** Its content is there for containers, be it out of date. */
  get isMounted(): boolean {
    const { state } = this
    return state === 'mounted' || state === 'remountRequired' || state === 'remounting' || state === 'remountBackOff'
  }

  get isBusy(): boolean {
    const { state } = this
    return state === 'mounting' || state === 'remounting' || state === 'unmounting'
  }
}
