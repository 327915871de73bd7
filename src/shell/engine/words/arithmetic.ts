/**
 * Integer arithmetic of `$((...))` in 64 bits, with all operators of bash. Source: bash(1), ARITHMETIC EVALUATION;
 * bash expr.c; busybox shell/math.c.
 */

/** Variables as expressions see them. */
export interface Variables {
  get(name: string): string
  set(name: string, value: string): void
  /**
   * As ash reckons: both sides of `&&`, `||` and `?:` are evaluated, what stands between `?` and `:` needs brackets for more than one
   * comparison. Source: busybox 1.35 shell/math.c, arith_apply.
   */
  readonly isAsh?: boolean
}

/** What is wrong with an expression; each dialect has its own words. */
export type ArithmeticProblem =
  | {
      readonly kind:
        | 'division'
        | 'exponent'
        | 'syntax'
        | 'operand'
        | 'colon'
        | 'bracket'
        | 'assignment'
        | 'malformed'
        | 'operator'
        | 'expression'
      readonly rest: string
    }
  | { readonly kind: 'base' | 'constant' | 'recursion'; readonly rest: string }

/** A refused expression. */
export class ArithmeticError extends Error {
  override readonly name = 'ArithmeticError'
  readonly problem: ArithmeticProblem
  /** The expression. */
  readonly text: string
  constructor(problem: ArithmeticProblem, text: string) {
    super(problem.kind)
    this.problem = problem
    this.text = text
  }
}

/** How deep names may stand for names, and brackets may nest. */
const maxDepth = 200

/** The value of an expression; names are variables, whose values are expressions themselves; nothing is 0. */
export function evaluateArithmetic(text: string, variables: Variables, depth = 0): bigint {
  const evaluator = new Evaluator(text, variables, depth)
  return evaluator.whole()
}

const token =
  /\s+|(\d[\w#@]*|[A-Za-z_]\w*(?:\[[^[\]]*\])?|\*\*|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&^|]=|[-+*/%()<>!~&|^?:=,]|[\s\S])/y

const precedence = new Map<string, number>([
  ...(['||', '&&', '|', '^', '&'] as const).map((operator, at): [string, number] => [operator, at + 1]),
  ['==', 6],
  ['!=', 6],
  ['<', 7],
  ['>', 7],
  ['<=', 7],
  ['>=', 7],
  ['<<', 8],
  ['>>', 8],
  ['+', 9],
  ['-', 9],
  ['*', 10],
  ['/', 10],
  ['%', 10],
  ['**', 11],
])
const assignments = new Set(['=', '+=', '-=', '*=', '/=', '%=', '&=', '^=', '|=', '<<=', '>>='])

class Evaluator {
  readonly #text: string
  readonly #variables: Variables
  readonly #tokens: { readonly text: string; readonly at: number }[] = []
  #next = 0
  #depth: number
  /** Above 0 in the half of `?:`, `&&` and `||` that does not count: nothing is assigned or divided there. */
  #skipped = 0

  constructor(text: string, variables: Variables, depth: number) {
    this.#text = text
    this.#variables = variables
    this.#depth = depth
    for (token.lastIndex = 0; token.lastIndex < text.length; ) {
      const at = token.lastIndex
      const found = token.exec(text)?.[1]
      if (found === undefined) continue
      // Behind a number these are two signs.
      const isTwo = (found === '++' || found === '--') && /^(?:\d|\)$)/.test(this.#tokens.at(-1)?.text ?? '')
      if (isTwo) this.#tokens.push({ text: found.charAt(0), at }, { text: found.charAt(0), at: at + 1 })
      else this.#tokens.push({ text: found, at })
    }
  }

  whole(): bigint {
    if (this.#tokens.length === 0) return 0n
    const value = this.#comma()
    const left = this.#peek()
    if (left === ':' && this.#variables.isAsh === true) this.#fail('malformed')
    if (assignments.has(left)) this.#fail('assignment')
    if (/^[^\w+\-*/%&|^!~<>=?:,()]/.test(left)) this.#fail('operator')
    if (left !== '') this.#fail('syntax')
    return value
  }

  #peek(ahead = 0): string {
    return this.#tokens[this.#next + ahead]?.text ?? ''
  }

  /** `rest` of the message is what is left from a token on. */
  #fail(kind: ArithmeticProblem['kind'], from = this.#next): never {
    const at = (this.#tokens[from] ?? this.#tokens.at(-1))?.at
    throw new ArithmeticError({ kind, rest: at === undefined ? '' : this.#text.slice(at) }, this.#text)
  }

  #comma(): bigint {
    if (++this.#depth > maxDepth) this.#fail('recursion')
    let value = this.#assignment()
    while (this.#peek() === ',') {
      this.#next++
      value = this.#assignment()
    }
    this.#depth--
    return value
  }

  #assignment(): bigint {
    const name = this.#peek()
    const operator = this.#peek(1)
    if (!/^[A-Za-z_]/.test(name) || !assignments.has(operator)) return this.#conditional()
    this.#next += 2
    const start = this.#next
    const right = this.#assignment()
    const value = operator === '=' ? right : this.#apply(operator.slice(0, -1), this.#valueOf(name), right, start)
    return this.#store(name, value)
  }

  #store(name: string, value: bigint): bigint {
    const kept = BigInt.asIntN(64, value)
    if (this.#skipped === 0) this.#variables.set(name, kept.toString())
    return kept
  }

  #conditional(): bigint {
    const condition = this.#binary(0)
    if (this.#peek() !== '?') return condition
    this.#next++
    const isAsh = this.#variables.isAsh === true
    const yes = this.#skipping(condition === 0n, () => (isAsh ? this.#binary(0) : this.#comma()))
    if (this.#peek() !== ':') this.#fail(isAsh ? 'malformed' : 'colon')
    this.#next++
    if (this.#peek() === '' && !isAsh) this.#fail('expression')
    const no = this.#skipping(condition !== 0n, () => this.#assignment())
    return condition !== 0n ? yes : no
  }

  #skipping(skips: boolean, read: () => bigint): bigint {
    const isLeftOut = skips && this.#variables.isAsh !== true
    if (isLeftOut) this.#skipped++
    const value = read()
    if (isLeftOut) this.#skipped--
    return value
  }

  #binary(minimum: number): bigint {
    if (++this.#depth > maxDepth) this.#fail('recursion')
    let left = this.#unary()
    for (;;) {
      const operator = this.#peek()
      const rank = precedence.get(operator)
      if (rank === undefined || rank <= minimum) break
      this.#next++
      const start = this.#next
      if (operator === '&&' || operator === '||') {
        const isKnown = (left !== 0n) === (operator === '||')
        const right = this.#skipping(isKnown, () => this.#binary(rank))
        left = (isKnown ? left !== 0n : right !== 0n) ? 1n : 0n
      } else left = this.#apply(operator, left, this.#binary(operator === '**' ? rank - 1 : rank), start)
    }
    this.#depth--
    return left
  }

  #unary(): bigint {
    const operator = this.#peek()
    const name = this.#peek(1)
    if ((operator === '++' || operator === '--') && /^[A-Za-z_]/.test(name)) {
      this.#next += 2
      return this.#store(name, this.#valueOf(name) + (operator === '++' ? 1n : -1n))
    }
    if (!'-+!~'.includes(operator.charAt(0)) || operator === '' || operator === '!=' || operator.endsWith('='))
      return this.#postfix()
    if (++this.#depth > maxDepth) this.#fail('recursion')
    this.#next++
    // `--5` is twice negated.
    const value = operator.length === 2 ? this.#unary() : this.#signed(operator)
    this.#depth--
    return BigInt.asIntN(64, value)
  }

  #signed(operator: string): bigint {
    const value = this.#unary()
    if (operator === '-') return -value
    return operator === '+' ? value : operator === '~' ? ~value : value === 0n ? 1n : 0n
  }

  #postfix(): bigint {
    const text = this.#peek()
    if (text === '(') {
      this.#next++
      const value = this.#comma()
      if (this.#peek() !== ')') this.#fail('bracket')
      this.#next++
      return value
    }
    if (/^\d/.test(text)) {
      const value = constant(text, this.#variables.isAsh === true)
      if (typeof value === 'string') this.#fail(value)
      this.#next++
      return value
    }
    // ash has no arrays.
    const isName = /^[A-Za-z_]/.test(text) && (this.#variables.isAsh !== true || !text.includes('['))
    if (!isName) this.#fail('operand')
    this.#next++
    const value = this.#valueOf(text)
    const operator = this.#peek()
    if (operator !== '++' && operator !== '--') {
      return value
    }
    this.#next++
    this.#store(text, value + (operator === '++' ? 1n : -1n))
    return value
  }

  #valueOf(name: string): bigint {
    const text = this.#variables.get(name).trim()
    if (/^-?(?:[1-9]\d{0,17}|0)$/.test(text)) return BigInt(text)
    return text === '' ? 0n : evaluateArithmetic(text, this.#variables, this.#depth + 20)
  }

  #apply(operator: string, a: bigint, b: bigint, start: number): bigint {
    const wrap = (value: bigint): bigint => BigInt.asIntN(64, value)
    const truth = (value: boolean): bigint => (value ? 1n : 0n)
    switch (operator) {
      case '+':
        return wrap(a + b)
      case '-':
        return wrap(a - b)
      case '*':
        return wrap(a * b)
      case '/':
      case '%':
        if (this.#skipped > 0) return 0n
        if (b === 0n) this.#fail('division', start)
        return operator === '/' ? wrap(a / b) : a % b
      case '**':
        if (b < 0n && this.#skipped === 0) this.#fail('exponent', this.#next - 1)
        return power(a, b)
      case '<<':
        return wrap(a << (b & 63n))
      case '>>':
        return a >> (b & 63n)
      case '&':
        return a & b
      case '|':
        return a | b
      case '^':
        return a ^ b
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

/** By squaring, wrapped at each step. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let square = base
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = BigInt.asIntN(64, result * square)
    square = BigInt.asIntN(64, square * square)
  }
  return result
}

/** `10`, `0x1f`, `017`, `2#101`; a word for what is wrong with it. In ash what 64 bits cannot hold is 0, as strtoull refuses it. */
function constant(text: string, isAsh: boolean): bigint | 'base' | 'constant' {
  if (/^0[xX]$/.test(text) && !isAsh) return 0n
  const match = /^(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9]\d*)|(\d+)#([\w@]+))$/.exec(text)
  if (match === null) return 'base'
  const [, hex, octal, decimal, base = '10', digits = ''] = match
  const kept = (value: bigint): bigint => (isAsh && value >> 64n !== 0n ? 0n : BigInt.asIntN(64, value))
  if (hex !== undefined) return kept(BigInt(`0x${hex}`))
  if (octal !== undefined) return octal === '0' ? 0n : kept(BigInt(`0o${octal.slice(1)}`))
  if (decimal !== undefined) return kept(BigInt(decimal))
  const radix = Number(base)
  if (radix < 2 || radix > 64) return 'constant'
  let value = 0n
  for (const char of digits) {
    const digit = digitOf(char, radix)
    if (digit >= radix) return 'base'
    value = BigInt.asIntN(64, value * BigInt(radix) + BigInt(digit))
  }
  return value
}

/** Source: bash(1): 0-9, a-z, A-Z, `@`, `_`; up to base 36 small and large letters are one. */
function digitOf(char: string, radix: number): number {
  const at = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_'.indexOf(char)
  return at >= 36 && at < 62 && radix <= 36 ? at - 26 : at
}
