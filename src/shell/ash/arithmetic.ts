export type Arithmetic =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly message: string }

const operators: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
]

/**
 * Value of `$((...))`: whole numbers, variables, parentheses and the operators above. Source: busybox shell/math.c; numbers
 * here are doubles, so values beyond 2^53 differ.
 */
export function evaluate(text: string, variable: (name: string) => string): Arithmetic {
  const tokens = text.match(/\d+|[A-Za-z_]\w*|\|\||&&|[=!<>]=|[-+*/%()<>!]|\S/g) ?? []
  let at = 0
  let trouble = ''
  const fail = (message: string): number => {
    if (trouble === '') trouble = message
    return 0
  }
  const primary = (depth: number): number => {
    const token = tokens[at++]
    if (token === undefined || depth > 50) return fail('arithmetic syntax error')
    if (token === '(') {
      const value = level(0, depth + 1)
      return tokens[at++] === ')' ? value : fail('arithmetic syntax error')
    }
    if (token === '-') return -primary(depth + 1)
    if (token === '+') return primary(depth + 1)
    if (token === '!') return primary(depth + 1) === 0 ? 1 : 0
    if (/^\d/.test(token)) return token.length > 1 && token.startsWith('0') ? Number.parseInt(token, 8) : Number(token)
    if (!/^[A-Za-z_]/.test(token)) return fail('arithmetic syntax error')
    const value = variable(token).trim()
    return value === '' ? 0 : /^-?\d+$/.test(value) ? Number(value) : fail('arithmetic syntax error')
  }
  const level = (index: number, depth: number): number => {
    const here = operators[index]
    if (here === undefined) return primary(depth)
    let left = level(index + 1, depth)
    for (let token = tokens[at]; token !== undefined && here.includes(token); token = tokens[at]) {
      at++
      left = apply(token, left, level(index + 1, depth), fail)
    }
    return left
  }
  const value = level(0, 0)
  if (at < tokens.length) fail('arithmetic syntax error')
  return trouble === '' ? { ok: true, value } : { ok: false, message: trouble }
}

function apply(operator: string, a: number, b: number, fail: (message: string) => number): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return b === 0 ? fail('divide by zero') : Math.trunc(a / b)
    case '%':
      return b === 0 ? fail('divide by zero') : a % b
    case '==':
      return Number(a === b)
    case '!=':
      return Number(a !== b)
    case '<':
      return Number(a < b)
    case '>':
      return Number(a > b)
    case '<=':
      return Number(a <= b)
    case '>=':
      return Number(a >= b)
    case '&&':
      return Number(a !== 0 && b !== 0)
    default:
      return Number(a !== 0 || b !== 0)
  }
}
