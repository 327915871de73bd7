import { type Observable, Subject } from 'rxjs'
import type { CompiledState, MachineTable } from './compiled-machine.ts'
import { InvariantError } from './invariant.ts'

/** One event that an instance took. `from` and `to` are the same state for an event that leaves it as it is. */
export interface MachineStep<S extends string, E extends string> {
  readonly from: S
  readonly event: E
  readonly to: S
}

/**
 * One instance of a machine: it holds the state, and nobody else keeps a copy of it. An event that the state does not
 * know is podsim's mistake and throws. A class with one reference in it, for there are very many: 49 bytes, where an
 * actor has 3.5 KB (docs/decisions/0002-compiled-machines.md). What instances know beside their state lives in classes
 * that extend this one.
 */
export class Instance<S extends string, E extends string> {
  #at: CompiledState
  #steps: Subject<MachineStep<S, E>> | undefined

  constructor(table: MachineTable<S, E>) {
    this.#at = table.initial
  }

  get state(): S {
    return this.#at.name as S // the table's names are those of the machine's states
  }

  /** Nothing comes after this state. */
  get isFinal(): boolean {
    return this.#at.isFinal
  }

  /** Whether the present state knows the event. */
  knows(event: E): boolean {
    return this.#at.transitions.has(event)
  }

  send(event: E): void {
    const before = this.#at
    const taken = before.transitions.get(event)
    // The text is made only for the mistake: there are very many steps.
    if (taken === undefined) throw new InvariantError(`a ${before.machine} that is ${before.name} takes no ${event}`)
    this.#at = taken.target
    this.stepped?.(event)
    // Nobody listens to most of them.
    if (this.#steps === undefined) return
    this.#steps.next({ from: before.name as S, event, to: this.state }) // as above
  }

  /** For kinds of instances all of which somebody may want to hear: called at each step, once the state has changed. */
  protected stepped?(event: E): void

  /** Each event that is taken from now on, once the state has changed. */
  get changes(): Observable<MachineStep<S, E>> {
    this.#steps ??= new Subject()
    return this.#steps
  }
}
