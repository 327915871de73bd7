/** Bytes shown as numbers: od, hexdump, xxd. Sources: GNU coreutils, util-linux, vim; busybox. */
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { Input } from '../engine/streams.ts'
import { formatted, parseFormat } from './hexdump-format.ts'
import { allBytes, cannotOpen, complain, open, options, quoted, say, type Tool } from './tool.ts'

const hex = (code: number, width: number): string => code.toString(16).padStart(width, '0')

/** Rows of some bytes, each with its offset; equal rows are folded into `*` where `folds` says so. */
function rows(
  bytes: ByteText,
  size: number,
  folds: boolean,
): readonly ({ readonly at: number; readonly row: ByteText } | '*')[] {
  const found: ({ readonly at: number; readonly row: ByteText } | '*')[] = []
  let before: ByteText | undefined
  for (let at = 0; at < bytes.length; at += size) {
    const row = bytes.slice(at, at + size)
    const repeats = folds && row === before && row.length === size
    if (!repeats) found.push({ at, row })
    else if (found.at(-1) !== '*') found.push('*')
    before = row
  }
  return found
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
  const content = yield* allBytes(context, given.operands)
  if (content === undefined) return 1
  const skipped = sizeOf(given.value('j')) ?? 0
  const bytes = content.slice(skipped, given.has('N') ? skipped + (sizeOf(given.value('N')) ?? 0) : undefined)
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
  for (const each of rows(bytes, width, !given.has('v'))) {
    if (each === '*') context.out('*\n')
    else context.out(`${address(each.at + skipped)}${cell(each.row)}\n`)
  }
  if (radix !== 'n') context.out(`${address(skipped + bytes.length)}\n`)
  return 0
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
  const content = yield* allBytes(context, given.operands)
  if (content === undefined) return 1
  const skipped = Math.min(sizeOf(given.value('s')) ?? 0, content.length)
  const bytes = content.slice(skipped, given.has('n') ? skipped + (sizeOf(given.value('n')) ?? 0) : undefined)
  const folds = !given.has('v')
  if (given.has('e')) {
    const units = parseFormat(given.all('e'))
    if (typeof units === 'string') return complain(context, units)
    context.out(formatted(units, bytes, folds))
    return 0
  }
  const isCanonical = given.has('C') || context.name === 'hd'
  const chosen = Object.entries(displays).flatMap(([letter, display]) => (given.has(letter) ? [display] : []))
  const shown = chosen.length === 0 ? [plainDisplay] : chosen
  for (const each of rows(bytes, 16, folds)) {
    if (each === '*') context.out('*\n')
    else if (isCanonical) {
      const cells = codes(each.row)
        .map((code, i) => `${i === 8 ? ' ' : ''}${hex(code, 2)} `)
        .join('')
      context.out(`${hex(each.at + skipped, 8)}  ${cells.padEnd(49)} |${printable(each.row)}|\n`)
    } else
      for (const { size, cell } of shown) {
        let text = ''
        for (let k = 0; k < each.row.length; k += size)
          text += cell(each.row.charCodeAt(k) | (size === 2 ? (each.row.charCodeAt(k + 1) || 0) << 8 : 0))
        context.out(`${hex(each.at + skipped, 7)}${text.padEnd((16 / size) * cell(0).length)}\n`)
      }
  }
  if (bytes.length > 0) context.out(`${hex(skipped + bytes.length, isCanonical ? 8 : 7)}\n`)
  return 0
}

/** Bytes in pairs with their characters; -p plain digits, -i as C, -r back to bytes. */
export const xxd: Tool = function* xxd(context): Steps<number> {
  const given = options(context, say(context, 'prul:c:g:s:o:i', 'prl:c:g:s:o:i'), { plain: 'p' })
  if (typeof given === 'number') return given
  const path = given.operands[0] ?? '-'
  const input = open(context, path)
  if (!(input instanceof Input)) return cannotOpen(context, path, input)
  const content = yield* input.all(context.held)
  if (given.has('r')) {
    const digits = given.has('p')
      ? content.replace(/\s/g, '')
      : content.replace(/^[0-9a-f]+: ((?:[0-9a-f]+ ?)+) .*$/gm, '$1').replace(/\s/g, '')
    context.out(
      (digits.match(/[0-9a-fA-F]{2}/g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join(''),
    )
    return 0
  }
  const skipped = sizeOf(given.value('s')) ?? 0
  const bytes = content.slice(skipped, given.has('l') ? skipped + (sizeOf(given.value('l')) ?? 0) : undefined)
  const columns = Number(given.value('c') ?? (given.has('p') ? '30' : given.has('i') ? '12' : '16')) || 16
  const group = Number(given.value('g') ?? '2') || columns
  const shown = (code: number): string => (given.has('u') ? hex(code, 2).toUpperCase() : hex(code, 2))
  const added = skipped + (sizeOf(given.value('o')) ?? 0)
  if (given.has('i')) {
    context.out(asC(bytes, columns, path, context.voice === 'gnu'))
    return 0
  }
  for (const each of rows(bytes, columns, false)) {
    if (each === '*') continue
    const cells = codes(each.row)
    if (given.has('p')) context.out(`${cells.map(shown).join('')}\n`)
    else {
      const text = cells.map((code, i) => shown(code) + ((i + 1) % group === 0 ? ' ' : '')).join('')
      context.out(
        `${hex(each.at + added, 8)}: ${text.padEnd(columns * 2 + Math.ceil(columns / group))} ${printable(each.row)}\n`,
      )
    }
  }
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
