import type { ClusterJournal, ClusterRecord } from '../cluster/records.ts'
import { throwingBugs } from '../kernel/bugs.ts'
import type { Journal, JournalQuery } from '../kernel/journal.ts'
import type { CallLog, LoggedCall } from './call-log.ts'
import { argumentsCheck, type CallName, calls } from './calls.ts'
import type { Sim } from './sim.ts'
import { SimUsageError } from './usage-error.ts'

/** What a simulation does when its calls are right. */
export type Work = Pick<Sim, CallName>

/** What stands between a caller and a simulation. */
export interface Guard {
  /** The same calls, each of which looks at its arguments first and may not run where it does not belong. */
  calls(work: Work): Work
  /** The journal as a reader has it: it can't be written to, and its listeners may only look. */
  journal(journal: Journal<ClusterRecord>): ClusterJournal
  /** After it every call throws; the journal can still be read. */
  readonly dispose: () => void
  /** Runs what is to be called between events, while a call lets time pass, as if nothing ran. */
  apart(work: () => void): void
}

type Anything = (...given: readonly unknown[]) => unknown

/** What a guard stands before. */
export interface GuardOptions {
  /** Called when a call that changes something has ended. */
  after(): void
  /** The simulation is disposed of. */
  end(): void
  /** Told of what is asked. */
  readonly log: CallLog
}

/**
 * A guard. Calls that change the cluster or let time pass are refused while one of them runs: from a listener of the
 * journal, a condition of `runUntil`.
 */
export function createGuard({ after, end, log }: GuardOptions): Guard {
  let isDisposed = false
  let running: string | undefined
  const alive = (): void => {
    if (isDisposed) throw new SimUsageError('the simulation was disposed of')
  }
  const changing = (name: string, work: () => unknown): unknown => {
    if (running !== undefined)
      throw new SimUsageError(`${name} was called while ${running} runs: listeners and conditions may only look`)
    running = name
    try {
      return throwingBugs(work)
    } finally {
      running = undefined
    }
  }
  const guarded = (name: CallName, work: Anything): Anything => {
    const check = argumentsCheck(name)
    // Nothing to look at, and asked at every event.
    if (name === 'now')
      return () => {
        alive()
        return work()
      }
    if (!('changes' in calls[name])) {
      return (...given) => {
        alive()
        check(given)
        log.noteUse(name, undefined)
        return work(...given)
      }
    }
    return (...given) => {
      alive()
      check(given)
      // A clone changes nothing; it only may not be made in the middle of something.
      if (name === 'clone') return changing(name, () => work(...given))
      const call = log.begin(name, given)
      const result = noting(call, () => changing(name, () => work(...call.given)))
      log.noteUse(name, result)
      after()
      return handles.has(name) ? guardedHandle(result as object, call) : result
    }
  }
  /** What a call hands out, with its functions guarded as calls are. */
  const guardedHandle = (handle: object, call: LoggedCall): object => {
    const guarded = {}
    for (const key of handleKeys(handle)) {
      const member: unknown = Reflect.get(handle, key)
      if (typeof member !== 'function') {
        Object.defineProperty(guarded, key, { enumerable: true, get: () => Reflect.get(handle, key) })
        continue
      }
      const value = (...given: readonly unknown[]): unknown => {
        alive()
        const result = noting(log.beginMember(call, key, given), () =>
          changing(key, () => Reflect.apply(member, handle, given)),
        )
        after()
        return result
      }
      Object.defineProperty(guarded, key, { enumerable: true, value })
    }
    return guarded
  }
  return {
    calls(work) {
      const names = Object.keys(calls) as CallName[]
      // Each keeps its own type: what is between looks at arguments and passes them on.
      return Object.fromEntries(names.map((name) => [name, guarded(name, work[name] as Anything)])) as unknown as Work
    },
    journal: (journal) => readerOf(journal, argumentsCheck('query')),
    dispose() {
      if (isDisposed) return
      changing('dispose', () => {
        isDisposed = true
        end()
      })
    },
    apart(work) {
      const before = running
      running = undefined
      try {
        work()
      } finally {
        running = before
      }
    },
  }
}

function noting<T>(call: { hasThrown: boolean }, work: () => T): T {
  call.hasThrown = true
  const result = work()
  call.hasThrown = false
  return result
}

/** Calls that hand out something that can be called later. */
const handles: ReadonlySet<CallName> = new Set(['start', 'fault', 'controller', 'admission'])

/** Members of an object and of the class that made it. */
function handleKeys(handle: object): readonly string[] {
  const prototype: object | null = Object.getPrototypeOf(handle)
  const own = prototype === null || prototype === Object.prototype ? [] : Object.getOwnPropertyNames(prototype)
  return [...Object.keys(handle), ...own].filter((key) => key !== 'constructor')
}

type Check = (given: readonly unknown[]) => void

function readerOf(journal: Journal<ClusterRecord>, checkQuery: Check): ClusterJournal {
  return new Reader(journal, checkQuery)
}

/** A class, for a getter in a literal would keep the simulation alive (docs/decisions/0011). */
class Reader implements ClusterJournal {
  readonly level: ClusterJournal['level']
  readonly records: ClusterJournal['records']
  readonly records$: ClusterJournal['records$']
  readonly forgetting$: ClusterJournal['forgetting$']
  readonly #journal: Journal<ClusterRecord>
  readonly #checkQuery: Check

  constructor(journal: Journal<ClusterRecord>, checkQuery: Check) {
    this.#journal = journal
    this.#checkQuery = checkQuery
    this.level = journal.level
    this.records = journal.records
    this.records$ = journal.records$
    this.forgetting$ = journal.forgetting$
  }

  get forgotten() {
    return this.#journal.forgotten
  }

  [Symbol.iterator]() {
    return this.#journal[Symbol.iterator]()
  }

  record(seq: number) {
    return this.#journal.record(seq)
  }

  query(query: JournalQuery) {
    this.#checkQuery([query])
    return this.#journal.query(query)
  }

  causes(seq: number) {
    return this.#journal.causes(seq)
  }

  digest() {
    return this.#journal.digest()
  }
}
