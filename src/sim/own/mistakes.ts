import { InvariantError } from '../../kernel/invariant.ts'
import { EventBudgetError } from '../../kernel/kernel.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { formatDuration } from '../duration.ts'
import { SimUsageError } from '../usage-error.ts'

/** A mistake in code of the user's own that runs inside the simulation: a controller, an admission hook, a program of an image. */
export class OwnCodeError extends SimUsageError {
  override readonly name = 'OwnCodeError'
  /** Whose it is: `controller reloader`. */
  readonly owner: string
  /** Virtual time at which it was made. */
  readonly at: VirtualMs
  /** Where, as the engine tells it: `/home/me/reloader.ts:12:7`; undefined where it does not. */
  readonly place: string | undefined

  constructor(owner: string, at: VirtualMs, told: string, cause: unknown) {
    const place = cause instanceof Error ? placeOf(cause) : undefined
    super(`${owner}, at ${formatDuration(at)}: ${told}${place === undefined ? '' : `, at ${place}`}`, { cause })
    this.owner = owner
    this.at = at
    this.place = place
  }
}

/** Whose code runs, and what time it is for it. */
export interface Owner {
  /** `controller reloader`. */
  readonly name: string
  now(): VirtualMs
  /** Whether it was ended as a crash ends a process: not even its finally blocks run then. */
  isDead?(): boolean
  /** Told that it made a mistake. */
  erred?(): void
}

/** Runs code of somebody's own; what it throws is told as its mistake. A bug of podsim stays one, and a refusal is data. */
export function ownedBy<R>(owner: Owner, work: () => R): R {
  try {
    return work()
  } catch (error) {
    throw mistakeOf(owner, error)
  }
}

/** What somebody's own code threw, as it is to be told. */
export function mistakeOf(owner: Owner, error: unknown): unknown {
  const isTold = error instanceof OwnCodeError || error instanceof InvariantError || error instanceof EventBudgetError
  if (!(error instanceof Error) || isTold) return error
  owner.erred?.()
  const kind = error instanceof SimUsageError ? '' : `${error.name}: `
  return new OwnCodeError(owner.name, owner.now(), `${kind}${error.message}`, error)
}

/** The folder that podsim itself lies in, as its own frames of a stack tell it. */
const ownFolder = folderOf(framesOf(new Error('where am I'))[0])

function folderOf(frame: string | undefined): string | undefined {
  return frame?.replace(/(?:sim\/own\/)?[^/\\]+:\d+:\d+$/, '')
}

/** The first frame of a stack that is neither podsim's nor the engine's. */
function placeOf(error: Error): string | undefined {
  return framesOf(error).find(
    (frame) => !frame.startsWith('node:') && !(ownFolder !== undefined && frame.startsWith(ownFolder)),
  )
}

/** `file:line:column` of every frame. Source: V8's stack trace API, "Appendix: Stack trace format". */
function framesOf({ stack = '' }: Error): readonly string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
    .map((line) => {
      const frame = line.trim().slice('at '.length)
      const bracket = frame.endsWith(')') ? frame.lastIndexOf(' (') : -1
      const place = bracket === -1 ? frame.replace(/^async /, '') : frame.slice(bracket + 2, -1)
      return place.replace(/^file:\/\//, '')
    })
}
