/** `read`. Source: busybox 1.35 shell/shell_common.c, shell_builtin_read; bash builtins/read.def. */
import { after } from '../../../kernel/after.ts'
import { firstOf } from '../../../kernel/first-of.ts'
import { mapped } from '../../../kernel/mapped.ts'
import { process } from '../../../kernel/process.ts'
import { type Steps, wait } from '../../../kernel/steps.ts'
import type { ByteText } from '../../byte-text.ts'
import type { Outcome, Shell } from '../shell.ts'
import { Input } from '../streams.ts'
import { setArray } from '../words/arrays.ts'
import { wordsOf } from './arrays.ts'
import { ashOptions, type BuiltinCall, complain, raise } from './builtin.ts'

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/

/** What is to be read, and where it goes. */
interface Asked {
  readonly names: readonly string[]
  readonly isRaw: boolean
  /** The character that ends it. */
  readonly end: string
  readonly count: number | undefined
  /** The end counts as any other character. */
  readonly isExact: boolean
  readonly array: string | undefined
  readonly timeoutMs: number | undefined
  readonly fd: number
}

/** Exit code of a bash that waited for too long: 128 and SIGALRM. */
const bashTimeoutCode = 142

/** Reads a line of standard input into variables. */
export function* read(call: BuiltinCall): Steps<Outcome> {
  const { shell, streams } = call
  const isAsh = shell.dialect.name === 'ash'
  const asked = isAsh ? askedInAsh(call) : askedInBash(call)
  if (typeof asked === 'string')
    return isAsh ? raise(call, asked) : complain(call, asked, /: (?:invalid option|option req)/.test(asked) ? 2 : 1)
  const bad = asked.names.find((name) => !identifier.test(name))
  if (bad !== undefined && isAsh) {
    streams.err.write(`${shell.program}: read: '${bad}': bad variable name\n`)
    return 1
  }
  if (bad !== undefined) return complain(call, `\`${bad}': not a valid identifier`, 1)
  const input = streams.get(asked.fd)
  if (!(input instanceof Input))
    return isAsh ? 1 : complain(call, `${asked.fd}: invalid file descriptor: Bad file descriptor`, 1)
  if (asked.timeoutMs === 0) return input.isReady ? 0 : 1
  const taken = yield* within(asked.timeoutMs, takeFrom(input, asked, shell), shell)
  // What came in time is lost to ash's variables; nothing was read of bash's.
  if (taken === undefined) return isAsh ? 1 : bashTimeoutCode
  return assignTaken(taken, asked, shell)
}

function assignTaken(taken: ByteText, { names, isRaw, end, count, isExact, array }: Asked, shell: Shell): Outcome {
  const isEnded = !isExact && taken.endsWith(end)
  const isWhole = isEnded || (count !== undefined && taken.length === count)
  const line = (isEnded ? taken.slice(0, -1) : taken).replaceAll('\0', '')
  if (isExact) shell.set(names[0] ?? 'REPLY', line)
  else if (array === undefined) assignWords(line, names, isRaw, shell)
  else setArray(shell, array, wordsOf(line, isRaw, shell))
  return isWhole ? 0 : 1
}

function* takeFrom(input: Input, { count, isExact, isRaw, end }: Asked, shell: Shell): Steps<ByteText> {
  if (count === undefined) return yield* readLogical(input, isRaw, end, shell)
  return yield* input.take(count, (length) => shell.budget.hold(length), isExact ? undefined : end)
}

/** What a reading gives, or undefined when its time is over. */
function* within(ms: number | undefined, body: Steps<ByteText>, { world }: Shell): Steps<ByteText | undefined> {
  if (ms === undefined) return yield* body
  const late = mapped(world.after?.(ms) ?? after(world.kernel, ms), () => undefined)
  const read = process(world.kernel, () => kept(body))
  const first = yield* wait(firstOf<ByteText | Failed | undefined>(read, late))
  if (first instanceof Failed) throw first.error
  return first
}

/** What went wrong in a process of its own goes on where it is waited for. */
class Failed {
  readonly error: unknown
  constructor(error: unknown) {
    this.error = error
  }
}

function* kept(body: Steps<ByteText>): Steps<ByteText | Failed> {
  try {
    return yield* body
  } catch (error) {
    return new Failed(error)
  }
}

/** A line; a backslash at its end joins the next one to it unless the reading is raw. */
function* readLogical(input: Input, isRaw: boolean, end: string, shell: Shell): Steps<ByteText> {
  const held = (length: number): void => shell.budget.hold(length)
  let taken = (yield* input.line(held, end)) ?? ''
  while (!isRaw && end === '\n' && /(?:^|[^\\])(?:\\\\)*\\\n$/.test(taken)) {
    taken = taken.slice(0, -2) + ((yield* input.line(held, end)) ?? '')
  }
  return taken
}

/** A text is what is wrong with the options. */
function askedInAsh({ args }: BuiltinCall): Asked | string {
  const found = ashOptions(args, 'p:u:rt:n:sd:')
  if (typeof found === 'string') return found
  const { given, operands } = found
  const [count, timeout, fd] = [given.get('n'), given.get('t'), given.get('u')]
  if (count !== undefined && !/^\d+$/.test(count)) return 'invalid count'
  if (timeout !== undefined && !/^\d+(?:\.\d{0,3}.*)?$/s.test(timeout)) return 'invalid timeout'
  if (fd !== undefined && !/^\d+$/.test(fd)) return 'invalid file descriptor'
  return {
    names: operands,
    isRaw: given.has('r'),
    end: given.has('d') ? given.get('d')?.charAt(0) || '\0' : '\n',
    count: Number(count ?? 0) || undefined,
    isExact: false,
    array: undefined,
    timeoutMs: timeout === undefined ? undefined : milliseconds(timeout),
    fd: Number(fd ?? 0),
  }
}

function milliseconds(text: ByteText): number {
  return Math.floor(Number.parseFloat(text) * 1000)
}

const bashUsage =
  'read: usage: read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]'

/** A text is what is wrong with the options. */
function askedInBash({ args }: BuiltinCall): Asked | string {
  const given = new Map<string, ByteText>()
  let at = 0
  for (; /^-./.test(args[at] ?? ''); at++) {
    const arg = args[at] ?? ''
    if (arg === '--') {
      at++
      break
    }
    for (let i = 1; i < arg.length; i++) {
      const letter = arg.charAt(i)
      if (!'ersadinNptu'.includes(letter)) return `-${letter}: invalid option\n${bashUsage}`
      if ('ers'.includes(letter)) {
        given.set(letter, '')
        continue
      }
      const value = i + 1 < arg.length ? arg.slice(i + 1) : args[++at]
      if (value === undefined) return `-${letter}: option requires an argument\n${bashUsage}`
      given.set(letter, value)
      break
    }
  }
  const [count, exact, timeout, fd] = [given.get('n'), given.get('N'), given.get('t'), given.get('u')]
  for (const number of [count, exact])
    if (number !== undefined && !/^\d+$/.test(number)) return `${number}: invalid number`
  if (timeout !== undefined && !/^\d*\.?\d*$/.test(timeout)) return `${timeout}: invalid timeout specification`
  if (fd !== undefined && !/^\d+$/.test(fd)) return `${fd}: invalid file descriptor specification`
  return {
    names: args.slice(at),
    isRaw: given.has('r'),
    end: given.has('d') ? given.get('d')?.charAt(0) || '\0' : '\n',
    count: exact !== undefined ? Number(exact) : Number(count ?? 0) || undefined,
    isExact: exact !== undefined,
    array: given.get('a'),
    timeoutMs: timeout === undefined ? undefined : milliseconds(timeout),
    fd: Number(fd ?? 0),
  }
}

/** Words go into names, all that is left into the last. Source: POSIX read; 2.6.5. */
function assignWords(line: ByteText, names: readonly string[], isRaw: boolean, shell: Shell): void {
  const plain = (text: ByteText): ByteText => (isRaw ? text : text.replace(/\\([\s\S])/g, '$1'))
  const separators = shell.variables.get('IFS') ?? ' \t\n'
  if (names.length === 0) {
    shell.set('REPLY', plain(line))
    return
  }
  const isBlank = (char: string): boolean => char !== '' && ' \t\n'.includes(char) && separators.includes(char)
  const isSeparator = (char: string): boolean => char !== '' && separators.includes(char)
  let at = 0
  const skipBlanks = (): void => {
    while (isBlank(line.charAt(at))) at++
  }
  skipBlanks()
  names.forEach((name, i) => {
    const start = at
    if (i === names.length - 1) {
      let end = line.length
      while (end > start && isBlank(line.charAt(end - 1))) end--
      const last = line.slice(start, end)
      // One separator at the end of a single field goes with it.
      const only =
        last.length > 0 &&
        isSeparator(last.slice(-1)) &&
        !isBlank(last.slice(-1)) &&
        ![...last.slice(0, -1)].some(isSeparator)
      shell.set(name, plain(only ? last.slice(0, -1) : last))
      return
    }
    while (at < line.length && !isSeparator(line.charAt(at))) at += !isRaw && line.charAt(at) === '\\' ? 2 : 1
    const word = line.slice(start, at)
    skipBlanks()
    if (isSeparator(line.charAt(at)) && !isBlank(line.charAt(at))) at++
    skipBlanks()
    shell.set(name, plain(word))
  })
}
