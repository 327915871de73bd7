/** Expressions of awk as what evaluates them. */
import type { Steps } from '../../../kernel/steps.ts'
import type { ByteText } from '../../byte-text.ts'
import { AwkError } from './lexer.ts'
import type { Machine } from './machine.ts'
import { type AwkArray, compare, formatted, isTrue, numberOf, Read, type Value } from './values.ts'

/** Where a value lies, found once for reading and writing. */
export interface Spot {
  get(): Value
  set(value: Value): void
}
/** Finds where a value lies. */
export type Place = (m: Machine) => Steps<Spot>

/** What gives a value when it is run. */
export interface Expr {
  run(m: Machine): Steps<Value>
  /** Of what can be written to. */
  readonly place?: Place
  /** Of `(a, b)`. */
  readonly list?: readonly Expr[]
  /** Of a regular expression that stands in the program. */
  readonly pattern?: ByteText
  /** Of a name, which may be that of an array. */
  readonly variable?: string
}

/** A value that is known. */
export function fixed(value: Value): Expr {
  return {
    run: () => fixedSteps(value),
  }
}

// biome-ignore lint/correctness/useYield: an expression may wait, this one never does
function* fixedSteps(value: Value): Steps<Value> {
  return value
}

function placed(place: Place, more: Partial<Expr> = {}): Expr {
  return {
    run: (m) => placedSteps(m, place),
    place,
    ...more,
  }
}

function* placedSteps(m: Machine, place: Place): Steps<Value> {
  return (yield* place(m)).get()
}

/** A variable. */
export function named(name: string): Expr {
  const place: Place = (m) => variableSpot(m, name)
  return placed(place, { variable: name })
}

function* variableSpot(m: Machine, name: string): Steps<Spot> {
  return { get: () => m.get(name), set: (value) => m.set(name, value) }
}

/** `name[subscript]`. */
export function element(name: string, subscript: readonly Expr[]): Expr {
  return placed(function* spot(m) {
    const key = yield* subscriptOf(subscript, m)
    const array = m.array(name)
    return {
      get: () => {
        // A look makes the element.
        if (!array.has(key)) array.set(key, undefined)
        return array.get(key)
      },
      set: (value) => {
        m.context.held(array.size)
        array.set(key, value)
      },
    }
  })
}

/** `$index`. */
export function field(index: Expr): Expr {
  return placed(function* spot(m) {
    const at = Math.trunc(numberOf(yield* index.run(m)))
    return { get: () => m.field(at), set: (value) => m.setField(at, value) }
  })
}

/** In parentheses it is no list of `print`, and no regular expression by itself. */
export function grouped({ run, place }: Expr): Expr {
  return place === undefined ? { run } : { run, place }
}

/** A subscript of several values as one text. */
export function* subscriptOf(list: readonly Expr[], m: Machine): Steps<ByteText> {
  const parts: ByteText[] = []
  for (const expr of list) parts.push(m.text(yield* expr.run(m)))
  return parts.join(m.text(m.variables.get('SUBSEP')))
}

/** `(subscript) in name`. */
export function inArray(subscript: readonly Expr[], name: string): Expr {
  return {
    run: (m) => inArraySteps(m, subscript, name),
  }
}

function* inArraySteps(m: Machine, subscript: readonly Expr[], name: string): Steps<Value> {
  return m.array(name).has(yield* subscriptOf(subscript, m)) ? 1 : 0
}

/** `||`, `&&`, and `!` where `isOr` is undefined. */
export function truth(left: Expr, isOr: boolean | undefined, right: Expr | undefined): Expr {
  return {
    run: (m) => truthSteps(m, left, isOr, right),
  }
}

function* truthSteps(m: Machine, left: Expr, isOr: boolean | undefined, right: Expr | undefined): Steps<Value> {
  const first = isTrue(yield* left.run(m))
  if (right === undefined) return first ? 0 : 1
  if (first === isOr) return first ? 1 : 0
  return isTrue(yield* right.run(m)) ? 1 : 0
}

/** `left` undefined: the record. */
export function matching(left: Expr | undefined, right: Expr, isNot: boolean): Expr {
  return {
    run: (m) => matchingSteps(m, left, right, isNot),
    ...(left === undefined && right.pattern !== undefined ? { pattern: right.pattern } : {}),
  }
}

function* matchingSteps(m: Machine, left: Expr | undefined, right: Expr, isNot: boolean): Steps<Value> {
  const text = left === undefined ? m.record : m.text(yield* left.run(m))
  const pattern = right.pattern ?? m.text(yield* right.run(m))
  return (m.find(pattern, text) !== undefined) !== isNot ? 1 : 0
}

/** What a mark between two values gives; a blank joins texts. */
export function binary(mark: string, left: Expr, right: Expr): Expr {
  return {
    run: (m) => binarySteps(m, mark, left, right),
  }
}

function* binarySteps(m: Machine, mark: string, left: Expr, right: Expr): Steps<Value> {
  const [a, b] = [yield* left.run(m), yield* right.run(m)]
  return mark === ' ' ? m.text(a) + m.text(b) : calculated(mark, a, b, m)
}

function calculated(mark: string, a: Value, b: Value, m: Machine): number {
  const [x, y] = [numberOf(a), numberOf(b)]
  switch (mark) {
    case '+':
      return x + y
    case '-':
      return x - y
    case '*':
      return x * y
    case '/':
    case '%':
      return divided(mark, x, y, m)
    case '^':
      return x ** y
    default:
      return compared(mark, compare(a, b, m.text(m.variables.get('CONVFMT')))) ? 1 : 0
  }
}

function divided(mark: '/' | '%', x: number, y: number, m: Machine): number {
  // mawk goes on with inf and nan, as C does.
  if (y === 0 && m.context.voice === 'busybox') throw new AwkError('Division by zero', 1)
  return mark === '/' ? x / y : x % y
}

function compared(mark: string, difference: number): boolean {
  switch (mark) {
    case '<':
      return difference < 0
    case '<=':
      return difference <= 0
    case '==':
      return difference === 0
    case '!=':
      return difference !== 0
    case '>=':
      return difference >= 0
    default:
      return difference > 0
  }
}

/** `place op= value`; `isAfter`: what it gives is what was there before. */
export function step(place: Place, mark: string, value: Expr, isAfter = false): Expr {
  return {
    run: (m) => stepSteps(m, place, mark, value, isAfter),
  }
}

function* stepSteps(m: Machine, place: Place, mark: string, value: Expr, isAfter: boolean): Steps<Value> {
  const given = yield* value.run(m)
  const spot = yield* place(m)
  const before = mark === '' ? undefined : numberOf(spot.get())
  const after = mark === '' ? given : calculated(mark, before, given, m)
  spot.set(after)
  return isAfter ? before : after
}

/** `getline`, `getline x`, `getline <file`, `"command" | getline`: 1, 0 at the end, -1 where there is no such file. */
export function getline(target: Place | undefined, path: Expr | undefined, command?: Expr): Expr {
  return {
    run: (m) => getlineSteps(m, target, path, command),
  }
}

function* getlineSteps(
  m: Machine,
  target: Place | undefined,
  path: Expr | undefined,
  command: undefined | Expr,
): Steps<Value> {
  let input = path === undefined ? undefined : m.inputOf(m.text(yield* path.run(m)))
  if (path !== undefined && input === undefined) return -1
  if (command !== undefined) input = yield* m.outputOf(m.text(yield* command.run(m)))
  const record = input === undefined ? yield* m.next() : yield* m.recordOf(input)
  if (record === undefined) return 0
  if (target === undefined) m.record = record
  else (yield* target(m)).set(new Read(record))
  return 1
}

/** print and printf. */
export function put(
  list: readonly Expr[],
  isFormat: boolean,
  way: '' | '>' | '>>' | '|',
  target: Expr | undefined,
): (m: Machine) => Steps<undefined> {
  return (m) => putSteps(m, list, isFormat, way, target)
}

function* putSteps(
  m: Machine,
  list: readonly Expr[],
  isFormat: boolean,
  way: '' | '>' | '>>' | '|',
  target: Expr | undefined,
): Steps<undefined> {
  const values: Value[] = []
  for (const expr of list) values.push(yield* expr.run(m))
  const text = isFormat ? formatted(m.text(values[0]), values.slice(1)) : printed(values, m)
  m.write(text, way, target === undefined ? '' : m.text(yield* target.run(m)))
  return undefined
}

function printed(values: readonly Value[], m: Machine): ByteText {
  const end = m.text(m.variables.get('ORS'))
  if (values.length === 0) return m.record + end
  return values.map((value) => m.shown(value)).join(m.text(m.variables.get('OFS'))) + end
}

/** The array that an argument names. */
export function arrayOf({ variable }: Expr, m: Machine): AwkArray {
  if (variable === undefined) throw new AwkError('Not an array', 1)
  return m.array(variable)
}

/** `condition ? yes : no`. */
export function chosen(condition: Expr, yes: Expr, no: Expr): Expr {
  return { run: (m) => chosenSteps(m, condition, yes, no) }
}

function* chosenSteps(m: Machine, condition: Expr, yes: Expr, no: Expr): Steps<Value> {
  return isTrue(yield* condition.run(m)) ? yield* yes.run(m) : yield* no.run(m)
}
