import type { Cluster } from '../cluster/cluster.ts'
import type { Calendar } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { Commands } from './commands.ts'
import { formatDuration } from './duration.ts'
import type { Work } from './guard.ts'
import { millisecondsOf } from './input/formats.ts'
import { describeValue } from './input/words.ts'
import type { Settling } from './settle.ts'
import { SimUsageError } from './usage-error.ts'

/** What the calls about time need of the simulation. */
export interface TimeWorld {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly cluster: Cluster
  readonly commands: Commands
  readonly settling: Settling
  /** Instant of the kernel at which the user's time begins. */
  readonly originMs: VirtualMs
  /** How long nothing may change before a cluster is at rest. */
  quietMs(): VirtualMs
  /** Runs what may do all that a caller may, between events. */
  apart(work: () => void): void
}

type TimeCall = 'now' | 'runFor' | 'runUntil' | 'at' | 'settle'

/** The calls about time. */
export function createTimeCalls(world: TimeWorld): Pick<Work, TimeCall> {
  const { kernel, commands, settling, originMs, quietMs, apart } = world
  const now = (): VirtualMs => kernel.now() - originMs
  return {
    now,
    runFor: (duration) => {
      commands.run(kernel.now() + millisecondsOf(duration))
    },
    runUntil: (condition, { within }) => commands.run(kernel.now() + millisecondsOf(within), decided(condition)),
    at(asked, work) {
      const time = millisecondsOf(asked)
      if (time < now())
        throw new SimUsageError(`at: ${formatDuration(time)} is over; it is ${formatDuration(now())} now`)
      return commands.at(time - now(), () => apart(work))
    },
    settle: ({ within = '30m' } = {}) =>
      settling.wait({ ...world, run: commands.run }, quietMs(), kernel.now() + millisecondsOf(within)),
  }
}

/** A condition that answers with anything but true or false has a mistake: a Promise would always be true. */
function decided(condition: () => boolean): () => boolean {
  return () => {
    const holds: unknown = condition()
    if (typeof holds === 'boolean') return holds
    const hint = holds instanceof Promise ? ': virtual time does not wait for real time' : ''
    throw new SimUsageError(`runUntil: the condition says ${describeValue(holds)}; expected true or false${hint}`)
  }
}
