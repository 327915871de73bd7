/** Functions of awk, its own and the program's. Source: POSIX XCU awk, "Functions". */
import type { Steps } from '../../../kernel/steps.ts'
import type { ByteText } from '../../byte-text.ts'
import { BudgetError } from '../../engine/budget.ts'
import { arrayOf, type Expr, field, fixed, type Place } from './expressions.ts'
import { AwkError } from './lexer.ts'
import type { Machine } from './machine.ts'
import type { Program } from './program.ts'
import { type AwkArray, formatted, numberOf, type Value } from './values.ts'

type Builtin = (m: Machine, values: readonly Value[]) => Value

/** Functions of values alone. */
const simple: Readonly<Record<string, Builtin>> = {
  atan2: (_m, [y, x]) => Math.atan2(numberOf(y), numberOf(x)),
  cos: (_m, [x]) => Math.cos(numberOf(x)),
  exp: (_m, [x]) => Math.exp(numberOf(x)),
  fflush: () => 0,
  index: (m, [text, part]) => m.text(text).indexOf(m.text(part)) + 1,
  int: (_m, [x]) => Math.trunc(numberOf(x)),
  log: (_m, [x]) => Math.log(numberOf(x)),
  rand: (m) =>
    (m.context.shell.world.randomBytes(2).charCodeAt(0) * 256 + m.context.shell.world.randomBytes(1).charCodeAt(0)) /
    65_536,
  sin: (_m, [x]) => Math.sin(numberOf(x)),
  sprintf: (m, [format, ...values]) => formatted(m.text(format), values),
  sqrt: (_m, [x]) => Math.sqrt(numberOf(x)),
  srand: () => 0,
  substr: (m, [text, from, length]) =>
    substring(m.text(text), numberOf(from), length === undefined ? undefined : numberOf(length)),
  systime: (m) => Math.floor(m.context.shell.world.epochNow() / 1000),
  tolower: (m, [text]) => m.text(text).replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  toupper: (m, [text]) => m.text(text).replace(/[a-z]+/g, (part) => part.toUpperCase()),
}

/** Characters count from 1; what begins before the first begins with it. Source: busybox editors/awk.c, exec_builtin; mawk's is the same. */
function substring(text: ByteText, from: number, length: number | undefined): ByteText {
  const start = Math.max(Math.trunc(from), 1) - 1
  return length === undefined ? text.slice(start) : text.slice(start, start + Math.max(Math.trunc(length), 0))
}

/** A call of a function by name; undefined: there is none. What the program defines may stand behind its use. */
export function builtinOf(name: string, list: readonly Expr[], program: Program): Expr | undefined {
  const [first, second, third] = list
  if (name === 'length') return lengthOf(first)
  if (name === 'split' && first !== undefined && second !== undefined) return splitting(first, second, third)
  if ((name === 'sub' || name === 'gsub') && first !== undefined && second !== undefined)
    return replacing(name === 'gsub', first, second, third ?? field(fixed(0)))
  if (name === 'match' && first !== undefined && second !== undefined) return locating(first, second)
  if (name === 'close' && first !== undefined) return closing(first)
  if (name === 'system' && first !== undefined) return running(first)
  if (Object.hasOwn(simple, name)) return calling(simple[name] as Builtin, list) // it has it
  return callingOwn(name, list, program)
}

function calling(builtin: Builtin, list: readonly Expr[]): Expr {
  return {
    run: (m) => callingSteps(m, builtin, list),
  }
}

function* callingSteps(m: Machine, builtin: Builtin, list: readonly Expr[]): Steps<Value> {
  const values: Value[] = []
  for (const expr of list) values.push(yield* expr.run(m))
  return builtin(m, values)
}

function lengthOf(of: Expr | undefined): Expr {
  return {
    run: (m) => lengthOfSteps(m, of),
  }
}

function* lengthOfSteps(m: Machine, of: Expr | undefined): Steps<Value> {
  if (of === undefined) return m.record.length
  const { variable } = of
  if (variable !== undefined && (m.arrays.has(variable) || m.frame?.get(variable) instanceof Map))
    return m.array(variable).size
  return m.text(yield* of.run(m)).length
}

function splitting(text: Expr, into: Expr, separator: Expr | undefined): Expr {
  return {
    run: (m) => splittingSteps(m, text, into, separator),
  }
}

function* splittingSteps(m: Machine, text: Expr, into: Expr, separator: Expr | undefined): Steps<Value> {
  const whole = m.text(yield* text.run(m))
  const own = separator === undefined ? m.variables.get('FS') : (separator.pattern ?? (yield* separator.run(m)))
  const parts = m.split(whole, m.text(own))
  const array = arrayOf(into, m)
  array.clear()
  for (const [i, part] of parts.entries()) array.set(String(i + 1), part)
  return parts.length
}

function locating(text: Expr, pattern: Expr): Expr {
  return {
    run: (m) => locatingSteps(m, text, pattern),
  }
}

function* locatingSteps(m: Machine, text: Expr, pattern: Expr): Steps<Value> {
  const whole = m.text(yield* text.run(m))
  const found = m.find(pattern.pattern ?? m.text(yield* pattern.run(m)), whole)
  m.set('RSTART', found === undefined ? 0 : found.start + 1)
  m.set('RLENGTH', found === undefined ? -1 : found.end - found.start)
  return found === undefined ? 0 : found.start + 1
}

function replacing(isGlobal: boolean, pattern: Expr, by: Expr, target: Expr): Expr {
  const { place } = target
  if (place === undefined) throw new AwkError('Unexpected token', 1)
  return {
    run: (m) => replacingSteps(m, isGlobal, pattern, by, place),
  }
}

function* replacingSteps(m: Machine, isGlobal: boolean, pattern: Expr, by: Expr, place: Place): Steps<Value> {
  const regex = pattern.pattern ?? m.text(yield* pattern.run(m))
  const replacement = m.text(yield* by.run(m))
  const spot = yield* (place satisfies Place)(m)
  const { text, count } = replaced(m, m.text(spot.get()), regex, replacement, isGlobal)
  if (count > 0) spot.set(text)
  return count
}

/** `&` stands for what was found; an empty match right behind another does not count. */
function replaced(m: Machine, text: ByteText, regex: ByteText, replacement: ByteText, isGlobal: boolean) {
  let [made, at, count, last] = ['', 0, 0, -1]
  while (at <= text.length) {
    const found = m.find(regex, text, at)
    if (found === undefined) break
    const { start, end } = found
    const isEmpty = start === end
    made += text.slice(at, start)
    if (!isEmpty || start !== last) {
      made += replacement.replace(/\\\\|\\&|&/g, (mark) => (mark === '&' ? text.slice(start, end) : mark.slice(1)))
      count++
      m.context.held(made.length)
    }
    if (isEmpty) made += text.charAt(start)
    at = isEmpty ? start + 1 : end
    last = end
    if (!isGlobal) break
  }
  return { text: made + text.slice(at), count }
}

function closing(what: Expr): Expr {
  return {
    run: (m) => closingSteps(m, what),
  }
}

function* closingSteps(m: Machine, what: Expr): Steps<Value> {
  return yield* m.close(m.text(yield* what.run(m)))
}

function running(command: Expr): Expr {
  return {
    run: (m) => runningSteps(m, command),
  }
}

function* runningSteps(m: Machine, command: Expr): Steps<Value> {
  return yield* m.context.run(['sh', '-c', m.text(yield* command.run(m))])
}

/** Calls within one another: each costs the host's stack. */
const maxDepth = 200

function callingOwn(name: string, list: readonly Expr[], program: Program): Expr {
  return {
    run: (m) => callingOwnSteps(m, name, list, program),
  }
}

function* callingOwnSteps(m: Machine, name: string, list: readonly Expr[], program: Program): Steps<Value> {
  const own = program.functions.get(name)
  if (own === undefined) throw new AwkError('Call to undefined function', 1, name)
  if (++m.depth > maxDepth) throw new BudgetError('depth')
  const frame = new Map<string, Value | AwkArray>()
  for (const [i, parameter] of own.parameters.entries()) frame.set(parameter, yield* argument(list[i], m))
  const outer = m.frame
  m.frame = frame
  m.returned = undefined
  const jumped = yield* own.body(m)
  m.frame = outer
  adopt(own.parameters, list, frame, m)
  m.depth--
  if (jumped === 'exit') throw new AwkError('exit within a function is not simulated by podsim', 1)
  const value = m.returned
  m.returned = undefined
  return value
}

/** A name that was nothing when it was handed over is an array now, if the function made it one. */
function adopt(
  parameters: readonly string[],
  list: readonly Expr[],
  frame: ReadonlyMap<string, Value | AwkArray>,
  m: Machine,
): void {
  for (const [i, parameter] of parameters.entries()) {
    const [name, made] = [list[i]?.variable, frame.get(parameter)]
    if (name === undefined || !(made instanceof Map)) continue
    if (m.frame?.has(name) === true) m.frame.set(name, made)
    else m.arrays.set(name, made)
  }
}

/** Arrays are handed over as they are; a name that is nothing yet may become one. */
function* argument(expr: Expr | undefined, m: Machine): Steps<Value | AwkArray> {
  if (expr === undefined) return undefined
  const { variable } = expr
  if (variable !== undefined) {
    const local = m.frame?.get(variable)
    if (local instanceof Map) return local
    if (m.frame?.has(variable) !== true && m.arrays.has(variable)) return m.arrays.get(variable)
  }
  return yield* expr.run(m)
}
