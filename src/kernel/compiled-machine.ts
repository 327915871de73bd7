import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type EventFromLogic,
  initialTransition,
  type StateValue,
  transition,
} from 'xstate'
import { invariant } from './invariant.ts'

/**
 * An XState machine as a table (state x event -> state, actions): for the places where very many instances run, each of
 * which then costs one reference to its state instead of an actor (docs/decisions/0002-compiled-machines.md). The
 * machine stays the one definition: the table is made by asking XState's own pure `transition` for every state
 * and event, once each, when somebody wants to know it first: a short run sees few of them, and to ask costs an actor. A property
 * test holds the two against each other.
 *
 * A machine that is compiled decides by states and events alone: no guards, no parallel states. What depends on data is
 * decided by the caller, who sends one event or another. Context and `assign` are not carried over.
 */
export interface CompiledMachine {
  readonly initial: CompiledState
  /** Named actions of entering the initial state. */
  readonly initialActions: readonly string[]
  /** By name, in the order in which they are reached. All is asked for that was not before. */
  readonly states: ReadonlyMap<string, CompiledState>
}

export interface CompiledState {
  /** Id of the machine. */
  readonly machine: string
  /** Path of nested states, joined by dots: `running.ready`. */
  readonly name: string
  readonly isFinal: boolean
  /** Delayed transitions: after `delay` (a name, or ms) the caller sends `event`, unless the state was left before. */
  readonly delays: readonly { readonly delay: string | number; readonly event: string }[]
  /** By event type: all that the state knows, those that leave it as it is included. */
  readonly transitions: CompiledTransitions
}

interface CompiledTransitions {
  has(event: string): boolean
  get(event: string): CompiledTransition | undefined
  /** Those that nobody asked for yet, too. */
  readonly all: ReadonlyMap<string, CompiledTransition>
}

export interface CompiledTransition {
  readonly target: CompiledState
  /** Names in XState's order: exit, transition, entry. */
  readonly actions: readonly string[]
}

/** Names of the states of a machine without nested states. */
export type StateName<M extends AnyStateMachine> = keyof M['states'] & string
/** Types of the events that a machine declares. */
export type EventName<M extends AnyStateMachine> = EventFromLogic<M>['type']

/** A compiled machine that knows the names of its states and events. */
export interface MachineTable<S extends string, E extends string> extends CompiledMachine {
  /** Never there: for the compiler alone. */
  readonly names?: { readonly state: S; readonly event: E }
}

/** Compiles a machine without nested states, for instances whose states and events the compiler checks by name. */
export function machineTable<M extends AnyStateMachine>(machine: M): MachineTable<StateName<M>, EventName<M>> {
  return compileMachine(machine)
}

export function compileMachine(machine: AnyStateMachine): CompiledMachine {
  forbidWhatTablesCannotSay(machine.root)
  return new Table(machine)
}

/** Where an instance begins. */
interface First {
  readonly state: CompiledState
  readonly actions: readonly string[]
}

class Table implements CompiledMachine {
  readonly #machine: AnyStateMachine
  readonly #known = new Map<string, KnownState>()
  #first: First | undefined

  constructor(machine: AnyStateMachine) {
    this.#machine = machine
  }

  get initial(): CompiledState {
    return this.#begin().state
  }

  get initialActions(): readonly string[] {
    return this.#begin().actions
  }

  get states(): ReadonlyMap<string, CompiledState> {
    this.#begin()
    // A map's iteration goes on to what is added meanwhile.
    for (const { transitions } of this.#known.values()) for (const type of this.#machine.events) transitions.get(type)
    return this.#known
  }

  #begin(): First {
    if (this.#first === undefined) {
      const [snapshot, executed] = initialTransition(this.#machine)
      this.#first = { state: this.#stateOf(snapshot), actions: namedActions(executed) }
    }
    return this.#first
  }

  readonly #stateOf = (snapshot: AnyMachineSnapshot): CompiledState => {
    const name = nameOf(snapshot.value)
    const known = this.#known.get(name) ?? new KnownState(this.#machine, name, snapshot, this.#stateOf)
    this.#known.set(name, known)
    return known
  }
}

class KnownState implements CompiledState {
  readonly machine: string
  readonly name: string
  readonly isFinal: boolean
  readonly transitions: AskedTransitions
  readonly #of: AnyStateMachine

  constructor(
    machine: AnyStateMachine,
    name: string,
    snapshot: AnyMachineSnapshot,
    stateOf: (snapshot: AnyMachineSnapshot) => CompiledState,
  ) {
    this.#of = machine
    this.machine = machine.id
    this.name = name
    this.isFinal = snapshot.status === 'done'
    this.transitions = new AskedTransitions(machine, name, snapshot, stateOf)
  }

  get delays(): CompiledState['delays'] {
    return delaysOf(this.#of, this.name)
  }
}

/** What a state knows, each event asked for once. */
class AskedTransitions implements CompiledTransitions {
  readonly #machine: AnyStateMachine
  readonly #name: string
  readonly #snapshot: AnyMachineSnapshot
  readonly #stateOf: (snapshot: AnyMachineSnapshot) => CompiledState
  /** `none`: the state does not know the event. */
  readonly #asked = new Map<string, CompiledTransition | 'none'>()

  constructor(
    machine: AnyStateMachine,
    name: string,
    snapshot: AnyMachineSnapshot,
    stateOf: (snapshot: AnyMachineSnapshot) => CompiledState,
  ) {
    this.#machine = machine
    this.#name = name
    this.#snapshot = snapshot
    this.#stateOf = stateOf
  }

  has(type: string): boolean {
    return this.get(type) !== undefined
  }

  get(type: string): CompiledTransition | undefined {
    let found = this.#asked.get(type)
    if (found === undefined) {
      found = this.#ask(type) ?? 'none'
      this.#asked.set(type, found)
    }
    return found === 'none' ? undefined : found
  }

  get all(): ReadonlyMap<string, CompiledTransition> {
    const all = new Map<string, CompiledTransition>()
    for (const type of this.#machine.events) {
      const found = this.get(type)
      if (found !== undefined) all.set(type, found)
    }
    return all
  }

  #ask(type: string): CompiledTransition | undefined {
    if (this.#snapshot.status === 'done' || !this.#machine.events.includes(type)) return undefined
    // To ask XState makes an actor, and most states know few of all events.
    if (!mayBeHeard(this.#machine, this.#name, type)) return undefined
    const [after, executed] = transition(this.#machine, this.#snapshot, { type })
    // XState gives the same snapshot back when no transition was taken, and when one was that changes nothing.
    if (after === this.#snapshot && !isDeclared(this.#machine, this.#name, type)) return undefined
    return { target: this.#stateOf(after), actions: namedActions(executed) }
  }
}

/** Where an event leads from a state; undefined when the state ignores it. */
export function step(state: CompiledState, event: string): CompiledTransition | undefined {
  return state.transitions.get(event)
}

function forbidWhatTablesCannotSay(node: AnyStateNode): void {
  invariant(node.type !== 'parallel', 'a compiled machine has no parallel states', node.id)
  invariant(node.type !== 'history', 'a compiled machine has no history states', node.id)
  const guarded = [...node.transitions.values()].flat().find((candidate) => candidate.guard !== undefined)
  invariant(guarded === undefined, 'a compiled machine has no guards', guarded?.eventType)
  for (const child of Object.values(node.states)) forbidWhatTablesCannotSay(child)
}

function nameOf(value: StateValue): string {
  if (typeof value === 'string') return value
  const [parent, child] = Object.entries(value)[0] ?? []
  return child === undefined || parent === undefined ? '' : `${parent}.${nameOf(child)}`
}

/** The state's node and those around it, outermost first. */
function nodesOf(machine: AnyStateMachine, name: string): readonly AnyStateNode[] {
  const nodes: AnyStateNode[] = [machine.root]
  for (const part of name.split('.')) {
    const child = nodes.at(-1)?.states[part]
    if (child !== undefined) nodes.push(child)
  }
  return nodes
}

function isDeclared(machine: AnyStateMachine, name: string, event: string): boolean {
  return nodesOf(machine, name).some((node) => node.transitions.has(event))
}

/** Whether a state, or one around it, declares the event or whatever comes (`*`, `pull.*`). */
function mayBeHeard(machine: AnyStateMachine, name: string, event: string): boolean {
  return nodesOf(machine, name).some(
    ({ transitions }) => transitions.has(event) || [...transitions.keys()].some((key) => key.endsWith('*')),
  )
}

/** Delayed transitions of a state and of those around it. */
function delaysOf(machine: AnyStateMachine, name: string): CompiledState['delays'] {
  const delays: { delay: string | number; event: string }[] = []
  for (const node of nodesOf(machine, name)) {
    for (const { delay, eventType } of node.after) {
      invariant(typeof delay !== 'function', 'a compiled machine names its delays', name)
      delays.push({ delay: delay as string | number, event: eventType })
    }
  }
  return delays
}

function namedActions(executed: readonly { readonly type: string }[]): readonly string[] {
  return executed.map(({ type }) => type).filter((type) => !type.startsWith('xstate.'))
}
