/** test, [ and [[. Source: POSIX test; bash(1), CONDITIONAL EXPRESSIONS; busybox coreutils/test.c. */
import { type ByteText, fromByteText, toByteText } from '../byte-text.ts'
import { isDevice } from '../engine/devices.ts'
import { evaluateArithmetic } from '../engine/words/arithmetic.ts'
import { elementsOf, elementUnder, setArray } from '../engine/words/arrays.ts'
import { keyIfAny } from '../engine/words/expansion.ts'
import { matches, patternOf } from '../engine/words/pattern.ts'
import { compileRegex } from './regular-expression.ts'
import { complain, type Tool, type ToolContext } from './tool.ts'

/** Exit code 0 for true, 1 for false, 2 for an expression that is none. */
export const test: Tool = (context) => {
  const { name } = context
  const args = [...context.args]
  const close = name === '[' ? ']' : name === '[[' ? ']]' : undefined
  if (close !== undefined && args.pop() !== close)
    return complain(context, context.voice === 'gnu' ? `missing \`${close}'` : `missing ${close}`, 2)
  try {
    return new Evaluator(context, args).all() ? 0 : 1
  } catch (error) {
    if (!(error instanceof TestError)) throw error
    return complain(context, error.message, 2)
  }
}

/** An expression that is none; the text is what the shell says. */
class TestError extends Error {
  override readonly name = 'TestError'
}

/** How deep brackets may nest. */
const maxDepth = 100
const binaryOperators = /^(?:=|==|!=|=~|<|>|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))$/
const unaryOperators = /^-[abcdefghknoprstuvwxzGLNOS]$/

class Evaluator {
  readonly #context: ToolContext
  readonly #args: readonly ByteText[]
  readonly #isBash: boolean
  readonly #isDouble: boolean
  #at = 0
  #depth = 0

  constructor(context: ToolContext, args: readonly ByteText[]) {
    this.#context = context
    this.#args = args
    this.#isBash = context.voice === 'gnu'
    this.#isDouble = context.name === '[[' && this.#isBash
  }

  all(): boolean {
    if (this.#args.length === 0) return false
    const result = this.#or()
    if (this.#at >= this.#args.length) return result
    const [first = '', second = ''] = this.#args
    if (!this.#isBash) throw new TestError(`${this.#args[this.#at] ?? ''}: unknown operand`)
    if (this.#args.length === 2) throw new TestError(`${first}: unary operator expected`)
    throw new TestError(this.#args.length === 3 ? `${second}: binary operator expected` : 'too many arguments')
  }

  #or(): boolean {
    if (++this.#depth > maxDepth) throw new TestError('too many arguments')
    let left = this.#and()
    while (this.#args[this.#at] === (this.#isDouble ? '||' : '-o')) {
      this.#at++
      const right = this.#and()
      left = left || right
    }
    this.#depth--
    return left
  }

  #and(): boolean {
    let left = this.#not()
    while (this.#args[this.#at] === (this.#isDouble ? '&&' : '-a')) {
      this.#at++
      const right = this.#not()
      left = left && right
    }
    return left
  }

  #not(): boolean {
    let negated = false
    while (
      this.#args[this.#at] === '!' &&
      this.#args.length - this.#at > 1 &&
      !(this.#left === 3 && this.#isBinary(1))
    ) {
      negated = !negated
      this.#at++
    }
    return this.#primary() !== negated
  }

  /** Arguments that are left. */
  get #left(): number {
    return this.#args.length - this.#at
  }

  #isBinary(ahead: number): boolean {
    return binaryOperators.test(this.#args[this.#at + ahead] ?? '')
  }

  #primary(): boolean {
    const [first, second, third] = this.#args.slice(this.#at, this.#at + 3)
    if (first === undefined) throw new TestError('argument expected')
    if (second !== undefined && third !== undefined && this.#isBinary(1)) {
      this.#at += 3
      return this.#binary(first, second, third)
    }
    if (first === '(' && this.#left > 1) {
      this.#at++
      const inner = this.#or()
      if (this.#args[this.#at++] !== ')') throw new TestError(this.#isBash ? "`)' expected" : 'closing paren expected')
      return inner
    }
    if (!this.#isBash && this.#left === 2 && this.#isBinary(1)) throw new TestError(`${second}: argument expected`)
    if (unaryOperators.test(first) && second !== undefined) {
      this.#at += 2
      return this.#unary(first.charAt(1), second)
    }
    if (this.#isBash && /^-[a-zA-Z]$/.test(first) && second !== undefined && this.#left === 2)
      throw new TestError(`${first}: unary operator expected`)
    this.#at++
    return first !== ''
  }

  #unary(letter: string, value: ByteText): boolean {
    const { shell, files } = this.#context
    if (letter === 'n') return value !== ''
    if (letter === 'z') return value === ''
    if (letter === 'v') {
      const [, array, subscript] = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(value) ?? []
      if (array === undefined || subscript === undefined) return shell.variables.has(value)
      if (subscript === '@' || subscript === '*') return (elementsOf(shell, array) ?? []).length > 0
      const key = keyIfAny(shell, array, subscript)
      return key !== undefined && elementUnder(shell, array, key) !== undefined
    }
    if (letter === 'o') return false
    if (letter === 't') {
      if (!this.#isBash && !/^\d+$/.test(value)) throw new TestError(`${value}: bad number`)
      return false
    }
    const path = shell.path(value)
    if (letter === 'L' || letter === 'h') {
      const link = files.lstat(path)
      return link.ok && link.value.type === 'symlink'
    }
    if (isDevice(shell.logicalPath(value))) return 'aecrw'.includes(letter)
    const stat = value === '' ? undefined : files.stat(path)
    if (stat === undefined || !stat.ok) return false
    switch (letter) {
      case 'f':
        return stat.value.type === 'file'
      case 'd':
        return stat.value.type === 'directory'
      case 's':
        return stat.value.size > 0
      case 'r':
        return files.access(path, 4).ok
      case 'w':
        return files.access(path, 2).ok
      case 'x':
        return files.access(path, 1).ok && (stat.value.type === 'directory' || (stat.value.mode & 0o111) !== 0)
      case 'e':
      case 'a':
        return true
      case 'O':
        return stat.value.uid === shell.world.user.uid
      case 'G':
        return stat.value.gid === shell.world.user.gid
      default:
        return (stat.value.mode & ({ u: 0o4000, g: 0o2000, k: 0o1000 }[letter] ?? 0)) !== 0
    }
  }

  #binary(left: ByteText, operator: string, right: ByteText): boolean {
    switch (operator) {
      case '=':
      case '==':
        return this.#isDouble ? matches(patternOf(right), left) : left === right
      case '!=':
        return this.#isDouble ? !matches(patternOf(right), left) : left !== right
      case '<':
        return left < right
      case '>':
        return left > right
      case '=~':
        return this.#matchesRegex(left, right)
      case '-nt':
      case '-ot':
      case '-ef':
        return this.#compareFiles(left, operator, right)
    }
    const [a, b] = [this.#number(left), this.#number(right)]
    const sign: Readonly<Record<string, boolean>> = {
      '-eq': a === b,
      '-ne': a !== b,
      '-lt': a < b,
      '-le': a <= b,
      '-gt': a > b,
      '-ge': a >= b,
    }
    return sign[operator] ?? false
  }

  /** What matched, and its groups, are in BASH_REMATCH, of which only the whole can be told without arrays. */
  #matchesRegex(left: ByteText, right: ByteText): boolean {
    const regex = compileRegex(right, { extended: true })
    // Source: bash(1): a pattern that is none makes the condition false with code 2, without a word.
    if (typeof regex === 'string') throw new TestError(`${right}: ${regex}`)
    const text = fromByteText(left)
    const found = regex.find(text)
    const groups =
      found === undefined ? [] : [text.slice(found.start, found.end), ...found.groups.map((group) => group ?? '')]
    setArray(this.#context.shell, 'BASH_REMATCH', groups.map(toByteText))
    return found !== undefined
  }

  #number(text: ByteText): bigint {
    if (/^\s*[-+]?\d+\s*$/.test(text)) {
      const value = BigInt(text.trim().replace(/^\+/, ''))
      if (this.#isDouble || BigInt.asIntN(64, value) === value) return value
      throw new TestError(this.#isBash ? `${text}: integer expression expected` : `${text}: out of range`)
    }
    if (this.#isDouble) {
      const { shell } = this.#context
      return evaluateArithmetic(text, { get: (name) => shell.get(name), set: (name, value) => shell.set(name, value) })
    }
    throw new TestError(this.#isBash ? `${text}: integer expression expected` : `${text}: bad number`)
  }

  #compareFiles(left: ByteText, operator: string, right: ByteText): boolean {
    const { shell, files } = this.#context
    const [a, b] = [files.stat(shell.path(left)), files.stat(shell.path(right))]
    if (operator === '-ef') return a.ok && b.ok && a.value.inode === b.value.inode
    if (!a.ok || !b.ok) return operator === '-nt' ? a.ok : b.ok
    const later = a.value.mtimeMs - b.value.mtimeMs
    return operator === '-nt' ? later > 0 : later < 0
  }
}
