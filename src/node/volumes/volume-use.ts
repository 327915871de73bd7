import type { Pod, Volume } from '../../api/types/core.ts'
import { type CompiledState, compileMachine, step } from '../../kernel/compiled-machine.ts'
import { invariant } from '../../kernel/invariant.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { ContentSource, VolumePlugin } from './plugin.ts'
import { type VolumeEvent, volumeMachine } from './volume.machine.ts'

const table = compileMachine(volumeMachine)

/** One volume of one Pod on this node: its place in the desired and in the actual state of world. */
export class VolumeUse {
  state: CompiledState = table.initial
  /** Whether the desired state of world has it. */
  isDesired = true
  failures = 0
  failedAt: VirtualMs = 0
  /** What the present content was made from. */
  sources: readonly ContentSource[] = []
  staleAt: VirtualMs | undefined
  /** When a sync of the Pod last asked for the content. */
  askedAt: VirtualMs = 0
  readonly volume: Volume
  readonly plugin: VolumePlugin
  /** The Pod as it was when the volume was last asked for. */
  pod: Pod

  constructor(pod: Pod, volume: Volume, plugin: VolumePlugin) {
    this.pod = pod
    this.volume = volume
    this.plugin = plugin
  }

  /** Follows the machine; an event that the state does not know is podsim's mistake. */
  take(event: VolumeEvent['type']): void {
    const next = step(this.state, event)
    invariant(next !== undefined, `a volume that is ${this.state.name} takes no ${event}`, this.volume.name)
    this.state = next.target
  }

  /** Its content is there for containers, be it out of date. */
  get isMounted(): boolean {
    const { name } = this.state
    return name === 'mounted' || name === 'remountRequired' || name === 'remounting' || name === 'remountBackOff'
  }

  get isBusy(): boolean {
    const { name } = this.state
    return name === 'mounting' || name === 'remounting' || name === 'unmounting'
  }
}
