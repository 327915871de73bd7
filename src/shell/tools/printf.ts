import { type ByteText, toBytes } from '../bytes-text.ts'
import { interpretEscapes } from './echo.ts'

/** What `printf` writes; the format is used again until all arguments are taken. Source: busybox coreutils/printf.c. */
export function formatPrintf(args: readonly string[]): { readonly output: ByteText; readonly error?: string } {
  const [format, ...values] = args
  if (format === undefined) return { output: '', error: 'printf: usage: printf FORMAT [ARG]...' }
  const rest = [...values]
  let output = ''
  let error: string | undefined
  do {
    const before = rest.length
    const { output: text, stops } = interpretEscapes(toBytes(format).replaceAll('%%', '%\0'))
    output += text.replace(/%\0|%([-+ 0#]*)(\*|\d*)(?:\.(\d+))?([diouxXcsbeEfgG])/g, (...match: unknown[]) => {
      const [whole, flags = '', width = '', precision, kind = ''] = match as [
        string,
        string?,
        string?,
        string?,
        string?,
      ]
      if (whole === '%\0') return '%'
      const wide = width === '*' ? Number(rest.shift() ?? '0') : Number(width)
      const made = convert(kind, rest.shift() ?? '', precision)
      if (made.error !== undefined) error = made.error
      const sign = flags.includes('+') && /[di]/.test(kind) && !made.text.startsWith('-') ? '+' : ''
      const body = sign + made.text
      if (flags.includes('-')) return body.padEnd(wide)
      return flags.includes('0') && !/[scb]/.test(kind)
        ? body.replace(/^([-+]?)(.*)$/, (_, s: string, digits: string) => s + digits.padStart(wide - s.length, '0'))
        : body.padStart(wide)
    })
    if (stops || rest.length === before) break
  } while (rest.length > 0)
  return error === undefined ? { output } : { output, error }
}

function convert(
  kind: string,
  value: string,
  precision: string | undefined,
): { readonly text: ByteText; readonly error?: string } {
  if (kind === 's')
    return { text: precision === undefined ? toBytes(value) : toBytes(value).slice(0, Number(precision)) }
  if (kind === 'b') return { text: interpretEscapes(toBytes(value)).output }
  if (kind === 'c') return { text: toBytes(value).slice(0, 1) }
  const quoted = /^['"](.)/su.exec(value)
  const number = value === '' ? 0 : quoted !== null ? (quoted[1]?.codePointAt(0) ?? 0) : Number(value)
  const error = Number.isNaN(number) ? `printf: invalid number '${value}'` : undefined
  const safe = Number.isNaN(number) ? 0 : number
  const texts: Readonly<Record<string, () => string>> = {
    o: () => Math.trunc(safe).toString(8),
    x: () => Math.trunc(safe).toString(16),
    f: () => safe.toFixed(Number(precision ?? 6)),
    e: () => safe.toExponential(Number(precision ?? 6)),
    g: () => String(safe),
  }
  const lower = kind.toLowerCase()
  const made = Object.hasOwn(texts, lower) ? texts[lower]?.() : String(Math.trunc(safe))
  const text = kind === 'X' ? made?.toUpperCase() : made
  return { text: text ?? String(safe), ...(error !== undefined && { error }) }
}
