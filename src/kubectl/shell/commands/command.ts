import { linesOf, toByteText } from '../byte-text.ts'
import type { ShellState } from '../state.ts'
import type { Script } from '../syntax.ts'

/** What a command sees. Everything is byte text. */
export interface CommandContext {
  readonly name: string
  readonly args: readonly string[]
  /** All that is left of standard input. */
  readStdin(): string
  /** Whether standard input is a file rather than a pipe. */
  readonly stdinIsFile: boolean
  /** The next line of it, with its newline. */
  readLine(): string
  readonly state: ShellState
  out(bytes: string): void
  err(bytes: string): void
  /** Runs another command; with a standard input of its own if one is given. */
  call(name: string, args: readonly string[], stdin?: string): number
  runScript(script: Script): number
  /** Runs kubectl for at most `limitMs`. */
  limitKubectl(argv: readonly string[], limitMs: number): number
}

/** Gives the exit code. */
export type ShellCommand = (context: CommandContext) => number

/** Tells a mistake as the program itself does. */
export function complain(context: CommandContext, message: string, code = 1): number {
  context.err(`${context.name}: ${message}\n`)
  return code
}

/** Options and operands, as getopt sorts them. `error` is what the program says of a bad one. */
export interface Options {
  readonly flags: ReadonlyMap<string, string>
  readonly operands: readonly string[]
  readonly error: string | undefined
}

/**
 * Reads options: `shorts` as for getopt (`nA:` - A takes a value), `longs` from long names to short ones (`decode` to
 * `d`; a value follows if the short one takes one).
 */
export function options(
  args: readonly string[],
  shorts: string,
  longs: Readonly<Record<string, string>> = {},
): Options {
  const flags = new Map<string, string>()
  const operands: string[] = []
  const takesValue = (letter: string): boolean => shorts.charAt(shorts.indexOf(letter) + 1) === ':'
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (arg === '--') {
      operands.push(...args.slice(i + 1))
      break
    }
    if (arg.startsWith('--')) {
      const [name = '', ...rest] = arg.slice(2).split('=')
      const letter = Object.hasOwn(longs, name) ? (longs[name] ?? '') : ''
      if (letter === '') return { flags, operands, error: `unrecognized option '${arg}'` }
      flags.set(letter, rest.length > 0 ? rest.join('=') : takesValue(letter) ? (args[++i] ?? '') : '')
    } else if (arg.startsWith('-') && arg !== '-') {
      for (let k = 1; k < arg.length; k++) {
        const letter = arg.charAt(k)
        if (letter === ':' || !shorts.includes(letter))
          return { flags, operands, error: `invalid option -- '${letter}'` }
        if (!takesValue(letter)) {
          flags.set(letter, '')
          continue
        }
        const value = k + 1 < arg.length ? arg.slice(k + 1) : args[++i]
        if (value === undefined) return { flags, operands, error: `option requires an argument -- '${letter}'` }
        flags.set(letter, value)
        break
      }
    } else {
      operands.push(arg)
    }
  }
  return { flags, operands, error: undefined }
}

/** A text in the quotes of GNU's messages in a UTF-8 locale. */
export function curly(text: string): string {
  return toByteText('\u2018') + text + toByteText('\u2019')
}

/** A usage mistake, with the hint that coreutils give. */
export function usage(context: CommandContext, message: string, code = 1): number {
  context.err(`${context.name}: ${message}\nTry '${context.name} --help' for more information.\n`)
  return code
}

/** A file's content under the name it was asked for; `-` is standard input. */
export interface Input {
  readonly path: string
  readonly content: string
}

/** The contents of files, or of standard input where none are named; missing ones are told and make `failed` true. */
export function inputs(
  context: CommandContext,
  paths: readonly string[],
): { readonly list: readonly Input[]; readonly failed: boolean } {
  const list: Input[] = []
  let failed = false
  for (const path of paths.length === 0 ? ['-'] : paths) {
    const isStdin = path === '-' || context.state.path(path) === '/dev/stdin'
    const content = isStdin ? context.readStdin() : context.state.read(path)
    if (content === undefined) {
      failed = true
      complain(
        context,
        `${path}: ${context.state.kind(path) === 'directory' ? 'Is a directory' : 'No such file or directory'}`,
      )
    } else {
      list.push({ path, content })
    }
  }
  return { list, failed }
}

/** Lines of all inputs, one after the other. */
export function inputLines(list: readonly Input[]): string[] {
  return list.flatMap(({ content }) => linesOf(content))
}
