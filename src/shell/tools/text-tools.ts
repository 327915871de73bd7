import { encodeBase64, fromBase64 } from '../../bytes/bytes.ts'
import { compareBytes } from '../../fs/path.ts'
import { type ByteText, fromArray, toArray, toBytes, toText } from '../bytes-text.ts'
import { invalidOption, linesOf, parseOptions, type Tool } from '../tool.ts'
import { inputs } from './inputs.ts'

/** Tools that read text and write text. Texts: busybox 1.31 coreutils and findutils. */

/** `head -5` is `head -n 5`. */
const withCount = (args: readonly string[]) => args.map((arg) => (/^-\d+$/.test(arg) ? `-n${arg.slice(1)}` : arg))

export const head: Tool = (context) => {
  const options = parseOptions(withCount(context.args), 'qv', 'nc')
  if (typeof options === 'string') return invalidOption(context, options)
  const { contents, code } = inputs(context, options.operands)
  const bytes = options.values.get('c')
  const count = Number(options.values.get('n') ?? '10')
  for (const [index, each] of contents.entries()) {
    if (contents.length > 1) context.out(`${index > 0 ? '\n' : ''}==> ${each.path} <==\n`)
    if (bytes !== undefined) context.outBytes(each.bytes.slice(0, Number(bytes)))
    else context.outBytes(keep(each.bytes, (lines) => lines.slice(0, count)))
  }
  return code
}

export const tail: Tool = (context) => {
  const options = parseOptions(withCount(context.args), 'fFqv', 'nc')
  if (typeof options === 'string') return invalidOption(context, options)
  const { flags, values, operands } = options
  if (flags.has('f') || flags.has('F')) {
    if (operands.length === 1 && operands[0] === '/dev/null') return forever()
    context.err('tail: podsim does not simulate following a file (-f)\n')
    return 126
  }
  const { contents, code } = inputs(context, operands)
  const bytes = values.get('c')
  const count = values.get('n') ?? '10'
  for (const [index, each] of contents.entries()) {
    if (contents.length > 1) context.out(`${index > 0 ? '\n' : ''}==> ${each.path} <==\n`)
    if (bytes !== undefined)
      context.outBytes(bytes.startsWith('+') ? each.bytes.slice(Number(bytes) - 1) : each.bytes.slice(-Number(bytes)))
    else
      context.outBytes(
        keep(each.bytes, (lines) =>
          count.startsWith('+')
            ? lines.slice(Number(count) - 1)
            : Number(count) === 0
              ? []
              : lines.slice(-Math.abs(Number(count))),
        ),
      )
  }
  return code
}

function* forever(): Generator<{ readonly kind: 'forever' }, number, void> {
  yield { kind: 'forever' }
  return 0
}

/** Some lines, with their line ends as they were. */
function keep(bytes: ByteText, choose: (lines: readonly string[]) => readonly string[]): ByteText {
  return choose(bytes.match(/[^\n]*\n|[^\n]+$/g) ?? []).join('')
}

export const wc: Tool = (context) => {
  const options = parseOptions(context.args, 'lwcmL')
  if (typeof options === 'string') return invalidOption(context, options)
  const { contents, code } = inputs(context, options.operands)
  const wanted = ['l', 'w', 'c', 'm', 'L'].filter((letter) => options.flags.has(letter))
  const shown = wanted.length === 0 ? ['l', 'w', 'c'] : wanted
  const counts = contents.map(({ bytes }) => ({
    l: bytes.split('\n').length - 1,
    w: bytes.split(/\s+/).filter((word) => word !== '').length,
    c: bytes.length,
    m: [...toText(bytes)].length,
    L: Math.max(0, ...linesOf(bytes).map((line) => line.length)),
  }))
  const print = (each: Readonly<Record<string, number>>, path: string): void => {
    const columns = shown.map((letter) => String(each[letter] ?? 0))
    // A single number is written without padding.
    const text = columns.length === 1 ? columns[0] : columns.map((column) => column.padStart(9)).join(' ')
    context.out(`${text}${path === '-' ? '' : ` ${path}`}\n`)
  }
  for (const [index, each] of counts.entries())
    print(each, options.operands.length === 0 ? '-' : (contents[index]?.path ?? '-'))
  if (counts.length > 1) {
    const sum = (letter: 'l' | 'w' | 'c' | 'm') => counts.reduce((total, each) => total + each[letter], 0)
    print({ l: sum('l'), w: sum('w'), c: sum('c'), m: sum('m'), L: Math.max(...counts.map(({ L }) => L)) }, 'total')
  }
  return code
}

export const base64Tool: Tool = (context) => {
  const options = parseOptions(context.args, 'd', 'w')
  if (typeof options === 'string') return invalidOption(context, options)
  const { contents, code } = inputs(context, options.operands)
  for (const { bytes } of contents) {
    if (!options.flags.has('d')) {
      const width = Number(options.values.get('w') ?? '76')
      const encoded = encodeBase64(toArray(bytes))
      context.outBytes(
        width === 0 ? encoded : encoded.replace(new RegExp(`(.{${width}})`, 'g'), '$1\n').replace(/([^\n])$/, '$1\n'),
      )
      continue
    }
    const decoded = fromBase64(bytes.replace(/\s/g, ''))
    if (decoded === undefined) {
      context.err('base64: invalid input\n')
      return 1
    }
    context.outBytes(fromArray(decoded))
  }
  return code
}

export const cut: Tool = (context) => {
  const options = parseOptions(context.args, 's', 'dfcb')
  if (typeof options === 'string') return invalidOption(context, options)
  const { values, flags, operands } = options
  const list = values.get('f') ?? values.get('c') ?? values.get('b')
  if (list === undefined) {
    context.err('cut: expected a list of bytes, characters, or fields\n')
    return 1
  }
  const ranges = list.split(',').map((range) => {
    const [low = '', high] = range.split('-')
    return {
      low: low === '' ? 1 : Number(low),
      high: high === undefined ? Number(low) : high === '' ? Number.POSITIVE_INFINITY : Number(high),
    }
  })
  const isIn = (place: number) => ranges.some(({ low, high }) => place >= low && place <= high)
  const delimiter = values.get('d') ?? '\t'
  const { contents, code } = inputs(context, operands)
  for (const { bytes } of contents)
    for (const line of linesOf(bytes)) {
      if (!values.has('f')) context.outBytes(`${[...line].filter((_, index) => isIn(index + 1)).join('')}\n`)
      else if (line.includes(delimiter))
        context.outBytes(
          `${line
            .split(delimiter)
            .filter((_, index) => isIn(index + 1))
            .join(delimiter)}\n`,
        )
      else if (!flags.has('s')) context.outBytes(`${line}\n`)
    }
  return code
}

export const tr: Tool = (context) => {
  const options = parseOptions(context.args, 'dsc')
  if (typeof options === 'string') return invalidOption(context, options)
  const [from = '', to = ''] = options.operands.map(trSet)
  const { flags } = options
  const isIn = (char: string) => from.includes(char) !== flags.has('c')
  let output = ''
  for (const char of context.stdin()) {
    if (flags.has('d')) {
      if (!isIn(char)) output += char
      continue
    }
    const place = flags.has('c') ? (isIn(char) ? Number.POSITIVE_INFINITY : -1) : from.indexOf(char)
    const made = to !== '' && place !== -1 ? to.charAt(Math.min(place, to.length - 1)) : char
    if (flags.has('s') && output.endsWith(made) && (to === '' ? isIn(made) : to.includes(made))) continue
    output += made
  }
  context.outBytes(output)
  return 0
}

function trSet(set: string): ByteText {
  return toBytes(set)
    .replace(/\\([nrt\\])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? '\\')
    .replace(
      /\[:(\w+):\]/g,
      (whole, name: string) =>
        ({ upper: 'A-Z', lower: 'a-z', digit: '0-9', alpha: 'A-Za-z', alnum: 'A-Za-z0-9', space: ' \t\n\r' })[name] ??
        whole,
    )
    .replace(/(.)-(.)/gs, (_, low: string, high: string) => {
      let range = ''
      for (let code = low.charCodeAt(0); code <= high.charCodeAt(0); code++) range += String.fromCharCode(code)
      return range
    })
}

export const sort: Tool = (context) => {
  const options = parseOptions(context.args, 'nrufb', 'kto')
  if (typeof options === 'string') return invalidOption(context, options)
  const { flags, values, operands } = options
  const { contents, code } = inputs(context, operands)
  const separator = values.get('t')
  const field = Number((values.get('k') ?? '0').split(',')[0]?.replace(/\D.*/, '') ?? 0)
  const keyOf = (line: string) =>
    field === 0
      ? line
      : separator === undefined
        ? line
            .trim()
            .split(/\s+/)
            .slice(field - 1)
            .join(' ')
        : line
            .split(separator)
            .slice(field - 1)
            .join(separator)
  const compare = (a: string, b: string): number => {
    const [x, y] = flags.has('f') ? [keyOf(a).toUpperCase(), keyOf(b).toUpperCase()] : [keyOf(a), keyOf(b)]
    const isNumeric = flags.has('n') || /n/.test(values.get('k') ?? '')
    const order = isNumeric ? (Number.parseFloat(x) || 0) - (Number.parseFloat(y) || 0) : compareBytes(x, y)
    return (order === 0 ? compareBytes(a, b) : order) * (flags.has('r') ? -1 : 1)
  }
  const lines = contents.flatMap(({ bytes }) => linesOf(bytes)).sort(compare)
  const distinct = flags.has('u') ? lines.filter((line, index) => line !== lines[index - 1]) : lines
  context.outBytes(distinct.map((line) => `${line}\n`).join(''))
  return code
}

export const uniq: Tool = (context) => {
  const options = parseOptions(context.args, 'cdui')
  if (typeof options === 'string') return invalidOption(context, options)
  const { contents, code } = inputs(context, options.operands.slice(0, 1))
  const lines = contents.flatMap(({ bytes }) => linesOf(bytes))
  for (let at = 0; at < lines.length; ) {
    let end = at + 1
    while (end < lines.length && lines[end] === lines[at]) end++
    const count = end - at
    const isShown = (!options.flags.has('d') || count > 1) && (!options.flags.has('u') || count === 1)
    if (isShown) context.outBytes(`${options.flags.has('c') ? `${String(count).padStart(7)} ` : ''}${lines[at]}\n`)
    at = end
  }
  return code
}

export const seq: Tool = (context) => {
  const options = parseOptions(
    context.args.filter((arg) => !/^-\d/.test(arg)),
    'w',
    's',
  )
  const numbers = (typeof options === 'string' ? [] : context.args.filter((arg) => /^-?\d/.test(arg))).map(Number)
  const [first = 1, second = 1, third] = numbers
  const [from, step, to] =
    numbers.length === 1 ? [1, 1, first] : third === undefined ? [first, 1, second] : [first, second, third]
  if (numbers.length === 0 || step === 0) {
    context.err('BusyBox v1.31.1 multi-call binary.\n\nUsage: seq [-w] [-s SEP] [FIRST [INC]] LAST\n')
    return 1
  }
  const separator = (typeof options === 'string' ? undefined : options.values.get('s')) ?? '\n'
  const made: string[] = []
  for (let value = from; step > 0 ? value <= to : value >= to; value += step) {
    made.push(String(value))
    if (made.length > 100_000) break
  }
  if (made.length > 0) context.out(`${made.join(separator)}\n`)
  return 0
}
