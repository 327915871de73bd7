/** Tools that count, sort and cut: wc, sort, uniq, cut, tr, seq. Sources: GNU coreutils; busybox coreutils. */

import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, bytesToByteText, characterCount } from '../byte-text.ts'
import { formatEscape } from '../engine/grammar/escapes.ts'
import { characterClasses } from '../engine/words/pattern.ts'
import {
  cannotOpen,
  complain,
  eachLine,
  hasRoom,
  inputs,
  type NamedInput,
  openFile,
  options,
  quoted,
  say,
  type Tool,
  type ToolContext,
  usage,
} from './tool.ts'

interface Counts {
  l: number
  w: number
  m: number
  c: number
  L: number
}
const countLetters = ['l', 'w', 'm', 'c', 'L'] as const

function* countAll(context: ToolContext, { input }: NamedInput): Steps<Counts> {
  const counts: Counts = { l: 0, w: 0, m: 0, c: 0, L: 0 }
  let isInWord = false
  let column = 0
  for (let text = yield* input.chunk(); text !== undefined; text = yield* input.chunk()) {
    counts.c += text.length
    counts.m += characterCount(text)
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === 10) {
        counts.l++
        column = 0
      } else if ((code & 0xc0) !== 0x80) counts.L = Math.max(counts.L, ++column)
      const isBlank = code === 32 || (code >= 9 && code <= 13)
      if (!isBlank && !isInWord) counts.w++
      isInWord = !isBlank
    }
    if (!(yield* hasRoom(context))) break
  }
  return counts
}

/** Counts lines, words and bytes. */
export const wc: Tool = function* wc(context): Steps<number> {
  const given = options(context, 'lwcmL', { lines: 'l', words: 'w', bytes: 'c', chars: 'm', 'max-line-length': 'L' })
  if (typeof given === 'number') return given
  const { list, code } = inputs(context, given.operands)
  const wanted = countLetters.filter((letter) => given.has(letter))
  const shown = wanted.length === 0 ? (['l', 'w', 'c'] as const) : wanted
  const rows: { readonly path: ByteText; readonly counts: Counts }[] = []
  for (const each of list) rows.push({ path: each.path, counts: yield* countAll(context, each) })
  if (given.operands.length > 1) {
    const total: Counts = { l: 0, w: 0, m: 0, c: 0, L: 0 }
    for (const { counts } of rows) {
      for (const letter of ['l', 'w', 'm', 'c'] as const) total[letter] += counts[letter]
      total.L = Math.max(total.L, counts.L)
    }
    rows.push({ path: 'total', counts: total })
  }
  const isBare = shown.length === 1
  const width =
    context.voice === 'busybox' ? (isBare && rows.length === 1 ? 1 : 9) : gnuWidth(rows, shown, given.operands, context)
  for (const { path, counts } of rows) {
    const columns = shown.map((letter) => String(counts[letter]).padStart(width)).join(' ')
    context.out(`${columns}${given.operands.length === 0 ? '' : ` ${path}`}\n`)
  }
  return code
}

/** As wide as the sizes of the files; a pipe has none, and GNU uses 7 there. Source: coreutils wc.c, compute_number_width. */
function gnuWidth(
  rows: readonly { readonly counts: Counts }[],
  shown: readonly (keyof Counts)[],
  operands: readonly ByteText[],
  context: ToolContext,
): number {
  if (shown.length === 1 && operands.length <= 1) return 1
  if (operands.length === 0 && !context.stdin.isFile) return 7
  return Math.max(...rows.map(({ counts }) => String(counts.c).length), 1)
}

/** Folds equal lines that follow each other. */
export const uniq: Tool = function* uniq(context): Steps<number> {
  const given = options(context, 'cdDuif:s:w:', {
    count: 'c',
    repeated: 'd',
    unique: 'u',
    'ignore-case': 'i',
    'skip-fields': 'f',
    'skip-chars': 's',
    'check-chars': 'w',
  })
  if (typeof given === 'number') return given
  const [from, to, more] = given.operands
  if (more !== undefined) return usage(context, `extra operand ${quoted(context, more)}`)
  const { list, code } = inputs(context, from === undefined ? [] : [from])
  const sink = to === undefined || to === '-' ? undefined : openFile(context, to, false)
  if (typeof sink === 'string') return cannotOpen(context, to ?? '', sink)
  const out = sink === undefined ? context.out : (bytes: ByteText): void => sink.write(bytes)
  const skipped = Number(given.value('f') ?? '0')
  const key = (line: ByteText): ByteText => {
    const rest =
      skipped === 0 ? line : line.replace(new RegExp(`^(?:[ \\t]*[^ \\t]+){0,${Math.min(skipped, 1000)}}`), '')
    const from = Number(given.value('s') ?? '0')
    const part = rest.slice(from, given.has('w') ? from + Number(given.value('w')) : undefined)
    return given.has('i') ? part.toLowerCase() : part
  }
  let group: { readonly line: ByteText; count: number } | undefined
  const show = (): void => {
    if (group === undefined || (given.has('d') && group.count === 1) || (given.has('u') && group.count > 1)) return
    out(`${given.has('c') ? `${String(group.count).padStart(7)} ` : ''}${group.line}\n`)
  }
  yield* eachLine(context, list, (line) => {
    if (group !== undefined && key(group.line) === key(line)) group.count++
    else {
      show()
      group = { line, count: 1 }
    }
  })
  show()
  return code
}

interface CutRange {
  readonly low: number
  readonly high: number
}

/** Fields or characters of each line. */
export const cut: Tool = function* cut(context): Steps<number> {
  const given = options(context, say(context, 'd:f:c:b:snO:', 'd:f:c:b:snO:'), {
    delimiter: 'd',
    fields: 'f',
    characters: 'c',
    bytes: 'b',
    'only-delimited': 's',
    'output-delimiter': 'O',
  })
  if (typeof given === 'number') return given
  const list = given.value('f') ?? given.value('c') ?? given.value('b')
  if (list === undefined) {
    if (context.voice === 'gnu') return usage(context, 'you must specify a list of bytes, characters, or fields')
    return complain(context, 'expected a list of bytes, characters, or fields')
  }
  const ranges = rangesOf(list)
  if (ranges === undefined) {
    if (context.voice === 'busybox') return complain(context, `invalid range '${list}'`)
    return usage(
      context,
      `invalid ${given.has('f') ? 'field value' : 'byte or character position'} ${quoted(context, list)}`,
    )
  }
  const isWanted = (n: number): boolean => ranges.some(({ low, high }) => n >= low && n <= high)
  const delimiter = given.value('d') ?? '\t'
  if (delimiter.length > 1 && context.voice === 'gnu') return usage(context, 'the delimiter must be a single character')
  const { list: files, code } = inputs(context, given.operands)
  yield* eachLine(context, files, (line) => {
    if (!given.has('f')) context.out(`${[...line].filter((_, i) => isWanted(i + 1)).join('')}\n`)
    else if (line.includes(delimiter))
      context.out(
        `${line
          .split(delimiter)
          .filter((_, i) => isWanted(i + 1))
          .join(given.value('O') ?? delimiter)}\n`,
      )
    else if (!given.has('s')) context.out(`${line}\n`)
  })
  return code
}

function rangesOf(list: string): readonly CutRange[] | undefined {
  const ranges: CutRange[] = []
  for (const range of list.split(/[, ]/)) {
    const match = /^(\d*)(-?)(\d*)$/.exec(range)
    if (match === null || range === '' || range === '-' || Number(match[1] || '1') === 0) return undefined
    const [, low = '', dash = '', high = ''] = match
    ranges.push({
      low: Number(low || '1'),
      high: dash === '' ? Number(low) : high === '' ? Number.POSITIVE_INFINITY : Number(high),
    })
  }
  return ranges
}

/** Translates, deletes or squeezes single bytes. */
export const tr: Tool = function* tr(context): Steps<number> {
  const given = options(
    context,
    'dscCt',
    { delete: 'd', 'squeeze-repeats': 's', complement: 'c', 'truncate-set1': 't' },
    { stopsEarly: true },
  )
  if (typeof given === 'number') return given
  const [first, second] = given.operands
  if (first === undefined) return usage(context, say(context, 'missing operand', 'missing operand'))
  const needsSecond = !given.has('d') && !given.has('s')
  if (second === undefined && needsSecond) return usage(context, `missing operand after ${quoted(context, first)}`)
  const from = trSet(first)
  const to = second === undefined ? '' : trSet(second)
  const isComplement = given.has('c') || given.has('C')
  const members = new Set(from)
  const isSelected = (char: string): boolean => members.has(char) !== isComplement
  const last = to.charAt(to.length - 1)
  const mapping = new Map<string, string>()
  for (let i = 0; i < from.length; i++)
    mapping.set(from.charAt(i), to.charAt(i) || (given.has('t') ? from.charAt(i) : last))
  const translates = !given.has('d') && to !== ''
  const squeezed = given.has('s') ? new Set(to === '' ? from : to) : undefined
  const isSqueezed = (char: string): boolean =>
    squeezed !== undefined && (to === '' ? isSelected(char) : squeezed.has(char))
  const shown = (char: string): string => {
    if (!isSelected(char)) return char
    if (given.has('d')) return ''
    return translates ? (isComplement ? last : (mapping.get(char) ?? char)) : char
  }
  const translate = translator(shown, isSqueezed)
  for (let text = yield* context.stdin.chunk(); text !== undefined; text = yield* context.stdin.chunk()) {
    context.out(translate(text))
    if (!(yield* hasRoom(context))) return 141
  }
  return 0
}

const deleted = -1

/** Translates texts one behind the other. What is asked of a byte (nothing is shown of one that is deleted) is asked once. */
function translator(shown: (char: string) => string, isSqueezed: (char: string) => boolean) {
  const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))
  const codes = all.map((char) => (shown(char) === '' ? deleted : shown(char).charCodeAt(0)))
  const squeezes = all.map(isSqueezed)
  let previous = deleted
  return (text: ByteText): ByteText => {
    const made = new Uint8Array(text.length)
    let length = 0
    for (let i = 0; i < text.length; i++) {
      const code = codes[text.charCodeAt(i)] ?? deleted
      if (code === deleted || (code === previous && squeezes[code] === true)) continue
      made[length++] = code
      previous = code
    }
    return bytesToByteText(made.subarray(0, length))
  }
}

/** `a-z`, `[:upper:]`, `\n`, `[x*3]`. */
function trSet(set: ByteText): ByteText {
  let plain = ''
  for (let i = 0; i < set.length; ) {
    const named = /^\[:([a-z]+):\]/.exec(set.slice(i, i + 12))
    const test = named === null ? undefined : characterClasses[named[1] ?? '']
    if (named !== null && test !== undefined) {
      for (let code = 0; code < 128; code++) if (test(String.fromCharCode(code))) plain += String.fromCharCode(code)
      i += named[0].length
      continue
    }
    const low = trChar(set, i)
    const hyphen = i + low.length
    if (set.charAt(hyphen) !== '-' || hyphen + 1 >= set.length) {
      plain += low.text
      i += low.length
      continue
    }
    const high = trChar(set, hyphen + 1)
    for (let code = low.text.charCodeAt(0); code <= high.text.charCodeAt(0); code++) plain += String.fromCharCode(code)
    i = hyphen + 1 + high.length
  }
  return plain
}

function trChar(set: ByteText, at: number): { readonly text: string; readonly length: number } {
  if (set.charAt(at) !== '\\' || at + 1 >= set.length) return { text: set.charAt(at), length: 1 }
  const found = formatEscape(set, at)
  return found.length > 1 ? found : { text: set.charAt(at + 1), length: 2 }
}

/** Numbers that one seq may print. */
const maxNumbers = 10_000_000

/** Numbers from first to last. */
export const seq: Tool = function* seq(context): Steps<number> {
  const args: ByteText[] = []
  const numbers: ByteText[] = []
  for (let i = 0; i < context.args.length; i++) {
    const arg = context.args[i] ?? ''
    if (/^[-+]?(?:\d|\.\d)/.test(arg)) numbers.push(arg)
    else if (arg === '-s' || arg === '-f') args.push(arg, context.args[++i] ?? '')
    else args.push(arg)
  }
  const given = options(context, 'ws:f:', { separator: 's', 'equal-width': 'w', format: 'f' }, { args })
  if (typeof given === 'number') return given
  const bad = given.operands[0] ?? numbers.find((text) => !/^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(text))
  if (bad !== undefined)
    return usage(
      context,
      say(context, `invalid floating point argument: ${quoted(context, bad)}`, `invalid number '${bad}'`),
    )
  if (numbers.length === 0) return usage(context, 'missing operand')
  if (numbers.length > 3) return usage(context, `extra operand ${quoted(context, numbers[3] ?? '')}`)
  const values = numbers.map(Number)
  const [first = 1, step = 1, last = 1] =
    values.length === 1 ? [1, 1, values[0]] : values.length === 2 ? [values[0], 1, values[1]] : values
  if (step === 0)
    return usage(
      context,
      say(context, `invalid Zero increment value: ${quoted(context, numbers[1] ?? '')}`, `invalid number '0'`),
    )
  const places = Math.max(...numbers.slice(0, -1).map(decimals), numbers.length === 1 ? 0 : 0)
  const amount = Math.floor((last - first) / step + 1e-9) + 1
  const text = (i: number): string => (first + i * step).toFixed(places)
  const width = given.has('w') ? Math.max(text(0).length, text(Math.max(amount - 1, 0)).length) : 0
  const padded = (shown: string): string =>
    shown.startsWith('-') ? `-${shown.slice(1).padStart(width - 1, '0')}` : shown.padStart(width, '0')
  const separator = given.value('s') ?? '\n'
  for (let i = 0; i < Math.min(amount, maxNumbers); i += 1000) {
    const piece = Array.from({ length: Math.min(1000, amount - i) }, (_, k) => padded(text(i + k)))
    context.out((i > 0 ? separator : '') + piece.join(separator))
    if (!(yield* hasRoom(context))) return 141
  }
  if (amount > 0) context.out('\n')
  return 0
}

function decimals(text: ByteText): number {
  return text.split('.')[1]?.length ?? 0
}
