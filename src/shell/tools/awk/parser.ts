/** Reads an awk program into what runs it. Source: POSIX XCU awk, "Grammar"; busybox editors/awk.c for what it lets pass. */
import { counted, decided, forIn, inTurn, jump, leave, loop, nothing, printRecord, removal, valued } from './actions.ts'
import { ExpressionParser, maxDepth } from './expression-parser.ts'
import { type Expr, put } from './expressions.ts'
import type { Action, AwkFunction, Program } from './program.ts'

/** Items, statements, and what they are made of. */
export class Parser extends ExpressionParser {
  /** The whole program. Throws an AwkError. */
  parse(): Program {
    this.skipEnds()
    while (this.token.kind !== 'end') {
      this.item()
      this.skipEnds()
    }
    return this.program
  }

  protected item(): void {
    const { program } = this
    if (this.take('function')) this.function()
    else if (this.take('BEGIN')) program.begin.push(this.block())
    else if (this.take('END')) program.end.push(this.block())
    else {
      const from = this.is('{') ? undefined : this.expression()
      const to = from !== undefined && this.take(',') ? this.expressionBelow() : undefined
      program.rules.push({ from, to, action: this.is('{') ? this.block() : printRecord, isOn: false })
    }
  }

  protected expressionBelow(): Expr {
    this.skipLines()
    return this.expression()
  }

  protected function(): void {
    const { text: name, kind } = this.token
    if (kind !== 'name' && kind !== 'call') this.fail()
    this.at++
    this.need('(')
    const parameters: string[] = []
    while (!this.take(')')) {
      if (parameters.length > 0) this.need(',')
      if (this.token.kind !== 'name') this.fail()
      parameters.push(this.token.text)
      this.at++
    }
    this.skipLines()
    const made: AwkFunction = { parameters, body: nothing }
    this.program.functions.set(name, made)
    made.body = this.block()
  }

  protected block(): Action {
    this.skipLines()
    if (++this.depth > maxDepth) this.fail()
    this.need('{')
    const actions: Action[] = []
    for (this.skipEnds(); !this.take('}'); this.skipEnds()) actions.push(this.statement())
    this.depth--
    const [only] = actions
    return actions.length === 1 && only !== undefined ? only : inTurn(actions)
  }

  protected simpleEnd(): void {
    if (this.is('}') || this.take(';') || this.take('\n') || this.token.kind === 'end') return
    this.fail()
  }

  protected body(): Action {
    this.skipLines()
    return this.take(';') ? nothing : this.statement()
  }

  protected statement(): Action {
    if (this.is('{')) return this.block()
    if (this.take('if')) return this.if()
    if (this.take('while')) {
      const condition = this.condition()
      if (this.take(';')) return loop(condition, nothing)
      return loop(condition, this.body())
    }
    if (this.take('do')) {
      const body = this.body()
      this.skipEnds()
      this.need('while')
      const condition = this.condition()
      this.simpleEnd()
      return loop(condition, body, undefined, true)
    }
    if (this.take('for')) return this.for()
    const action = this.simple()
    this.simpleEnd()
    return action
  }

  protected condition(): Expr {
    this.need('(')
    const condition = this.whole()
    this.need(')')
    return condition
  }

  protected if(): Action {
    const condition = this.condition()
    const yes = this.body()
    const before = this.at
    this.skipEnds()
    const no = this.take('else') ? this.body() : undefined
    if (no === undefined) this.at = before
    return decided(condition, yes, no)
  }

  protected for(): Action {
    this.need('(')
    const [name, word, array, close] = this.tokens.slice(this.at, this.at + 4)
    if (name?.kind === 'name' && word?.text === 'in' && array?.kind === 'name' && close?.text === ')') {
      this.at += 4
      return forIn(name.text, array.text, this.body())
    }
    const first = this.is(';') ? nothing : this.simple()
    this.need(';')
    this.skipLines()
    const condition = this.is(';') ? undefined : this.expression()
    this.need(';')
    this.skipLines()
    const after = this.is(')') ? undefined : this.simple()
    this.need(')')
    const body = loop(condition, this.body(), after)
    return counted(first, body)
  }

  protected simple(): Action {
    const word = this.token
    if (word.kind !== 'word' || word.text === 'getline') return valued(this.expression())
    this.at++
    switch (word.text) {
      case 'break':
      case 'continue':
      case 'next':
        return jump(word.text)
      case 'exit':
      case 'return':
        return leave(word.text, this.isStatementEnd() ? undefined : this.expression())
      case 'delete':
        return this.delete()
      case 'print':
      case 'printf':
        return this.print(word.text === 'printf')
      default:
        this.at--
        return this.fail()
    }
  }

  protected isStatementEnd(): boolean {
    return this.is(';') || this.is('}') || this.is('\n') || this.token.kind === 'end'
  }

  protected delete(): Action {
    const { kind, text: name } = this.token
    if (kind !== 'name') this.fail()
    this.at++
    const subscript = this.take('[') ? this.list(']') : undefined
    return removal(name, subscript)
  }

  protected print(isFormat: boolean): Action {
    const outer = this.noGreater
    this.noGreater = true
    let list: readonly Expr[] = []
    if (!this.isStatementEnd() && !this.is('>') && !this.is('>>') && !this.is('|')) list = this.printed()
    const way = (['>>', '>', '|'] as const).find((mark) => this.take(mark)) ?? ''
    const target = way === '' ? undefined : this.conditional()
    this.noGreater = outer
    if (isFormat && list.length === 0) this.fail()
    return put(list, isFormat, way, target)
  }

  /** `print (a, b)` prints two; `print (a)(b)` one. */
  protected printed(): readonly Expr[] {
    const list = [this.expression()]
    while (this.take(',')) {
      this.skipLines()
      list.push(this.expression())
    }
    const [only] = list
    return list.length === 1 && only?.list !== undefined ? only.list : list
  }
}
