/** Reads a program of jq. Source: jq src/parser.y (1.6), its grammar and precedences. */
import { Cursor } from './cursor.ts'
import { JqSyntaxError, type Token, tokensOf } from './lexer.ts'
import { combined, literal, operators, signatureOf, variablesOf } from './operators.ts'
import type { Definition, Filter, Pattern } from './syntax.ts'

/** Which names a part of the program may use. */
export interface Names {
  /** `map/1`, as errors call functions too. */
  hasFunction(signature: string): boolean
  readonly variables: ReadonlySet<string>
}

const identity: Filter = { kind: 'identity' }
/** Reads a whole program, or definitions alone. */
export function parse(program: string, names: Names): Filter {
  return new Parser(program, names).program()
}

/** Reads definitions, as those that jq begins with. */
export function parseDefinitions(program: string, names: Names): readonly Definition[] {
  return new Parser(program, names).definitions()
}

class Parser extends Cursor {
  readonly #names: Names
  /** Functions and variables that are defined around the place which is read. */
  readonly #functions: string[] = []
  readonly #variables: string[] = []
  /** The first name that nobody has defined: told when the rest has been read. */
  #undefined: JqSyntaxError | undefined
  #saidThen = false

  constructor(program: string, names: Names) {
    super(tokensOf(program))
    this.#names = names
  }

  program(): Filter {
    if (this.is('$end')) return identity
    const filter = this.#isDefinitionsOnly() ? identity : this.#pipe()
    if (!this.is('$end')) this.unexpected('$end')
    if (this.#undefined !== undefined) throw this.#undefined
    return filter
  }

  definitions(): readonly Definition[] {
    const found: Definition[] = []
    while (this.is('def')) {
      const definition = this.#definition()
      this.#functions.push(signatureOf(definition.name, definition.parameters.length))
      found.push(definition)
    }
    return found
  }

  /** A program may be nothing but definitions. */
  #isDefinitionsOnly(): boolean {
    if (!this.is('def')) return false
    const [at, functions] = [this.at, this.#functions.length]
    this.definitions()
    if (this.is('$end')) return true
    this.at = at
    this.#functions.length = functions
    return false
  }

  /** Everything: definitions, pipes and what binds tighter. */
  #pipe(): Filter {
    if (this.is('def')) {
      const definition = this.#definition()
      return this.#with(this.#functions, [signatureOf(definition.name, definition.parameters.length)], () => ({
        kind: 'def',
        definition,
        body: this.#pipe(),
      }))
    }
    const label = this.accept('label')
    if (label !== undefined) {
      this.expect('$')
      const name = this.name().text
      this.expect('|')
      return this.#with(this.#variables, [`*label-${name}`], () => ({ kind: 'label', name, body: this.#pipe() }))
    }
    const left = this.#binary(0)
    return this.accept('|') === undefined ? left : { kind: 'pipe', left, right: this.#pipe() }
  }

  #with(list: string[], names: readonly string[], read: () => Filter): Filter {
    list.push(...names)
    const filter = read()
    list.length -= names.length
    return filter
  }

  #definition(): Definition {
    this.expect('def')
    const name = this.name().text
    const parameters: string[] = []
    if (this.accept('(') !== undefined) {
      do parameters.push(`${this.accept('$') === undefined ? '' : '$'}${this.name().text}`)
      while (this.accept(';') !== undefined)
      this.expect(')')
    }
    this.expect(':')
    const values = parameters.flatMap((each) => (each.startsWith('$') ? [each.slice(1)] : []))
    const functions = [signatureOf(name, parameters.length), ...parameters.map((each) => `${each.replace('$', '')}/0`)]
    const body = this.#with(this.#functions, functions, () => this.#with(this.#variables, values, () => this.#pipe()))
    this.expect(';')
    return { name, parameters, body }
  }

  #binary(least: number): Filter {
    let left = this.#unary()
    for (;;) {
      const { kind } = this.token
      const [power, ties] = operators[kind] ?? [-1, 'left']
      if (power <= least && !(power === least && ties === 'right')) return left
      if (power < 0) return left
      this.at++
      const right = this.#binary(ties === 'right' ? power - 1 : power)
      left = combined(kind, left, right)
      if (ties === 'none' && operators[this.token.kind]?.[0] === power) this.unexpected()
    }
  }

  #unary(): Filter {
    if (this.accept('-') !== undefined) return { kind: 'negate', of: this.#binary(8) }
    const term = this.#postfix(this.#term())
    if (this.accept('as') === undefined) return term
    const pattern = this.#pattern()
    this.expect('|')
    return this.#with(this.#variables, variablesOf(pattern), () => ({
      kind: 'as',
      source: term,
      pattern,
      body: this.#pipe(),
    }))
  }

  #postfix(start: Filter): Filter {
    let of = start
    for (;;) {
      const field = this.accept('FIELD')
      if (field !== undefined) of = { kind: 'index', of, key: literal(field.text) }
      else if (this.accept('?') !== undefined) of = { kind: 'try', body: of }
      else if (this.is('[')) of = this.#bracket(of)
      else if (this.is('.') && /^(?:QQSTRING_START|\[)$/.test(this.tokens[this.at + 1]?.kind ?? '')) {
        this.at++
        of = this.is('[') ? this.#bracket(of) : { kind: 'index', of, key: this.#text('') }
      } else if (this.accept('.') !== undefined) this.unexpected('FORMAT or QQSTRING_START')
      else return of
    }
  }

  #bracket(of: Filter): Filter {
    this.expect('[')
    if (this.accept(']') !== undefined) return { kind: 'iterate', of }
    if (this.accept(':') !== undefined) {
      const to = this.#pipe()
      this.expect(']')
      return { kind: 'slice', of, to }
    }
    const key = this.#pipe()
    if (this.accept(':') === undefined) {
      this.expect(']')
      return { kind: 'index', of, key }
    }
    if (this.accept(']') !== undefined) return { kind: 'slice', of, from: key }
    const to = this.#pipe()
    this.expect(']')
    return { kind: 'slice', of, from: key, to }
  }

  #term(): Filter {
    const token = this.token
    this.at++
    switch (token.kind) {
      case '.':
        return this.is('QQSTRING_START') ? { kind: 'index', of: identity, key: this.#text('') } : identity
      case '..':
        return { kind: 'call', name: 'recurse', args: [] }
      case 'FIELD':
        return { kind: 'index', of: identity, key: literal(token.text) }
      case 'LITERAL':
        return literal(Number(token.text))
      case 'FORMAT':
        return this.is('QQSTRING_START') ? this.#text(token.text) : { kind: 'format', name: token.text }
      case 'QQSTRING_START':
        this.at--
        return this.#text('')
      case '(': {
        const inner = this.#pipe()
        this.expect(')')
        return inner
      }
      case '[':
        return this.#array()
      case '{':
        return this.#object()
      case '$':
        return this.#variable(token)
      case 'IDENT':
        return this.#call(token)
      case 'if':
        return this.#closed(token.at, () => this.#conditional())
      case 'try':
        return this.#attempt()
      case 'reduce':
      case 'foreach':
        return this.#fold(token.kind)
      default:
        this.at--
        return this.unexpected(this.at === 0 && token.kind !== '$end' && token.kind !== 'def' ? '$end' : undefined)
    }
  }

  #variable({ at }: Token): Filter {
    if (this.accept('__loc__') !== undefined)
      return {
        kind: 'literal',
        value: new Map<string, string | number>([
          ['file', '<top-level>'],
          ['line', 1],
        ]),
      }
    const name = this.name().text
    if (!this.#variables.includes(name) && !this.#names.variables.has(name))
      this.#undefined ??= new JqSyntaxError(`$${name} is not defined`, at)
    return { kind: 'variable', name }
  }

  #call({ text: name, at }: Token): Filter {
    if (name === 'break') {
      this.expect('$')
      const label = this.name().text
      if (!this.#variables.includes(`*label-${label}`))
        this.#undefined ??= new JqSyntaxError(`$*label-${label} is not defined`, at)
      return { kind: 'break', name: label }
    }
    const args: Filter[] = []
    if (this.accept('(') !== undefined) {
      do args.push(this.#pipe())
      while (this.accept(';') !== undefined)
      this.expect(')')
    }
    const signature = signatureOf(name, args.length)
    if (!this.#functions.includes(signature) && !this.#names.hasFunction(signature))
      this.#undefined ??= new JqSyntaxError(`${signature} is not defined`, at)
    return { kind: 'call', name, args }
  }

  #array(): Filter {
    if (this.accept(']') !== undefined) return { kind: 'array' }
    const body = this.#pipe()
    this.expect(']')
    return { kind: 'array', body }
  }

  #object(): Filter {
    const members: { key: Filter; value: Filter }[] = []
    while (!this.is('}')) {
      members.push(this.#member())
      if (this.accept(',') === undefined) break
    }
    this.expect('}', true)
    return { kind: 'object', members }
  }

  #member(): { readonly key: Filter; readonly value: Filter } {
    const token = this.token
    if (token.kind === '$') {
      this.at++
      const { text } = this.is('IDENT') ? this.token : this.unexpected('IDENT')
      return { key: literal(text), value: this.#variable(token) }
    }
    if (token.kind === '(') {
      this.at++
      const key = this.#pipe()
      this.expect(')')
      this.expect(':', true)
      return { key, value: this.#memberValue() }
    }
    const key = this.#memberKey()
    if (this.accept(':') !== undefined) return { key, value: this.#memberValue() }
    return { key, value: { kind: 'index', of: identity, key } }
  }

  #memberKey(): Filter {
    const format = this.accept('FORMAT')
    if (format !== undefined || this.is('QQSTRING_START')) return this.#text(format?.text ?? '')
    const number = this.accept('LITERAL')
    if (number !== undefined) return literal(Number(number.text))
    if (!/^[a-zA-Z_]/.test(this.token.text)) this.unexpected()
    return literal(this.name().text)
  }

  #memberValue(): Filter {
    const left: Filter =
      this.accept('-') === undefined ? this.#postfix(this.#term()) : { kind: 'negate', of: this.#memberValue() }
    return this.accept('|') === undefined ? left : { kind: 'pipe', left, right: this.#memberValue() }
  }

  /** An `if`, which is told beside what is wrong within it. */
  #closed(at: number, read: () => Filter): Filter {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof JqSyntaxError) || error.openIf !== undefined || !this.#saidThen) throw error
      throw new JqSyntaxError(error.message, error.at, at)
    }
  }

  #conditional(): Filter {
    this.#saidThen = false
    const condition = this.#pipe()
    this.expect('then')
    this.#saidThen = true
    const then = this.#pipe()
    if (this.accept('elif') !== undefined) return { kind: 'if', condition, then, otherwise: this.#conditional() }
    this.expect('else')
    const otherwise = this.#pipe()
    this.expect('end')
    return { kind: 'if', condition, then, otherwise }
  }

  #attempt(): Filter {
    const body = this.#postfix(this.#term())
    if (this.accept('catch') === undefined) return { kind: 'try', body }
    return { kind: 'try', body, handler: this.#postfix(this.#term()) }
  }

  #fold(kind: 'reduce' | 'foreach'): Filter {
    const source = this.#postfix(this.#term())
    this.expect('as')
    const pattern = this.#pattern()
    this.expect('(')
    const start = this.#pipe()
    this.expect(';')
    return this.#with(this.#variables, variablesOf(pattern), () => {
      const update = this.#pipe()
      const extract = kind === 'foreach' && this.accept(';') !== undefined ? this.#pipe() : identity
      this.expect(')')
      return kind === 'reduce'
        ? { kind, source, pattern, start, update }
        : { kind, source, pattern, start, update, extract }
    })
  }

  #pattern(): Pattern {
    if (this.accept('$') !== undefined) return { kind: 'variable', name: this.name().text }
    if (this.accept('[') !== undefined) {
      const items: Pattern[] = []
      do items.push(this.#pattern())
      while (this.accept(',') !== undefined)
      this.expect(']')
      return { kind: 'array', items }
    }
    this.expect('{')
    const members: { key: Filter; name?: string; value?: Pattern }[] = []
    do members.push(this.#patternMember())
    while (this.accept(',') !== undefined)
    this.expect('}')
    return { kind: 'object', members }
  }

  #patternMember(): { readonly key: Filter; readonly name?: string; readonly value?: Pattern } {
    if (this.accept('$') !== undefined) {
      const name = this.name().text
      const key = literal(name)
      return this.accept(':') === undefined ? { key, name } : { key, name, value: this.#pattern() }
    }
    let key: Filter
    if (this.accept('(') !== undefined) {
      key = this.#pipe()
      this.expect(')')
    } else key = this.is('QQSTRING_START') ? this.#text('') : literal(this.name().text)
    this.expect(':')
    return { key, value: this.#pattern() }
  }

  #text(format: string): Filter {
    this.expect('QQSTRING_START')
    const parts: (string | Filter)[] = []
    for (;;) {
      const piece = this.accept('QQSTRING_TEXT')
      if (piece !== undefined) parts.push(piece.text)
      else if (this.accept('QQSTRING_INTERP_START') !== undefined) {
        parts.push(this.#pipe())
        this.expect('QQSTRING_INTERP_END')
      } else if (this.accept('QQSTRING_END') !== undefined) break
      else this.unexpected('QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END')
    }
    if (parts.every((part) => typeof part === 'string')) return literal(parts.join(''))
    return { kind: 'text', format, parts }
  }
}
