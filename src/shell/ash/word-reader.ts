import type { Part, Redirect, Script, Word } from './syntax.ts'

/** A script that cannot be read. Caught by `parseScript`, nowhere else. */
export class SyntaxTrouble extends Error {}

/** Reads a script inside of another one: a command substitution. */
export type ParseInner = (script: string, depth: number) => Script

/** Substitutions inside of one another that no script of a person reaches: guards the host's stack. */
const maxNesting = 50

const wordEnds = ' \t\n;&|<>()'
const unterminated = 'syntax error: unterminated quoted string'

/** Reads words, redirections and assignments from the text of a script. */
export class WordReader {
  #text: string
  readonly #parse: ParseInner
  readonly #depth: number
  #at = 0

  constructor(text: string, parse: ParseInner, depth: number) {
    if (depth > maxNesting) throw new SyntaxTrouble('podsim: the script is nested too deeply')
    this.#text = text
    this.#parse = parse
    this.#depth = depth
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length
  }

  looksAt(token: string): boolean {
    return this.#text.startsWith(token, this.#at)
  }

  take(token: string): void {
    this.#at += token.length
  }

  /** Blanks, continued lines, and a comment up to its line's end. */
  skipBlanks(): void {
    for (;;) {
      if (this.looksAt(' ') || this.looksAt('\t')) this.#at++
      else if (this.looksAt('\\\n')) this.#at += 2
      else if (this.looksAt('#') && /[\s;&|()]|^$/.test(this.#text.charAt(this.#at - 1))) {
        const end = this.#text.indexOf('\n', this.#at)
        this.#at = end === -1 ? this.#text.length : end
      } else return
    }
  }

  skipLines(): void {
    for (this.skipBlanks(); this.looksAt('\n'); this.skipBlanks()) this.#at++
  }

  /** The next word as written, if it is plain: reserved words and names are. */
  peekName(): string {
    this.skipBlanks()
    let end = this.#at
    while (end < this.#text.length && !wordEnds.includes(this.#text.charAt(end))) end++
    return this.#text.slice(this.#at, end)
  }

  takeName(name: string): void {
    this.skipBlanks()
    this.#at += name.length
  }

  /** For messages: the token that is next, in quotes. */
  nextToken(): string {
    if (this.atEnd) return 'end of file'
    if (this.looksAt('\n')) return 'newline'
    for (const token of [';;', '&&', '||', ';', '&', '|', '(', ')', '<', '>'])
      if (this.looksAt(token)) return `"${token}"`
    return this.peekName() === '' ? 'word' : `"${this.peekName()}"`
  }

  assignment(): { readonly name: string; readonly value: Word } | undefined {
    this.skipBlanks()
    const match = /^([A-Za-z_]\w*)=/.exec(this.#text.slice(this.#at, this.#at + 256))
    const [whole = '', name = ''] = match ?? []
    if (match === null) return undefined
    this.#at += whole.length
    return { name, value: this.#parts() }
  }

  redirect(): Redirect | undefined {
    this.skipBlanks()
    const match = /^([012]?)(>>|>&|<<-?|<&|>\||<>|>|<)/.exec(this.#text.slice(this.#at, this.#at + 4))
    if (match === null) return undefined
    const [whole, digit = '', token = ''] = match
    this.#at += whole.length
    const isInput = token.startsWith('<')
    const descriptor = digit === '' ? (isInput ? 0 : 1) : Number(digit)
    if (token === '<<' || token === '<<-')
      return { descriptor: 0, operator: '<<', target: this.#hereDocument(token === '<<-') }
    const target = this.word()
    if (target === undefined) throw new SyntaxTrouble(`syntax error: unexpected ${this.nextToken()}`)
    if (token === '<&' || token === '<>') throw new SyntaxTrouble(`podsim does not simulate the redirection ${token}`)
    return { descriptor, operator: token === '>&' ? '>&' : token === '>>' ? '>>' : isInput ? '<' : '>', target }
  }

  /** The lines up to the delimiter; they begin after the line that names it. */
  #hereDocument(stripsTabs: boolean): Word {
    this.skipBlanks()
    const raw = this.peekName()
    this.#at += raw.length
    const delimiter = raw.replace(/['"\\]/g, '')
    const lineEnd = this.#text.indexOf('\n', this.#at)
    if (raw === '' || lineEnd === -1) return []
    const lines = this.#text.slice(lineEnd + 1).split('\n')
    const strip = (line: string) => (stripsTabs ? line.replace(/^\t+/, '') : line)
    const end = lines.findIndex((line) => strip(line) === delimiter)
    const body = (end === -1 ? lines : lines.slice(0, end)).map(strip)
    const rest = end === -1 ? '' : lines.slice(end + 1).join('\n')
    // What follows on the delimiter's own line is read on; the document itself is cut out.
    const text = body.map((line) => `${line}\n`).join('')
    const reader = new WordReader(text, this.#parse, this.#depth + 1)
    const target =
      raw === delimiter ? reader.#quotedText(() => reader.atEnd) : [{ kind: 'text', text, quoted: true } as const]
    this.#text = this.#text.slice(0, lineEnd + 1) + rest
    return target
  }

  /** The next word, or undefined at a token that is none. */
  word(): Word | undefined {
    this.skipBlanks()
    if (this.atEnd || wordEnds.includes(this.#text.charAt(this.#at))) return undefined
    return this.#parts()
  }

  #parts(): Word {
    const parts: Part[] = []
    const add = (text: string, quoted: boolean): void => {
      const last = parts.at(-1)
      if (last?.kind === 'text' && last.quoted === quoted) parts[parts.length - 1] = { ...last, text: last.text + text }
      else parts.push({ kind: 'text', text, quoted })
    }
    while (!this.atEnd && !wordEnds.includes(this.#text.charAt(this.#at))) {
      const char = this.#text.charAt(this.#at)
      if (char === "'") {
        const end = this.#text.indexOf("'", this.#at + 1)
        if (end === -1) throw new SyntaxTrouble(unterminated)
        add(this.#text.slice(this.#at + 1, end), true)
        this.#at = end + 1
      } else if (char === '"') {
        this.#at++
        const inner = this.#quotedText(() => this.looksAt('"'))
        if (!this.looksAt('"')) throw new SyntaxTrouble(unterminated)
        this.#at++
        if (inner.length === 0) add('', true)
        parts.push(...inner)
      } else if (char === '\\') {
        if (!this.looksAt('\\\n')) add(this.#text.charAt(this.#at + 1), true)
        this.#at += 2
      } else if (char === '$' || char === '`') {
        const part = this.#dollar(false)
        if (part === undefined) add('$', false)
        else parts.push(part)
      } else {
        add(char, false)
        this.#at++
      }
    }
    return parts
  }

  /** Text in double quotes or a here-document, up to where `ends` says so or the script is over. */
  #quotedText(ends: () => boolean): Part[] {
    const parts: Part[] = []
    let text = ''
    const flush = (): void => {
      if (text !== '') parts.push({ kind: 'text', text, quoted: true })
      text = ''
    }
    while (!this.atEnd && !ends()) {
      const char = this.#text.charAt(this.#at)
      if (char === '\\') {
        const next = this.#text.charAt(this.#at + 1)
        if (next !== '\n') text += '$`"\\'.includes(next) && next !== '' ? next : char + next
        this.#at += 2
      } else if (char === '$' || char === '`') {
        const part = this.#dollar(true)
        if (part === undefined) text += '$'
        else {
          flush()
          parts.push(part)
        }
      } else {
        text += char
        this.#at++
      }
    }
    flush()
    return parts
  }

  /** What begins with `$` or a backquote; undefined: a plain dollar, which is taken. */
  #dollar(quoted: boolean): Part | undefined {
    if (this.looksAt('`')) {
      const end = /^`((?:[^`\\]|\\[\s\S])*)`/.exec(this.#text.slice(this.#at))
      if (end === null) throw new SyntaxTrouble('syntax error: EOF in backquote substitution')
      this.#at += end[0].length
      return {
        kind: 'command',
        script: this.#parse((end[1] ?? '').replace(/\\([$`\\])/g, '$1'), this.#depth + 1),
        quoted,
      }
    }
    this.#at++
    if (this.looksAt('((')) {
      const inner = this.#enclosed(2)
      const reader = new WordReader(inner, this.#parse, this.#depth + 1)
      return { kind: 'arithmetic', expression: reader.#quotedText(() => false), quoted }
    }
    if (this.looksAt('(')) return { kind: 'command', script: this.#parse(this.#enclosed(1), this.#depth + 1), quoted }
    if (this.looksAt('{')) return this.#braced(quoted)
    const name = /^(?:[A-Za-z_]\w*|[0-9@*#?$!-])/.exec(this.#text.slice(this.#at, this.#at + 256))?.[0]
    if (name === undefined) return undefined
    this.#at += name.length
    return { kind: 'parameter', name, operator: '', word: [], quoted }
  }

  /** The text between parentheses, `count` of them on either side; quotes inside are respected. */
  #enclosed(count: number): string {
    const start = this.#at + count
    let depth = 0
    for (let at = this.#at; at < this.#text.length; at++) {
      const char = this.#text.charAt(at)
      if (char === '\\') at++
      else if (char === "'" || char === '"') {
        at = this.#quoteEnd(at)
      } else if (char === '(') depth++
      else if (char === ')' && --depth === 0) {
        this.#at = at + 1
        return this.#text.slice(start, at - count + 1)
      }
    }
    throw new SyntaxTrouble('syntax error: unexpected end of file (expecting ")")')
  }

  #quoteEnd(start: number): number {
    const quote = this.#text.charAt(start)
    for (let at = start + 1; at < this.#text.length; at++) {
      if (quote === '"' && this.#text.charAt(at) === '\\') at++
      else if (this.#text.charAt(at) === quote) return at
    }
    throw new SyntaxTrouble(unterminated)
  }

  #braced(quoted: boolean): Part {
    const start = this.#at + 1
    let end = start
    for (let depth = 1; ; end++) {
      const char = this.#text.charAt(end)
      if (char === '') throw new SyntaxTrouble("syntax error: missing '}'")
      if (char === '\\') end++
      else if (char === "'" || char === '"') end = this.#quoteEnd(end)
      else if (char === '{') depth++
      else if (char === '}' && --depth === 0) break
    }
    const inner = this.#text.slice(start, end)
    this.#at = end + 1
    const match = /^(#?)([A-Za-z_]\w*|\d+|[@*?$!#-])(:?[-=?+]|##?|%%?)?([\s\S]*)$/.exec(inner)
    const [, length = '', name = '', operator = '', rest = ''] = match ?? []
    if (match === null || (operator === '' && rest !== '')) throw new SyntaxTrouble('syntax error: bad substitution')
    if (length === '#') return { kind: 'parameter', name, operator: 'length', word: [], quoted }
    const word = new WordReader(rest, this.#parse, this.#depth + 1).#wholeWord(quoted)
    return { kind: 'parameter', name, operator, word, quoted }
  }

  /** Everything that is left as one word, blanks included. */
  #wholeWord(quoted: boolean): Word {
    if (quoted) return this.#quotedText(() => false)
    const parts: Part[] = []
    while (!this.atEnd) {
      parts.push(...this.#parts())
      if (!this.atEnd) parts.push({ kind: 'text', text: this.#text.charAt(this.#at++), quoted: false })
    }
    return parts
  }
}
