import { errorText } from '../../fs/error-text.ts'
import type { FileView, FsErrorCode } from '../../fs/node-fs.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, byteTextToBytes, toByteText } from '../byte-text.ts'
import { openInput, openOutput } from '../engine/devices.ts'
import type { Engine } from '../engine/engine.ts'
import type { Job } from '../engine/process-table.ts'
import type { Shell } from '../engine/shell.ts'
import { Input, type Sink, type Streams } from '../engine/streams.ts'
import { usageLines } from './usage-lines.ts'

/** What a command line tool works with. All text is byte text. */
export interface ToolContext {
  /** The name it was called by. */
  readonly name: string
  readonly args: readonly ByteText[]
  /** The shell that runs it: directory, environment, world. */
  readonly shell: Shell
  readonly streams: Streams
  /** Whose words it speaks: GNU's or busybox's. */
  readonly voice: 'gnu' | 'busybox'
  /** What its messages begin with. */
  readonly prefix: string
  readonly files: FileView
  readonly stdin: Input
  out(bytes: ByteText): void
  err(bytes: ByteText): void
  /** Told the size of what is kept in memory. */
  held(length: number): void
  /** Runs another program and waits for it, as `env CMD` and `xargs` do. */
  run(
    argv: readonly ByteText[],
    change?: { readonly stdin?: ByteText; readonly environment?: ReadonlyMap<string, ByteText> },
  ): Steps<number>
  /** Starts another program beside this one. */
  start(argv: readonly ByteText[]): Job
  /** For what runs scripts. */
  readonly engine: Engine
}

/** Exit code, at once or after waiting. */
export type ToolRun = number | Steps<number>
export type Tool = (context: ToolContext) => ToolRun

/** Tells a mistake as the program itself does. */
export function complain(context: ToolContext, message: ByteText, code = 1): number {
  context.err(`${context.prefix}${message}\n`)
  return code
}

/** The one of two texts that this tool's voice says. */
export function say<T>({ voice }: ToolContext, gnu: T, busybox: T): T {
  return voice === 'gnu' ? gnu : busybox
}

/** A text in the quotes of GNU's messages in a UTF-8 locale; plain ones in busybox's. */
export function quoted({ voice }: ToolContext, text: ByteText): ByteText {
  return voice === 'gnu' ? `${openQuote}${text}${closeQuote}` : `'${text}'`
}
const openQuote = toByteText('\u2018')
const closeQuote = toByteText('\u2019')

/** A usage mistake, with the hint that coreutils give, or with busybox's lines of usage. */
export function usage(context: ToolContext, message: ByteText, code = 1): number {
  if (context.voice === 'busybox') {
    // Of the number of operands it has no words, and of bad values no lines of usage.
    const isCount = /^(?:missing|extra)/.test(message)
    if (!isCount) context.err(`${context.prefix}${message}\n`)
    if (isCount || /^(?:invalid option|unrecognized option|option )/.test(message))
      context.err(usageLines(context.name))
    return code
  }
  context.err(`${context.prefix}${message}\n`)
  // Diffutils say their name before the hint, too.
  const lead = /^(?:cmp|diff)$/.test(context.name) ? context.prefix : ''
  context.err(`${lead}Try '${context.name} --help' for more information.\n`)
  return code
}

/** Refuses something that exists in reality and is not simulated. */
export function notSimulated(context: ToolContext, what: string): number {
  context.err(`${context.prefix}podsim does not simulate ${what}\n`)
  return 126
}

/** Options and operands, as getopt sorts them. */
export class Options {
  readonly operands: ByteText[] = []
  readonly #values = new Map<string, ByteText[]>()

  has(letter: string): boolean {
    return this.#values.has(letter)
  }

  /** The value that was given last. */
  value(letter: string): ByteText | undefined {
    return this.#values.get(letter)?.at(-1)
  }

  all(letter: string): readonly ByteText[] {
    return this.#values.get(letter) ?? []
  }

  add(letter: string, value: ByteText): void {
    const values = this.#values.get(letter)
    if (values === undefined) this.#values.set(letter, [value])
    else values.push(value)
  }
}

/**
 * Reads options: `shorts` as for getopt (`nA:`: A takes a value; `A::` one of its own word only), `longs` from long names
 * to letters. A mistake is told, and the exit code is the result. `stopsEarly`: the first operand ends the options.
 */
export function options(
  context: ToolContext,
  shorts: string,
  longs: Readonly<Record<string, string>> = {},
  {
    badCode = 1,
    stopsEarly = false,
    args = context.args,
  }: { readonly badCode?: number; readonly stopsEarly?: boolean; readonly args?: readonly ByteText[] } = {},
): Options | number {
  const found = new Options()
  const kind = (letter: string): string => /^:{0,2}/.exec(shorts.slice(shorts.indexOf(letter) + 1))?.[0] ?? ''
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (arg === '--') {
      found.operands.push(...args.slice(i + 1))
      break
    }
    if (arg.startsWith('--')) {
      const at = arg.indexOf('=')
      const name = arg.slice(2, at < 0 ? undefined : at)
      const letter = longLetter(longs, name)
      if (letter === undefined)
        return usage(
          context,
          say(context, `unrecognized option '${arg}'`, `unrecognized option '${arg.slice(2)}'`),
          badCode,
        )
      if (at >= 0) found.add(letter, arg.slice(at + 1))
      else if (kind(letter) !== ':') found.add(letter, '')
      else if (i + 1 < args.length) found.add(letter, args[++i] ?? '')
      else return usage(context, `option '${arg}' requires an argument`, badCode)
    } else if (arg.startsWith('-') && arg !== '-') {
      for (let k = 1; k < arg.length; k++) {
        const letter = arg.charAt(k)
        if (letter === ':' || !shorts.includes(letter)) return usage(context, `invalid option -- '${letter}'`, badCode)
        if (kind(letter) === '') {
          found.add(letter, '')
          continue
        }
        if (k + 1 < arg.length || kind(letter) === '::') found.add(letter, arg.slice(k + 1))
        else if (i + 1 < args.length) found.add(letter, args[++i] ?? '')
        else return usage(context, `option requires an argument -- '${letter}'`, badCode)
        break
      }
    } else if (stopsEarly) {
      found.operands.push(...args.slice(i))
      break
    } else found.operands.push(arg)
  }
  return found
}

/** Long names may be cut short where that is clear. */
function longLetter(longs: Readonly<Record<string, string>>, name: string): string | undefined {
  if (Object.hasOwn(longs, name)) return longs[name]
  const fitting = Object.keys(longs).filter((each) => each.startsWith(name))
  return fitting.length === 1 && name !== '' ? longs[fitting[0] ?? ''] : undefined
}

/** Opens what is to be read; `-` is standard input. */
export function open(context: ToolContext, path: ByteText): Input | FsErrorCode {
  return path === '-' ? context.stdin : openInput(path, context.shell, context.streams)
}

/** All of a file, or the error. */
export function* readAll(context: ToolContext, path: ByteText): Steps<ByteText | { readonly code: FsErrorCode }> {
  const input = open(context, path)
  return input instanceof Input ? yield* input.all(context.held) : { code: input }
}

/** Opens what is to be written. */
export function openFile(context: ToolContext, path: ByteText, appends: boolean): Sink | FsErrorCode {
  return openOutput(path, appends, context.shell, context.streams)
}

/** Writes a whole file; the error where it cannot be. */
export function writeFile(context: ToolContext, path: ByteText, bytes: ByteText): FsErrorCode | undefined {
  const written = context.files.writeFile(context.shell.path(path), byteTextToBytes(bytes))
  return written.ok ? undefined : written.code
}

/** Tools of busybox that say `can't open`: those that open by a descriptor. Source: busybox libbb/xfuncs_printf.c, open_or_warn. */
const openByDescriptor = /^(?:cat|tail|uniq|cp|(?:md5|sha\d+)sum)$/
/** What GNU's tools say that do not only name the file. */
const gnuOpenTexts: Readonly<Record<string, (path: ByteText, text: string) => string>> = {
  awk: (path, text) => `cannot open ${path} (${text})`,
  rev: (path, text) => `cannot open ${path}: ${text}`,
  sort: (path, text) => `cannot read: ${path}: ${text}`,
  tac: (path, text) => `failed to open '${path}' for reading: ${text}`,
}

/** `cat: x: No such file or directory`, or in busybox `cat: can't open 'x': No such file or directory`; exit code 1. */
export function cannotOpen(context: ToolContext, path: ByteText, code: FsErrorCode): number {
  const { name, voice } = context
  const text = errorText(code)
  if (voice === 'busybox' && code === 'EISDIR') return complain(context, 'read error: Is a directory')
  if (voice === 'busybox')
    return complain(context, openByDescriptor.test(name) ? `can't open '${path}': ${text}` : `${path}: ${text}`)
  return complain(
    context,
    Object.hasOwn(gnuOpenTexts, name) ? (gnuOpenTexts[name]?.(path, text) ?? text) : `${path}: ${text}`,
  )
}

/** A file's content under the name it was asked for. */
export interface NamedInput {
  readonly path: ByteText
  readonly input: Input
}

/** Opens files, or standard input where none are named; missing ones are told and make `code` 1. */
export function inputs(
  context: ToolContext,
  paths: readonly ByteText[],
): { readonly list: readonly NamedInput[]; readonly code: number } {
  const list: NamedInput[] = []
  let code = 0
  for (const path of paths.length === 0 ? ['-'] : paths) {
    const input = open(context, path)
    if (input instanceof Input) list.push({ path, input })
    else code = cannotOpen(context, path, input)
  }
  return { list, code }
}

/** All bytes of all files; undefined when one could not be read, which has been told. */
export function* allBytes(context: ToolContext, paths: readonly ByteText[]): Steps<ByteText | undefined> {
  const { list, code } = inputs(context, paths)
  if (code !== 0) return undefined
  const parts: ByteText[] = []
  for (const { input } of list) parts.push(yield* input.all(context.held))
  return parts.join('')
}

/** Calls back with each line of inputs, without its end, while it returns true and somebody reads what is written. */
export function* eachLine(
  context: ToolContext,
  list: readonly NamedInput[],
  line: (text: ByteText, isEnded: boolean) => unknown,
): Steps<void> {
  let count = 0
  for (const { input } of list)
    for (let text = yield* input.line(context.held); text !== undefined; text = yield* input.line(context.held)) {
      const isEnded = text.endsWith('\n')
      if (line(isEnded ? text.slice(0, -1) : text, isEnded) === false) return
      if (++count % 64 === 0 && !(yield* hasRoom(context))) return
    }
}

/** A stretch of bytes: how long each block is, how many bytes are left out before it, how many it has at most. */
export interface Stretch {
  readonly size: number
  readonly skip?: number | undefined
  readonly count?: number | undefined
}

/** Bytes that a tool works through before it looks whether somebody reads what it writes. */
const blockBytes = 4096

/**
 * Calls back with whole blocks of all inputs together, some at a time, and with what is left at the end; stops when nobody
 * reads what is written. The result: how many bytes were left out, and how many were given.
 */
export function* eachBlock(
  context: ToolContext,
  list: readonly NamedInput[],
  { size, skip = 0, count = Number.POSITIVE_INFINITY }: Stretch,
  take: (bytes: ByteText) => void,
): Steps<{ readonly skipped: number; readonly given: number }> {
  const step = size * Math.max(1, Math.floor(blockBytes / size))
  let [skipped, given, rest] = [0, 0, '']
  for (const { input } of list)
    while (given + rest.length < count) {
      const text = yield* input.chunk()
      if (text === undefined) break
      const from = Math.min(skip - skipped, text.length)
      skipped += from
      rest = (rest + text.slice(from)).slice(0, count - given)
      const whole = rest.length - (rest.length % size)
      for (let at = 0; at < whole; at += step) {
        const bytes = rest.slice(at, Math.min(at + step, whole))
        take(bytes)
        given += bytes.length
        if (!(yield* hasRoom(context))) return { skipped, given }
      }
      rest = rest.slice(whole)
    }
  if (rest !== '') take(rest)
  return { skipped, given: given + rest.length }
}

/** Lets who reads catch up; false when nobody reads any more. */
export function* hasRoom({ streams, shell }: ToolContext): Steps<boolean> {
  shell.budget.spendCommands()
  return streams.out.ready === undefined ? true : yield* streams.out.ready()
}

/** All lines of inputs. */
export function* allLines(context: ToolContext, list: readonly NamedInput[], end = '\n'): Steps<ByteText[]> {
  const lines: ByteText[] = []
  for (const { input } of list) {
    const text = yield* input.all(context.held)
    const own = text.split(end)
    if (own.at(-1) === '') own.pop()
    for (const line of own) lines.push(line)
  }
  return lines
}
