import type { Client } from '../client/client.ts'
import type { Calendar } from '../kernel/calendar.ts'
import type { JournalWriter } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStreams } from '../kernel/random.ts'
import type { SchedulerRecord } from './records.ts'

/** What a scheduler stands on. */
export interface SchedulerOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: JournalWriter<SchedulerRecord>
  readonly random: RandomStreams
  readonly client: Client
  readonly minor: number
  /** The Pods that this scheduler is for, and what it calls itself in events. Default `default-scheduler`. */
  readonly schedulerName?: string
  /** Name of the machine, in `reportingInstance` of events. Default `control-plane`. */
  readonly host?: string
}
