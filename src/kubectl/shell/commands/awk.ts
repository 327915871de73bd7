/** The awk of one-liners: `/re/ {print $1, "x"}`, `NR==2`, `$1=="a"`, -F. Anything more is refused. */
import { complain, inputLines, inputs, options, type ShellCommand } from './command.ts'
import { literalPattern, regularExpression } from './regular-expression.ts'

/** Prints fields of the lines that a condition picks. */
export const awk: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'F:v:', {})
  const [program, ...paths] = operands
  if (error !== undefined || program === undefined) {
    context.err('usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n')
    return 2
  }
  const parsed = /^\s*([^{]*?)\s*(?:\{([^{}]*)\})?\s*$/.exec(program)
  const condition = parsed === null ? undefined : conditionOf(parsed[1] ?? '')
  const statements = parsed === null ? undefined : statementsOf(parsed[2] ?? 'print')
  if (condition === undefined || statements === undefined || flags.has('v')) {
    return complain(context, `podsim knows only programs such as '/pattern/ {print $1}', not '${program}'`, 2)
  }
  const separator = flags.get('F')
  const splitter =
    separator === undefined || separator === ' '
      ? undefined
      : separator.length === 1
        ? new RegExp(literalPattern(separator))
        : regularExpression(separator, true, '')
  const { list, failed } = inputs(context, paths)
  inputLines(list).forEach((line, i) => {
    const fields =
      splitter === undefined
        ? line
            .trim()
            .split(/[ \t]+/)
            .filter((field) => field !== '')
        : line === ''
          ? []
          : line.split(splitter)
    const record: AwkRecord = { line, fields, number: i + 1 }
    if (condition(record)) for (const statement of statements) context.out(statement(record))
  })
  return failed ? 2 : 0
}

interface AwkRecord {
  readonly line: string
  readonly fields: readonly string[]
  readonly number: number
}

type Expression = (record: AwkRecord) => string

/** Undefined for what is not understood. */
function conditionOf(text: string): ((record: AwkRecord) => boolean) | undefined {
  if (text === '') return () => true
  const pattern = /^(!?)\/((?:\\[\s\S]|[^/\\])*)\/$/.exec(text)
  if (pattern !== null) {
    const expression = regularExpression((pattern[2] ?? '').replaceAll('\\/', '/'), true, '')
    return expression && (({ line }) => expression.test(line) !== (pattern[1] === '!'))
  }
  const comparison = /^(\S+?)\s*(==|!=|<=|>=|<|>|!~|~)\s*(.+)$/.exec(text)
  if (comparison === null) return undefined
  const [, left = '', operator = '', right = ''] = comparison
  const a = expressionOf(left)
  if (operator.endsWith('~')) {
    const expression = regularExpression(right.replace(/^\/|\/$/g, ''), true, '')
    return a && expression && ((record) => expression.test(a(record)) !== (operator === '!~'))
  }
  const b = expressionOf(right)
  return a && b && ((record) => compare(a(record), operator, b(record)))
}

function compare(a: string, operator: string, b: string): boolean {
  const isNumeric = /^-?[\d.]+$/.test(a) && /^-?[\d.]+$/.test(b)
  const difference = isNumeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0
  switch (operator) {
    case '==':
      return difference === 0
    case '!=':
      return difference !== 0
    case '<':
      return difference < 0
    case '>':
      return difference > 0
    case '<=':
      return difference <= 0
    default:
      return difference >= 0
  }
}

/** `print` statements; commas become blanks, neighbours are joined. */
function statementsOf(text: string): Expression[] | undefined {
  const statements = text
    .split(';')
    .filter((one) => one.trim() !== '')
    .map((statement): Expression | undefined => {
      const match = /^\s*print\b\s*([\s\S]*)$/.exec(statement)
      if (match === null) return undefined
      const list = match[1]?.trim() ?? ''
      if (list === '') return ({ line }) => `${line}\n`
      const items = splitItems(list).map(joinedExpression)
      if (items.some((item) => item === undefined)) return undefined
      return (record) => `${items.map((item) => item?.(record) ?? '').join(' ')}\n`
    })
  return statements.some((one) => one === undefined) ? undefined : statements.filter((one) => one !== undefined)
}

function splitItems(text: string): string[] {
  return text.match(/(?:"(?:\\[\s\S]|[^"\\])*"|[^,"])+/g) ?? []
}

function joinedExpression(text: string): Expression | undefined {
  const parts = text.trim().match(/"(?:\\[\s\S]|[^"\\])*"|\$\w+|\w+|\S/g) ?? []
  const expressions = parts.map(expressionOf)
  return expressions.some((one) => one === undefined)
    ? undefined
    : (record) => expressions.map((one) => one?.(record) ?? '').join('')
}

function expressionOf(text: string): Expression | undefined {
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
