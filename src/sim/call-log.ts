import type { CallName } from './calls.ts'
import type { Sim } from './sim.ts'
import { SimUsageError } from './usage-error.ts'

/** One call that may have changed something. */
export interface LoggedCall {
  readonly name: CallName
  readonly given: readonly unknown[]
  /** Of `runUntil`: how often its condition was asked, and whether it was that which ended the call. */
  asked: number
  held: boolean
  hasThrown: boolean
}

/** One call of what another call has handed out: `clear` of an accident. */
interface LoggedMember {
  readonly of: LoggedCall
  readonly member: string
  readonly given: readonly unknown[]
  hasThrown: boolean
}

/** A simulation of which more was asked than this is not cloned: it would keep all that it was ever given. */
const callsMost = 10_000

/** Calls after which a simulation can't be repeated, and why. */
const unrepeatable: Readonly<Partial<Record<CallName, string>>> = {
  at: 'what at() calls knows only the simulation that it was written for',
  client: 'what is done through client() is not seen',
  process: 'what process() does is not seen',
}

/** What was asked of a simulation, so that another comes to the same by being asked the same. */
export class CallLog {
  #calls: (LoggedCall | LoggedMember)[] = []
  #obstacle: string | undefined

  /** A call begins. Gives what to do it with: a condition of `runUntil` is counted. */
  begin(name: CallName, given: readonly unknown[]): LoggedCall {
    if (name !== 'runUntil') return this.#keep({ name, given, asked: 0, held: false, hasThrown: false })
    const [condition, ...rest] = given
    const counted = (): unknown => {
      call.asked++
      // Whatever is not a plain no ends the call here: a yes, or a mistake.
      call.held = true
      const holds: unknown = (condition as () => unknown)() // the arguments were looked at
      call.held = holds !== false
      return holds
    }
    const call: LoggedCall = this.#keep({ name, given: [counted, ...rest], asked: 0, held: false, hasThrown: false })
    return call
  }

  beginMember(of: LoggedCall, member: string, given: readonly unknown[]): { hasThrown: boolean } {
    return this.#keep({ of, member, given, hasThrown: false })
  }

  /** Told of every call, those too that change nothing themselves, and of what it gave. */
  noteUse(name: CallName, result: unknown): void {
    this.#obstacle ??= unrepeatable[name]
    if (name === 'request' && typeof result === 'object' && result !== null && 'read' in result)
      this.#obstacle ??= 'a watch that request() has opened is read from outside'
  }

  /** Asks all of it of another simulation, which is at time 0. Throws a SimUsageError where that can't be. */
  repeat(sim: Sim, isSameSeed: boolean): void {
    if (this.#obstacle !== undefined) throw new SimUsageError(`clone: ${this.#obstacle}`)
    const handed = new Map<LoggedCall, object>()
    for (const call of this.#calls) {
      try {
        if ('of' in call) repeatMember(call, handed.get(call.of))
        else {
          const given = call.name === 'runUntil' ? countedDown(call, isSameSeed) : call.given
          // It was called in this way before.
          const result: unknown = Reflect.apply(sim[call.name] as () => unknown, sim, given)
          if (typeof result === 'object' && result !== null) handed.set(call, result)
        }
      } catch (error) {
        if (!call.hasThrown) throw error
      }
    }
  }

  #keep<C extends LoggedCall | LoggedMember>(call: C): C {
    if (this.#calls.length >= callsMost) {
      this.#obstacle ??= `more than ${callsMost} calls were made`
      this.#calls = []
    }
    if (this.#obstacle === undefined) this.#calls.push(call)
    return call
  }
}

/** What the condition saw is of the first simulation: how often it was asked stands for that. */
function countedDown({ asked, held, given }: LoggedCall, isSameSeed: boolean): readonly unknown[] {
  if (!isSameSeed)
    throw new SimUsageError('clone: the condition of runUntil looks at this simulation, not at one of another seed')
  let left = asked
  return [() => --left <= 0 && held, ...given.slice(1)]
}

function repeatMember({ member, given }: LoggedMember, handed: object | undefined): void {
  const work: unknown = handed === undefined ? undefined : Reflect.get(handed, member)
  if (typeof work === 'function') Reflect.apply(work, handed, given)
}
