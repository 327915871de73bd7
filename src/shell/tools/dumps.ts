/** Bytes shown as numbers: od, hexdump, xxd. Sources: GNU coreutils, util-linux, vim; busybox. */
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { Input } from '../engine/streams.ts'
import { blockSize, blockText, parseFormat } from './hexdump-format.ts'
import {
  cannotOpen,
  complain,
  eachBlock,
  inputs,
  type NamedInput,
  notSimulated,
  open,
  options,
  quoted,
  type Stretch,
  say,
  type Tool,
  type ToolContext,
} from './tool.ts'

const hex = (code: number, width: number): string => code.toString(16).padStart(width, '0')

/** Bytes in rows of `size`, which are folded into `*` where they are equal and `folds` says so. */
interface Dump extends Stretch {
  readonly folds: boolean
  /** Shows a last row, too, that begins as the one before it did, after a `*`. */
  readonly marksShort?: boolean
}

/** Writes each row as `text` has it, whose `at` counts from the first byte that is shown. */
function* dumpRows(
  context: ToolContext,
  list: readonly NamedInput[],
  dump: Dump,
  text: (row: ByteText, at: number) => string,
): Steps<{ readonly skipped: number; readonly given: number }> {
  let [at, isFolded] = [0, false]
  let before: ByteText | undefined
  return yield* eachBlock(context, list, dump, (bytes) => {
    let shown = ''
    for (let from = 0; from < bytes.length; from += dump.size) {
      const row = bytes.slice(from, from + dump.size)
      const isAlike = dump.folds && before?.startsWith(row) === true
      const repeats = isAlike && row.length === dump.size
      if (isAlike && !isFolded && (repeats || dump.marksShort === true)) shown += '*\n'
      if (!repeats) shown += text(row, at)
      isFolded = repeats
      before = row
      at += row.length
    }
    context.out(shown)
  })
}

const codes = (row: ByteText): number[] => Array.from(row, (char) => char.charCodeAt(0))

/** Letters of od that stand for a type. */
const odTypes: readonly (readonly [letter: string, type: string])[] = [
  ['a', 'a'],
  ['c', 'c'],
  ['b', 'o1'],
  ['x', 'x2'],
  ['d', 'u2'],
  ['s', 'd2'],
  ['l', 'd8'],
  ['o', 'o2'],
]

/** Octal words, or with -c characters, -t x1 bytes in hexadecimal digits. -A chooses the offsets. */
export const od: Tool = function* od(context): Steps<number> {
  const given = options(context, 'acbdxoslivt:A:N:j:w::', {
    format: 't',
    'address-radix': 'A',
    'read-bytes': 'N',
    'skip-bytes': 'j',
    'output-duplicates': 'v',
    width: 'w',
  })
  if (typeof given === 'number') return given
  const skip = sizeOf(given.value('j')) ?? 0
  const ints = given.has('i') ? say(context, 'd4', 'd2') : undefined
  const type = odTypes.find(([letter]) => given.has(letter))?.[1] ?? ints ?? given.value('t') ?? 'o2'
  const cell = context.voice === 'busybox' && type.endsWith('z') ? undefined : cellOf(type)
  if (cell === undefined)
    return complain(
      context,
      say(
        context,
        `invalid character '${type.charAt(1)}' in type string ${quoted(context, type)}`,
        `invalid type string '${type}'`,
      ),
    )
  const radix = given.value('A') ?? 'o'
  const address = (at: number): string =>
    radix === 'n'
      ? ''
      : radix === 'x'
        ? hex(at, 6)
        : radix === 'd'
          ? String(at).padStart(7, '0')
          : at.toString(8).padStart(7, '0')
  const width = given.has('w') ? Number(given.value('w') || '32') || 16 : 16
  const { list, code } = inputs(context, given.operands)
  if (list.length === 0) return code
  const dump = { size: width, skip, count: sizeOf(given.value('N')), folds: !given.has('v') }
  const ended = yield* dumpRows(context, list, dump, (row, at) => `${address(at + skip)}${cell(row)}\n`)
  if (ended.skipped < skip)
    return complain(context, `${say(context, 'cannot', "can't")} skip past end of combined input`)
  if (radix !== 'n') context.out(`${address(skip + ended.given)}\n`)
  return code
}

/** A count of bytes: decimal, octal or hexadecimal, with `b`, `k`, `m`. */
function sizeOf(text: string | undefined): number | undefined {
  const match = /^(0x[0-9a-fA-F]+|\d+)([bkm]?)$/.exec(text ?? '')
  if (match === null) return undefined
  const [, digits = '', unit = ''] = match
  const value = /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  return value * ({ b: 512, k: 1024, m: 1 << 20 }[unit] ?? 1)
}

/** Columns of a decimal number of some bytes. Source: coreutils od.c, bytes_to_signed_dec_digits, bytes_to_unsigned_dec_digits. */
const decimalWidths: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  d: { 1: 4, 2: 6, 4: 11, 8: 20 },
  u: { 1: 3, 2: 5, 4: 10, 8: 20 },
}

/** How od shows the bytes of a row. */
function cellOf(type: string): ((row: ByteText) => string) | undefined {
  if (type === 'c')
    return (row) =>
      codes(row)
        .map((code) =>
          (
            odNames[code] ?? (code < 32 || code > 126 ? code.toString(8).padStart(3, '0') : String.fromCharCode(code))
          ).padStart(4),
        )
        .join('')
  if (type === 'a')
    return (row) =>
      codes(row)
        .map((code) => (odControls[code & 127] ?? String.fromCharCode(code & 127)).padStart(4))
        .join('')
  const match = /^([xoud])([12468CSIL]?)(z?)$/.exec(type)
  if (match === null) return undefined
  const [, kind = 'o', sizeText = '', shows] = match
  const size = { C: 1, S: 2, I: 4, L: 8 }[sizeText] ?? Number(sizeText || '4')
  const radix = { x: 16, o: 8 }[kind] ?? 10
  const width = { x: size * 2, o: Math.ceil((size * 8) / 3) }[kind] ?? decimalWidths[kind]?.[size] ?? size * 2
  return (row) => {
    let text = ''
    for (let at = 0; at < row.length; at += size) {
      let value = 0n
      for (let k = size - 1; k >= 0; k--) value = (value << 8n) | BigInt(row.charCodeAt(at + k) || 0)
      const signed = kind === 'd' ? BigInt.asIntN(size * 8, value) : value
      const digits = signed.toString(radix)
      text += ` ${kind === 'x' || kind === 'o' ? digits.padStart(width, '0') : digits.padStart(width)}`
    }
    return shows === 'z' ? `${text.padEnd((16 / size) * (width + 1))}  >${printable(row)}<` : text
  }
}

const odNames: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
}
const odControls: Readonly<Record<number, string>> = {
  ...Object.fromEntries(
    'nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp'
      .split(' ')
      .map((name, code) => [code, name]),
  ),
  127: 'del',
}

function printable(row: ByteText): string {
  return row.replace(/[^ -~]/g, '.')
}

interface Display {
  /** Bytes in one cell. */
  readonly size: 1 | 2
  readonly cell: (value: number) => string
}

const words = (width: number, text: (value: number) => string): Display => ({
  size: 2,
  cell: (value) => text(value).padStart(width),
})
const plainDisplay = words(5, (value) => hex(value, 4))

/** Displays by option. Source: util-linux hexdump.c; busybox util-linux/hexdump.c, add_strings. */
const displays: Readonly<Record<string, Display>> = {
  b: { size: 1, cell: (value) => ` ${value.toString(8).padStart(3, '0')}` },
  c: {
    size: 1,
    cell: (value) =>
      (
        odNames[value] ?? (value < 32 || value > 126 ? value.toString(8).padStart(3, '0') : String.fromCharCode(value))
      ).padStart(4),
  },
  d: words(8, (value) => String(value).padStart(5, '0')),
  o: words(8, (value) => value.toString(8).padStart(6, '0')),
  x: words(8, (value) => hex(value, 4)),
}

/** -C: bytes and characters; -b, -c, -d, -o, -x; -e a format; without any, words of two bytes. */
export const hexdump: Tool = function* hexdump(context): Steps<number> {
  const given = options(context, 'Cvn:s:bcdoxe:', {
    canonical: 'C',
    length: 'n',
    skip: 's',
    'no-squeezing': 'v',
    format: 'e',
  })
  if (typeof given === 'number') return given
  const { list, code } = inputs(context, given.operands)
  if (list.length === 0) {
    if (context.voice === 'gnu') context.err('hexdump: all input file arguments failed\n')
    return code
  }
  const skip = sizeOf(given.value('s')) ?? 0
  const count = sizeOf(given.value('n'))
  // Source: busybox libbb/dump.c, get, which compares what there is of the row.
  const range = { skip, count, folds: !given.has('v'), marksShort: context.voice === 'busybox' }
  if (given.has('e')) {
    const units = parseFormat(given.all('e'))
    if (typeof units === 'string') return complain(context, units)
    const size = blockSize(units)
    if (size > 0) yield* dumpRows(context, list, { size, ...range }, (row) => blockText(units, row))
    return code
  }
  const isCanonical = given.has('C') || context.name === 'hd'
  const chosen = Object.entries(displays).flatMap(([letter, display]) => (given.has(letter) ? [display] : []))
  const shown = chosen.length === 0 ? [plainDisplay] : chosen
  const ended = yield* dumpRows(context, list, { size: 16, ...range }, (row, at) =>
    isCanonical ? canonicalRow(row, at + skip) : shown.map((display) => displayedRow(row, at + skip, display)).join(''),
  )
  if (ended.skipped + ended.given > 0) context.out(`${hex(ended.skipped + ended.given, isCanonical ? 8 : 7)}\n`)
  return code
}

function canonicalRow(row: ByteText, at: number): string {
  const cells = codes(row)
    .map((code, i) => `${i === 8 ? ' ' : ''}${hex(code, 2)} `)
    .join('')
  return `${hex(at, 8)}  ${cells.padEnd(49)} |${printable(row)}|\n`
}

function displayedRow(row: ByteText, at: number, { size, cell }: Display): string {
  let text = ''
  for (let k = 0; k < row.length; k += size)
    text += cell(row.charCodeAt(k) | (size === 2 ? (row.charCodeAt(k + 1) || 0) << 8 : 0))
  return `${hex(at, 7)}${text.padEnd((16 / size) * cell(0).length)}\n`
}

/** Source: vim src/xxd/xxd.c, COLS; of -p and -i there is no such limit. */
const mostColumns = 256

/** Bytes in pairs with their characters; -p plain digits, -i as C, -r back to bytes. */
export const xxd: Tool = function* xxd(context): Steps<number> {
  // vim's takes -ps and other long names behind one dash.
  const args = context.args.map((arg) => (/^-(?:ps|plain|postscript)$/.test(arg) ? '-p' : arg))
  const given = options(context, say(context, 'aprubel:c:g:s:o:iEn:', 'prl:c:g:s:o:in:'), { plain: 'p' }, { args })
  if (typeof given === 'number') return given
  const path = given.operands[0] ?? '-'
  const input = open(context, path)
  if (!(input instanceof Input)) return cannotOpen(context, path, input) && say(context, 2, 1)
  if (given.has('r')) {
    const content = yield* input.all(context.held)
    const digits = given.has('p')
      ? content.replace(/\s/g, '')
      : content.replace(/^[0-9a-fA-F]+: ?((?:[0-9a-fA-F]{2,} ?)+)(?: .*)?$/gm, '$1').replace(/\s/g, '')
    context.out(
      (digits.match(/[0-9a-fA-F]{2}/g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join(''),
    )
    return 0
  }
  if (given.has('E')) return notSimulated(context, 'xxd -E')
  const isBinary = given.has('b')
  const said = given.value('s') ?? ''
  // From the end of a file, which is read for that.
  const all = said.startsWith('-') ? yield* input.all(context.held) : undefined
  const skip = all === undefined ? (sizeOf(said.replace(/^\+/, '')) ?? 0) : Math.max(0, all.length + Number(said))
  const source = all === undefined ? input : new Input(all)
  const count = sizeOf(given.value('l') ?? given.value('n'))
  const usual = given.has('p') ? '30' : given.has('i') ? '12' : isBinary ? '6' : '16'
  const columns = Number(given.value('c') ?? usual) || Number(usual)
  if (columns < 0 || (columns > mostColumns && !given.has('p') && !given.has('i')))
    return complain(context, `invalid number of columns (max. ${mostColumns}).`)
  const group = Number(given.value('g') ?? (isBinary ? '1' : given.has('e') ? '4' : '2')) || columns
  const digits = isBinary ? 8 : 2
  const shown = (code: number): string => {
    const text = isBinary ? code.toString(2).padStart(8, '0') : hex(code, 2)
    return given.has('u') ? text.toUpperCase() : text
  }
  const added = skip + (sizeOf(given.value('o')) ?? 0)
  if (given.has('i')) {
    const bytes = (yield* source.all(context.held)).slice(skip, count === undefined ? undefined : skip + count)
    context.out(asC(bytes, columns, path, context.voice === 'gnu'))
    return 0
  }
  const width = columns * digits + Math.ceil(columns / group)
  yield* dumpRows(context, [{ path, input: source }], { size: columns, skip, count, folds: false }, (row, at) => {
    const cells = codes(row)
    if (given.has('p')) return `${cells.map(shown).join('')}\n`
    let text = ''
    for (let i = 0; i < cells.length; i += group) {
      const own = cells.slice(i, i + group).map(shown)
      // Little-endian groups have their bytes the other way round, short ones to the right.
      const part = given.has('e')
        ? own
            .reverse()
            .join('')
            .padStart(group * digits)
        : own.join('')
      text += part.length < group * digits ? part : `${part} `
    }
    return `${hex(at + added, 8)}: ${text.padEnd(width)} ${printable(row)}\n`
  })
  return 0
}

/** An array of C; busybox ends each line with a comma. */
function asC(bytes: ByteText, columns: number, path: ByteText, isGnu: boolean): string {
  const all = codes(bytes).map((code) => `0x${hex(code, 2)}`)
  const lines: string[] = []
  for (let i = 0; i < all.length; i += columns) lines.push(`  ${all.slice(i, i + columns).join(', ')}`)
  const text = lines.length === 0 ? '' : `${lines.join(',\n')}${isGnu ? '' : ','}\n`
  if (path === '-') return text
  const name = path.replace(/^(?=\d)|[^A-Za-z0-9]/g, (char) => (char === '' ? '__' : '_'))
  return `unsigned char ${name}[] = {\n${text}};\nunsigned int ${name}_len = ${bytes.length};\n`
}
