import { isPrintable } from './quote.ts'

/** Tokens of a template. Source: Go text/template/parse/lex.go. */
export type TokenKind =
  | 'error'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'
  | 'dot'
  | 'keyword'

export interface Token {
  readonly kind: TokenKind
  /** What stands in the template; of an error its words. */
  readonly text: string
  readonly at: number
  readonly line: number
}

const keywords = new Set('block break continue define else end if range nil template with'.split(' '))

const space = /[ \t\r\n]/
const alphaNumeric = /[_\p{L}\p{Nd}]/u

/** All tokens, up to the end or the first mistake. */
export function lexTemplate(input: string): readonly Token[] {
  return new Lexer(input).run()
}

class Lexer {
  readonly #input: string
  readonly #tokens: Token[] = []
  #at = 0
  #start = 0
  #parens = 0

  constructor(input: string) {
    this.#input = input
  }

  run(): readonly Token[] {
    while (this.#text()) {
      while (this.#action()) {
        // goes on inside of the action
      }
      if (this.#tokens.at(-1)?.kind === 'error') break
    }
    return this.#tokens
  }

  #emit(kind: TokenKind, text = this.#input.slice(this.#start, this.#at)): true {
    const line = 1 + (this.#input.slice(0, this.#start).match(/\n/g)?.length ?? 0)
    this.#tokens.push({ kind, text, at: this.#start, line })
    this.#start = this.#at
    return true
  }

  #wrong(text: string): false {
    this.#emit('error', text)
    return false
  }

  /** Text as far as the next action, and how that begins; false at the end. */
  #text(): boolean {
    const open = this.#input.indexOf('{{', this.#at)
    const end = open < 0 ? this.#input.length : open
    const trims = open >= 0 && this.#trims(open + 2)
    const text = this.#input.slice(this.#start, end)
    const shown = trims ? text.replace(/[ \t\r\n]+$/, '') : text
    this.#at = end
    if (shown !== '') this.#emit('text', shown)
    this.#start = end
    if (open < 0) {
      this.#emit('eof')
      return false
    }
    return this.#leftDelim(trims)
  }

  #trims(at: number): boolean {
    return this.#input[at] === '-' && space.test(this.#input[at + 1] ?? '')
  }

  #leftDelim(trims: boolean): boolean {
    const inside = this.#at + 2 + (trims ? 2 : 0)
    if (this.#input.startsWith('/*', inside)) return this.#comment(inside)
    this.#at += 2
    this.#emit('leftDelim')
    this.#at = inside
    this.#start = inside
    this.#parens = 0
    return true
  }

  #comment(from: number): boolean {
    this.#at = from
    const close = this.#input.indexOf('*/', from)
    if (close < 0) return this.#wrong('unclosed comment')
    this.#at = close + 2
    const right = this.#rightDelim()
    if (right === undefined) return this.#wrong('comment ends before closing delimiter')
    this.#leave(right.trims)
    return this.#text()
  }

  /** The end of an action, if it stands here. */
  #rightDelim(): { readonly trims: boolean } | undefined {
    if (space.test(this.#input[this.#at] ?? '') && this.#input.startsWith('-}}', this.#at + 1)) return { trims: true }
    return this.#input.startsWith('}}', this.#at) ? { trims: false } : undefined
  }

  #leave(trims: boolean): void {
    this.#at += trims ? 4 : 2
    if (trims) while (space.test(this.#input[this.#at] ?? '')) this.#at++
    this.#start = this.#at
  }

  /** One token inside of an action; false at its end. */
  #action(): boolean {
    const right = this.#rightDelim()
    if (right !== undefined) return this.#endAction(right.trims)
    const char = this.#next()
    if (char === undefined) return this.#wrong('unclosed action')
    if (space.test(char)) return this.#space()
    if (char === '=') return this.#emit('assign')
    if (char === ':') return this.#next() === '=' ? this.#emit('declare') : this.#wrong('expected :=')
    if (char === '|') return this.#emit('pipe')
    if (char === '"' || char === "'") return this.#quoted(char)
    if (char === '`') return this.#rawQuoted()
    if (char === '$') return this.#fieldOrVariable('variable')
    if (char === '.' && !/[0-9]/.test(this.#input[this.#at] ?? '')) return this.#fieldOrVariable('field')
    if (/[.+\-0-9]/.test(char)) return this.#number()
    if (alphaNumeric.test(char)) return this.#identifier()
    return this.#other(char)
  }

  #endAction(trims: boolean): false {
    if (this.#parens > 0) return this.#wrong('unclosed left paren')
    if (trims) this.#start = this.#at + 2
    this.#emit('rightDelim', '}}')
    this.#leave(trims)
    return false
  }

  #next(): string | undefined {
    const code = this.#input.codePointAt(this.#at)
    if (code === undefined) return undefined
    const char = String.fromCodePoint(code)
    this.#at += char.length
    return char
  }

  #peek(): string | undefined {
    const code = this.#input.codePointAt(this.#at)
    return code === undefined ? undefined : String.fromCodePoint(code)
  }

  /** A blank before `-}}` belongs to the end of the action. */
  #space(): true {
    while (space.test(this.#peek() ?? '') && this.#rightDelim()?.trims !== true) this.#at++
    return this.#emit('space')
  }

  #quoted(quote: string): boolean {
    const what = quote === '"' ? 'unterminated quoted string' : 'unterminated character constant'
    for (;;) {
      const char = this.#next()
      if (char === undefined || char === '\n') return this.#wrong(what)
      if (char === quote) return this.#emit(quote === '"' ? 'string' : 'charConstant')
      if (char !== '\\') continue
      const escaped = this.#next()
      if (escaped === undefined || escaped === '\n') return this.#wrong(what)
    }
  }

  #rawQuoted(): boolean {
    const close = this.#input.indexOf('`', this.#at)
    if (close < 0) return this.#wrong('unterminated raw quoted string')
    this.#at = close + 1
    return this.#emit('rawString')
  }

  #word(): void {
    while (alphaNumeric.test(this.#peek() ?? '')) this.#next()
  }

  #fieldOrVariable(kind: 'field' | 'variable'): boolean {
    if (this.#atTerminator()) return this.#emit(kind === 'variable' ? 'variable' : 'dot')
    this.#word()
    return this.#atTerminator() ? this.#emit(kind) : this.#badCharacter()
  }

  #identifier(): boolean {
    this.#word()
    const word = this.#input.slice(this.#start, this.#at)
    if (!this.#atTerminator()) return this.#badCharacter()
    if (keywords.has(word)) return this.#emit('keyword')
    return this.#emit(word === 'true' || word === 'false' ? 'bool' : 'identifier')
  }

  #badCharacter(): false {
    return this.#wrong(`bad character ${unicode(this.#peek() ?? '')}`)
  }

  #atTerminator(): boolean {
    const char = this.#peek()
    return char === undefined || space.test(char) || '.,|:)(}'.includes(char)
  }

  #number(): boolean {
    this.#at = this.#start
    const rest = this.#input.slice(this.#at)
    const match =
      /^[+-]?(?:0[xX][0-9a-fA-F_]*|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*)(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?i?/.exec(rest)
    this.#at += match?.[0].length ?? 1
    if (!alphaNumeric.test(this.#peek() ?? '')) return this.#emit('number')
    this.#next()
    return this.#wrong(`bad number syntax: ${JSON.stringify(this.#input.slice(this.#start, this.#at))}`)
  }

  #other(char: string): boolean {
    if (char === '(') {
      this.#parens++
      return this.#emit('leftParen')
    }
    if (char === ')') {
      this.#parens--
      return this.#parens < 0 ? this.#wrong('unexpected right paren') : this.#emit('rightParen')
    }
    if ((char.codePointAt(0) ?? 0) < 0x80 && isPrintable(char)) return this.#emit('char')
    return this.#wrong(`unrecognized character in action: ${unicode(char)}`)
  }
}

/** As Go's `%#U`: `U+0022 '"'`. */
function unicode(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return isPrintable(char) ? `U+${code} '${char}'` : `U+${code}`
}
