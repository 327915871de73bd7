/** The awk of one-liners: `/re/ {print $1, "x"}`, `NR==2`, `$1=="a"`, -F. Anything more is refused. */
import type { Steps } from '../../kernel/steps.ts'
import { type ByteText, fromByteText } from '../byte-text.ts'
import { compileRegex, type Regex } from './regular-expression.ts'
import { complain, eachLine, inputs, options, say, type Tool } from './tool.ts'

/** Prints fields of the lines that a condition picks. */
export const awk: Tool = function* awk(context): Steps<number> {
  const given = options(context, 'F:v:', {}, { stopsEarly: true })
  if (typeof given === 'number') return given
  const [program, ...paths] = given.operands
  if (program === undefined) {
    context.err('usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n')
    return 2
  }
  const parsed = /^\s*([^{]*?)\s*(?:\{([^{}]*)\})?\s*$/.exec(program)
  const condition = parsed === null ? undefined : conditionOf(parsed[1] ?? '')
  const statements = parsed === null ? undefined : statementsOf(parsed[2] ?? 'print')
  if (condition === undefined || statements === undefined || given.has('v'))
    return complain(
      context,
      `podsim knows only programs such as '/pattern/ {print $1}', not '${program}'`,
      say(context, 2, 126),
    )
  const split = splitterOf(given.value('F'))
  if (split === undefined) return complain(context, `podsim cannot split at '${given.value('F') ?? ''}'`, 2)
  const { list, code } = inputs(context, paths)
  let number = 0
  yield* eachLine(context, list, (line) => {
    const record: AwkRecord = { line, fields: split(line), number: ++number }
    if (condition(record)) for (const statement of statements) context.out(statement(record))
  })
  return code === 0 ? 0 : 2
}

function splitterOf(separator: ByteText | undefined): ((line: ByteText) => readonly ByteText[]) | undefined {
  if (separator === undefined || separator === ' ')
    return (line) =>
      line
        .trim()
        .split(/[ \t]+/)
        .filter((field) => field !== '')
  const mark = separator === '\\t' || separator === 't' ? '\t' : separator
  if (mark.length === 1) return (line) => (line === '' ? [] : line.split(mark))
  const regex = compileRegex(mark, { extended: true })
  return typeof regex === 'string' ? undefined : (line) => (line === '' ? [] : splitBy(line, regex))
}

function splitBy(line: ByteText, regex: Regex): ByteText[] {
  const fields: ByteText[] = []
  let at = 0
  for (let found = regex.find(line, at); found !== undefined && found.end > found.start; found = regex.find(line, at)) {
    fields.push(line.slice(at, found.start))
    at = found.end
  }
  return [...fields, line.slice(at)]
}

interface AwkRecord {
  readonly line: ByteText
  readonly fields: readonly ByteText[]
  readonly number: number
}

type Expression = (record: AwkRecord) => ByteText

function patternOf(text: ByteText): Regex | undefined {
  const regex = compileRegex(text.replaceAll('\\/', '/'), { extended: true })
  return typeof regex === 'string' ? undefined : regex
}

/** Undefined for what is not understood. */
function conditionOf(text: ByteText): ((record: AwkRecord) => boolean) | undefined {
  if (text === '') return () => true
  const pattern = /^(!?)\/((?:\\[\s\S]|[^/\\])*)\/$/.exec(text)
  if (pattern !== null) {
    const regex = patternOf(pattern[2] ?? '')
    return regex && (({ line }) => regex.test(fromByteText(line)) !== (pattern[1] === '!'))
  }
  const comparison = /^(\S+?)\s*(==|!=|<=|>=|<|>|!~|~)\s*(.+)$/.exec(text)
  if (comparison === null) return undefined
  const [, left = '', operator = '', right = ''] = comparison
  const a = expressionOf(left)
  if (operator.endsWith('~')) {
    const regex = patternOf(right.replace(/^\/|\/$/g, ''))
    return a && regex && ((record) => regex.test(fromByteText(a(record))) !== (operator === '!~'))
  }
  const b = expressionOf(right)
  return a && b && ((record) => compare(a(record), operator, b(record)))
}

function compare(a: ByteText, operator: string, b: ByteText): boolean {
  const isNumeric = /^-?[\d.]+$/.test(a) && /^-?[\d.]+$/.test(b)
  const difference = isNumeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0
  const results: Readonly<Record<string, boolean>> = {
    '==': difference === 0,
    '!=': difference !== 0,
    '<': difference < 0,
    '>': difference > 0,
    '<=': difference <= 0,
    '>=': difference >= 0,
  }
  return results[operator] ?? false
}

/** `print` statements; commas become blanks, neighbours are joined. */
function statementsOf(text: ByteText): Expression[] | undefined {
  const statements: Expression[] = []
  for (const statement of text.split(';').filter((one) => one.trim() !== '')) {
    const match = /^\s*print\b\s*([\s\S]*)$/.exec(statement)
    if (match === null) return undefined
    const list = match[1]?.trim() ?? ''
    const items: Expression[] = []
    for (const item of list === '' ? ['$0'] : (list.match(/(?:"(?:\\[\s\S]|[^"\\])*"|[^,"])+/g) ?? [])) {
      const expression = joinedExpression(item)
      if (expression === undefined) return undefined
      items.push(expression)
    }
    statements.push((record) => `${items.map((item) => item(record)).join(' ')}\n`)
  }
  return statements
}

function joinedExpression(text: ByteText): Expression | undefined {
  const expressions: Expression[] = []
  for (const part of text.trim().match(/"(?:\\[\s\S]|[^"\\])*"|\$\w+|\w+|\S/g) ?? []) {
    const expression = expressionOf(part)
    if (expression === undefined) return undefined
    expressions.push(expression)
  }
  return (record) => expressions.map((one) => one(record)).join('')
}

function expressionOf(text: ByteText): Expression | undefined {
  const trimmed = text.trim()
  if (/^"(?:\\[\s\S]|[^"\\])*"$/.test(trimmed)) {
    const value = trimmed.slice(1, -1).replace(/\\([\s\S])/g, (_, char: string) => ({ n: '\n', t: '\t' })[char] ?? char)
    return () => value
  }
  if (/^-?\d+(?:\.\d+)?$/.test(trimmed)) return () => trimmed
  if (trimmed === 'NR') return ({ number }) => String(number)
  if (trimmed === 'NF') return ({ fields }) => String(fields.length)
  if (trimmed === '$0') return ({ line }) => line
  if (trimmed === '$NF') return ({ fields }) => fields.at(-1) ?? ''
  const field = /^\$(\d+)$/.exec(trimmed)
  return field === null ? undefined : ({ fields }) => fields[Number(field[1]) - 1] ?? ''
}
