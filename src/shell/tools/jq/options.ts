/** The command line of jq. Source: jq src/main.c (1.6), main and isoption. */
import { type ByteText, fromByteText } from '../../byte-text.ts'
import { notSimulated, type ToolContext } from '../tool.ts'
import { JsonTexts } from './json-text.ts'
import type { Json, Style } from './values.ts'

/** What a command line says. */
export interface JqOptions {
  readonly program: string
  readonly programFile: ByteText | undefined
  readonly inputs: readonly ByteText[]
  readonly positional: readonly Json[]
  readonly variables: ReadonlyMap<string, Json>
  readonly files: readonly { readonly name: string; readonly path: ByteText; readonly isRaw: boolean }[]
  readonly style: Style
  readonly isRaw: boolean
  readonly joins: boolean
  readonly isNull: boolean
  readonly tellsResult: boolean
  readonly isRawInput: boolean
  readonly slurps: boolean
  /** An input could not be read. */
  failed: boolean
}

const flags: Readonly<Record<string, string>> = {
  ...{ 'compact-output': 'c', 'raw-output': 'r', 'join-output': 'j', 'ascii-output': 'a', slurp: 's' },
  ...{ 'null-input': 'n', 'exit-status': 'e', 'raw-input': 'R', 'sort-keys': 'S', 'monochrome-output': 'M' },
  ...{ 'color-output': 'C', 'from-file': 'f', help: 'h', version: 'V', tab: 't', unbuffered: 'u' },
}
const shorts = 'crjasneRSMCfhV'
/** Options that take words of their own, and what they say without them. */
const takes: Readonly<Record<string, readonly [count: number, missing: string]>> = {
  indent: [1, '--indent takes one parameter'],
  arg: [2, '--arg takes two parameters (e.g. --arg varname value)'],
  argjson: [2, '--argjson takes two parameters (e.g. --argjson varname text)'],
  slurpfile: [2, '--slurpfile takes two parameters (e.g. --slurpfile varname filename)'],
  rawfile: [2, '--rawfile takes two parameters (e.g. --rawfile varname filename)'],
}

/** Reads the arguments; a mistake is told, and the exit code is the result. */
export function readOptions(context: ToolContext): JqOptions | number {
  return new Reader(context).read()
}

class Reader {
  readonly #context: ToolContext
  readonly #letters = new Set<string>()
  readonly #words: ByteText[] = []
  readonly #positional: Json[] = []
  readonly #variables = new Map<string, Json>()
  readonly #files: { name: string; path: ByteText; isRaw: boolean }[] = []
  #indent = 2
  #rest: 'inputs' | 'args' | 'jsonargs' = 'inputs'
  #isPlain = false

  constructor(context: ToolContext) {
    this.#context = context
  }

  read(): JqOptions | number {
    const { args } = this.#context
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] ?? ''
      const taken = this.#isPlain || !/^-[-a-zA-Z]/.test(arg) ? this.#word(arg) : this.#option(arg, args.slice(i + 1))
      if (taken < 0) return -taken
      i += taken
    }
    return this.#result()
  }

  #result(): JqOptions | number {
    const has = (letter: string) => this.#letters.has(letter)
    if (has('V')) {
      this.#context.out('jq-1.6\n')
      return 0
    }
    if (has('h')) return notSimulated(this.#context, 'its page of help')
    if (has('C')) return notSimulated(this.#context, 'colours (-C)')
    const [first, ...inputs] = this.#words
    if (first === undefined && !has('f')) return usage(this.#context)
    const indent = has('t') ? '\t' : ' '.repeat(this.#indent)
    return {
      program: has('f') ? '' : fromByteText(first ?? ''),
      programFile: has('f') ? first : undefined,
      inputs,
      positional: this.#positional,
      variables: this.#variables,
      files: this.#files,
      style: {
        indent: has('c') || indent === '' ? undefined : indent,
        sortsKeys: has('S'),
        ascii: has('a'),
      },
      isRaw: has('r') || has('j'),
      joins: has('j'),
      isNull: has('n'),
      tellsResult: has('e'),
      isRawInput: has('R'),
      slurps: has('s'),
      failed: false,
    }
  }

  /** A word that is no option. The result: how many more were taken; less than 0: the exit code. */
  #word(arg: ByteText): number {
    if (this.#rest === 'inputs' || this.#words.length === 0) this.#words.push(arg)
    else if (this.#rest === 'args') this.#positional.push(fromByteText(arg))
    else {
      const value = jsonOf(arg)
      if (value === undefined) return this.#refuse('Invalid JSON text passed to --jsonargs')
      this.#positional.push(value)
    }
    return 0
  }

  #option(arg: ByteText, more: readonly ByteText[]): number {
    if (arg === '--') {
      this.#isPlain = true
      return 0
    }
    if (!arg.startsWith('--')) return this.#short(arg)
    const name = arg.slice(2)
    if (name === 'args' || name === 'jsonargs') {
      this.#rest = name
      return 0
    }
    if (Object.hasOwn(takes, name)) return this.#long(name, more)
    if (name === 'stream' || name === 'seq') return -notSimulated(this.#context, arg)
    const letter = Object.hasOwn(flags, name) ? flags[name] : undefined
    if (letter === undefined) return this.#refuse(`Unknown option ${arg}`)
    this.#letters.add(letter)
    return 0
  }

  #short(arg: ByteText): number {
    const letters = [...arg.slice(1)]
    if (!letters.some((letter) => shorts.includes(letter))) return this.#refuse(`Unknown option ${arg}`)
    const unknown = letters.some((letter) => !shorts.includes(letter))
    if (unknown) return this.#refuse(`Unknown option ${arg}`)
    for (const letter of letters) this.#letters.add(letter)
    return 0
  }

  #long(name: string, more: readonly ByteText[]): number {
    const [count, missing] = takes[name] ?? [0, '']
    if (more.length < count) return this.#refuse(missing)
    const [first = '', second = ''] = more
    if (name === 'indent') {
      if (!/^[0-7]$/.test(first)) return this.#refuse('--indent takes a number between -1 and 7')
      this.#indent = Number(first)
    } else if (name === 'arg') this.#define(first, fromByteText(second))
    else if (name === 'argjson') {
      const value = jsonOf(second)
      if (value === undefined) return this.#refuse('invalid JSON text passed to --argjson')
      this.#define(first, value)
    } else this.#files.push({ name: fromByteText(first), path: second, isRaw: name === 'rawfile' })
    return count
  }

  /** The first of several values counts. */
  #define(name: ByteText, value: Json): void {
    if (!this.#variables.has(name)) this.#variables.set(fromByteText(name), value)
  }

  #refuse(message: string): number {
    this.#context.err(
      `jq: ${message}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq\n`,
    )
    return -2
  }
}

function jsonOf(text: ByteText): Json | undefined {
  const read = new JsonTexts(fromByteText(text)).next()
  return read === undefined || 'message' in read ? undefined : read.value
}

function usage(context: ToolContext): number {
  return context.args.length === 0 ? -notUsed(context) : 2
}

function notUsed(context: ToolContext): number {
  return -notSimulated(context, 'its page of help')
}
