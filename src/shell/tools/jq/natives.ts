/** Functions of jq that are written in C there. Source: jq src/builtin.c (1.6). */
import { toByteText } from '../../byte-text.ts'
import { split } from './arithmetic.ts'
import { textOf } from './formats.ts'
import { type Item, made, type Results, type Scope } from './items.ts'
import { parseJson } from './json-text.ts'
import type { Machine, Native } from './machine.ts'
import { matches } from './matches.ts'
import { deletePaths, getPath, indexesOf, type Path, set } from './paths.ts'
import type { Filter } from './syntax.ts'
import { broken, fromBroken, parsedTime, timeText } from './times.ts'
import { compare, dump, isList, isObject, JqError, type Json, kindOf, named, sortedKeys } from './values.ts'

/** Ends jq with a code of its own. */
export class Halt extends Error {
  readonly code: number
  readonly value: Json | undefined
  constructor(code: number, value?: Json) {
    super('halt')
    this.code = code
    this.value = value
  }
}

/** A function of the input and of the values of its arguments. */
type Plain = (input: Json, args: readonly Json[], machine: Machine) => Json

/** Calls a plain function with each combination of what its arguments give. */
function plain(call: Plain): Native {
  return (machine, filters, scope, item) =>
    called(call, machine, combinations(machine, filters, scope, item.value), item)
}

function* called(call: Plain, machine: Machine, given: Generator<readonly Json[]>, item: Item): Results {
  for (const args of given) yield made(item, call(item.value, args, machine))
}

function* combinations(
  machine: Machine,
  filters: readonly Filter[],
  scope: Scope | undefined,
  input: Json,
): Generator<readonly Json[]> {
  const [first, ...others] = filters
  if (first === undefined) return yield []
  for (const rest of combinations(machine, others, scope, input))
    for (const value of machine.values(first, scope, input)) yield [value, ...rest]
}

function arrayOf(value: Json, what: string): readonly Json[] {
  if (!Array.isArray(value)) throw new JqError(`${named(value)} cannot be ${what}, as it is not an array`)
  return value
}

function textIn(value: Json, message: string): string {
  if (typeof value !== 'string') throw new JqError(message)
  return value
}

function numberIn(value: Json): number {
  if (typeof value !== 'number') throw new JqError(`${named(value)} number required`)
  return value
}

function pathIn(value: Json): Path {
  if (!Array.isArray(value)) throw new JqError('Path must be specified as an array')
  return value
}

function lengthOf(value: Json): Json {
  if (value === null) return 0
  if (typeof value === 'string') return [...value].length
  if (typeof value === 'number') return Math.abs(value)
  if (typeof value === 'boolean') throw new JqError(`${named(value)} has no length`)
  return isObject(value) ? value.size : value.length
}

function keysOf(value: Json, sorts: boolean): Json {
  if (Array.isArray(value)) return [...value.keys()]
  if (!isObject(value)) throw new JqError(`${named(value)} has no keys`)
  return sorts ? sortedKeys(value) : [...value.keys()]
}

function has(value: Json, key: Json): boolean {
  if (isObject(value) && typeof key === 'string') return value.has(key)
  if (Array.isArray(value) && typeof key === 'number') return key >= 0 && key < value.length
  throw new JqError(`Cannot check whether ${kindOf(value)} has a ${kindOf(key)} key`)
}

function contains(value: Json, part: Json): boolean {
  if (isObject(value) && isObject(part)) {
    return [...part].every(([key, inner]) => {
      const own = value.get(key)
      return own !== undefined && kindOf(own) === kindOf(inner) && contains(own, inner)
    })
  }
  if (Array.isArray(value) && Array.isArray(part)) {
    const items: readonly Json[] = value
    return part.every((inner) => items.some((own) => kindOf(own) === kindOf(inner) && contains(own, inner)))
  }
  if (typeof value === 'string' && typeof part === 'string') return value.includes(part)
  if (kindOf(value) === kindOf(part)) return compare(value, part) === 0
  throw new JqError(`${named(value)} and ${named(part)} cannot have their containment checked`)
}

function flattened(value: Json, depth: number): Json[] {
  if (!isList(value)) throw new JqError(`Cannot iterate over ${named(value)}`)
  return value.flatMap((item) => (Array.isArray(item) && depth > 0 ? flattened(item, depth - 1) : [item]))
}

/** Values in the order of what stands for each. */
function ordered(values: Json, by: Json): { readonly value: Json; readonly by: Json }[] {
  const keys = arrayOf(by, 'sorted')
  return arrayOf(values, 'sorted')
    .map((value, i) => ({ value, by: keys[i] ?? null }))
    .sort((a, b) => compare(a.by, b.by))
}

function grouped(values: Json, by: Json): Json {
  const groups: { readonly by: Json; readonly items: Json[] }[] = []
  for (const { value, by: key } of ordered(values, by)) {
    const last = groups.at(-1)
    if (last !== undefined && compare(last.by, key) === 0) last.items.push(value)
    else groups.push({ by: key, items: [value] })
  }
  return groups.map(({ items }) => items)
}

function indices(value: Json, part: Json): Json {
  if (value === null) return null
  if (typeof value === 'string' && typeof part === 'string') return textIndices(value, part)
  if (Array.isArray(value)) return indexesOf(value, Array.isArray(part) ? part : [part])
  throw new JqError(`Cannot determine indices of ${kindOf(part)} in ${kindOf(value)}`)
}

/** In bytes, as 1.6 counts them. */
function textIndices(value: string, part: string): Json {
  const [text, wanted] = [toByteText(value), toByteText(part)]
  const found: number[] = []
  if (wanted === '') return null
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) found.push(at)
  return found
}

function toNumber(value: Json): Json {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') throw new JqError(`${named(value)} cannot be parsed as a number`)
  const parsed = parseJson(value)
  if (typeof parsed !== 'number') throw new JqError(`${named(value)} cannot be parsed as a number`)
  return parsed
}

function changeCase(value: Json, pattern: RegExp, change: (text: string) => string): Json {
  return textIn(value, 'explode input must be a string').replace(pattern, change)
}

function trimmed(value: Json, cut: (text: string) => string | undefined): Json {
  return typeof value === 'string' ? (cut(value) ?? value) : value
}

const plains: Readonly<Record<string, Plain>> = {
  'null/0': () => null,
  'true/0': () => true,
  'false/0': () => false,
  'not/0': (value) => value === null || value === false,
  'length/0': lengthOf,
  'utf8bytelength/0': (value) =>
    toByteText(textIn(value, `${named(value)} only strings have UTF-8 byte length`)).length,
  'keys/0': (value) => keysOf(value, true),
  'keys_unsorted/0': (value) => keysOf(value, false),
  'has/1': (value, [key = null]) => has(value, key),
  'contains/1': (value, [part = null]) => contains(value, part),
  'type/0': kindOf,
  'tostring/0': textOf,
  'tojson/0': (value) => dump(value),
  'fromjson/0': (value) => parseJson(textIn(value, `${named(value)} only strings can be parsed`)),
  'tonumber/0': toNumber,
  'sort/0': (value) => [...arrayOf(value, 'sorted')].sort(compare),
  '_sort_by/1': (value, [by = null]) => ordered(value, by).map((each) => each.value),
  '_group_by/1': (value, [by = null]) => grouped(value, by),
  '_min_by/1': (value, [by = null]) => ordered(value, by)[0]?.value ?? null,
  '_max_by/1': (value, [by = null]) => ordered(value, by).at(-1)?.value ?? null,
  '_flatten/1': (value, [depth = null]) => flattened(value, numberIn(depth)),
  'startswith/1': (value, [part = null]) => both(value, part, 'startswith', (a, b) => a.startsWith(b)),
  'endswith/1': (value, [part = null]) => both(value, part, 'endswith', (a, b) => a.endsWith(b)),
  'ltrimstr/1': (value, [part = null]) =>
    trimmed(value, (text) => (typeof part === 'string' && text.startsWith(part) ? text.slice(part.length) : undefined)),
  'rtrimstr/1': (value, [part = null]) =>
    trimmed(value, (text) =>
      typeof part === 'string' && text.endsWith(part) ? text.slice(0, text.length - part.length) : undefined,
    ),
  'explode/0': (value) =>
    [...textIn(value, `${named(value)} cannot be exploded`)].map((char) => char.codePointAt(0) ?? 0),
  'implode/0': (value) =>
    arrayOf(value, 'imploded')
      .map((code) => String.fromCodePoint(numberIn(code)))
      .join(''),
  'ascii_downcase/0': (value) => changeCase(value, /[A-Z]/g, (text) => text.toLowerCase()),
  'ascii_upcase/0': (value) => changeCase(value, /[a-z]/g, (text) => text.toUpperCase()),
  'split/1': (value, [by = null]) => {
    if (typeof value !== 'string' || typeof by !== 'string')
      throw new JqError('split input and separator must be strings')
    return split(value, by)
  },
  'indices/1': (value, [part = null]) => indices(value, part),
  '_match/3': (value, [pattern = null, flags = null, tests = null]) => matches(value, pattern, flags, tests === true),
  'setpath/2': (value, [path = null, to = null]) => set(value, pathIn(path), to),
  'delpaths/1': (value, [paths = null]) => {
    if (!isList(paths)) throw new JqError('Paths must be specified as an array')
    return deletePaths(value, paths.map(pathIn))
  },
  'now/0': (_value, _args, machine) => machine.host.epochNow() / 1000,
  'mktime/0': fromBroken,
  'gmtime/0': broken,
  'strftime/1': (value, [format = null]) => timeText(value, textIn(format, 'strftime/1 requires a string format')),
  'strptime/1': (value, [format = null]) =>
    parsedTime(
      textIn(value, `strptime/1 requires string inputs and arguments`),
      textIn(format, 'strptime/1 requires string inputs and arguments'),
    ),
  'infinite/0': () => Number.POSITIVE_INFINITY,
  'nan/0': () => Number.NaN,
  'isinfinite/0': (value) => Math.abs(numberIn(value)) === Number.POSITIVE_INFINITY,
  'isnan/0': (value) => Number.isNaN(numberIn(value)),
  'isnormal/0': (value) => Number.isFinite(numberIn(value)) && value !== 0,
  'input_filename/0': (_value, _args, machine) => machine.host.inputName(),
  'input_line_number/0': (_value, _args, machine) => machine.host.inputLine(),
  'pow/2': (_value, [base = null, power = null]) => numberIn(base) ** numberIn(power),
  'halt/0': () => {
    throw new Halt(0)
  },
  'halt_error/1': (value, [code = null]) => {
    throw new Halt(numberIn(code), value)
  },
}

function both(value: Json, part: Json, name: string, test: (a: string, b: string) => boolean): boolean {
  if (typeof value !== 'string' || typeof part !== 'string') throw new JqError(`${name}() requires string inputs`)
  return test(value, part)
}

const mathematics: Readonly<Record<string, (n: number) => number>> = {
  ...{ floor: Math.floor, ceil: Math.ceil, sqrt: Math.sqrt, fabs: Math.abs, trunc: Math.trunc, cbrt: Math.cbrt },
  ...{ log: Math.log, log2: Math.log2, log10: Math.log10, exp: Math.exp, sin: Math.sin, cos: Math.cos },
  exp2: (n) => 2 ** n,
  exp10: (n) => 10 ** n,
  round: (n) => Math.sign(n) * Math.round(Math.abs(n)),
}

function* range(machine: Machine, filters: readonly Filter[], scope: Scope | undefined, item: Item): Results {
  const [from, upto, by] = filters
  if (from === undefined || upto === undefined || by === undefined) return
  for (const start of machine.values(from, scope, item.value))
    for (const end of machine.values(upto, scope, item.value))
      for (const size of machine.values(by, scope, item.value)) {
        const [first, last, step] = [rangeBound(start), rangeBound(end), rangeBound(size)]
        if (step === 0 && first < last) while (true) yield spent(machine, made(item, first))
        for (let n = first; step > 0 ? n < last : n > last; n += step) yield spent(machine, made(item, n))
      }
}

function rangeBound(value: Json): number {
  if (typeof value !== 'number') throw new JqError('Range bounds must be numeric')
  return value
}

function spent(machine: Machine, item: Item): Item {
  machine.host.spend()
  return item
}

/** Fails with a value; one that says null is no error at all, and gives nothing. */
function failing(said: (value: Json, args: readonly Json[]) => readonly Json[]): Native {
  return (machine, filters, scope, item) => failed(said, combinations(machine, filters, scope, item.value), item)
}

function* failed(
  said: (value: Json, args: readonly Json[]) => readonly Json[],
  given: Generator<readonly Json[]>,
  item: Item,
): Results {
  for (const args of given) {
    const [value = null] = said(item.value, args)
    if (value !== null) throw new JqError(value)
    yield* nothing
  }
}
const nothing: readonly Item[] = []

const others: Readonly<Record<string, Native>> = {
  'empty/0': function* nothing() {},
  'error/0': failing((value) => [value]),
  'error/1': failing((_value, args) => args),
  'path/1': function* paths(machine, [filter], scope, item) {
    if (filter !== undefined) for (const path of machine.paths(filter, scope, item.value)) yield made(item, path)
  },
  'getpath/1': function* at(machine, [filter], scope, item) {
    if (filter === undefined) return
    for (const value of machine.values(filter, scope, item.value)) {
      const path = pathIn(value)
      const whole = item.path === undefined || item.path === null ? item.path : [...item.path, ...path]
      yield { value: getPath(item.value, path), path: whole }
    }
  },
  'range/3': range,
  'input/0': function* input(machine, _args, _scope, item) {
    yield made(item, machine.host.input())
  },
  'inputs/0': function* inputs(machine, _args, _scope, item) {
    for (;;) {
      let value: Json
      try {
        value = machine.host.input()
      } catch (error) {
        if (error instanceof JqError && error.value === 'break') return
        throw error
      }
      yield made(item, value)
    }
  },
  'debug/0': function* debug(machine, _args, _scope, item) {
    machine.host.debug(dump(['DEBUG:', item.value]))
    yield item
  },
}

/** All of them, by name and number of arguments. */
export const natives: ReadonlyMap<string, Native> = new Map([
  ...Object.entries(plains).map(([name, call]) => [name, plain(call)] as const),
  ...Object.entries(mathematics).map(
    ([name, call]) => [`${name}/0`, plain((value) => call(mathNumber(value)))] as const,
  ),
  ...Object.entries(others),
])

function mathNumber(value: Json): number {
  if (typeof value !== 'number') throw new JqError(`${named(value)} number required`)
  return value
}
