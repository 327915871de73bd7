/** Integer arithmetic of `$((...))`. Source: POSIX XCU 2.6.4. */

/** Refused expressions, in bash's words. */
export class ArithmeticError extends Error {
  override readonly name = 'ArithmeticError'
}

/** The value of an expression; names are variables, unset ones count as 0. */
export function evaluateArithmetic(text: string, variable: (name: string) => string): bigint {
  const tokens =
    text.match(/\s+|\d+[\w#]*|[A-Za-z_]\w*|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%()<>!~&|^?:]|[\s\S]/g) ?? []
  const queue = tokens.filter((token) => token.trim() !== '')
  const parser = new ExpressionParser(queue, variable, text)
  const value = parser.expression(0)
  if (parser.peek() !== undefined) throw new ArithmeticError(`${text}: syntax error in expression`)
  return BigInt.asIntN(64, value)
}

const precedence: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
  '**': 11,
}

class ExpressionParser {
  readonly #tokens: readonly string[]
  readonly #variable: (name: string) => string
  readonly #text: string
  #at = 0
  #depth = 0

  constructor(tokens: readonly string[], variable: (name: string) => string, text: string) {
    this.#tokens = tokens
    this.#variable = variable
    this.#text = text
  }

  peek(): string | undefined {
    return this.#tokens[this.#at]
  }

  expression(minimum: number): bigint {
    if (++this.#depth > 200) throw new ArithmeticError(`${this.#text}: expression recursion level exceeded`)
    let left = this.#unary()
    for (;;) {
      const operator = this.peek() ?? ''
      const rank = precedence[operator]
      if (rank === undefined || rank <= minimum) break
      this.#at++
      left = this.#apply(operator, left, this.expression(operator === '**' ? rank - 1 : rank))
    }
    if (minimum === 0 && this.peek() === '?') {
      this.#at++
      const yes = this.expression(0)
      if (this.peek() !== ':') throw new ArithmeticError(`${this.#text}: \`:' expected for conditional expression`)
      this.#at++
      const no = this.expression(0)
      left = left !== 0n ? yes : no
    }
    this.#depth--
    return left
  }

  #unary(): bigint {
    const token = this.#tokens[this.#at++]
    if (token === '-') return -this.#unary()
    if (token === '+') return this.#unary()
    if (token === '!') return this.#unary() === 0n ? 1n : 0n
    if (token === '~') return ~this.#unary()
    if (token === '(') {
      const value = this.expression(0)
      if (this.#tokens[this.#at++] !== ')') throw new ArithmeticError(`${this.#text}: missing \`)'`)
      return value
    }
    if (token !== undefined && /^\d/.test(token)) return this.#number(token)
    if (token !== undefined && /^[A-Za-z_]/.test(token)) {
      const value = this.#variable(token).trim()
      return /^-?\d+$/.test(value) ? BigInt(value) : 0n
    }
    throw new ArithmeticError(`${this.#text}: syntax error: operand expected`)
  }

  #number(token: string): bigint {
    if (/^(?:0[xX][0-9a-fA-F]+|[1-9]\d*|0)$/.test(token)) return BigInt(token)
    if (/^0[0-7]+$/.test(token)) return BigInt(`0o${token.slice(1)}`)
    throw new ArithmeticError(`${token}: value too great for base (error token is "${token}")`)
  }

  #apply(operator: string, a: bigint, b: bigint): bigint {
    const truth = (value: boolean): bigint => (value ? 1n : 0n)
    switch (operator) {
      case '+':
        return a + b
      case '-':
        return a - b
      case '*':
        return BigInt.asIntN(64, a * b)
      case '/':
      case '%':
        if (b === 0n) throw new ArithmeticError(`${this.#text}: division by 0 (error token is "${b}")`)
        return operator === '/' ? a / b : a % b
      case '**':
        if (b < 0n) throw new ArithmeticError(`${this.#text}: exponent less than 0`)
        return b > 64n && a !== 0n && a !== 1n && a !== -1n ? 0n : BigInt.asIntN(64, a ** (b > 64n ? b % 2n : b))
      case '<<':
        return BigInt.asIntN(64, a << (b & 63n))
      case '>>':
        return a >> (b & 63n)
      case '&':
        return a & b
      case '|':
        return a | b
      case '^':
        return a ^ b
      case '&&':
        return truth(a !== 0n && b !== 0n)
      case '||':
        return truth(a !== 0n || b !== 0n)
      case '==':
        return truth(a === b)
      case '!=':
        return truth(a !== b)
      case '<':
        return truth(a < b)
      case '>':
        return truth(a > b)
      case '<=':
        return truth(a <= b)
      default:
        return truth(a >= b)
    }
  }
}
