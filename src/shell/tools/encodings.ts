/** base64, checksums, and bytes shown as numbers: od, hexdump, xxd. Sources: GNU coreutils, util-linux, vim; busybox. */
import { md5, sha1 } from '@noble/hashes/legacy.js'
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { encodeBase64 } from '../../bytes/bytes.ts'
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, bytesToByteText, byteTextToBytes } from '../byte-text.ts'
import { Input } from '../engine/streams.ts'
import {
  cannotOpen,
  complain,
  inputs,
  open,
  options,
  quoted,
  readAll,
  say,
  type Tool,
  type ToolContext,
  usage,
} from './tool.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** Characters on a line unless `-w` says otherwise. */
const defaultWidth = 76

/** All bytes of all files; undefined when one could not be read, which has been told. */
function* allBytes(context: ToolContext, paths: readonly ByteText[]): Steps<ByteText | undefined> {
  const { list, code } = inputs(context, paths)
  if (code !== 0) return undefined
  const parts: ByteText[] = []
  for (const { input } of list) parts.push(yield* input.all(context.held))
  return parts.join('')
}

/** Encodes in lines of 76 characters, or decodes with -d. */
export const base64: Tool = function* base64(context): Steps<number> {
  const given = options(context, 'dDiw:', { decode: 'd', 'ignore-garbage': 'i', wrap: 'w' })
  if (typeof given === 'number') return given
  if (given.operands.length > 1) return usage(context, `extra operand ${quoted(context, given.operands[1] ?? '')}`)
  const content = yield* allBytes(context, given.operands)
  if (content === undefined) return 1
  if (given.has('d') || given.has('D')) {
    const clean = content.replace(given.has('i') ? /[^A-Za-z0-9+/=]/g : /\n/g, '')
    const { text, isValid } = decodeBase64(clean)
    context.out(text)
    return isValid ? 0 : complain(context, say(context, 'invalid input', 'truncated input'))
  }
  const width = given.value('w') ?? String(defaultWidth)
  if (!/^\d+$/.test(width))
    return complain(context, say(context, `invalid wrap size: ${quoted(context, width)}`, `invalid number '${width}'`))
  const encoded = encodeBase64(byteTextToBytes(content))
  const columns = Number(width)
  if (columns === 0) context.out(encoded)
  else for (let i = 0; i < encoded.length; i += columns) context.out(`${encoded.slice(i, i + columns)}\n`)
  return 0
}

const values = new Map(Array.from(alphabet, (char, i) => [char.charCodeAt(0), i]))

/** What can be decoded of a text, up to its first mistake. */
function decodeBase64(text: ByteText): { readonly text: ByteText; readonly isValid: boolean } {
  const bytes = new Uint8Array(Math.ceil(text.length * 0.75))
  let length = 0
  let bits = 0
  let width = 0
  let i = 0
  for (; i < text.length; i++) {
    const value = values.get(text.charCodeAt(i))
    if (value === undefined) break
    bits = ((bits << 6) | value) & 0xffff
    width += 6
    if (width < 8) continue
    width -= 8
    bytes[length++] = (bits >> width) & 255
  }
  const rest = text.slice(i)
  const isValid = text.length % 4 === 0 && /^={0,2}$/.test(rest) && !(rest !== '' && i % 4 < 2)
  return { text: bytesToByteText(bytes.subarray(0, length)), isValid }
}

const digests: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  md5sum: md5,
  sha1sum: sha1,
  sha224sum: sha224,
  sha256sum: sha256,
  sha384sum: sha384,
  sha512sum: sha512,
}

/** md5sum, sha1sum, sha256sum and the like; -c checks a list of them. */
export const checksum: Tool = function* checksum(context): Steps<number> {
  const given = options(context, 'btcsw', { binary: 'b', text: 't', check: 'c', status: 's', quiet: 's', warn: 'w' })
  if (typeof given === 'number') return given
  const digest = digests[context.name] ?? sha256
  if (given.has('c')) return yield* checkSums(context, given.operands, digest, given.has('s'))
  let code = 0
  for (const path of given.operands.length === 0 ? ['-'] : given.operands) {
    const content = yield* readAll(context, path)
    if (typeof content !== 'string') code = cannotOpen(context, path, content.code)
    else context.out(`${bytesToHex(digest(byteTextToBytes(content)))}  ${path}\n`)
  }
  return code
}

function* checkSums(
  context: ToolContext,
  lists: readonly ByteText[],
  digest: (bytes: Uint8Array) => Uint8Array,
  isQuiet: boolean,
): Steps<number> {
  let failed = 0
  const { list, code } = inputs(context, lists)
  for (const { input } of list) {
    const text = yield* input.all(context.held)
    for (const line of text.split('\n')) {
      const match = /^([0-9a-fA-F]+) [ *](.+)$/.exec(line)
      if (match === null) continue
      const [, wanted = '', path = ''] = match
      const content = yield* readAll(context, path)
      const isRight =
        typeof content === 'string' && bytesToHex(digest(byteTextToBytes(content))) === wanted.toLowerCase()
      if (typeof content !== 'string') cannotOpen(context, path, content.code)
      if (!isRight) failed++
      if (!isQuiet)
        context.out(
          `${path}: ${isRight ? 'OK' : typeof content === 'string' ? 'FAILED' : say(context, 'FAILED open or read', 'FAILED')}\n`,
        )
    }
  }
  if (failed > 0 && !isQuiet)
    complain(
      context,
      say(
        context,
        `WARNING: ${failed} computed checksum${failed === 1 ? '' : 's'} did NOT match`,
        `WARNING: ${failed} of ${failed} computed checksums did NOT match`,
      ),
    )
  return failed > 0 ? 1 : code
}

const hex = (code: number, width: number): string => code.toString(16).padStart(width, '0')

/** Rows of 16 bytes, each with its offset; equal rows are folded into `*` where `folds` says so. */
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

/** Octal words, or with -c characters, -t x1 bytes in hexadecimal digits. -A chooses the offsets. */
export const od: Tool = function* od(context): Steps<number> {
  const given = options(context, 'cbdxovt:A:N:j:w::', {
    format: 't',
    'address-radix': 'A',
    'read-bytes': 'N',
    'skip-bytes': 'j',
    'output-duplicates': 'v',
  })
  if (typeof given === 'number') return given
  const content = yield* allBytes(context, given.operands)
  if (content === undefined) return 1
  const skipped = Number(given.value('j') ?? '0')
  const bytes = content.slice(skipped, given.has('N') ? skipped + Number(given.value('N')) : undefined)
  const type = given.has('c')
    ? 'c'
    : given.has('b')
      ? 'o1'
      : given.has('x')
        ? 'x2'
        : given.has('d')
          ? 'u2'
          : (given.value('t') ?? 'o2')
  const cell = cellOf(type)
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
  for (const each of rows(bytes, 16, !given.has('v'))) {
    if (each === '*') context.out('*\n')
    else context.out(`${address(each.at + skipped)}${cell(each.row)}\n`)
  }
  if (radix !== 'n') context.out(`${address(skipped + bytes.length)}\n`)
  return 0
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
  const match = /^([xoud])([12468]?)(z?)$/.exec(type)
  if (match === null) return undefined
  const [, kind = 'o', sizeText, shows] = match
  const size = Number(sizeText || '4')
  const radix = { x: 16, o: 8 }[kind] ?? 10
  const width = { x: size * 2, o: Math.ceil((size * 8) / 3) }[kind] ?? Math.ceil(size * 2.5)
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

/** -C: bytes and characters; without it words of two bytes. */
export const hexdump: Tool = function* hexdump(context): Steps<number> {
  const given = options(context, 'Cvn:s:bcdox', { canonical: 'C' })
  if (typeof given === 'number') return given
  const content = yield* allBytes(context, given.operands)
  if (content === undefined) return 1
  const bytes = content.slice(0, given.has('n') ? Number(given.value('n')) : undefined)
  const isCanonical = given.has('C') || context.name === 'hd'
  for (const each of rows(bytes, 16, !given.has('v'))) {
    if (each === '*') context.out('*\n')
    else if (isCanonical) {
      const cells = codes(each.row)
        .map((code, i) => `${i === 8 ? ' ' : ''}${hex(code, 2)} `)
        .join('')
      context.out(`${hex(each.at, 8)}  ${cells.padEnd(49)} |${printable(each.row)}|\n`)
    } else {
      let words = ''
      for (let k = 0; k < each.row.length; k += 2)
        words += ` ${hex(each.row.charCodeAt(k) | ((each.row.charCodeAt(k + 1) || 0) << 8), 4)}`
      context.out(
        `${hex(each.at, 7)}${words.padEnd(40)}\n`.replace(/ +\n$/, (blanks) =>
          context.voice === 'gnu' ? blanks : '\n',
        ),
      )
    }
  }
  if (bytes.length > 0) context.out(`${hex(bytes.length, isCanonical ? 8 : 7)}\n`)
  return 0
}

/** Bytes in pairs with their characters; -p plain digits, -r back to bytes. */
export const xxd: Tool = function* xxd(context): Steps<number> {
  const given = options(context, 'prul:c:g:s:', { plain: 'p' })
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
  const bytes = content.slice(0, given.has('l') ? Number(given.value('l')) : undefined)
  const columns = Number(given.value('c') ?? (given.has('p') ? '30' : '16')) || 16
  const group = Number(given.value('g') ?? '2') || columns
  const shown = (code: number): string => (given.has('u') ? hex(code, 2).toUpperCase() : hex(code, 2))
  for (const each of rows(bytes, columns, false)) {
    if (each === '*') continue
    const cells = codes(each.row)
    if (given.has('p')) context.out(`${cells.map(shown).join('')}\n`)
    else {
      const text = cells.map((code, i) => shown(code) + ((i + 1) % group === 0 ? ' ' : '')).join('')
      context.out(
        `${hex(each.at, 8)}: ${text.padEnd(columns * 2 + Math.ceil(columns / group))} ${printable(each.row)}\n`,
      )
    }
  }
  return 0
}

/** Replaces `$NAME` and `${NAME}` by variables of the environment. Source: gettext envsubst. */
export const envsubst: Tool = function* envsubst(context): Steps<number> {
  const given = options(context, 'v', { variables: 'v' })
  if (typeof given === 'number') return given
  const [format] = given.operands
  const pattern = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g
  const names =
    format === undefined
      ? undefined
      : new Set(Array.from(format.matchAll(pattern), (match) => match[1] ?? match[2] ?? ''))
  if (given.has('v')) {
    for (const name of names ?? []) context.out(`${name}\n`)
    return 0
  }
  const environment = context.shell.environment()
  const text = yield* context.stdin.all(context.held)
  context.out(
    text.replace(pattern, (whole, braced: string | undefined, plain: string | undefined) => {
      const name = braced ?? plain ?? ''
      return names === undefined || names.has(name) ? (environment.get(name) ?? '') : whole
    }),
  )
  return 0
}
