/** Splits a program of jq into tokens. Source: jq src/lexer.l (1.6). */

/** One token: `kind` as jq's own messages call it. */
export interface Token {
  readonly kind: string
  /** The name, the number or the piece of text. */
  readonly text: string
  readonly at: number
}

/** A program that is none, with the place that jq points at. */
export class JqSyntaxError extends Error {
  override readonly name = 'JqSyntaxError'
  readonly at: number
  /** Where the `if` began that it left open. */
  readonly openIf: number | undefined
  constructor(message: string, at: number, openIf?: number) {
    super(message)
    this.at = at
    this.openIf = openIf
  }
}

const keywords = new Set(
  'def module import include as if then else elif end reduce foreach try catch label and or not_ __loc__'.split(' '),
)
const plain =
  /([ \t\r\n]+|#[^\n]*)|(@[a-zA-Z0-9_]+)|((?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|(\.[a-zA-Z_][a-zA-Z_0-9]*)|(\?\/\/=?|\/\/=|[!=<>|+\-*/%]=|\/\/|\.\.|[.=;,:|+\-*/%$<>?])|((?:[a-zA-Z_][a-zA-Z_0-9]*::)*[a-zA-Z_][a-zA-Z_0-9]*)/y
const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const escaped: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** All tokens, with one of kind `$end`, which is said to be where the last one was. */
export function tokensOf(program: string): readonly Token[] {
  return new Lexer(program).all()
}

class Lexer {
  readonly #program: string
  readonly #tokens: Token[] = []
  /** What has to be closed: a bracket, `"` for a text, `)"` for a hole in one. */
  readonly #open: string[] = []
  #at = 0

  constructor(program: string) {
    this.#program = program
  }

  all(): readonly Token[] {
    while (this.#at < this.#program.length) {
      if (this.#open.at(-1) === '"') this.#textPiece()
      else this.#plainToken()
    }
    this.#push('$end', '', this.#tokens.at(-1)?.at ?? 0)
    return this.#tokens
  }

  #push(kind: string, text: string, at: number): void {
    this.#tokens.push({ kind, text, at })
  }

  #plainToken(): void {
    const at = this.#at
    const char = this.#program.charAt(at)
    if (char === '"') {
      this.#at++
      this.#open.push('"')
      this.#push('QQSTRING_START', '"', at)
      return
    }
    if ('([{)]}'.includes(char)) {
      this.#bracket(char)
      return
    }
    plain.lastIndex = at
    const match = plain.exec(this.#program)
    if (match === null) {
      this.#at++
      this.#push('INVALID_CHARACTER', char, at)
      return
    }
    const [all, space, format, number, field, operator, word] = match
    this.#at += all.length
    if (space !== undefined) return
    if (operator !== undefined) this.#push(operator, operator, at)
    else if (format !== undefined) this.#push('FORMAT', format.slice(1), at)
    else if (number !== undefined) this.#push('LITERAL', number, at)
    else if (field !== undefined) this.#push('FIELD', field.slice(1), at)
    else this.#push(keywords.has(word ?? '') ? (word ?? '') : 'IDENT', word ?? '', at)
  }

  #bracket(char: string): void {
    const at = this.#at++
    const closer = closers[char]
    if (closer !== undefined) {
      this.#open.push(closer)
      this.#push(char, char, at)
      return
    }
    const open = this.#open.at(-1)
    if (open === `${char}"`) {
      this.#open.pop()
      this.#push('QQSTRING_INTERP_END', char, at)
      return
    }
    if (open !== char) {
      this.#push('INVALID_CHARACTER', char, at)
      return
    }
    this.#open.pop()
    this.#push(char, char, at)
  }

  #textPiece(): void {
    const at = this.#at
    if (this.#program.startsWith('\\(', at)) {
      this.#at += 2
      this.#open.push(')"')
      this.#push('QQSTRING_INTERP_START', '\\(', at)
      return
    }
    if (this.#program.charAt(at) === '"') {
      this.#at++
      this.#open.pop()
      this.#push('QQSTRING_END', '"', at)
      return
    }
    const raw = /^(?:\\(?!\()[\s\S]?|[^"\\])+/.exec(this.#program.slice(at))?.[0] ?? ''
    this.#at += raw.length
    this.#push('QQSTRING_TEXT', this.#unescape(raw, at), at)
  }

  #unescape(raw: string, at: number): string {
    return raw.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]?))/g, (all, hex: string | undefined, char: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      const plainChar = '"\\/'.includes(char) && char !== '' ? char : escaped[char]
      if (plainChar === undefined)
        throw new JqSyntaxError(`Invalid escape at line 1, column ${raw.length + 2} (while parsing '"${raw}"')`, at)
      return all === '' ? '' : plainChar
    })
  }
}
