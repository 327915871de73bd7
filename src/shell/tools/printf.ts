/** printf, as bash's builtin and busybox have it. Source: bash builtins/printf.def; busybox coreutils/printf.c. */
import { type ByteText, fromByteText } from '../byte-text.ts'
import { formatEscape, unescaped } from '../engine/grammar/escapes.ts'
import { complain, say, type Tool, type ToolContext } from './tool.ts'

/** The format is used again while arguments are left. -v sets a variable of bash. */
export const printf: Tool = (context) => {
  let args = context.args[0] === '--' ? context.args.slice(1) : context.args
  const variable = args[0] === '-v' && context.voice === 'gnu' ? args[1] : undefined
  if (variable !== undefined) args = args.slice(2)
  const [format, ...values] = args
  if (format === undefined) {
    if (context.voice === 'gnu') context.err('printf: usage: printf [-v var] format [arguments]\n')
    else context.err(`${context.prefix}usage: printf FORMAT [ARGUMENT...]\n`)
    return 2
  }
  const formatter = new Formatter(context, values)
  let text = ''
  for (;;) {
    const before = formatter.taken
    text += formatter.once(format)
    if (formatter.stops || formatter.taken === before || formatter.taken >= values.length) break
  }
  if (variable === undefined) context.out(text)
  else context.shell.set(variable, text)
  return formatter.code
}

class Formatter {
  taken = 0
  stops = false
  code = 0
  readonly #context: ToolContext
  readonly #values: readonly ByteText[]

  constructor(context: ToolContext, values: readonly ByteText[]) {
    this.#context = context
    this.#values = values
  }

  #take(): ByteText | undefined {
    return this.#values[this.taken++]
  }

  once(format: ByteText): ByteText {
    let result = ''
    for (let i = 0; i < format.length && !this.stops; ) {
      const char = format.charAt(i)
      if (char === '\\') {
        if (format.charAt(i + 1) === 'c') {
          this.stops = true
          break
        }
        const found = formatEscape(format, i, this.#context.voice === 'gnu')
        result += found.text
        i += found.length
      } else if (char !== '%') {
        result += char
        i++
      } else {
        const match = /^%([-+ 0#']*)(\d+|\*)?(?:\.(\d+|\*)?)?[hlLqjzt]*([a-zA-Z%])/.exec(format.slice(i, i + 100))
        if (match === null) {
          this.#invalid(format.charAt(i + 1), format.slice(i))
          break
        }
        const [whole, flags = '', width, precision, letter = ''] = match
        i += whole.length
        // `%hq` is no conversion of its own: q counts among the length letters only before another one.
        const kind = letter
        if (kind === '%') result += '%'
        else
          result += this.#convert(
            format.slice(i - whole.length),
            flags,
            width,
            whole.includes('.') ? (precision ?? '0') : undefined,
            kind,
          )
      }
    }
    return result
  }

  /** busybox shows the rest of the format, as it is written. */
  #invalid(char: string, directive: string): void {
    const text = char === '' ? "`%': missing format character" : `\`${char}': invalid format character`
    this.code = complain(this.#context, say(this.#context, text, `${directive}: invalid format`))
    this.stops = true
  }

  #number(text: string | undefined): number | undefined {
    return text === '*' ? Number(this.#take() ?? '0') : text === undefined ? undefined : Number(text)
  }

  #convert(
    whole: string,
    flags: string,
    widthText: string | undefined,
    precisionText: string | undefined,
    letter: string,
  ): ByteText {
    const given = this.#number(widthText) ?? 0
    const precision = this.#number(precisionText)
    const width = Math.min(Math.abs(given), 1_000_000)
    const isLeft = flags.includes('-') || given < 0
    const body = this.#body(whole, letter, precision, flags)
    if (body === undefined) return ''
    if (isLeft) return body.padEnd(width)
    const isPadded =
      flags.includes('0') && !'sbcq'.includes(letter) && !(precision !== undefined && 'diouxX'.includes(letter))
    if (!isPadded) return body.padStart(width)
    const sign = /^(?:[-+ ]|0[xX])/.exec(body)?.[0] ?? ''
    return sign + body.slice(sign.length).padStart(width - sign.length, '0')
  }

  #body(whole: string, letter: string, precision: number | undefined, flags: string): ByteText | undefined {
    switch (letter) {
      case 's': {
        const value = this.#take() ?? ''
        return precision === undefined ? value : value.slice(0, precision)
      }
      case 'b': {
        const { text, stops } = unescaped(this.#take() ?? '', this.#context.voice === 'busybox')
        if (stops) this.stops = true
        return text
      }
      case 'c':
        return (this.#take() ?? '').slice(0, 1)
      case 'q':
        if (this.#context.voice === 'gnu') return shellQuoted(this.#take() ?? '')
        break
      case 'd':
      case 'i':
      case 'o':
      case 'u':
      case 'x':
      case 'X':
        return this.#integer(letter, precision, flags)
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        return this.#float(letter, precision ?? 6, flags)
    }
    this.#invalid(letter, whole)
    return undefined
  }

  #bad(value: ByteText): void {
    this.code = complain(this.#context, say(this.#context, `${value}: invalid number`, `invalid number '${value}'`))
  }

  #integer(letter: string, precision: number | undefined, flags: string): string {
    const value = this.#take()
    const number = integerOf(value ?? '0')
    if (number === undefined || (value === '' && this.#context.voice === 'busybox')) this.#bad(value ?? '')
    const isBusybox = this.#context.voice === 'busybox'
    const isTooLarge = number !== undefined && !fits(number)
    if (isTooLarge)
      this.code = complain(
        this.#context,
        isBusybox ? `invalid number '${value}'` : `warning: ${value}: Numerical result out of range`,
      )
    // busybox takes nothing of what is no number, GNU what it begins with.
    const begun = isBusybox ? 0n : BigInt(/^\s*[-+]?\d+/.exec(value ?? '')?.[0]?.trim() ?? '0')
    const wrapped = isTooLarge ? (isBusybox ? 0n : nearest(number)) : (number ?? begun)
    const isSigned = letter === 'd' || letter === 'i'
    const magnitude = isSigned ? (wrapped < 0n ? -wrapped : wrapped) : BigInt.asUintN(64, wrapped)
    const digits = magnitude.toString({ o: 8, x: 16, X: 16 }[letter] ?? 10).padStart(precision ?? 1, '0')
    if (letter === 'o') return flags.includes('#') ? `0${digits}` : digits
    if (letter === 'x') return flags.includes('#') && magnitude !== 0n ? `0x${digits}` : digits
    if (letter === 'X')
      return flags.includes('#') && magnitude !== 0n ? `0X${digits.toUpperCase()}` : digits.toUpperCase()
    if (letter === 'u') return digits
    return (wrapped < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + digits
  }

  #float(letter: string, precision: number, flags: string): string {
    const value = this.#take() ?? '0'
    const number = floatOf(value)
    if (number === undefined) this.#bad(value)
    const text = floatText(Math.abs(number ?? 0), letter, Math.min(precision, 100))
    const isNegative = (number ?? 0) < 0 || Object.is(number, -0)
    return (isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + text
  }
}

function integerOf(text: ByteText): bigint | undefined {
  const trimmed = text.trim()
  const quoted = /^['"](.)/su.exec(fromByteText(trimmed))
  if (quoted !== null) return BigInt(quoted[1]?.codePointAt(0) ?? 0)
  if (trimmed === '') return 0n
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.exec(trimmed)
  if (match === null) return undefined
  const [, sign, digits = '0'] = match
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  return sign === '-' ? -magnitude : magnitude
}

/** Whether 64 bits hold it, with a sign or without. */
function fits(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value || BigInt.asUintN(64, value) === value
}

function nearest(value: bigint): bigint {
  return value < 0n ? -(1n << 63n) : (1n << 63n) - 1n
}

function floatOf(text: ByteText): number | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return 0
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(trimmed) ? Number(trimmed) : undefined
}

/** As C rounds: what lies in the middle goes to the even digit, where toFixed takes the larger one. */
function fixed(value: number, precision: number): string {
  const text = value.toFixed(precision)
  const exact = value.toFixed(Math.min(100, precision + 30))
  const rest = exact.slice(exact.indexOf('.') + 1 + precision)
  const isMiddle = /^50*$/.test(rest) && precision + 30 <= 100
  if (!isMiddle) return text
  const below = exact.slice(0, exact.length - rest.length).replace(/\.$/, '')
  return '02468'.includes(below.slice(-1)) ? below : text
}

/** Source: C99 7.19.6.1. */
function floatText(value: number, letter: string, precision: number): string {
  if (letter === 'f' || letter === 'F') return fixed(value, precision)
  const exponential = (digits: number): string => value.toExponential(digits).replace(/e([-+])(\d)$/, 'e$10$2')
  let text: string
  if (letter === 'e' || letter === 'E') text = exponential(precision)
  else {
    const digits = precision === 0 ? 1 : precision
    const exponent = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1])
    const isSmall = exponent >= -4 && exponent < digits
    const whole = isSmall ? value.toFixed(Math.min(digits - 1 - exponent, 100)) : exponential(digits - 1)
    text = whole.includes('.') ? whole.replace(/\.?0+(?=e|$)/, '') : whole
  }
  return letter === letter.toUpperCase() ? text.toUpperCase() : text
}

/** A word that a shell reads as this text again. Source: bash lib/sh/shquote.c. */
function shellQuoted(text: ByteText): ByteText {
  if (text === '') return "''"
  if (/[\0-\x1f\x7f]/.test(text))
    return `$'${text.replace(/[\\']/g, '\\$&').replace(/[\0-\x1f\x7f]/g, (char) => ({ '\n': '\\n', '\t': '\\t', '\r': '\\r' })[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)}'`
  return text.replace(/[^A-Za-z0-9_@%+=:,./\x80-\xff-]/g, '\\$&')
}
