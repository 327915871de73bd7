/** expr. Source: POSIX expr; GNU coreutils, expr.c; busybox coreutils/expr.c. */
import { type ByteText, characterCount, fromByteText, toByteText } from '../byte-text.ts'
import { compileRegex } from './regular-expression.ts'
import { complain, quoted, say, type Tool, type ToolContext, usage } from './tool.ts'

/** Prints the value of an expression; 1 when it is 0 or empty, 2 when it is none. */
export const expr: Tool = (context) => {
  if (context.args.length === 0) return usage(context, say(context, 'missing operand', 'too few arguments'), 2)
  try {
    const value = new ExprReader(context).whole()
    context.out(`${value}\n`)
    return isNothing(context, value) ? 1 : 0
  } catch (error) {
    if (!(error instanceof ExprError)) throw error
    return complain(context, error.message, 2)
  }
}

/** What counts as false. GNU's takes any writing of 0; Source: expr.c, null; busybox coreutils/expr.c, null, of a string only `0`. */
function isNothing(context: ToolContext, text: ByteText): boolean {
  return text === '' || say(context, /^-?0+$/, /^0$/).test(text)
}

class ExprError extends Error {
  override readonly name = 'ExprError'
}

const levels: readonly (readonly string[])[] = [
  ['|'],
  ['&'],
  ['<', '<=', '=', '==', '!=', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%'],
  [':'],
]
/** How deep brackets may nest. */
const maxDepth = 100

class ExprReader {
  readonly #context: ToolContext
  readonly #args: readonly ByteText[]
  #at = 0
  #depth = 0

  constructor(context: ToolContext) {
    this.#context = context
    this.#args = context.args[0] === '--' ? context.args.slice(1) : context.args
  }

  whole(): ByteText {
    const value = this.#level(0)
    const rest = this.#args[this.#at]
    if (rest !== undefined) this.#fail(`syntax error: unexpected argument ${quoted(this.#context, rest)}`)
    return value
  }

  #fail(gnu: string, busybox = 'syntax error'): never {
    throw new ExprError(say(this.#context, gnu, busybox))
  }

  #level(level: number): ByteText {
    const operators = levels[level]
    if (operators === undefined) return this.#primary()
    let left = this.#level(level + 1)
    for (;;) {
      const operator = this.#args[this.#at] ?? ''
      if (!operators.includes(operator)) return left
      this.#at++
      left = this.#apply(left, operator, this.#level(level + 1))
    }
  }

  #next(): ByteText {
    const before = this.#args[this.#at - 1] ?? ''
    return this.#args[this.#at++] ?? this.#fail(`syntax error: missing argument after ${quoted(this.#context, before)}`)
  }

  #primary(): ByteText {
    const word = this.#next()
    if (word === '(') {
      if (++this.#depth > maxDepth) this.#fail('syntax error')
      const value = this.#level(0)
      this.#depth--
      if (this.#args[this.#at] !== ')')
        this.#fail(`syntax error: expecting ')' after ${quoted(this.#context, this.#args[this.#at - 1] ?? '')}`)
      this.#at++
      return value
    }
    if (word === '+' && this.#context.voice === 'gnu') return this.#next()
    if (word === 'length' && this.#args[this.#at] !== undefined) return String(characterCount(this.#next()))
    if (word === 'substr' && this.#args.length - this.#at >= 3) {
      const [text, from, count] = [this.#next(), Number(this.#next()), Number(this.#next())]
      if (!(from > 0 && count > 0)) return ''
      return toByteText(
        Array.from(fromByteText(text))
          .slice(from - 1, from - 1 + count)
          .join(''),
      )
    }
    if (word === 'index' && this.#args.length - this.#at >= 2) {
      const [text, chars] = [this.#next(), this.#next()]
      return String([...text].findIndex((char) => chars.includes(char)) + 1)
    }
    if (word === 'match' && this.#args.length - this.#at >= 2) return this.#match(this.#next(), this.#next())
    return word
  }

  #match(text: ByteText, pattern: ByteText): ByteText {
    const regex = compileRegex(pattern, { extended: false })
    if (typeof regex === 'string') this.#fail(regex, regex)
    const decoded = fromByteText(text)
    const found = regex.find(decoded)
    const isAtStart = found?.start === 0
    if (regex.groupCount > 0) {
      return toByteText((isAtStart ? found.groups[0] : undefined) ?? '')
    }
    return String(isAtStart ? Array.from(decoded.slice(0, found.end)).length : 0)
  }

  #number(text: ByteText): bigint {
    if (!/^-?\d+$/.test(text)) this.#fail('non-integer argument', 'non-numeric argument')
    return BigInt(text)
  }

  /** Busybox reckons in 64 bits. */
  #told(value: bigint): ByteText {
    return String(say(this.#context, value, BigInt.asIntN(64, value)))
  }

  #apply(a: ByteText, operator: string, b: ByteText): ByteText {
    const isNull = (text: ByteText): boolean => isNothing(this.#context, text)
    switch (operator) {
      case '|':
        return isNull(a) ? (isNull(b) ? '0' : b) : a
      case '&':
        return isNull(a) || isNull(b) ? '0' : a
      case ':':
        return this.#match(a, b)
      case '+':
        return this.#told(this.#number(a) + this.#number(b))
      case '-':
        return this.#told(this.#number(a) - this.#number(b))
      case '*':
        return this.#told(this.#number(a) * this.#number(b))
      case '/':
      case '%': {
        const [x, y] = [this.#number(a), this.#number(b)]
        if (y === 0n) this.#fail('division by zero', 'division by zero')
        return String(operator === '/' ? x / y : x % y)
      }
    }
    const areNumbers = /^-?\d+$/.test(a) && /^-?\d+$/.test(b)
    const difference = areNumbers ? Number(BigInt(a) - BigInt(b)) : a < b ? -1 : a > b ? 1 : 0
    const results: Readonly<Record<string, boolean>> = {
      '<': difference < 0,
      '<=': difference <= 0,
      '=': difference === 0,
      '==': difference === 0,
      '!=': difference !== 0,
      '>=': difference >= 0,
      '>': difference > 0,
    }
    return results[operator] ? '1' : '0'
  }
}
