import { goQuote } from './quote.ts'

/** Parts of the layout of RFC 3339 as Go's time package names them, with what each takes. */
const parts: readonly (readonly [name: string, pattern: RegExp, max?: readonly [number, number, string]])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/, [1, 12, 'month']],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d?/, [0, 23, 'hour']],
  [':', /^:/],
  ['04', /^\d\d/, [0, 59, 'minute']],
  [':', /^:/],
  ['05', /^\d\d(?:[.,]\d+)?/, [0, 59, 'second']],
  ['Z07:00', /^(?:Z|[+-]\d\d:\d\d)/],
]

/** What Go says about a text that is no time in this layout, undefined if it is one. Source: Go time.Parse, ParseError. */
export function rfc3339Error(text: string, layout = '2006-01-02T15:04:05Z07:00'): string | undefined {
  const start = `parsing time ${goQuote(text)}`
  let rest = text
  const numbers: number[] = []
  for (const [name, pattern, limit] of parts) {
    const found = pattern.exec(rest)?.[0]
    if (found === undefined) return `${start} as ${goQuote(layout)}: cannot parse ${goQuote(rest)} as ${goQuote(name)}`
    rest = rest.slice(found.length)
    const number = Number.parseInt(found, 10)
    if (limit !== undefined && (number < limit[0] || number > limit[1])) return `${start}: ${limit[2]} out of range`
    if (/^\d/.test(name)) numbers.push(number)
  }
  if (rest !== '') return `${start}: extra text: ${goQuote(rest)}`
  const [year = 0, month = 1, day = 1] = numbers
  return day < 1 || day > daysIn(year, month) ? `${start}: day out of range` : undefined
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
