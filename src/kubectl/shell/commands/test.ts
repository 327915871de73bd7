/** test, [ and [[. Source: POSIX test; bash(1), CONDITIONAL EXPRESSIONS. */
import { matchesPattern } from '../pattern.ts'
import type { CommandContext, ShellCommand } from './command.ts'

/** Exit code 0 for true, 1 for false, 2 for an expression that is none. */
export const test: ShellCommand = (context) => {
  const { name } = context
  const args = [...context.args]
  const close = name === '[' ? ']' : name === '[[' ? ']]' : undefined
  if (close !== undefined && args.pop() !== close) {
    context.err(`bash: line ${context.state.line}: ${name}: missing \`${close}'\n`)
    return 2
  }
  const evaluator = new Evaluator(context, args)
  const result = evaluator.all()
  if (typeof result === 'boolean') return result ? 0 : 1
  context.err(`bash: line ${context.state.line}: ${name}: ${result}\n`)
  return 2
}

/** A boolean, or what is wrong. */
type Verdict = boolean | string

class Evaluator {
  readonly #context: CommandContext
  readonly #args: readonly string[]
  #at = 0
  #depth = 0

  constructor(context: CommandContext, args: readonly string[]) {
    this.#context = context
    this.#args = args
  }

  all(): Verdict {
    if (this.#args.length === 0) return false
    const result = this.#or()
    if (typeof result !== 'boolean' || this.#at >= this.#args.length) return result
    const [first = '', second = ''] = this.#args
    if (this.#args.length === 2) return `${first}: unary operator expected`
    return this.#args.length === 3 ? `${second}: binary operator expected` : 'too many arguments'
  }

  #or(): Verdict {
    if (++this.#depth > 200) return 'expression nests too deeply'
    let left = this.#and()
    while (this.#args[this.#at] === '-o' || this.#args[this.#at] === '||') {
      this.#at++
      const right = this.#and()
      if (typeof left !== 'boolean' || typeof right !== 'boolean') return typeof left === 'boolean' ? right : left
      left = left || right
    }
    this.#depth--
    return left
  }

  #and(): Verdict {
    let left = this.#not()
    while (this.#args[this.#at] === '-a' || this.#args[this.#at] === '&&') {
      this.#at++
      const right = this.#not()
      if (typeof left !== 'boolean' || typeof right !== 'boolean') return typeof left === 'boolean' ? right : left
      left = left && right
    }
    return left
  }

  #not(): Verdict {
    let negated = false
    while (this.#args[this.#at] === '!' && this.#args.length - this.#at > 1) {
      negated = !negated
      this.#at++
    }
    const result = this.#primary()
    return typeof result === 'boolean' ? result !== negated : result
  }

  #primary(): Verdict {
    const [first = '', second, third] = this.#args.slice(this.#at, this.#at + 3)
    if (first === '(') {
      this.#at++
      const inner = this.#or()
      if (this.#args[this.#at++] !== ')') return "`)' expected"
      return inner
    }
    if (
      second !== undefined &&
      third !== undefined &&
      /^(?:=|==|!=|=~|<|>|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))$/.test(second)
    ) {
      this.#at += 3
      return this.#binary(first, second, third)
    }
    if (/^-[a-zA-Z]$/.test(first) && second !== undefined) {
      this.#at += 2
      return this.#unary(first, second)
    }
    this.#at++
    return first !== ''
  }

  #unary(operator: string, value: string): Verdict {
    const { state } = this.#context
    switch (operator) {
      case '-n':
        return value !== ''
      case '-z':
        return value === ''
      case '-e':
      case '-a':
      case '-r':
      case '-w':
        return state.kind(value) !== undefined
      case '-f':
        return state.kind(value) === 'file'
      case '-d':
      case '-x':
        return state.kind(value) === 'directory'
      case '-s':
        return (state.read(value) ?? '') !== ''
      case '-v':
        return state.variables.has(value)
      case '-L':
      case '-h':
      case '-t':
      case '-p':
      case '-b':
      case '-c':
      case '-S':
        return false
      default:
        return `${operator}: unary operator expected`
    }
  }

  #binary(left: string, operator: string, right: string): Verdict {
    switch (operator) {
      case '=':
      case '==':
        return this.#context.name === '[[' ? matchesPattern(left, [{ text: right, quoted: false }]) : left === right
      case '!=':
        return this.#context.name === '[[' ? !matchesPattern(left, [{ text: right, quoted: false }]) : left !== right
      case '<':
        return left < right
      case '>':
        return left > right
      case '=~':
        try {
          return new RegExp(right).test(left)
        } catch {
          return 'invalid regular expression'
        }
    }
    if (!operator.startsWith('-') || /^-(?:nt|ot|ef)$/.test(operator)) return false
    for (const value of [left, right]) {
      if (!/^\s*[-+]?\d+\s*$/.test(value)) return `${value}: integer expression expected`
    }
    const [a, b] = [BigInt(left.trim().replace(/^\+/, '')), BigInt(right.trim().replace(/^\+/, ''))]
    switch (operator) {
      case '-eq':
        return a === b
      case '-ne':
        return a !== b
      case '-lt':
        return a < b
      case '-le':
        return a <= b
      case '-gt':
        return a > b
      default:
        return a >= b
    }
  }
}
