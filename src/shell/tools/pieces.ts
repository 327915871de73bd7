/** split and shuf. Sources: GNU coreutils split.c, shuf.c; busybox coreutils/split.c, shuf.c. */
import { errorText } from '../../fs/error-text.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, byteTextToBytes } from '../byte-text.ts'
import {
  allLines,
  cannotOpen,
  complain,
  hasRoom,
  inputs,
  notSimulated,
  type Options,
  options,
  quoted,
  readAll,
  say,
  type ToolContext,
  usage,
  writeFile,
} from './tool.ts'

const sizeUnits: Readonly<Record<string, number>> = { '': 1, b: 512, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** `5`, `2k`, `1MB`: how many bytes; undefined: it is no size. */
export function sizeOf(text: ByteText): number | undefined {
  const match = /^(\d{1,15})([bkKmMgG]?)(iB|B)?$/.exec(text)
  if (match === null) return undefined
  const [, digits = '', unit = '', rest] = match
  if (rest !== undefined && (unit === '' || unit === 'b')) return undefined
  const power = { k: 1, m: 2, g: 3 }[unit.toLowerCase()] ?? 0
  return Number(digits) * (rest === 'B' ? 1000 ** power : (sizeUnits[unit.toLowerCase()] ?? 1))
}

/** A file in pieces. */
export function* split(context: ToolContext): Steps<number> {
  const args = context.args.map((arg) => (/^-\d+$/.test(arg) && context.voice === 'gnu' ? `-l${arg.slice(1)}` : arg))
  const longs = {
    lines: 'l',
    bytes: 'b',
    'suffix-length': 'a',
    'numeric-suffixes': 'd',
    number: 'n',
    'additional-suffix': 'A',
    verbose: 'v',
  }
  const given = options(context, say(context, 'l:b:a:dn:A:v', 'l:b:a:'), longs, { args })
  if (typeof given === 'number') return given
  const [path = '-', prefix = 'x', more] = given.operands
  if (more !== undefined) return usage(context, `extra operand ${quoted(context, more)}`)
  const wrong = wrongCount(context, given)
  if (wrong !== undefined) return wrong
  const content = yield* readAll(context, path)
  if (typeof content !== 'string')
    return context.voice === 'busybox'
      ? cannotOpen(context, path, content.code)
      : complain(context, `cannot open '${path}' for reading: ${errorText(content.code)}`)
  const parts = partsOf(content, given)
  for (const [i, part] of parts.entries()) {
    const name = nameOf(prefix, i, given)
    if (name === undefined)
      return complain(context, say(context, 'output file suffixes exhausted', 'suffixes exhausted'))
    if (given.has('v')) context.out(`creating file '${name}'\n`)
    const failure = writeFile(context, name, part)
    if (failure !== undefined)
      return complain(
        context,
        say(context, `${name}: ${errorText(failure)}`, `can't open '${name}': ${errorText(failure)}`),
      )
    if (!(yield* hasRoom(context))) break
  }
  return 0
}

/** Counts that are none; `-n` takes a number alone. */
function wrongCount(context: ToolContext, given: Options): number | undefined {
  const [lines, bytes, chunks, length] = [given.value('l'), given.value('b'), given.value('n'), given.value('a')]
  const refuse = (what: string, text: ByteText): number => {
    const why = /^0+[bkmg]?$/i.test(text) ? ': Numerical result out of range' : ''
    return complain(
      context,
      say(context, `invalid number of ${what}: ${quoted(context, text)}${why}`, `invalid number '${text}'`),
    )
  }
  if (lines !== undefined && !(Number(sizeOf(lines)) > 0)) return refuse('lines', lines)
  if (bytes !== undefined && !(Number(sizeOf(bytes)) > 0)) return refuse('bytes', bytes)
  if (chunks !== undefined && !/^[1-9]\d{0,6}$/.test(chunks))
    return /^[lr]\//.test(chunks) || chunks.includes('/')
      ? notSimulated(context, `split -n ${chunks}`)
      : refuse('chunks', chunks)
  if (length !== undefined && !/^\d{1,2}$/.test(length))
    return complain(
      context,
      say(context, `invalid suffix length: ${quoted(context, length)}`, `invalid number '${length}'`),
    )
  const ways = [lines, bytes, chunks].filter((each) => each !== undefined)
  return ways.length > 1 && context.voice === 'gnu' ? usage(context, 'cannot split in more than one way') : undefined
}

function partsOf(content: ByteText, given: Options): readonly ByteText[] {
  const chunks = Number(given.value('n') ?? 0)
  if (chunks > 0) {
    const size = Math.floor(content.length / chunks)
    return Array.from({ length: chunks }, (_, i) =>
      content.slice(i * size, i === chunks - 1 ? undefined : (i + 1) * size),
    )
  }
  const bytes = given.value('b')
  const size = sizeOf(bytes ?? given.value('l') ?? '1000') ?? 1000
  const parts: ByteText[] = []
  for (let at = 0; at < content.length; ) {
    let end = at + size
    if (bytes === undefined) {
      end = at
      for (let lines = 0; lines < size && end < content.length; lines++) {
        const newline = content.indexOf('\n', end)
        end = newline < 0 ? content.length : newline + 1
      }
    }
    parts.push(content.slice(at, end))
    at = end
  }
  return parts
}

const firstLength = 2

/** `xaa`, `xab` ...; GNU makes room for more of them by a `z` before, unless the length is given. Source: split.c, next_file_name. */
function nameOf(prefix: ByteText, index: number, given: Options): ByteText | undefined {
  const digits = given.has('d') ? '0123456789' : 'abcdefghijklmnopqrstuvwxyz'
  const [base, last] = [digits.length, digits.at(-1) ?? '']
  let length = Number(given.value('a') ?? 0) || firstLength
  let [rest, lead] = [index, '']
  // All but those that begin with the last letter, which makes room for a longer one.
  for (; !given.has('a') && rest >= (base - 1) * base ** (length - 1); length++) {
    rest -= (base - 1) * base ** (length - 1)
    lead += last
  }
  if (rest >= base ** length) return undefined
  let name = ''
  for (let i = 0; i < length; i++) {
    name = digits.charAt(rest % base) + name
    rest = Math.floor(rest / base)
  }
  return `${prefix}${lead}${name}${given.value('A') ?? ''}`
}

/** In an order that the seed draws. */
export function* shuf(context: ToolContext): Steps<number> {
  const longs = { echo: 'e', 'input-range': 'i', 'head-count': 'n', output: 'o', 'zero-terminated': 'z', repeat: 'r' }
  const given = options(context, say(context, 'ei:n:o:zr', 'ei:n:o:z'), longs)
  if (typeof given === 'number') return given
  const count = given.value('n')
  if (count !== undefined && !/^\d{1,15}$/.test(count))
    return complain(context, say(context, `invalid line count: ${quoted(context, count)}`, `invalid number '${count}'`))
  if (given.has('r') && count === undefined) return notSimulated(context, 'shuf -r without -n')
  const rows = yield* rowsOf(context, given)
  if (typeof rows === 'number') return rows
  const [most, end] = [Number(count ?? rows.length), given.has('z') ? '\0' : '\n']
  const text = drawn(context, rows, most, given.has('r'))
    .map((row) => row + end)
    .join('')
  const target = given.value('o')
  const failure = target === undefined ? undefined : writeFile(context, target, text)
  if (target === undefined) context.out(text)
  return failure === undefined ? 0 : cannotOpen(context, target ?? '', failure)
}

/** Most numbers of a range; more would not fit into memory. */
const mostNumbers = 1_000_000

function* rowsOf(context: ToolContext, given: Options): Steps<readonly ByteText[] | number> {
  const range = given.value('i')
  if (range !== undefined) {
    const [, low = '', high = ''] = /^(\d{1,15})-(\d{1,15})$/.exec(range) ?? []
    const size = high === '' ? -1 : Number(high) - Number(low) + 1
    if (size < (context.voice === 'gnu' && high !== '' ? 0 : 1))
      return complain(context, say(context, `invalid input range: ${quoted(context, range)}`, `bad range '${range}'`))
    if (size > mostNumbers) return notSimulated(context, `ranges of more than ${mostNumbers} numbers`)
    return Array.from({ length: size }, (_, i) => String(Number(low) + i))
  }
  if (given.has('e')) return given.operands
  const { list, code } = inputs(context, given.operands.slice(0, 1))
  return code === 0 ? yield* allLines(context, list, given.has('z') ? '\0' : '\n') : code
}

/** Source: R. A. Fisher, F. Yates; the first ones of a row that is shuffled as far as it is read. */
function drawn(context: ToolContext, rows: readonly ByteText[], most: number, repeats: boolean): readonly ByteText[] {
  const row = [...rows]
  const below = (limit: number): number => {
    let value = 0
    for (const byte of byteTextToBytes(context.shell.world.randomBytes(4))) value = value * 256 + byte
    return value % limit
  }
  if (repeats)
    return row.length === 0
      ? []
      : Array.from({ length: Math.min(most, mostNumbers) }, () => row[below(row.length)] ?? '')
  const taken: ByteText[] = []
  for (let i = 0; i < row.length && taken.length < most; i++) {
    const at = i + below(row.length - i)
    taken.push(row[at] ?? '')
    row[at] = row[i] ?? ''
  }
  return taken
}
