import { config } from 'rxjs'
import { timeoutProvider } from 'rxjs/internal/scheduler/timeoutProvider'
import { InvariantError } from './invariant.ts'

/**
 * How bugs come out of RxJS. Left alone, it hands what a subscriber throws to a timer of the host, long after the instant
 * at which it happened, and a `catchError` or `retry` below may swallow it. Here every bug is noted where it surfaces,
 * and whoever runs the simulation (the kernel) looks after each event and throws it: the run ends at that instant, and no
 * timer of the host is ever asked for (docs/decisions/0006-processes-and-streams.md).
 */
let noted: { readonly error: unknown } | undefined
let depth = 0

/**
 * Notes a bug where it surfaces and gives it back, to be thrown: `throw noteBug(error)`. The first one noted is told.
 * Outside of a run nothing is noted: who called hears of it, and the next run, maybe of another simulation, must not.
 */
export function noteBug<E>(error: E): E {
  if (depth > 0) noted ??= { error }
  return error
}

/** Throws the bug that was noted, if there is one. Asked after every event of a kernel. */
export function throwNotedBug(): void {
  if (noted !== undefined) throw noted.error
}

/**
 * Runs work that may set streams in motion; a bug in any of them comes out as what this throws. RxJS is its old self
 * again afterwards: what the program around podsim does with it is not podsim's business.
 */
export function throwingBugs<R>(work: () => R): R {
  const before = depth === 0 ? takeOver() : undefined
  depth++
  try {
    const result = work()
    throwNotedBug()
    return result
  } catch (error) {
    // What was noted came first. What was thrown past everybody is not noted: somebody around this may know it.
    throw noted === undefined ? error : noted.error
  } finally {
    depth--
    if (before !== undefined) {
      noted = undefined
      giveBack(before)
    }
  }
}

interface Taken {
  readonly delegate: typeof timeoutProvider.delegate
  readonly unhandled: typeof config.onUnhandledError
  readonly stopped: typeof config.onStoppedNotification
}

/** RxJS asks `timeoutProvider` for a host timer only to report what nobody handled: it is given the present instant. */
function takeOver(): Taken {
  const taken = {
    delegate: timeoutProvider.delegate,
    unhandled: config.onUnhandledError,
    stopped: config.onStoppedNotification,
  }
  // The type of the host's timers is wider than the one call that RxJS makes: a handler, no delay, no look at the handle.
  timeoutProvider.delegate = { setTimeout: atOnce as typeof timeoutProvider.setTimeout, clearTimeout: () => {} }
  config.onUnhandledError = unhandled
  config.onStoppedNotification = (notification) => {
    if (notification.kind === 'E' && isBug(notification.error)) throw noteBug(notification.error)
  }
  return taken
}

function giveBack({ delegate, unhandled: onUnhandled, stopped }: Taken): void {
  timeoutProvider.delegate = delegate
  config.onUnhandledError = onUnhandled
  config.onStoppedNotification = stopped
}

function atOnce(report: () => void): number {
  report()
  return 0
}

function unhandled(error: unknown): never {
  throw noteBug(isBug(error) ? error : new InvariantError(`a refusal that nobody took: ${describe(error)}`))
}

/** What the simulated cluster says no with is data; whatever is an `Error` is a bug. */
export function isBug(error: unknown): error is Error {
  return error instanceof Error
}

function describe(refusal: unknown): string {
  return typeof refusal === 'object' ? JSON.stringify(refusal) : String(refusal)
}
