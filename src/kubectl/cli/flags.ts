import { goQuote } from '../../go/quote.ts'
import { failNotSimulated } from './failure.ts'

/** Flags as spf13/pflag reads them. Source: github.com/spf13/pflag flag.go, parseArgs and friends. */
export interface FlagSpec {
  readonly name: string
  readonly short?: string
  readonly type: 'bool' | 'string' | 'int' | 'duration' | 'strings' | 'array'
  /** As written on a command line; absent: the type's zero. */
  readonly initial?: string
  /** What `--name` without a value means; bools mean true. */
  readonly bare?: string
  /** Real, but not simulated: using it says so. */
  readonly unsupported?: true
  /** What is said to whoever uses it, behind `has been deprecated, `. Source: pflag flag.go, Set. */
  readonly deprecated?: string
  /** Must be given; told by the parser before the command runs. */
  readonly required?: true
  /** From this kubectl minor version on. */
  readonly since?: number
  /** Up to and without this minor version. */
  readonly until?: number
}

export function bool(name: string, short?: string, initial = 'false'): FlagSpec {
  return { name, type: 'bool', initial, ...(short === undefined ? {} : { short }) }
}
export function string(name: string, short?: string, initial = ''): FlagSpec {
  return { name, type: 'string', initial, ...(short === undefined ? {} : { short }) }
}
export function int(name: string, initial: string, short?: string): FlagSpec {
  return { name, type: 'int', initial, ...(short === undefined ? {} : { short }) }
}
export function duration(name: string, initial: string): FlagSpec {
  return { name, type: 'duration', initial }
}
/** A flag whose value is split at commas and which may be repeated. */
export function strings(name: string, short?: string): FlagSpec {
  return { name, type: 'strings', ...(short === undefined ? {} : { short }) }
}
/** A flag which may be repeated, each value taken whole. */
export function array(name: string, short?: string): FlagSpec {
  return { name, type: 'array', ...(short === undefined ? {} : { short }) }
}
export function required(spec: FlagSpec): FlagSpec {
  return { ...spec, required: true }
}
export function flagSince(minor: number, spec: FlagSpec): FlagSpec {
  return { ...spec, since: minor }
}
export function flagUntil(minor: number, spec: FlagSpec): FlagSpec {
  return { ...spec, until: minor }
}
/** Whether a command or a flag exists in a version. */
export function isOffered({ since, until }: Pick<FlagSpec, 'since' | 'until'>, minor: number): boolean {
  return minor >= (since ?? 0) && minor < (until ?? Number.POSITIVE_INFINITY)
}
export function unsupported(spec: FlagSpec): FlagSpec {
  return { ...spec, unsupported: true }
}

/** What the parser found wrong, in its own words. */
export interface FlagError {
  readonly error: string
}

/** The flags of a command by name and by letter; of two of one name the later counts. */
export class FlagTable {
  readonly #long = new Map<string, FlagSpec>()
  readonly #short = new Map<string, FlagSpec>()
  constructor(...specs: readonly (readonly FlagSpec[])[]) {
    for (const spec of specs.flat()) {
      this.#long.set(spec.name, spec)
      if (spec.short !== undefined) this.#short.set(spec.short, spec)
    }
  }
  named(name: string): FlagSpec | undefined {
    return this.#long.get(name)
  }
  lettered(letter: string): FlagSpec | undefined {
    return this.#short.get(letter)
  }
}

export class FlagValues {
  readonly #table: FlagTable
  readonly #values = new Map<string, readonly string[]>()
  readonly #given: { readonly name: string; readonly value: string }[] = []
  /** Index of the first argument after `--`, -1 without one. */
  argsAtDash = -1
  constructor(table: FlagTable) {
    this.#table = table
  }
  has(name: string): boolean {
    return this.#table.named(name) !== undefined
  }
  /** What was given, in the order in which it came. */
  get given(): readonly { readonly name: string; readonly value: string }[] {
    return this.#given
  }
  changed(name: string): boolean {
    return this.#values.has(name)
  }
  set(spec: FlagSpec, value: string): void {
    this.#given.push({ name: spec.name, value })
    const several = spec.type === 'strings' || spec.type === 'array'
    const parts = spec.type === 'strings' ? splitCommas(value) : [value]
    this.#values.set(spec.name, several ? [...(this.#values.get(spec.name) ?? []), ...parts] : parts)
  }
  string(name: string): string {
    return this.#values.get(name)?.at(-1) ?? this.#table.named(name)?.initial ?? ''
  }
  bool(name: string): boolean {
    return parseBool(this.string(name)) ?? false
  }
  int(name: string): number {
    return Number(this.string(name) || '0')
  }
  /** Milliseconds. */
  durationMs(name: string): number {
    return parseGoDuration(this.string(name) || '0') ?? 0
  }
  list(name: string): readonly string[] {
    const initial = this.#table.named(name)?.initial
    return this.#values.get(name) ?? (initial === undefined || initial === '' ? [] : splitCommas(initial))
  }
}

/** Splits at commas; a field in double quotes may hold some. Source: pflag string_slice.go (encoding/csv). */
function splitCommas(text: string): string[] {
  if (text === '') return []
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (const char of text) {
    if (char === '"') quoted = !quoted
    else if (char === ',' && !quoted) {
      fields.push(field)
      field = ''
    } else field += char
  }
  fields.push(field)
  return fields
}

const yes: readonly string[] = ['1', 't', 'T', 'TRUE', 'true', 'True']
const no: readonly string[] = ['0', 'f', 'F', 'FALSE', 'false', 'False']

export function parseBool(text: string): boolean | undefined {
  if (yes.includes(text)) return true
  return no.includes(text) ? false : undefined
}

const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** Milliseconds of a text such as `1h2m3.5s`; undefined when it is none. Source: Go time.ParseDuration. */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0' || text === '+0' || text === '-0') return 0
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/.exec(text)
  if (match === null) return undefined
  let total = 0
  for (const part of (match[2] ?? '').matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(part[1]) * (unitsMs[part[2] ?? ''] ?? 0)
  }
  return match[1] === '-' ? -total : total
}

/** Splits arguments into flags and the rest. Stops at the first thing that is wrong. */
export function parseFlags(
  table: FlagTable,
  argv: readonly string[],
): { readonly values: FlagValues; readonly args: readonly string[] } | FlagError {
  const values = new FlagValues(table)
  const args: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] ?? ''
    if (arg === '--') {
      values.argsAtDash = args.length
      args.push(...argv.slice(i + 1))
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      args.push(arg)
      continue
    }
    const taken = arg.startsWith('--')
      ? takeLong(arg, argv[i + 1], table, values)
      : takeShort(arg, argv[i + 1], table, values)
    if (typeof taken !== 'number') return taken
    i += taken
  }
  return { values, args }
}

/** How many of the following arguments were used. */
type Taken = number | FlagError

function takeLong(arg: string, next: string | undefined, table: FlagTable, values: FlagValues): Taken {
  const body = arg.slice(2)
  if (body.startsWith('-') || body.startsWith('=')) return { error: `bad flag syntax: ${arg}` }
  const equals = body.indexOf('=')
  const name = equals < 0 ? body : body.slice(0, equals)
  const given = equals < 0 ? undefined : body.slice(equals + 1)
  const spec = table.named(name)
  if (spec === undefined) return { error: name === 'help' ? 'help requested' : `unknown flag: --${name}` }
  if (spec.unsupported) failNotSimulated(`the flag --${name}`)
  const bare = spec.bare ?? (spec.type === 'bool' ? 'true' : undefined)
  if (given !== undefined) return assign(spec, given, values) ?? 0
  if (bare !== undefined) return assign(spec, bare, values) ?? 0
  if (next === undefined) return { error: `flag needs an argument: ${arg}` }
  return assign(spec, next, values) ?? 1
}

function takeShort(arg: string, next: string | undefined, table: FlagTable, values: FlagValues): Taken {
  for (let rest = arg.slice(1); rest !== ''; ) {
    const letter = rest.charAt(0)
    const tail = rest.slice(1)
    const spec = table.lettered(letter)
    if (spec === undefined) {
      return { error: letter === 'h' ? 'help requested' : `unknown shorthand flag: ${goRune(letter)} in ${arg}` }
    }
    if (spec.unsupported) failNotSimulated(`the flag --${spec.name}`)
    const bare = spec.bare ?? (spec.type === 'bool' ? 'true' : undefined)
    if (tail.startsWith('=')) return assign(spec, tail.slice(1), values) ?? 0
    if (bare === undefined) {
      if (tail !== '') return assign(spec, tail, values) ?? 0
      if (next === undefined) return { error: `flag needs an argument: ${goRune(letter)} in ${arg}` }
      return assign(spec, next, values) ?? 1
    }
    const wrong = assign(spec, bare, values)
    if (wrong !== undefined) return wrong
    rest = tail
  }
  return 0
}

function goRune(letter: string): string {
  return `'${letter}'`
}

function assign(spec: FlagSpec, value: string, values: FlagValues): FlagError | undefined {
  const reason = valueError(spec, value)
  if (reason === undefined) {
    values.set(spec, value)
    return undefined
  }
  const shown = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`
  return { error: `invalid argument ${goQuote(value)} for ${goQuote(shown)} flag: ${reason}` }
}

function valueError(spec: FlagSpec, value: string): string | undefined {
  if (spec.type === 'bool' && parseBool(value) === undefined) {
    return `strconv.ParseBool: parsing ${goQuote(value)}: invalid syntax`
  }
  if (spec.type === 'int' && !/^[+-]?\d+$/.test(value)) {
    return `strconv.ParseInt: parsing ${goQuote(value)}: invalid syntax`
  }
  if (spec.type === 'duration' && parseGoDuration(value) === undefined) return durationError(value)
  return undefined
}

/** Source: Go 1.19 time.ParseDuration. */
function durationError(value: string): string {
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(value)) return `time: missing unit in duration ${goQuote(value)}`
  const unknown = /^[+-]?(?:\d+\.?\d*|\.\d+)([^\d.]+)/.exec(value)?.[1]
  if (unknown !== undefined && unitsMs[unknown] === undefined) {
    return `time: unknown unit ${goQuote(unknown)} in duration ${goQuote(value)}`
  }
  return `time: invalid duration ${goQuote(value)}`
}
