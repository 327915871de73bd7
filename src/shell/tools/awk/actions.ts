/** Statements of awk as what runs them. */
import type { Steps } from '../../../kernel/steps.ts'
import { type Expr, put, subscriptOf } from './expressions.ts'
import type { Jump, Machine } from './machine.ts'
import type { Action } from './program.ts'
import { isTrue, type Value } from './values.ts'

/** An empty statement. */
export const nothing: Action = () => done()
/** What a pattern without an action does. */
export const printRecord: Action = put([], false, '', undefined)

// biome-ignore lint/correctness/useYield: a statement may wait, this one never does
function* done(): Steps<undefined> {
  return undefined
}

/** break, continue, next. */
export function jump(kind: Jump): Action {
  return () => jumpSteps(kind)
}

// biome-ignore lint/correctness/useYield: a statement may wait, this one never does
function* jumpSteps(kind: Jump): Steps<Jump | undefined> {
  return kind
}

/** exit and return, with a value or without. */
export function leave(kind: 'exit' | 'return', value: Expr | undefined): Action {
  return (m) => leaveSteps(m, kind, value)
}

function* leaveSteps(m: Machine, kind: 'exit' | 'return', value: Expr | undefined): Steps<Jump | undefined> {
  const found: Value = value === undefined ? undefined : yield* value.run(m)
  if (kind === 'return') m.returned = found
  else if (value !== undefined) m.exitCode = Math.trunc(Number(m.text(found))) & 255
  return kind
}

/** An expression for what it does. */
export function valued(expr: Expr): Action {
  return (m) => valuedSteps(m, expr)
}

function* valuedSteps(m: Machine, expr: Expr): Steps<Jump | undefined> {
  yield* expr.run(m)
  return undefined
}

/** One after the other. */
export function inTurn(actions: readonly Action[]): Action {
  return (m) => inTurnSteps(m, actions)
}

function* inTurnSteps(m: Machine, actions: readonly Action[]): Steps<Jump | undefined> {
  for (const action of actions) {
    const jumped = yield* action(m)
    if (jumped !== undefined) return jumped
  }
  return undefined
}

/** while, for, and do with `bodyFirst`. */
export function loop(condition: Expr | undefined, body: Action, after?: Action, bodyFirst = false): Action {
  return (m) => loopSteps(m, condition, body, after, bodyFirst)
}

function* loopSteps(
  m: Machine,
  condition: Expr | undefined,
  body: Action,
  after: undefined | Action,
  bodyFirst: boolean,
): Steps<Jump | undefined> {
  for (let isFirst = true; ; isFirst = false) {
    m.context.shell.budget.spendCommands()
    const skips = isFirst && bodyFirst
    if (!skips && condition !== undefined && !isTrue(yield* condition.run(m))) return undefined
    const jumped = yield* body(m)
    if (jumped === 'break') return undefined
    if (jumped !== undefined && jumped !== 'continue') return jumped
    if (after !== undefined) yield* after(m)
  }
}

/** `for (name in array)`, over the elements that are there at its start. */
export function forIn(name: string, array: string, body: Action): Action {
  return (m) => forInSteps(m, name, array, body)
}

function* forInSteps(m: Machine, name: string, array: string, body: Action): Steps<Jump | undefined> {
  for (const key of [...m.array(array).keys()]) {
    m.set(name, key)
    const jumped = yield* body(m)
    if (jumped === 'break') return undefined
    if (jumped !== undefined && jumped !== 'continue') return jumped
  }
  return undefined
}

/** `delete array` and `delete array[subscript]`. */
export function removal(name: string, subscript: readonly Expr[] | undefined): Action {
  return (m) => removalSteps(m, name, subscript)
}

function* removalSteps(m: Machine, name: string, subscript: readonly Expr[] | undefined): Steps<Jump | undefined> {
  if (subscript === undefined) m.array(name).clear()
  else m.array(name).delete(yield* subscriptOf(subscript, m))
  return undefined
}

/** if, with `else` or without. */
export function decided(condition: Expr, yes: Action, no: Action | undefined): Action {
  return (m) => decidedSteps(m, condition, yes, no)
}

function* decidedSteps(m: Machine, condition: Expr, yes: Action, no: Action | undefined): Steps<Jump | undefined> {
  if (isTrue(yield* condition.run(m))) return yield* yes(m)
  return no === undefined ? undefined : yield* no(m)
}

/** What a counting loop does first, then the loop. */
export function counted(first: Action, body: Action): Action {
  return (m) => countedSteps(m, first, body)
}

function* countedSteps(m: Machine, first: Action, body: Action): Steps<Jump | undefined> {
  yield* first(m)
  return yield* body(m)
}
