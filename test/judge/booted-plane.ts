import { Reopening } from '../../src/client/reopening.ts'
import {
  type ControlPlane,
  type ControlPlaneOptions,
  createControlPlane,
  type RestingControlPlane,
} from '../../src/cluster/control-plane.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createJournal, type JournalLevel, type JournalPast } from '../../src/kernel/journal.ts'
import { createKernel, type Kernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'

/** All that shows in a control plane that has come up. */
type PlaneSettings = Pick<
  ControlPlaneOptions,
  'minor' | 'gates' | 'admission' | 'controllers' | 'runs' | 'latencies'
> & {
  readonly journal: JournalLevel
}

/** A control plane that is up and has nothing to do. Copies share it. */
export interface BootedPlane {
  readonly plane: RestingControlPlane
  readonly journal: JournalPast
}

/** How long a copy has been up when it begins, ms: its controllers have made what they make by themselves. */
const bootedMs = 10_000

const booted = new Map<string, BootedPlane>()

/**
 * What control planes of these settings begin with: they are booted once, as clusters of simulations are
 * (docs/decisions/0012-booted-once.md). The seed of a copy counts from its beginning on.
 */
export function bootedPlane(settings: PlaneSettings): BootedPlane {
  const key = JSON.stringify(settings)
  const known = booted.get(key)
  if (known !== undefined) return known
  const made = boot(settings)
  booted.set(key, made)
  return made
}

function boot({ journal: level, ...options }: PlaneSettings): BootedPlane {
  const kernel = createKernel()
  const journal = createJournal(kernel, level)
  const calendar = createCalendar(defaultEpochMs)
  const plane = createControlPlane({ ...options, kernel, calendar, journal, random: createRandomStreams('booted') })
  plane.start()
  kernel.runUntil(bootedMs)
  const watches = plane.link.watchesAtRest()
  const rest = watches && plane.atRest(watches)
  if (rest === undefined || kernel.pending !== rest.timers) throw new Error('the control plane has not come to rest')
  return { plane: rest, journal: journal.past() }
}

/** Lets a control plane that was made from the front of `from` go on from there. */
export function goOnFrom({ plane: rest }: BootedPlane, plane: ControlPlane, kernel: Kernel): void {
  kernel.runUntil(bootedMs)
  const reopening = new Reopening()
  plane.goOnFrom(rest, reopening)
  reopening.openAll()
}
