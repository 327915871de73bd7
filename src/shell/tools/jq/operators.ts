/** Operators of jq, and what the parser makes of them. Source: jq src/parser.y (1.6), its precedences. */
import { JqSyntaxError } from './lexer.ts'
import type { BinaryOperator, Filter, Pattern } from './syntax.ts'

/** Binding powers; `right` and `none` say what several in a row mean. */
export const operators: Readonly<Record<string, readonly [power: number, ties: 'left' | 'right' | 'none']>> = {
  ',': [2, 'left'],
  '//': [3, 'right'],
  ...Object.fromEntries(
    ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='].map((name) => [name, [4, 'none'] as const] as const),
  ),
  or: [5, 'left'],
  and: [6, 'left'],
  ...Object.fromEntries(['==', '!=', '<', '<=', '>', '>='].map((name) => [name, [7, 'none'] as const] as const)),
  '+': [8, 'left'],
  '-': [8, 'left'],
  '*': [9, 'left'],
  '/': [9, 'left'],
  '%': [9, 'left'],
}

/** A text or a number that stands in the program. */
export function literal(value: string | number): Filter {
  return { kind: 'literal', value }
}

/** How functions are told apart: `map/1`. */
export function signatureOf(name: string, count: number): string {
  return `${name}/${count}`
}

/** The variables that a pattern gives a value. */
export function variablesOf(pattern: Pattern): readonly string[] {
  if (pattern.kind === 'variable') return [pattern.name]
  if (pattern.kind === 'array') return pattern.items.flatMap(variablesOf)
  return pattern.members.flatMap(({ name, value }) => [
    ...(name === undefined ? [] : [name]),
    ...(value === undefined ? [] : variablesOf(value)),
  ])
}

/** Two filters with an operator between them. */
export function combined(operator: string, left: Filter, right: Filter): Filter {
  switch (operator) {
    case ',':
      return { kind: 'comma', left, right }
    case '//':
      return { kind: 'alternative', left, right }
    case 'and':
    case 'or':
      return { kind: operator, left, right }
    default:
      if (operators[operator]?.[0] === 4) return { kind: 'assign', operator, left, right }
      if (operator === '/' && left.kind === 'literal' && right.kind === 'literal' && right.value === 0)
        throw new JqSyntaxError('Division by zero?', 0)
      // What is left of the table are operators on two values.
      return { kind: 'binary', operator: operator as BinaryOperator, left, right }
  }
}
