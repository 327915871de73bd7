/** Tools that pass text on: cat, tac, rev, head, tail, tee, nl, yes, paste. Sources: GNU coreutils; busybox coreutils. */
import { errorText } from '../../fs/error-text.ts'
import { forever, type Steps, sleep } from '../../kernel/steps.ts'
import { type ByteText, bytesToByteText, fromByteText, toByteText } from '../byte-text.ts'
import { isDevice } from '../engine/devices.ts'
import { Input } from '../engine/streams.ts'
import {
  allLines,
  cannotOpen,
  complain,
  eachLine,
  hasRoom,
  inputs,
  open,
  openFile,
  options,
  quoted,
  say,
  type Tool,
  type ToolContext,
} from './tool.ts'

/** Exit code of a program that writes where nobody reads: 128 and SIGPIPE. */
const brokenPipeCode = 141

export const cat: Tool = function* cat(context): Steps<number> {
  const given = options(context, say(context, 'nbsAETvetu', 'nbAETvetu'), {
    number: 'n',
    'show-all': 'A',
    'show-ends': 'E',
    'show-tabs': 'T',
  })
  if (typeof given === 'number') return given
  let code = 0
  let number = 0
  const marks = ['A', 'E', 'T', 'v', 'e', 't'].filter((letter) => given.has(letter)).join('')
  let startsLine = true
  for (const path of given.operands.length === 0 ? ['-'] : given.operands) {
    const input = open(context, path)
    if (!(input instanceof Input)) {
      code = cannotOpen(context, path, input)
      continue
    }
    if (!given.has('n') && !given.has('b') && marks === '') {
      for (let text = yield* input.chunk(); text !== undefined; text = yield* input.chunk()) {
        context.out(text)
        if (!(yield* hasRoom(context))) return brokenPipeCode
      }
      continue
    }
    yield* eachLine(context, [{ path, input }], (line, isEnded) => {
      const isNumbered = startsLine && (given.has('b') ? line !== '' : given.has('n'))
      const head = isNumbered ? `${String(++number).padStart(6)}\t` : ''
      context.out(head + marked(line, marks) + (isEnded ? `${/[AEe]/.test(marks) ? '$' : ''}\n` : ''))
      startsLine = isEnded
    })
  }
  return code
}

/** Source: coreutils cat.c, `M-x` and `^X`. */
function marked(line: ByteText, marks: string): ByteText {
  let shown = line
  if (/[Avet]/.test(marks))
    shown = shown.replace(/[\0-\x08\x0b-\x1f\x7f-\xff]/g, (char) => {
      const code = char.charCodeAt(0)
      const head = code >= 128 ? 'M-' : ''
      const low = code & 127
      return low === 127
        ? `${head}^?`
        : low < 32
          ? `${head}^${String.fromCharCode(low + 64)}`
          : head + String.fromCharCode(low)
    })
  return /[ATt]/.test(marks) ? shown.replaceAll('\t', '^I') : shown
}

export const tac: Tool = function* tac(context): Steps<number> {
  const { list, code } = inputs(context, context.args)
  for (const { input } of list) {
    const text = yield* input.all(context.held)
    // A last line without an end runs into the one that stood before it.
    context.out((text.match(/[^\n]*\n|[^\n]+$/g) ?? []).reverse().join(''))
  }
  return code
}

export const rev: Tool = function* rev(context): Steps<number> {
  const { list, code } = inputs(context, context.args)
  yield* eachLine(context, list, (line, isEnded) =>
    context.out(toByteText(Array.from(fromByteText(line)).reverse().join('')) + (isEnded ? '\n' : '')),
  )
  return code
}

/** `head -5` is `head -n 5`; `tail +3` is `tail -n +3`. */
function withCounts(context: ToolContext): ByteText[] {
  return context.args.map((arg, i) => {
    const isValue = /^-[ncs]$/.test(context.args[i - 1] ?? '')
    if (isValue) return arg
    if (/^-\d+$/.test(arg)) return `-n${arg.slice(1)}`
    return /^\+\d+$/.test(arg) && context.name === 'tail' ? `-n${arg}` : arg
  })
}

interface Amount {
  readonly sign: string
  readonly count: number
}

function amount(context: ToolContext, text: ByteText, what: string): Amount | number {
  const match = /^([-+]?)(\d+)([bkKmMG]?)B?$/.exec(text)
  if (match === null)
    return complain(
      context,
      say(context, `invalid number of ${what}: ${quoted(context, text)}`, `invalid number '${text}'`),
    )
  const [, sign = '', digits = '0', unit = ''] = match
  const factor = { b: 512, k: 1024, K: 1024, m: 1024 ** 2, M: 1024 ** 2, G: 1024 ** 3 }[unit] ?? 1
  return { sign, count: Number(digits) * factor }
}

function heading(path: ByteText, isFirst: boolean): string {
  return `${isFirst ? '' : '\n'}==> ${path === '-' ? 'standard input' : path} <==\n`
}

export const head: Tool = function* head(context): Steps<number> {
  const given = options(
    context,
    'n:c:qvz',
    { lines: 'n', bytes: 'c', quiet: 'q', silent: 'q', verbose: 'v' },
    { args: withCounts(context) },
  )
  if (typeof given === 'number') return given
  const bytes = given.value('c')
  const wanted = amount(context, bytes ?? given.value('n') ?? '10', bytes === undefined ? 'lines' : 'bytes')
  if (typeof wanted === 'number') return wanted
  let code = 0
  let isFirst = true
  const paths = given.operands.length === 0 ? ['-'] : given.operands
  for (const path of paths) {
    const input = open(context, path)
    if (!(input instanceof Input)) {
      code = headError(context, path, input)
      continue
    }
    if ((paths.length > 1 && !given.has('q')) || given.has('v')) context.out(heading(path, isFirst))
    isFirst = false
    if (wanted.sign === '-') context.out(allBut(yield* input.all(context.held), wanted.count, bytes !== undefined))
    else if (bytes !== undefined) yield* copyBytes(context, input, wanted.count)
    else yield* copyLines(context, input, wanted.count)
  }
  return code
}

function headError(context: ToolContext, path: ByteText, code: Parameters<typeof cannotOpen>[2]): number {
  if (context.voice === 'busybox') return cannotOpen(context, path, code)
  if (code === 'EISDIR') return complain(context, `error reading '${path}': Is a directory`)
  return complain(context, `cannot open '${path}' for reading: ${errorText(code)}`)
}

function allBut(text: ByteText, count: number, isBytes: boolean): ByteText {
  if (isBytes) return text.slice(0, Math.max(text.length - count, 0))
  const lines = linesWithEnds(text)
  return lines.slice(0, Math.max(lines.length - count, 0)).join('')
}

/** Lines with their ends as they were. */
function linesWithEnds(text: ByteText): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

function* copyBytes(context: ToolContext, input: Input, count: number): Steps<void> {
  for (let left = count; left > 0; ) {
    const text = yield* input.take(Math.min(left, 65_536))
    if (text === '') return
    context.out(text)
    left -= text.length
    if (!(yield* hasRoom(context))) return
  }
}

function* copyLines(context: ToolContext, input: Input, count: number): Steps<void> {
  for (let left = count; left > 0; left--) {
    const line = yield* input.line(context.held)
    if (line === undefined) return
    context.out(line)
    if (left % 64 === 0 && !(yield* hasRoom(context))) return
  }
}

export const tail: Tool = function* tail(context): Steps<number> {
  const given = options(
    context,
    'n:c:qvfFs:',
    { lines: 'n', bytes: 'c', quiet: 'q', silent: 'q', follow: 'f', retry: 'F', 'sleep-interval': 's' },
    { args: withCounts(context) },
  )
  if (typeof given === 'number') return given
  const bytes = given.value('c')
  const wanted = amount(context, bytes ?? given.value('n') ?? '10', bytes === undefined ? 'lines' : 'bytes')
  if (typeof wanted === 'number') return wanted
  let code = 0
  let isFirst = true
  const follows = given.has('f') || given.has('F')
  const paths = given.operands.length === 0 ? ['-'] : given.operands
  const shown: Followed[] = []
  const opened = paths.filter((path) => path === '-' || context.files.stat(context.shell.path(path)).ok).length
  const isTitled = say(context, paths.length, opened) > 1 && !given.has('q')
  for (const path of paths) {
    const input = open(context, path)
    if (!(input instanceof Input)) {
      code = headError(context, path, input)
      if (given.has('F')) shown.push({ path, length: 0, isThere: false, inode: undefined })
      continue
    }
    if (isTitled || given.has('v')) context.out(heading(path, isFirst))
    isFirst = false
    const isEndless = follows && isDevice(context.shell.logicalPath(path)) && path !== '-'
    if (wanted.sign === '+' && !follows) {
      yield* copyFrom(context, input, wanted.count, bytes !== undefined)
      continue
    }
    const text = isEndless ? '' : yield* input.all(context.held)
    context.out(lastOf(text, wanted, bytes !== undefined))
    if (path !== '-') shown.push({ path, length: text.length, isThere: true, inode: inodeOf(context, path) })
  }
  if (follows && shown.length > 0) return yield* follow(context, shown, given.has('F'), given.value('s'))
  // Source: busybox coreutils/tail.c.
  return code !== 0 && isFirst && context.voice === 'busybox' ? complain(context, 'no files') : code
}

/** All from the line or byte of a number on, as it comes. */
function* copyFrom(context: ToolContext, input: Input, number: number, isBytes: boolean): Steps<void> {
  if (isBytes) yield* input.take(Math.max(number - 1, 0))
  else for (let left = number - 1; left > 0 && (yield* input.line(context.held)) !== undefined; ) left--
  for (let text = yield* input.chunk(); text !== undefined; text = yield* input.chunk()) {
    context.out(text)
    if (!(yield* hasRoom(context))) return
  }
}

function lastOf(text: ByteText, { sign, count }: Amount, isBytes: boolean): ByteText {
  if (isBytes) return sign === '+' ? text.slice(Math.max(count - 1, 0)) : count === 0 ? '' : text.slice(-count)
  const lines = linesWithEnds(text)
  return (sign === '+' ? lines.slice(Math.max(count - 1, 0)) : count === 0 ? [] : lines.slice(-count)).join('')
}

interface Followed {
  readonly path: ByteText
  length: number
  isThere: boolean
  inode: number | undefined
}

function inodeOf({ files, shell }: ToolContext, path: ByteText): number | undefined {
  const found = files.stat(shell.path(path))
  return found.ok ? found.value.inode : undefined
}

/**
 * Looks every second, as both programs do. With -f the file that was opened is followed, whatever lies at its path by now; with -F
 * the path. Source: coreutils tail.c, sleep_interval, recheck; busybox coreutils/tail.c.
 */
function* follow(
  context: ToolContext,
  files: readonly Followed[],
  byName: boolean,
  interval: string | undefined,
): Steps<never> {
  const ms = Math.max(1, Math.round(Number(interval ?? '1') * 1000)) || 1000
  // `tail -f /dev/null` is how containers are kept running: it costs nothing.
  if (files.every(({ path }) => isDevice(context.shell.logicalPath(path)))) yield* forever()
  for (;;) {
    yield* sleep(ms)
    for (const file of files) {
      if (isDevice(context.shell.logicalPath(file.path))) continue
      const inode = inodeOf(context, file.path)
      const isOther = file.inode !== undefined && inode !== file.inode
      if (isOther && !byName) continue
      if (isOther && inode !== undefined && context.voice === 'gnu')
        context.err(`${context.prefix}'${file.path}' has been replaced;  following new file\n`)
      const content = context.files.readFile(context.shell.path(file.path))
      if (!content.ok) {
        file.isThere = false
        continue
      }
      const size = content.value.length
      // A file that was replaced or cut short is read anew.
      const from = !file.isThere || isOther || size < file.length ? 0 : file.length
      file.inode = inode
      file.isThere = true
      file.length = size
      if (size > from) context.out(bytesToByteText(content.value.subarray(from)))
    }
  }
}

export const tee: Tool = function* tee(context): Steps<number> {
  const given = options(context, 'ai', { append: 'a' })
  if (typeof given === 'number') return given
  let code = 0
  const sinks = [...new Set(given.operands)].flatMap((path) => {
    const sink = openFile(context, path, given.has('a'))
    if (typeof sink !== 'string') return [{ path, sink }]
    code = complain(context, `${path}: ${errorText(sink)}`)
    return []
  })
  for (let text = yield* context.stdin.chunk(); text !== undefined; text = yield* context.stdin.chunk()) {
    context.out(text)
    for (const { sink } of sinks) sink.write(text)
    if (!(yield* hasRoom(context))) return brokenPipeCode
  }
  for (const { path, sink } of sinks) {
    const failure = sink.takeFailure?.()
    if (failure !== undefined) code = complain(context, `${path}: ${say(context, errorText(failure), 'I/O error')}`)
  }
  return code
}

export const yes: Tool = function* yes(context): Steps<number> {
  const line = `${context.args.length === 0 ? 'y' : context.args.join(' ')}\n`
  const piece = line.repeat(Math.max(1, Math.floor(8192 / line.length)))
  do context.out(piece)
  while (yield* hasRoom(context))
  return brokenPipeCode
}

export const nl: Tool = function* nl(context): Steps<number> {
  const given = options(context, 'b:w:s:v:n:')
  if (typeof given === 'number') return given
  const width = Number(given.value('w') ?? '6')
  let number = Number(given.value('v') ?? '1')
  const { list, code } = inputs(context, given.operands)
  yield* eachLine(context, list, (line) => {
    const isNumbered = given.value('b') === 'a' || line !== ''
    context.out(
      isNumbered
        ? `${String(number++).padStart(width)}${given.value('s') ?? '\t'}${line}\n`
        : `${' '.repeat(width + 1)}${line}\n`,
    )
  })
  return code
}

export const paste: Tool = function* paste(context): Steps<number> {
  const given = options(context, 'd:s', { delimiters: 'd', serial: 's' })
  if (typeof given === 'number') return given
  const delimiters = (given.value('d') ?? '\t').replaceAll('\\n', '\n').replaceAll('\\t', '\t')
  const { list, code } = inputs(context, given.operands)
  const join = (parts: readonly ByteText[]): ByteText =>
    parts
      .map((part, i) => (i === 0 ? part : delimiters.charAt((i - 1) % Math.max(delimiters.length, 1)) + part))
      .join('')
  if (given.has('s')) {
    for (const each of list) context.out(`${join(yield* allLines(context, [each]))}\n`)
    return code
  }
  // `paste - -` takes its lines in turn from one input.
  for (;;) {
    const row: (ByteText | undefined)[] = []
    for (const { input } of list) row.push(yield* input.line(context.held))
    if (row.every((line) => line === undefined)) return code
    context.out(`${join(row.map((line) => line?.replace(/\n$/, '') ?? ''))}\n`)
    if (!(yield* hasRoom(context))) return brokenPipeCode
  }
}
