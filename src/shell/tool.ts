import { errorText } from '../fs/error-text.ts'
import type { FileView, FsResult } from '../fs/node-fs.ts'
import type { ByteText } from './bytes-text.ts'
import { fromArray, toArray } from './bytes-text.ts'
import type { ProcessContext, Wait } from './program.ts'

/** What a command line tool works with. */
export interface ToolContext {
  /** The name it was called by, which its messages begin with. */
  readonly name: string
  readonly args: readonly string[]
  readonly task: ProcessContext
  readonly files: FileView
  readonly cwd: string
  /** Exported variables. */
  readonly env: ReadonlyMap<string, string>
  readonly stdin: () => ByteText
  /** Text, which becomes UTF-8. */
  out(text: string): void
  outBytes(bytes: ByteText): void
  err(text: string): void
  /** Runs another tool or refuses it, as `env CMD` and `xargs` do. */
  run(argv: readonly string[]): ToolRun
}

/** Exit code, at once or after waiting. */
export type ToolRun = number | Generator<Wait, number, void>
export type Tool = (context: ToolContext) => ToolRun

/** `path` from the tool's directory. */
export function absolute({ cwd }: Pick<ToolContext, 'cwd'>, path: string): string {
  return path.startsWith('/') ? path : `${cwd === '/' ? '' : cwd}/${path}`
}

/** Bytes of a file; `-` is standard input, and /dev/null is empty. */
export function readInput(context: ToolContext, path: string): FsResult<ByteText> {
  if (path === '-' || path === '/dev/stdin') return { ok: true, value: context.stdin() }
  if (path === '/dev/null') return { ok: true, value: '' }
  const content = context.files.readFile(absolute(context, path))
  return content.ok ? { ok: true, value: fromArray(content.value) } : content
}

/** Writes a file; what has no file behind it goes where its name says. */
export function writeOutput(context: ToolContext, path: string, bytes: ByteText, append = false): FsResult {
  if (path === '/dev/null') return { ok: true, value: undefined }
  const at = absolute(context, path)
  return append ? context.files.appendFile(at, toArray(bytes)) : context.files.writeFile(at, toArray(bytes))
}

/** `cat: /x: No such file or directory`, and exit code 1. */
export function complain(
  context: ToolContext,
  path: string,
  result: { readonly code: Parameters<typeof errorText>[0] },
): number {
  context.err(`${context.name}: ${path}: ${errorText(result.code)}\n`)
  return 1
}

/** `cat: can't open 'x': No such file or directory`, as most of busybox says it. Source: busybox libbb/xfuncs_printf.c, open_or_warn. */
export function cannotOpen(
  context: ToolContext,
  path: string,
  result: { readonly code: Parameters<typeof errorText>[0] },
): number {
  context.err(`${context.name}: can't open '${path}': ${errorText(result.code)}\n`)
  return 1
}

/** Refuses something that exists in reality and is not simulated. */
export function notSimulated(context: Pick<ToolContext, 'name' | 'err'>, what: string): number {
  context.err(`${context.name}: podsim does not simulate ${what}\n`)
  return 126
}

/** Complains about an option as busybox does; exit code 1. */
export function invalidOption(context: ToolContext, option: string): number {
  context.err(
    `${context.name}: ${option.startsWith('--') ? `unrecognized option '${option.slice(2)}'` : `invalid option -- '${option}'`}\n`,
  )
  return 1
}

export interface ParsedOptions {
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

/**
 * Options as getopt finds them, anywhere before `--`: letters of `flags` alone, those of `valued` with a value. An unknown
 * one is the result.
 */
export function parseOptions(args: readonly string[], flags: string, valued = ''): ParsedOptions | string {
  const found = new Set<string>()
  const values = new Map<string, string>()
  const operands: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (arg === '--') {
      operands.push(...args.slice(i + 1))
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      operands.push(arg)
      continue
    }
    if (arg.startsWith('--')) return arg
    for (let at = 1; at < arg.length; at++) {
      const letter = arg.charAt(at)
      if (flags.includes(letter)) found.add(letter)
      else if (valued.includes(letter)) {
        const rest = arg.slice(at + 1)
        if (rest === '' && i + 1 >= args.length) return letter
        values.set(letter, rest === '' ? (args[++i] ?? '') : rest)
        break
      } else return letter
    }
  }
  return { flags: found, values, operands }
}

/** Text lines of bytes, without their line ends; a last one without line end counts. */
export function linesOf(bytes: ByteText): readonly string[] {
  if (bytes === '') return []
  const lines = bytes.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
