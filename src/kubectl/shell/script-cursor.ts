/** A place in a script, and the small things that are read there: words, operators, redirections, here-documents. */
import { type Redirection, ShellSyntaxError, type Word, type WordPart } from './syntax.ts'
import { lineOf, type ParseScript, WordReader } from './word-reader.ts'

interface PendingHereDocument {
  readonly delimiter: string
  readonly isQuoted: boolean
  readonly stripsTabs: boolean
  readonly target: WordPart[]
}

const operators = [
  '&>>',
  '<<<',
  '<<-',
  '&&',
  '||',
  ';;',
  '&>',
  '>>',
  '>&',
  '>|',
  '<<',
  '<&',
  '<>',
  '&',
  '|',
  ';',
  '<',
  '>',
  '(',
  ')',
]
const redirectionOperators = new Set(['<', '>', '>>', '>|', '<<', '<<-', '<<<', '>&', '<&', '&>', '&>>', '<>'])

/** Knows where it is; the grammar is built on it. */
export class ScriptCursor {
  readonly text: string
  /** Of the character that comes. */
  index = 0
  readonly #depth: number
  readonly #parseNested: ParseScript
  #pending: PendingHereDocument[] = []

  constructor(text: string, depth: number, parseNested: ParseScript) {
    this.text = text
    this.#depth = depth
    this.#parseNested = parseNested
  }

  /** Passes blanks, continued lines and comments. */
  skipBlanks(): void {
    for (;;) {
      const char = this.text.charAt(this.index)
      if (char === ' ' || char === '\t') this.index++
      else if (char === '\\' && this.text.charAt(this.index + 1) === '\n') this.index += 2
      else if (char === '#') {
        const end = this.text.indexOf('\n', this.index)
        this.index = end < 0 ? this.text.length : end
      } else return
    }
  }

  /** Passes a line break and reads the here-documents that begin after it. */
  newline(): void {
    this.index++
    this.readHereDocuments()
  }

  /** Passes blanks and line breaks. */
  skipNewlines(): void {
    this.skipBlanks()
    while (this.text.charAt(this.index) === '\n') {
      this.newline()
      this.skipBlanks()
    }
  }

  /** The operator that comes, left where it is. */
  operator(): string | undefined {
    return operators.find((operator) => this.text.startsWith(operator, this.index))
  }

  /** Throws what bash says of the token that comes. */
  unexpected(): never {
    const line = lineOf(this.text, this.index)
    if (this.index >= this.text.length) {
      throw new ShellSyntaxError([`line ${line + 1}: syntax error: unexpected end of file`])
    }
    const isNewline = this.text.charAt(this.index) === '\n'
    const token = isNewline ? 'newline' : (this.operator() ?? this.peekRaw())
    const shown = this.text.split('\n')[line - 1] ?? ''
    throw new ShellSyntaxError([
      `line ${line}: syntax error near unexpected token \`${token}'`,
      `line ${line}: \`${shown}'`,
    ])
  }

  /** Where the end of the text counts as a missing word. */
  unexpectedNewline(): never {
    const line = lineOf(this.text, this.index)
    const shown = this.text.split('\n')[line - 1] ?? ''
    throw new ShellSyntaxError([
      `line ${line}: syntax error near unexpected token \`newline'`,
      `line ${line}: \`${shown}'`,
    ])
  }

  /** The plain characters that come, as reserved words are recognised. */
  peekRaw(): string {
    return /^[^\s;&|<>()]*/.exec(this.text.slice(this.index, this.index + 256))?.[0] ?? ''
  }

  /** What may end a compound command: an operator or a reserved word. */
  endToken(): string {
    const operator = this.operator()
    return operator === ')' || operator === ';;' ? operator : this.peekRaw()
  }

  /** Whether a word comes. */
  isWordStart(): boolean {
    return this.index < this.text.length && this.text.charAt(this.index) !== '\n' && this.operator() === undefined
  }

  /** Takes a word. */
  word(): Word {
    const reader = new WordReader(this.text, this.index, this.#parseNested, this.#depth)
    const word = reader.word()
    this.index = reader.index
    return word
  }

  /** Takes a redirection, if one comes. */
  redirection(): Redirection | undefined {
    const digits = /^[0-9](?=[<>])/.exec(this.text.slice(this.index, this.index + 2))?.[0] ?? ''
    const start = this.index
    this.index += digits.length
    const operator = this.operator()
    if (operator === undefined || !redirectionOperators.has(operator)) {
      this.index = start
      return undefined
    }
    this.index += operator.length
    this.skipBlanks()
    if (this.index >= this.text.length) this.unexpectedNewline()
    if (!this.isWordStart()) this.unexpected()
    const from = this.index
    const word = this.word()
    const fd = digits === '' ? (operator.startsWith('<') ? 0 : 1) : Number(digits)
    if (operator !== '<<' && operator !== '<<-')
      return { fd, operator: operator as Redirection['operator'], target: word } // the set above
    const isQuoted = /['"\\]/.test(this.text.slice(from, this.index))
    const target: WordPart[] = []
    const delimiter = word.map((part) => (part.kind === 'text' ? part.text : '')).join('')
    this.#pending.push({ delimiter, isQuoted, stripsTabs: operator === '<<-', target })
    return { fd, operator: '<<', target }
  }

  /** Reads the texts that here-documents of the line before ask for. */
  readHereDocuments(): void {
    const pending = this.#pending
    this.#pending = []
    for (const { delimiter, isQuoted, stripsTabs, target } of pending) {
      let body = ''
      while (this.index < this.text.length) {
        const end = this.text.indexOf('\n', this.index)
        const stop = end < 0 ? this.text.length : end
        const raw = this.text.slice(this.index, stop)
        this.index = Math.min(stop + 1, this.text.length)
        const line = stripsTabs ? raw.replace(/^\t+/, '') : raw
        if (line === delimiter) break
        body += `${line}\n`
      }
      if (isQuoted) {
        target.push({ kind: 'text', text: body, quoted: true })
        continue
      }
      const reader = new WordReader(body, 0, this.#parseNested, this.#depth)
      while (reader.index < body.length) reader.quotedPart(target, true)
    }
  }
}
