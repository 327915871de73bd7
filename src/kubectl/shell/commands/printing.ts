/** echo and printf as bash has them. */
import type { ShellCommand } from './command.ts'

/** As bash's own: -n, -e, -E. */
export const echo: ShellCommand = ({ args, out }) => {
  let newline = true
  let escapes = false
  let i = 0
  for (; /^-[neE]+$/.test(args[i] ?? ''); i++) {
    for (const letter of (args[i] ?? '').slice(1)) {
      if (letter === 'n') newline = false
      else escapes = letter === 'e'
    }
  }
  const text = args.slice(i).join(' ')
  const { text: shown, stops } = escapes ? unescaped(text, true) : { text, stops: false }
  out(shown + (newline && !stops ? '\n' : ''))
  return 0
}

/** Backslash escapes; `\c` ends the output. In echo octal numbers begin with a zero. */
function unescaped(text: string, isEcho: boolean): { readonly text: string; readonly stops: boolean } {
  let result = ''
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (char !== '\\' || i === text.length - 1) {
      result += char
      continue
    }
    const rest = text.slice(i + 1, i + 10)
    if (rest.startsWith('c')) return { text: result, stops: true }
    const octal = (isEcho ? /^0([0-7]{1,3})/ : /^([0-7]{1,3})/).exec(rest)
    const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest)
    const unicode = /^(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(rest)
    const simple = simpleEscapes[rest.charAt(0)]
    if (octal !== null) {
      result += String.fromCharCode(Number.parseInt(octal[1] ?? '0', 8) & 255)
      i += octal[0].length
    } else if (hex !== null) {
      result += String.fromCharCode(Number.parseInt(hex[1] ?? '0', 16))
      i += hex[0].length
    } else if (unicode !== null) {
      result += utf8(Number.parseInt(unicode[1] ?? unicode[2] ?? '0', 16))
      i += unicode[0].length
    } else if (isEcho && rest.startsWith('0')) {
      result += '\0'
      i++
    } else if (simple !== undefined) {
      result += simple
      i++
    } else {
      result += char
    }
  }
  return { text: result, stops: false }
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

function utf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code)
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63))
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
  const last = [0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
  return String.fromCharCode(0xf0 | ((code >> 18) & 7), ...last)
}

/** As bash's own; the format is used again while arguments are left. */
export const printf: ShellCommand = (context) => {
  const args = context.args[0] === '--' ? context.args.slice(1) : context.args
  const [format, ...values] = args
  if (format === undefined) {
    context.err('printf: usage: printf [-v var] format [arguments]\n')
    return 2
  }
  let status = 0
  let next = 0
  const take = (): string | undefined => values[next++]
  // The format is used again as long as there are arguments left and it takes some.
  do {
    const before = next
    const result = formatOnce(format, take, (message) => {
      context.err(`bash: line ${context.state.line}: printf: ${message}\n`)
      status = 1
    })
    context.out(result.text)
    if (result.stops || next === before) break
  } while (next < values.length)
  return status
}

function formatOnce(
  format: string,
  take: () => string | undefined,
  complain: (message: string) => void,
): { readonly text: string; readonly stops: boolean } {
  let result = ''
  for (let i = 0; i < format.length; ) {
    const char = format.charAt(i)
    if (char === '\\') {
      const end =
        /^\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[\s\S])?/.exec(format.slice(i))?.[0] ??
        char
      const { text, stops } = unescaped(end === '\\"' ? '"' : end, false)
      if (stops) return { text: result, stops }
      result += text
      i += end.length
      continue
    }
    if (char !== '%') {
      result += char
      i++
      continue
    }
    const match = /^%([-+ 0#]*)(\d+|\*)?(?:\.(\d+|\*)?)?([a-zA-Z%])/.exec(format.slice(i))
    if (match === null) {
      complain(`\`${format.charAt(i + 1)}': missing format character`)
      return { text: result, stops: true }
    }
    i += match[0].length
    const [whole, flags = '', width, precision, letter = ''] = match
    if (letter === '%') {
      result += '%'
      continue
    }
    const number = (text: string | undefined): number | undefined =>
      text === undefined ? undefined : Math.min(Number(text === '*' ? (take() ?? '0') : text), 100_000)
    const widthValue = number(width) ?? 0
    const precisionValue = whole.includes('.') ? (number(precision) ?? 0) : undefined
    const piece = converted(letter, take(), flags, precisionValue, complain)
    if (piece === undefined) return { text: result, stops: true }
    result += padded(piece.text, widthValue, flags, letter)
    if (piece.stops) return { text: result, stops: true }
  }
  return { text: result, stops: false }
}

function converted(
  letter: string,
  value: string | undefined,
  flags: string,
  precision: number | undefined,
  complain: (message: string) => void,
): { readonly text: string; readonly stops: boolean } | undefined {
  const text = value ?? ''
  const plain = (shown: string): { text: string; stops: boolean } => ({ text: shown, stops: false })
  switch (letter) {
    case 's':
      return plain(precision === undefined ? text : text.slice(0, precision))
    case 'b':
      return unescaped(text, true)
    case 'c':
      return plain(text.charAt(0))
    case 'q':
      return plain(/^[\w@%+=:,./-]+$/.test(text) ? text : text === '' ? "''" : text.replace(/[^\w@%+=:,./-]/g, '\\$&'))
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o': {
      const number = integer(text)
      if (number === undefined) complain(`${text}: invalid number`)
      const n = number ?? 0n
      const base = letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10
      const digits = (n < 0n ? (base === 10 ? -n : BigInt.asUintN(64, n)) : n).toString(base)
      const sign = n < 0n && base === 10 ? '-' : flags.includes('+') ? '+' : ''
      const prefix = flags.includes('#') && base === 16 ? '0x' : flags.includes('#') && base === 8 ? '0' : ''
      const shown = sign + prefix + digits.padStart(precision ?? 0, '0')
      return plain(letter === 'X' ? shown.toUpperCase() : shown)
    }
    case 'f':
    case 'F':
      return plain(Number(text || '0').toFixed(Math.min(precision ?? 6, 100)))
    case 'e':
      return plain(
        Number(text || '0')
          .toExponential(Math.min(precision ?? 6, 100))
          .replace(/e([-+])(\d)$/, 'e$10$2'),
      )
    case 'g':
      return plain(String(Number(Number(text || '0').toPrecision(Math.min(Math.max(precision ?? 6, 1), 100)))))
    default:
      complain(`\`${letter}': invalid format character`)
      return undefined
  }
}

function integer(text: string): bigint | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return 0n
  if (/^["']/.test(trimmed)) return BigInt(trimmed.charCodeAt(1) || 0)
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.exec(trimmed)
  if (match === null) return undefined
  const [, sign, digits = '0'] = match
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  return sign === '-' ? -magnitude : magnitude
}

function padded(text: string, width: number, flags: string, letter: string): string {
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0') || 'sbcq'.includes(letter)) return text.padStart(width)
  const sign = /^[-+]/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}
