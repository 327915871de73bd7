/** Reads expressions of an awk program. Source: POSIX XCU awk, "Grammar". */
import type { ByteText } from '../../byte-text.ts'
import { builtinOf } from './builtins.ts'
import {
  binary,
  chosen,
  type Expr,
  element,
  field,
  fixed,
  getline,
  grouped,
  inArray,
  matching,
  named,
  type Place,
  step,
  truth,
} from './expressions.ts'
import { AwkError, type Token, tokensOf } from './lexer.ts'
import type { Program } from './program.ts'

/** Parentheses and blocks within one another: each costs the host's stack. */
export const maxDepth = 100

/** Expressions, lowest precedence first. Source: POSIX XCU awk, "Expressions in awk". */
export class ExpressionParser {
  readonly program: Program = { begin: [], rules: [], end: [], functions: new Map() }
  protected readonly tokens: readonly Token[]
  protected at = 0
  /** In `print a > b` the mark is no comparison; in `for (k in a)` the word is none. */
  protected noGreater = false
  protected noIn = false
  protected depth = 0

  constructor(text: ByteText) {
    this.tokens = tokensOf(text)
  }

  protected get token(): Token {
    return this.tokens[this.at] as Token // the last one is the end, which nobody passes
  }

  protected is(text: string): boolean {
    const { kind } = this.token
    return (kind === 'mark' || kind === 'word' || kind === 'line') && this.token.text === text
  }

  protected take(text: string): boolean {
    if (!this.is(text)) return false
    this.at++
    return true
  }

  protected need(text: string): void {
    if (!this.take(text)) this.fail()
  }

  protected fail(): never {
    const { line, text, kind } = this.token
    throw new AwkError('Unexpected token', line, kind === 'line' ? 'end of line' : text)
  }

  protected skipEnds(): void {
    while (this.take('\n') || this.take(';')) {}
  }

  protected skipLines(): void {
    while (this.take('\n')) {}
  }

  /** An expression between parentheses, where neither `>` nor `in` means something else. */
  protected whole(): Expr {
    this.depth++
    const [noGreater, noIn] = [this.noGreater, this.noIn]
    this.noGreater = false
    this.noIn = false
    const found = this.expression()
    this.noGreater = noGreater
    this.noIn = noIn
    this.depth--
    return found
  }

  protected list(end: ')' | ']'): readonly Expr[] {
    const list: Expr[] = []
    while (!this.take(end)) {
      if (list.length > 0) this.need(',')
      this.skipLines()
      list.push(this.whole())
      this.skipLines()
    }
    return list
  }

  protected expression(): Expr {
    const left = this.conditional()
    const mark = ['=', '+=', '-=', '*=', '/=', '%=', '^='].find((each) => this.is(each))
    if (mark === undefined || left.place === undefined) return left
    this.at++
    this.skipLines()
    return step(left.place, mark.slice(0, -1), this.expression())
  }

  protected conditional(): Expr {
    const condition = this.or()
    if (!this.take('?')) return condition
    this.skipLines()
    const yes = this.expression()
    this.skipLines()
    this.need(':')
    this.skipLines()
    const no = this.expression()
    return chosen(condition, yes, no)
  }

  protected or(): Expr {
    let left = this.and()
    while (this.take('||')) {
      this.skipLines()
      left = truth(left, true, this.and())
    }
    return left
  }

  protected and(): Expr {
    let left = this.membership()
    while (this.take('&&')) {
      this.skipLines()
      left = truth(left, false, this.membership())
    }
    return left
  }

  protected membership(): Expr {
    let left = this.match()
    while (!this.noIn && this.is('in')) {
      this.at++
      const { kind, text } = this.token
      if (kind !== 'name') this.fail()
      this.at++
      left = inArray(left.list ?? [left], text)
    }
    return left
  }

  protected match(): Expr {
    let left = this.comparison()
    for (let mark = this.token.text; this.is('~') || this.is('!~'); mark = this.token.text) {
      this.at++
      left = matching(left, this.comparison(), mark === '!~')
    }
    return left
  }

  protected comparison(): Expr {
    let left = this.concatenation()
    while (this.is('|') && this.tokens[this.at + 1]?.text === 'getline') {
      this.at += 2
      left = getline(this.getlineTarget(), undefined, left)
    }
    const mark = ['<', '<=', '==', '!=', '>=', '>'].find((each) => this.is(each))
    if (mark === undefined || (mark === '>' && this.noGreater)) return left
    this.at++
    return binary(mark, left, this.concatenation())
  }

  protected concatenation(): Expr {
    let left = this.additive()
    while (this.beginsOperand()) left = binary(' ', left, this.additive())
    return left
  }

  /** Whether what comes can stand behind a value without a mark between: `+` and `-` would be read as one. */
  protected beginsOperand(): boolean {
    const { kind, text } = this.token
    if (kind === 'mark') return ['$', '!', '(', '++', '--'].includes(text)
    return ['number', 'text', 'regex', 'name', 'call'].includes(kind)
  }

  protected additive(): Expr {
    return this.chain(['+', '-'], () => this.product())
  }

  protected product(): Expr {
    return this.chain(['*', '/', '%'], () => this.unary())
  }

  protected chain(signs: readonly string[], operand: () => Expr): Expr {
    let left = operand()
    for (
      let mark = signs.find((each) => this.is(each));
      mark !== undefined;
      mark = signs.find((each) => this.is(each))
    ) {
      this.at++
      left = binary(mark, left, operand())
    }
    return left
  }

  protected unary(): Expr {
    if (this.take('!')) return truth(this.unary(), undefined, undefined)
    if (this.take('-')) return binary('-', fixed(0), this.unary())
    if (this.take('+')) return binary('+', fixed(0), this.unary())
    const base = this.postfix()
    if (!this.take('^')) return base
    // The exponent binds to the right, and may have a sign.
    return binary('^', base, this.unary())
  }

  protected postfix(): Expr {
    for (const [mark, by] of [
      ['++', 1],
      ['--', -1],
    ] as const) {
      if (!this.take(mark)) continue
      const { place } = this.postfix()
      return place === undefined ? this.fail() : step(place, '+', fixed(by))
    }
    const found = this.primary()
    for (const [mark, by] of [
      ['++', 1],
      ['--', -1],
    ] as const)
      if (found.place !== undefined && this.take(mark)) return step(found.place, '+', fixed(by), true)
    return found
  }

  protected primary(): Expr {
    const { kind, text } = this.token
    if (kind === 'end' || kind === 'line' || this.depth > maxDepth) this.fail()
    this.at++
    switch (kind) {
      case 'number':
        return fixed(Number(text))
      case 'text':
        return fixed(text)
      case 'regex':
        return matching(undefined, { ...fixed(text), pattern: text }, false)
      case 'call':
        return this.call(text)
      case 'name':
        return this.name(text)
      default:
        return this.marked(text)
    }
  }

  protected name(text: string): Expr {
    if (this.take('[')) return element(text, this.list(']'))
    return builtinOf(text, [], this.program) === undefined || text !== 'length' ? named(text) : this.builtin(text, [])
  }

  protected call(name: string): Expr {
    this.need('(')
    return this.builtin(name, this.list(')'))
  }

  protected builtin(name: string, list: readonly Expr[]): Expr {
    const found = builtinOf(name, list, this.program)
    if (found === undefined) throw new AwkError('Call to undefined function', this.token.line, name)
    return found
  }

  protected marked(text: string): Expr {
    if (text === '$') {
      const by = (
        [
          ['++', 1],
          ['--', -1],
        ] as const
      ).find(([mark]) => this.take(mark))
      const inner = this.primary()
      if (by === undefined) return field(inner)
      return inner.place === undefined ? this.fail() : field(step(inner.place, '+', fixed(by[1])))
    }
    if (text === '-' || text === '+' || text === '!') {
      this.at--
      return this.unary()
    }
    if (text === 'getline') return this.getline()
    if (text !== '(') {
      this.at--
      this.fail()
    }
    const list = this.list(')')
    const [only] = list
    return list.length === 1 && only !== undefined ? grouped(only) : { ...fixed(''), list }
  }

  protected getline(): Expr {
    const target = this.getlineTarget()
    return getline(target, this.take('<') ? this.primary() : undefined)
  }

  protected getlineTarget(): Place | undefined {
    return this.token.kind === 'name' || this.is('$') ? this.primary().place : undefined
  }
}
