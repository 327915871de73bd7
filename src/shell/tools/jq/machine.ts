/** Runs programs of jq. Source: jq manual (1.6); the order of results as src/compile.c makes it. */
import { calculate } from './arithmetic.ts'
import { bound, foreach, reduce } from './bindings.ts'
import { formatted } from './formats.ts'
import { type Evaluator, type Item, made, type Results, type Scope } from './items.ts'
import { deletePaths, each, get, getPath, type Path, set, update } from './paths.ts'
import type { Definition, Filter } from './syntax.ts'
import { isTrue, JqError, type Json, named, shown } from './values.ts'

/** A function of the machine's own. */
export type Native = (machine: Machine, args: readonly Filter[], scope: Scope | undefined, item: Item) => Results

/** What a program is run with. */
export interface Host {
  readonly natives: ReadonlyMap<string, Native>
  readonly definitions: ReadonlyMap<string, Definition>
  /** Told of each step, and stops programs without end. */
  spend(): void
  /** The next input; throws where there is none. */
  input(): Json
  inputName(): string | null
  inputLine(): number
  readonly environment: Json
  epochNow(): number
  debug(text: string): void
}

/** Leaves a `label`. */
class Break extends Error {
  readonly label: object | undefined
  constructor(label: object | undefined) {
    super('break')
    this.label = label
  }
}

/** Calls inside of one another; jq itself has no end, and takes memory until there is none. */
const deepest = 800

/** Runs filters with the functions of a host. */
export class Machine implements Evaluator {
  readonly host: Host
  #depth = 0

  constructor(host: Host) {
    this.host = host
  }

  /** What a filter gives for a value. */
  *values(filter: Filter, scope: Scope | undefined, value: Json): Generator<Json> {
    for (const item of this.run(filter, scope, { value, path: undefined })) yield item.value
  }

  /** Where the results of a filter lie in a value. */
  *paths(filter: Filter, scope: Scope | undefined, value: Json): Generator<Path> {
    for (const { path, value: found } of this.run(filter, scope, { value, path: [] })) {
      if (path === null || path === undefined) throw new JqError(`Invalid path expression with result ${shown(found)}`)
      yield path
    }
  }

  /** What a filter gives, with paths where the item has one. */
  run(filter: Filter, scope: Scope | undefined, item: Item): Results {
    this.host.spend()
    switch (filter.kind) {
      case 'identity':
        return once(item)
      case 'literal':
        return once(made(item, filter.value))
      case 'index':
      case 'slice':
      case 'iterate':
        return this.#access(filter, scope, item)
      case 'pipe':
        return this.#pipe(filter.left, filter.right, scope, item)
      case 'comma':
        return this.#comma(filter.left, filter.right, scope, item)
      case 'try':
        return this.#try(filter, scope, item)
      case 'if':
        return this.#if(filter, scope, item)
      case 'alternative':
        return this.#alternative(filter, scope, item)
      case 'reduce':
        return reduce(this, filter, scope, item)
      case 'foreach':
        return foreach(this, filter, scope, item)
      case 'as':
        return bound(this, filter, scope, item)
      case 'def':
        return this.run(filter.body, defined(filter.definition, scope), item)
      case 'call':
        return this.#call(filter.name, filter.args, scope, item)
      case 'label':
        return this.#label(filter.name, filter.body, scope, item)
      case 'break':
        throw new Break(lookUp(scope, `*${filter.name}`)?.label)
      default:
        return this.#calculated(filter, scope, item)
    }
  }

  /** Filters whose results are values of their own. */
  *#calculated(filter: Filter, scope: Scope | undefined, item: Item): Results {
    for (const value of this.#results(filter, scope, item.value)) yield made(item, value)
  }

  #results(filter: Filter, scope: Scope | undefined, input: Json): Generator<Json> | readonly Json[] {
    switch (filter.kind) {
      case 'text':
        return this.#text(filter.format, filter.parts, scope, input)
      case 'format':
        return [formatted(filter.name, input)]
      case 'variable':
        return [filter.name === 'ENV' ? this.host.environment : (lookUp(scope, `$${filter.name}`)?.value ?? null)]
      case 'array':
        return [filter.body === undefined ? [] : [...this.values(filter.body, scope, input)]]
      case 'object':
        return this.#object(filter.members, scope, input)
      case 'negate':
        return this.#negate(filter.of, scope, input)
      case 'and':
      case 'or':
        return this.#logic(filter, scope, input)
      case 'binary':
        return this.#binary(filter, scope, input)
      case 'assign':
        return this.#assign(filter, scope, input)
      default:
        return []
    }
  }

  *#access(filter: Filter & { kind: 'index' | 'slice' | 'iterate' }, scope: Scope | undefined, item: Item): Results {
    if (filter.kind === 'iterate') {
      for (const of of this.run(filter.of, scope, item)) {
        if (of.path === null)
          throw new JqError(`Invalid path expression near attempt to iterate through ${shown(of.value)}`)
        for (const [key, value] of each(of.value))
          yield { value, path: of.path === undefined ? undefined : [...of.path, key] }
      }
      return
    }
    for (const key of this.#keys(filter, scope, item.value))
      for (const of of this.run(filter.of, scope, item)) yield step(of, key)
  }

  *#keys(filter: Filter & { kind: 'index' | 'slice' }, scope: Scope | undefined, input: Json): Generator<Json> {
    if (filter.kind === 'index') return yield* this.values(filter.key, scope, input)
    const bound = (each: Filter | undefined) => (each === undefined ? [null] : this.values(each, scope, input))
    for (const end of bound(filter.to))
      for (const start of bound(filter.from))
        yield new Map<string, Json>([
          ['start', start],
          ['end', end],
        ])
  }

  *#pipe(left: Filter, right: Filter, scope: Scope | undefined, item: Item): Results {
    for (const each of this.run(left, scope, item)) yield* this.run(right, scope, each)
  }

  *#comma(left: Filter, right: Filter, scope: Scope | undefined, item: Item): Results {
    yield* this.run(left, scope, item)
    yield* this.run(right, scope, item)
  }

  *#try({ body, handler }: Filter & { kind: 'try' }, scope: Scope | undefined, item: Item): Results {
    try {
      yield* this.run(body, scope, item)
    } catch (error) {
      if (!(error instanceof JqError)) throw error
      if (handler !== undefined) yield* this.run(handler, scope, made(item, error.value))
    }
  }

  *#if({ condition, then, otherwise }: Filter & { kind: 'if' }, scope: Scope | undefined, item: Item): Results {
    for (const value of this.values(condition, scope, item.value))
      yield* this.run(isTrue(value) ? then : otherwise, scope, item)
  }

  *#alternative({ left, right }: Filter & { kind: 'alternative' }, scope: Scope | undefined, item: Item): Results {
    let found = false
    for (const each of this.run(left, scope, item))
      if (isTrue(each.value)) {
        found = true
        yield each
      }
    if (!found) yield* this.run(right, scope, item)
  }

  *#label(name: string, body: Filter, scope: Scope | undefined, item: Item): Results {
    const label = {}
    try {
      yield* this.run(body, { outer: scope, name: `*${name}`, label }, item)
    } catch (error) {
      if (!(error instanceof Break) || error.label !== label) throw error
    }
  }

  #call(name: string, args: readonly Filter[], scope: Scope | undefined, item: Item): Results {
    const signature = `${name}/${args.length}`
    const callable = lookUp(scope, signature)?.callable
    if (callable !== undefined && 'filter' in callable) return this.run(callable.filter, callable.scope, item)
    const native = this.host.natives.get(signature)
    if (callable === undefined && native !== undefined) return native(this, args, scope, item)
    const definition = callable?.definition ?? this.host.definitions.get(signature)
    if (definition === undefined) throw new JqError(`${signature} is not defined`)
    return this.#body(definition, args, callable?.scope, scope, item)
  }

  *#body(
    definition: Definition,
    args: readonly Filter[],
    own: Scope | undefined,
    scope: Scope | undefined,
    item: Item,
  ): Results {
    if (++this.#depth > deepest) throw new TooDeep()
    try {
      // A definition may call itself.
      const start = own === undefined ? undefined : defined(definition, own)
      for (const inner of this.#parameters(definition, args, 0, start, scope, item))
        yield* this.run(definition.body, inner, item)
    } finally {
      this.#depth--
    }
  }

  *#parameters(
    definition: Definition,
    args: readonly Filter[],
    at: number,
    inner: Scope | undefined,
    scope: Scope | undefined,
    item: Item,
  ): Generator<Scope | undefined> {
    const name = definition.parameters[at]
    const filter = args[at]
    if (name === undefined || filter === undefined) return yield inner
    const argument = { outer: inner, name: `${name.replace('$', '')}/0`, callable: { filter, scope: scope ?? bottom } }
    if (!name.startsWith('$')) return yield* this.#parameters(definition, args, at + 1, argument, scope, item)
    for (const value of this.values(filter, scope, item.value))
      yield* this.#parameters(definition, args, at + 1, { outer: argument, name, value }, scope, item)
  }

  *#text(
    format: string,
    parts: readonly (string | Filter)[],
    scope: Scope | undefined,
    input: Json,
    at = 0,
  ): Generator<Json> {
    const part = parts[at]
    if (part === undefined) return yield ''
    const heads = typeof part === 'string' ? [part] : this.#formattedParts(format, part, scope, input)
    for (const head of heads)
      for (const rest of this.#text(format, parts, scope, input, at + 1)) yield head + String(rest)
  }

  *#formattedParts(format: string, part: Filter, scope: Scope | undefined, input: Json): Generator<string> {
    for (const value of this.values(part, scope, input)) yield String(formatted(format === '' ? 'text' : format, value))
  }

  *#object(
    members: readonly { readonly key: Filter; readonly value: Filter }[],
    scope: Scope | undefined,
    input: Json,
    at = 0,
    before: ReadonlyMap<string, Json> = new Map(),
  ): Generator<Json> {
    const member = members[at]
    if (member === undefined) return yield before
    for (const key of this.values(member.key, scope, input)) {
      if (typeof key !== 'string') throw new JqError(`Cannot use ${named(key)} as object key`)
      for (const value of this.values(member.value, scope, input))
        yield* this.#object(members, scope, input, at + 1, new Map(before).set(key, value))
    }
  }

  *#negate(of: Filter, scope: Scope | undefined, input: Json): Generator<Json> {
    for (const value of this.values(of, scope, input)) {
      if (typeof value !== 'number') throw new JqError(`${named(value)} cannot be negated`)
      yield -value
    }
  }

  *#logic(
    { kind, left, right }: Filter & { kind: 'and' | 'or' },
    scope: Scope | undefined,
    input: Json,
  ): Generator<Json> {
    for (const value of this.values(left, scope, input)) {
      if (isTrue(value) === (kind === 'or')) yield kind === 'or'
      else for (const other of this.values(right, scope, input)) yield isTrue(other)
    }
  }

  *#binary(
    { operator, left, right }: Filter & { kind: 'binary' },
    scope: Scope | undefined,
    input: Json,
  ): Generator<Json> {
    for (const b of this.values(right, scope, input))
      for (const a of this.values(left, scope, input)) yield calculate(operator, a, b)
  }

  *#assign(
    { operator, left, right }: Filter & { kind: 'assign' },
    scope: Scope | undefined,
    input: Json,
  ): Generator<Json> {
    if (operator === '|=') return yield this.#modify(left, right, scope, input)
    for (const value of this.values(right, scope, input)) {
      let whole = input
      for (const path of this.paths(left, scope, input))
        whole = operator === '=' ? set(whole, path, value) : update(whole, path, (old) => combine(operator, old, value))
      yield whole
    }
  }

  #modify(left: Filter, right: Filter, scope: Scope | undefined, input: Json): Json {
    let whole = input
    // What gives nothing goes at once, so that later places are those of another list: a known fault of 1.6.
    for (const path of this.paths(left, scope, input)) {
      const [first] = this.values(right, scope, getPath(whole, path))
      whole = first === undefined ? deletePaths(whole, [path]) : set(whole, path, first)
    }
    return whole
  }
}

/** A program that calls itself without end. */
export class TooDeep extends Error {}

const bottom: Scope = { outer: undefined, name: '' }

function combine(operator: string, old: Json, value: Json): Json {
  if (operator === '//=') return isTrue(old) ? old : value
  // The parser knows no other assignments: `+=` and the like, with the operator before the sign of equality.
  return calculate(operator.slice(0, -1) as Parameters<typeof calculate>[0], old, value)
}

function step(of: Item, key: Json): Item {
  if (of.path === null)
    throw new JqError(`Invalid path expression near attempt to access element ${shown(key)} of ${shown(of.value)}`)
  return { value: get(of.value, key), path: of.path === undefined ? undefined : [...of.path, key] }
}

function* once(item: Item): Results {
  yield item
}

function defined(definition: Definition, scope: Scope | undefined): Scope {
  const name = `${definition.name}/${definition.parameters.length}`
  return { outer: scope, name, callable: { definition, scope: scope ?? bottom } }
}

function lookUp(scope: Scope | undefined, name: string): Scope | undefined {
  let at = scope
  while (at !== undefined && at.name !== name) at = at.outer
  return at
}
