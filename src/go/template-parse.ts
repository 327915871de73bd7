import { goQuote } from './quote.ts'
import { lexTemplate, type Token, type TokenKind } from './template-lex.ts'
import { type Command, type Operand, type Part, type Pipeline, TemplateFailure } from './template-nodes.ts'
import { unquoteGo } from './unquote.ts'

/** Parses what Go's text/template does; mistakes leave in its words. Source: Go text/template/parse/parse.go. */
export function parseTemplate(
  source: string,
  name: string,
  functions: ReadonlySet<string>,
): ReadonlyMap<string, readonly Part[]> {
  return new Parser(source, name, functions).parse()
}

/** How a list of parts ended. */
interface Ended {
  readonly parts: readonly Part[]
  readonly by: 'end' | 'else'
}

const operandKinds: ReadonlySet<TokenKind> = new Set<TokenKind>([
  ...(['bool', 'charConstant', 'dot', 'field', 'identifier', 'number', 'rawString', 'string', 'variable'] as const),
  'leftParen',
])

class Parser {
  readonly #tokens: readonly Token[]
  readonly #name: string
  readonly #functions: ReadonlySet<string>
  readonly #templates = new Map<string, readonly Part[]>()
  #i = 0
  /** The furthest token that was looked at: its line is that of messages. */
  #seen = 0
  #variables: string[] = ['$']
  #ranges = 0

  constructor(source: string, name: string, functions: ReadonlySet<string>) {
    this.#tokens = lexTemplate(source)
    this.#name = name
    this.#functions = functions
  }

  parse(): ReadonlyMap<string, readonly Part[]> {
    const parts: Part[] = []
    while (this.#peek().kind !== 'eof') {
      const part = this.#definition() ?? this.#textOrAction()
      if (part === 'end' || part === 'else') this.#wrong(`unexpected {{${part}}}`)
      if (typeof part === 'object') parts.push(part)
    }
    this.#templates.set(this.#name, parts)
    return this.#templates
  }

  #wrong(text: string): never {
    throw new TemplateFailure(`template: ${this.#name}:${this.#tokens[this.#seen]?.line ?? 1}: ${text}`)
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind === 'error') this.#wrong(token.text)
    return this.#wrong(`unexpected ${shown(token)} in ${context}`)
  }

  #peek(ahead = 0): Token {
    const at = Math.min(this.#i + ahead, this.#tokens.length - 1)
    this.#seen = Math.max(this.#seen, at)
    return this.#tokens[at] ?? { kind: 'eof', text: '', at: 0, line: 1 }
  }

  #next(): Token {
    const token = this.#peek()
    this.#i++
    return token
  }

  #skipSpace(): void {
    while (this.#peek().kind === 'space') this.#i++
  }

  #nextNonSpace(): Token {
    this.#skipSpace()
    return this.#next()
  }

  #peekNonSpace(): Token {
    this.#skipSpace()
    return this.#peek()
  }

  #expect(kind: TokenKind, context: string): Token {
    const token = this.#nextNonSpace()
    return token.kind === kind ? token : this.#unexpected(token, context)
  }

  /** `{{define "x"}}...{{end}}`, at the top only. */
  #definition(): 'defined' | undefined {
    if (this.#peek().kind !== 'leftDelim') return undefined
    const before = this.#i
    this.#next()
    const word = this.#nextNonSpace()
    if (word.kind !== 'keyword' || word.text !== 'define') {
      this.#i = before
      return undefined
    }
    const name = this.#templateName(this.#nextNonSpace(), 'define clause')
    this.#expect('rightDelim', 'define clause')
    const { parts, by } = this.#apart(() => this.#list())
    if (by !== 'end') this.#wrong(`unexpected {{${by}}} in define clause`)
    this.#templates.set(name, parts)
    return 'defined'
  }

  /** Another template knows none of the variables. */
  #apart<T>(work: () => T): T {
    const outer = this.#variables
    this.#variables = ['$']
    const made = work()
    this.#variables = outer
    return made
  }

  #templateName(token: Token, context: string): string {
    return token.kind === 'string' || token.kind === 'rawString'
      ? this.#unquoted(token)
      : this.#unexpected(token, context)
  }

  #unquoted(token: Token): string {
    return unquoteGo(token.text) ?? this.#wrong('invalid syntax')
  }

  #list(): Ended {
    const parts: Part[] = []
    while (this.#peekNonSpace().kind !== 'eof') {
      const part = this.#textOrAction()
      if (part === 'end' || part === 'else') return { parts, by: part }
      parts.push(part)
    }
    return this.#wrong('unexpected EOF')
  }

  #textOrAction(): Part | 'end' | 'else' {
    const token = this.#nextNonSpace()
    if (token.kind === 'text') return { kind: 'text', text: token.text }
    return token.kind === 'leftDelim' ? this.#action() : this.#unexpected(token, 'input')
  }

  #action(): Part | 'end' | 'else' {
    const token = this.#peekNonSpace()
    if (token.kind !== 'keyword') return { kind: 'output', pipeline: this.#pipeline('command', 'rightDelim') }
    switch (token.text) {
      case 'end':
        this.#next()
        this.#expect('rightDelim', 'end')
        return 'end'
      case 'else':
        this.#next()
        return this.#else()
      case 'if':
      case 'with':
      case 'range':
        this.#next()
        return this.#control(token.text)
      case 'break':
      case 'continue':
        this.#next()
        return this.#jump(token.text)
      case 'template':
      case 'block':
        this.#next()
        return this.#template(token)
      default:
        return { kind: 'output', pipeline: this.#pipeline('command', 'rightDelim') }
    }
  }

  #else(): 'else' {
    const next = this.#peekNonSpace()
    if (next.kind === 'keyword' && (next.text === 'if' || next.text === 'with')) return 'else'
    this.#expect('rightDelim', 'else')
    return 'else'
  }

  #jump(kind: 'break' | 'continue'): Part {
    const token = this.#nextNonSpace()
    if (token.kind !== 'rightDelim') this.#unexpected(token, `{{${kind}}}`)
    if (this.#ranges === 0) this.#wrong(`{{${kind}}} outside {{range}}`)
    return { kind }
  }

  #template({ text }: Token): Part {
    const context = `${text} clause`
    const named = this.#nextNonSpace()
    const name = this.#templateName(named, context)
    const isBare = text === 'template' && this.#peekNonSpace().kind === 'rightDelim'
    if (isBare) this.#next()
    const pipeline = isBare ? undefined : this.#pipeline(context, 'rightDelim')
    if (text === 'block') {
      const { parts, by } = this.#apart(() => this.#list())
      if (by !== 'end') this.#wrong(`unexpected {{${by}}} in ${context}`)
      this.#templates.set(name, parts)
    }
    const told = pipeline === undefined ? '' : ` ${pipeline.shown}`
    return { kind: 'template', name, pipeline, node: { at: named.at, shown: `{{template ${goQuote(name)}${told}}}` } }
  }

  #control(kind: 'if' | 'with' | 'range'): Part {
    const known = this.#variables.length
    const pipeline = this.#pipeline(kind, 'rightDelim')
    if (kind === 'range') this.#ranges++
    const { parts: body, by } = this.#list()
    if (kind === 'range') this.#ranges--
    const otherwise = by === 'end' ? [] : this.#otherwise(kind)
    this.#variables.length = known
    return { kind, pipeline, body, otherwise }
  }

  /** `else if` shares the end of its chain, and so does `else with`. */
  #otherwise(kind: string): readonly Part[] {
    const next = this.#peekNonSpace()
    if (next.kind === 'keyword' && next.text === kind && (kind === 'if' || kind === 'with')) {
      this.#next()
      return [this.#control(kind)]
    }
    const { parts, by } = this.#list()
    return by === 'end' ? parts : this.#wrong(`expected end; found {{${by}}}`)
  }

  #pipeline(context: string, end: 'rightDelim' | 'rightParen'): Pipeline {
    const { at } = this.#peekNonSpace()
    const { assigns, isAssignment } = this.#declarations(context)
    const commands: Command[] = []
    for (;;) {
      const token = this.#peekNonSpace()
      if (token.kind === end) break
      if (!operandKinds.has(token.kind) && !(token.kind === 'keyword' && token.text === 'nil')) {
        this.#next()
        this.#unexpected(token, context)
      }
      commands.push(this.#command())
    }
    this.#next()
    this.#check(commands, context)
    const left = assigns.length === 0 ? '' : `${assigns.join(', ')} ${isAssignment ? '=' : ':='} `
    const shownText = `${left}${commands.map(({ shown }) => shown).join(' | ')}`
    return { kind: 'pipeline', at, shown: shownText, assigns, isAssignment, commands }
  }

  #declarations(context: string): Pick<Pipeline, 'assigns' | 'isAssignment'> {
    const assigns: string[] = []
    for (;;) {
      const variable = this.#peekNonSpace()
      if (variable.kind !== 'variable') break
      const before = this.#i
      this.#next()
      const next = this.#peekNonSpace()
      if (next.kind === 'assign' || next.kind === 'declare') {
        this.#next()
        this.#variables.push(variable.text)
        return { assigns: [...assigns, variable.text], isAssignment: next.kind === 'assign' }
      }
      if (next.kind !== 'char' || next.text !== ',') {
        this.#i = before
        break
      }
      this.#next()
      this.#variables.push(variable.text)
      assigns.push(variable.text)
      if (context !== 'range' || assigns.length > 1) this.#wrong(`too many declarations in ${context}`)
      if (!['variable', 'rightDelim', 'rightParen'].includes(this.#peekNonSpace().kind))
        this.#wrong('range can only initialize variables')
    }
    return { assigns, isAssignment: false }
  }

  #check(commands: readonly Command[], context: string): void {
    if (commands.length === 0) this.#wrong(`missing value for ${context}`)
    const dull = commands.findIndex(
      ({ operands: [first] }, i) =>
        i > 0 && (first?.kind === 'literal' || first?.kind === 'dot' || first?.kind === 'nil'),
    )
    if (dull > 0) this.#wrong(`non executable command in pipeline stage ${dull + 1}`)
  }

  #command(): Command {
    const { at } = this.#peekNonSpace()
    const operands: Operand[] = []
    for (;;) {
      this.#skipSpace()
      const operand = this.#operand()
      if (operand !== undefined) operands.push(operand)
      const token = this.#next()
      if (token.kind === 'space') continue
      if (token.kind === 'rightDelim' || token.kind === 'rightParen') this.#i--
      else if (token.kind !== 'pipe') this.#unexpected(token, 'operand')
      break
    }
    if (operands.length === 0) this.#wrong('empty command')
    const texts = operands.map((one) => (one.kind === 'pipeline' ? `(${one.shown})` : one.shown))
    return { at, shown: texts.join(' '), operands }
  }

  #operand(): Operand | undefined {
    const term = this.#term()
    if (term === undefined || this.#peek().kind !== 'field') return term
    const { at } = this.#peek()
    const names: string[] = []
    while (this.#peek().kind === 'field') names.push(this.#next().text.slice(1))
    const tail = names.map((name) => `.${name}`).join('')
    if (term.kind === 'field') return { ...term, at, names: [...term.names, ...names], shown: term.shown + tail }
    if (term.kind === 'variable') return { ...term, at, names: [...term.names, ...names], shown: term.shown + tail }
    if (term.kind === 'literal' || term.kind === 'dot' || term.kind === 'nil')
      return this.#wrong(`unexpected . after term ${goQuote(term.shown)}`)
    const of = term.kind === 'pipeline' ? `(${term.shown})` : term.shown
    return { kind: 'chain', of: term, names, at, shown: of + tail }
  }

  #term(): Operand | undefined {
    const token = this.#peekNonSpace()
    const place = { at: token.at, shown: token.text }
    switch (token.kind) {
      case 'error':
        return this.#wrong(token.text)
      case 'identifier':
        this.#next()
        if (!this.#functions.has(token.text)) this.#wrong(`function ${goQuote(token.text)} not defined`)
        return { kind: 'function', name: token.text, ...place }
      case 'dot':
        this.#next()
        return { kind: 'dot', ...place }
      case 'variable':
        this.#next()
        if (!this.#variables.includes(token.text)) this.#wrong(`undefined variable ${goQuote(token.text)}`)
        return { kind: 'variable', name: token.text, names: [], ...place }
      case 'field':
        this.#next()
        return { kind: 'field', names: [token.text.slice(1)], ...place }
      case 'leftParen':
        this.#next()
        return this.#pipeline('parenthesized pipeline', 'rightParen')
      default:
        return this.#literal(token)
    }
  }

  #literal(token: Token): Operand | undefined {
    const place = { at: token.at, shown: token.text }
    if (token.kind === 'keyword' && token.text === 'nil') {
      this.#next()
      return { kind: 'nil', ...place }
    }
    if (token.kind === 'bool') {
      this.#next()
      return { kind: 'literal', value: token.text === 'true', goType: 'bool', ...place }
    }
    if (token.kind === 'string' || token.kind === 'rawString') {
      this.#next()
      return { kind: 'literal', value: this.#unquoted(token), goType: 'string', ...place }
    }
    if (token.kind !== 'number' && token.kind !== 'charConstant') return undefined
    this.#next()
    const value =
      token.kind === 'number' ? numberOf(token.text) : unquoteGo(`"${token.text.slice(1, -1)}"`)?.codePointAt(0)
    if (value === undefined || Number.isNaN(value)) this.#wrong(`bad number syntax: ${goQuote(token.text)}`)
    const isFloat = token.kind === 'number' && !/^[+-]?0[xX]/.test(token.text) && /[.eEpP]/.test(token.text)
    return { kind: 'literal', value, goType: isFloat ? 'float64' : 'int', ...place }
  }
}

/** `0x1f`, `1_000`, `-2.5e3`. */
function numberOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  return sign * Number(text.replace(/^[+-]/, '').replaceAll('_', '') || 'NaN')
}

/** A token in a message. Source: lex.go, item.String. */
function shown({ kind, text }: Token): string {
  if (kind === 'eof') return 'EOF'
  if (kind === 'keyword' || kind === 'dot') return `<${text}>`
  const chars = [...text]
  return chars.length > 10 ? `${goQuote(chars.slice(0, 10).join(''))}...` : goQuote(text)
}
