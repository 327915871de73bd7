/** A place in a script, and the small things that are read there: words, operators, redirections, here-documents. */

import { Lines, lineText } from './lines.ts'
import {
  type ArrayElement,
  type Assignment,
  type Redirection,
  ShellSyntaxError,
  type Word,
  type WordPart,
} from './syntax.ts'
import { type Grammar, type ParseScript, WordReader } from './word-reader.ts'

interface PendingHereDocument {
  readonly delimiter: string
  readonly isQuoted: boolean
  readonly stripsTabs: boolean
  readonly target: WordPart[]
}

/** A here-document that the end of the text ended. */
export interface OpenDocument {
  readonly line: number
  /** The line of the command. */
  readonly from: number
  readonly wanted: string
}

/** Longest first. */
const bashOperators = [';;&', '&>>', '<<<', ';&', '|&']
const commonOperators = [
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

/** Words that ash tells by themselves where they are out of place. Source: busybox shell/ash.c, tokname_array. */
const reservedInAsh = new Set('! case do done elif else esac fi for function if in then until while { }'.split(' '))

/** `[subscript]`, with brackets inside of one another once. */
const subscript = String.raw`(\[(?:[^[\]]|\[[^[\]]*\])+\])`
const bashAssignment = new RegExp(`^([A-Za-z_][A-Za-z0-9_]*)${subscript}?(\\+?)=`)
const elementHead = new RegExp(`^${subscript}(\\+?)=`)

/** How much may come into a script by names that stand for texts. */
const maxReplaced = 20_000

/** Knows where it is; the grammar is built on it. */
export class ScriptCursor {
  text: string
  /** Of the character that comes. */
  index = 0
  protected readonly grammar: Grammar
  readonly #operators: readonly string[]
  readonly #depth: number
  readonly #parseNested: ParseScript
  #lines: Lines
  #replaced = 0
  #pending: PendingHereDocument[] = []
  /** Here-documents that nothing ended, where that is told. */
  readonly openDocuments: OpenDocument[] = []

  /** `firstLine`: the number of the text's first line. */
  constructor(text: string, grammar: Grammar, depth: number, parseNested: ParseScript, firstLine: number) {
    this.text = text
    this.#lines = new Lines(text, firstLine)
    this.grammar = grammar
    this.#operators = grammar.bash ? [...bashOperators, ...commonOperators] : commonOperators
    this.#depth = depth
    this.#parseNested = parseNested
  }

  /** The number of the line that it is in. */
  line(): number {
    return this.#lines.at(this.index)
  }

  /** Puts another text in the place of so many characters that come. */
  protected replace(length: number, text: string): void {
    const line = this.line()
    this.#replaced += text.length
    if (this.#replaced > maxReplaced) this.tooDeep()
    this.text = this.text.slice(0, this.index) + text + this.text.slice(this.index + length)
    this.#lines = new Lines(this.text, line, this.index)
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

  get atEnd(): boolean {
    return this.index >= this.text.length
  }

  get atNewline(): boolean {
    return this.text.charAt(this.index) === '\n'
  }

  /** Passes a line break and reads the here-documents that begin after it. */
  newline(): void {
    this.index++
    this.readHereDocuments()
  }

  /** Passes blanks and line breaks. */
  skipNewlines(): void {
    this.skipBlanks()
    while (this.atNewline) {
      this.newline()
      this.skipBlanks()
    }
  }

  /** The operator that comes, left where it is. */
  operator(): string | undefined {
    if (!';&|<>()'.includes(this.text.charAt(this.index)) || this.atEnd) return undefined
    return this.#operators.find((operator) => this.text.startsWith(operator, this.index))
  }

  /** Throws what is wrong with the token that comes. `expecting`: the word that would close what is open. */
  unexpected(expecting?: string): never {
    const operator = this.operator()
    const isRedirection = !this.grammar.bash && operator !== undefined && redirectionOperators.has(operator)
    const word = this.peekRaw()
    const isWord = !this.grammar.bash && operator === undefined && !reservedInAsh.has(word)
    const token = isRedirection ? 'redirection' : (operator ?? (isWord ? 'word' : word))
    this.fail(this.atEnd ? undefined : this.atNewline ? 'newline' : token, expecting)
  }

  /** Throws that a token is out of place here. */
  fail(token: string | undefined, expecting?: string): never {
    const at = Math.min(this.index, Math.max(this.text.length - 1, 0))
    const line = this.line()
    throw new ShellSyntaxError({ kind: 'unexpected', token, expecting }, line, lineText(this.text, at))
  }

  /** Throws that what stands behind `for` is no name. */
  badLoopVariable(): never {
    if (this.grammar.bash) this.unexpected()
    throw new ShellSyntaxError({ kind: 'loop variable' }, this.line(), '')
  }

  /** Throws that no function can be called so. */
  badFunctionName(name: string): never {
    throw new ShellSyntaxError({ kind: 'function name', name }, this.line(), '')
  }

  /** Throws that podsim does not go that deep. */
  tooDeep(): never {
    throw new ShellSyntaxError({ kind: 'nesting' }, this.line(), '')
  }

  /** The plain characters that come, as reserved words are recognised. */
  peekRaw(): string {
    return /^[^\s;&|<>()]*/.exec(this.text.slice(this.index, this.index + 256))?.[0] ?? ''
  }

  /** What may end a compound command: an operator or a reserved word. */
  endToken(): string {
    const operator = this.operator()
    return operator === ')' || operator?.startsWith(';;') || operator === ';&' ? operator : this.peekRaw()
  }

  /** Whether a process substitution comes. */
  isProcess(): boolean {
    return this.text.startsWith('<(', this.index) || this.text.startsWith('>(', this.index)
  }

  /** Whether a word comes. */
  isWordStart(): boolean {
    if (this.atEnd || this.atNewline) return false
    return this.operator() === undefined || (this.grammar.bash && this.isProcess())
  }

  /** Takes a word. */
  word(): Word {
    const reader = new WordReader(this.text, this.index, this.#parseNested, this.grammar, this.#depth, this.#lines)
    const word = reader.word()
    this.index = reader.index
    return word
  }

  /** Takes an assignment, if one comes; `onlyArrays`: of all elements of an array alone. */
  assignment(onlyArrays: boolean): Assignment | undefined {
    const pattern = this.grammar.bash ? bashAssignment : /^([A-Za-z_][A-Za-z0-9_]*)()()=/
    const [head, name = '', subscript, append] = pattern.exec(this.text.slice(this.index, this.index + 256)) ?? []
    if (head === undefined) return undefined
    const opens = this.grammar.bash && this.text.charAt(this.index + head.length) === '('
    if (onlyArrays && !opens) return undefined
    this.index += head.length
    const index = subscript === undefined || subscript === '' ? undefined : this.#subscript(subscript)
    const from = this.index
    const elements = opens && index === undefined ? this.#elements() : undefined
    const source = this.text.slice(from, this.index).replace(/\s+/g, ' ')
    return { name, append: append === '+', value: elements === undefined ? this.word() : [], index, elements, source }
  }

  #subscript(text: string): Word {
    return this.#reader(text.slice(1, -1), 0).rest(false)
  }

  /** What stands between the brackets of `name=(...)`, over as many lines as it needs. */
  #elements(): ArrayElement[] {
    const elements: ArrayElement[] = []
    for (this.index++; ; ) {
      this.skipNewlines()
      if (this.operator() === ')') {
        this.index++
        return elements
      }
      if (!this.isWordStart()) this.unexpected(')')
      const [head = '', subscript, append] = elementHead.exec(this.text.slice(this.index, this.index + 256)) ?? []
      this.index += head.length
      const index = subscript === undefined ? undefined : this.#subscript(subscript)
      elements.push({ index, append: append === '+', value: this.word() })
    }
  }

  /** An arithmetic expression that was cut out of the text. */
  expression(text: string): Word {
    return this.#reader(text, 0).rest(true)
  }

  /** Takes what stands between two pairs of brackets, if it is closed by two. */
  doubleBracketed(): string | undefined {
    let depth = 0
    for (let at = this.index; at < this.text.length; at++) {
      const char = this.text.charAt(at)
      if (char === '(') depth++
      else if (char === ')' && --depth === 1 && this.text.charAt(at + 1) === ')') {
        const inner = this.text.slice(this.index + 2, at)
        this.index = at + 2
        return inner
      } else if (char === ')' && depth < 1) return undefined
    }
    return undefined
  }

  #reader(text: string, index: number): WordReader {
    const lines = new Lines(text, this.line())
    return new WordReader(text, index, this.#parseNested, this.grammar, this.#depth, lines)
  }

  /** Takes a redirection, if one comes. */
  redirection(): Redirection | undefined {
    if (!'0123456789<>&'.includes(this.text.charAt(this.index))) return undefined
    const digits = /^[0-9]+(?=[<>])/.exec(this.text.slice(this.index, this.index + 8))?.[0] ?? ''
    const start = this.index
    this.index += digits.length
    const operator = this.operator()
    const isProcess = this.grammar.bash && digits === '' && this.isProcess()
    if (operator === undefined || isProcess || !redirectionOperators.has(operator)) {
      this.index = start
      return undefined
    }
    this.index += operator.length
    this.skipBlanks()
    if (this.atEnd) this.fail('newline')
    if (!this.isWordStart()) {
      if (!this.grammar.bash && '<>'.includes(this.text.charAt(this.index))) this.fail('redirection')
      this.unexpected()
    }
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

  #leftOpen(line: number, body: string, wanted: string): void {
    const from = Math.max(1, body === '' && !this.text.endsWith('\n') ? line : line - 1)
    const lines = body.split('\n').length - 1
    this.openDocuments.push({ line: from + lines, from, wanted })
  }

  /** Reads the texts that here-documents of the line before ask for. */
  readHereDocuments(): void {
    const pending = this.#pending
    this.#pending = []
    for (const { delimiter, isQuoted, stripsTabs, target } of pending) {
      let body = ''
      const line = this.line()
      let isEnded = false
      while (!this.atEnd) {
        const end = this.text.indexOf('\n', this.index)
        const stop = end < 0 ? this.text.length : end
        const raw = this.text.slice(this.index, stop)
        this.index = Math.min(stop + 1, this.text.length)
        const kept = stripsTabs ? raw.replace(/^\t+/, '') : raw
        isEnded = kept === delimiter
        if (isEnded) break
        body += `${kept}\n`
      }
      if (!isEnded && this.grammar.bash) this.#leftOpen(line, body, delimiter)
      if (isQuoted) {
        target.push({ kind: 'text', text: body, quoted: true })
        continue
      }
      const reader = new WordReader(body, 0, this.#parseNested, this.grammar, this.#depth, new Lines(body, line))
      while (reader.index < body.length) reader.quotedPart(target, true)
    }
  }
}
