/** Words: quotes, escapes and expansions. Source: POSIX XCU 2.2, 2.6; bash(1); busybox shell/ash.c, readtoken1. */
import { ansiEscape } from './escapes.ts'
import { Lines, lineText } from './lines.ts'
import type { ParameterPart, Script, Word, WordPart } from './syntax.ts'
import { ShellSyntaxError, type SyntaxProblem } from './syntax.ts'

/** How deep substitutions may nest: guards the host's stack. */
const maxDepth = 50

/** What of the grammar a dialect knows beyond POSIX. */
export interface Grammar {
  /** `{a,b}`, `<<<`, `[[ ]]`, `(( ))`, `function f`, `;&`: bash alone. */
  readonly bash: boolean
}

/** Parses the inside of `$(...)`; given by the parser, which this file must not know. */
export type ParseScript = (text: string, depth: number, firstLine: number) => Script

const metacharacters = ' \t\n;&|<>()'
/** Characters that mean nothing but themselves: outside of quotes, and in double quotes. Braces and commas are told apart. */
const plainRun = /[^ \t\n;&|<>()\\'"$`{},]+/y
const quotedRun = /[^\\"$`]+/y
const parameterName = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])/
const bracedForm = /^([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])(:?[-=?+]|##?|%%?|\/\/|\/#|\/%|\/|\^\^?|,,?|:)?([\s\S]*)$/

/** `name[subscript]`, perhaps behind `#` or `!`; brackets may stand inside of one another once. */
const withSubscript = /^([#!]?)([A-Za-z_][A-Za-z0-9_]*)(\[(?:[^[\]]|\[[^[\]]*\])+\])/

/** `name%word` and its like behind `${`: what stands there is a pattern. */
const wordOfPattern = /!?(?:[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]]*\])?|[0-9]+|[@*#?$!-])[#%/]/y

/** Reads one word from a place in a text; `index` is behind it afterwards. */
export class WordReader {
  readonly text: string
  index: number
  readonly #parse: ParseScript
  readonly #grammar: Grammar
  readonly #depth: number
  readonly #lines: Lines

  constructor(
    text: string,
    index: number,
    parse: ParseScript,
    grammar: Grammar,
    depth: number,
    lines = new Lines(text, 1),
  ) {
    this.#lines = lines
    this.text = text
    this.index = index
    this.#parse = parse
    this.#grammar = grammar
    this.#depth = depth
    if (depth > maxDepth) this.#fail({ kind: 'nesting' }, index)
  }

  /** The word that begins here, up to a metacharacter outside of quotes. */
  word(): Word {
    const parts: WordPart[] = []
    if (this.#grammar.bash && (this.text.startsWith('<(', this.index) || this.text.startsWith('>(', this.index)))
      parts.push(this.#process())
    while (this.index < this.text.length && !metacharacters.includes(this.text.charAt(this.index))) this.#part(parts)
    return parts
  }

  /** Everything that is left; `quoted`: as it stands in double quotes, else as one word with its blanks. */
  rest(quoted: boolean): Word {
    const parts: WordPart[] = []
    while (this.index < this.text.length) {
      // Quotes inside of quotes, as in "${x:-"a b"}", only go away.
      if (quoted && this.text.charAt(this.index) === '"') this.index++
      else if (quoted) this.quotedPart(parts)
      else this.#part(parts)
    }
    return parts
  }

  /** One piece of text as it stands inside double quotes or a here-document. */
  quotedPart(parts: WordPart[], isHereDocument = false): void {
    const char = this.text.charAt(this.index)
    const next = this.text.charAt(this.index + 1)
    if (char === '\\' && next === '\n') this.index += 2
    else if (char === '\\' && next !== '' && ('$`\\'.includes(next) || (next === '"' && !isHereDocument))) {
      add(parts, next, true)
      this.index += 2
    } else if (char === '$') this.#dollar(parts, true)
    else if (char === '`') parts.push(this.#backquoted(true))
    else add(parts, this.#run(quotedRun), true)
  }

  /** Takes characters of a kind, or the one that comes. */
  #run(kind: RegExp): string {
    kind.lastIndex = this.index
    const run = kind.exec(this.text)?.[0] ?? this.text.charAt(this.index)
    this.index += run.length
    return run
  }

  #part(parts: WordPart[]): void {
    const char = this.text.charAt(this.index)
    if (char === '\\') this.#escape(parts)
    else if (char === "'") add(parts, this.#singleQuoted(), true)
    else if (char === '"') this.#doubleQuoted(parts)
    else if (char === '$') this.#dollar(parts, false)
    else if (char === '`') parts.push(this.#backquoted(false))
    else {
      const run = this.#run(plainRun)
      // Braces are told apart, so that a brace expansion sees them; commas only matter there.
      if (this.#grammar.bash && '{},'.includes(char)) parts.push({ kind: 'text', text: run, quoted: false })
      else add(parts, run, false)
    }
  }

  #escape(parts: WordPart[]): void {
    const next = this.text.charAt(this.index + 1)
    this.index += 2
    if (next !== '\n') add(parts, next === '' ? '\\' : next, true)
  }

  #fail(problem: SyntaxProblem, at: number): never {
    throw new ShellSyntaxError(problem, this.#lines.at(at), lineText(this.text, at))
  }

  #unterminated(quote: string, start: number): never {
    // ash tells where it came to, bash where it began.
    this.#fail({ kind: 'unterminated', quote }, this.#grammar.bash ? start : this.text.length)
  }

  #singleQuoted(): string {
    const start = this.index
    const end = this.text.indexOf("'", start + 1)
    if (end < 0) this.#unterminated("'", start)
    this.index = end + 1
    return this.text.slice(start + 1, end)
  }

  /** `$'...'` with the escapes of C. */
  #ansiQuoted(): string {
    const start = this.index
    let result = ''
    for (this.index += 2; this.text.charAt(this.index) !== "'"; ) {
      if (this.index >= this.text.length) this.#unterminated("'", start)
      if (this.text.charAt(this.index) !== '\\') {
        result += this.text.charAt(this.index++)
        continue
      }
      const found = ansiEscape(this.text, this.index, this.#grammar.bash)
      result += found.text
      this.index += found.length
    }
    this.index++
    return result
  }

  #doubleQuoted(parts: WordPart[]): void {
    const start = this.index
    add(parts, '', true)
    for (this.index++; this.text.charAt(this.index) !== '"'; ) {
      if (this.index >= this.text.length) this.#unterminated('"', start)
      this.quotedPart(parts)
    }
    this.index++
  }

  #dollar(parts: WordPart[], quoted: boolean): void {
    const rest = this.text.slice(this.index + 1, this.index + 3)
    if (rest.startsWith("'") && !quoted) add(parts, this.#ansiQuoted(), true)
    else if (rest.startsWith('"') && !quoted && this.#grammar.bash) this.index++
    else if (rest === '((') this.#arithmetic(parts, quoted)
    else if (rest.startsWith('(')) parts.push(this.#substitution(quoted))
    else if (rest.startsWith('{')) parts.push(this.#braced(quoted))
    else {
      const name = parameterName.exec(this.text.slice(this.index + 1, this.index + 257))?.[0]
      this.index += 1 + (name?.length ?? 0)
      if (name === undefined) add(parts, '$', quoted)
      else parts.push({ kind: 'parameter', name, quoted })
    }
  }

  /** The text between the bracket at `open` and its end, which is passed. */
  #enclosed(open: number): string {
    const end = this.#closing(open, '(', ')')
    this.index = end + 1
    return this.text.slice(open + 1, end)
  }

  #substitution(quoted: boolean): WordPart {
    return { kind: 'command', script: this.#inner(this.index + 1), quoted }
  }

  #process(): WordPart {
    const isRead = this.text.charAt(this.index) === '<'
    return { kind: 'substitution', script: this.#inner(this.index + 1), quoted: false, isRead }
  }

  /** The script between the bracket at `open` and its end. */
  #inner(open: number): Script {
    const line = this.#lines.at(open)
    return this.#parse(this.#enclosed(open), this.#depth + 1, line)
  }

  #arithmetic(parts: WordPart[], quoted: boolean): void {
    const start = this.index
    const inner = this.#grammar.bash ? this.#enclosed(start + 1) : this.#expressionInAsh(start + 1)
    if (inner.endsWith(')') && this.#closesAt(inner)) {
      parts.push({ kind: 'arithmetic', expression: this.#expression(inner.slice(1, -1)), quoted })
      return
    }
    this.index = start
    parts.push(this.#substitution(quoted))
  }

  /** Quotes are no part of an expression in ash. */
  #expression(text: string): Word {
    if (this.#grammar.bash || !text.includes('"')) return this.inner(text, true)
    return [{ kind: 'text', text, quoted: true }]
  }

  /** The same as `#enclosed`, with ash's words where the end is missing. */
  #expressionInAsh(open: number): string {
    try {
      return this.#enclosed(open)
    } catch (error) {
      if (!(error instanceof ShellSyntaxError) || error.problem.kind !== 'unterminated') throw error
      return this.#unterminated('))', open)
    }
  }

  /** Whether the bracket that opens a text is closed by its last character: `(1)+(2)` is no expression in brackets. */
  #closesAt(inner: string): boolean {
    const reader = new WordReader(inner, 0, this.#parse, this.#grammar, this.#depth)
    return reader.#closing(0, '(', ')') === inner.length - 1
  }

  /** A word given as a text of its own. */
  inner(text: string, quoted: boolean): Word {
    const lines = new Lines(text, this.#lines.at(this.index))
    return new WordReader(text, 0, this.#parse, this.#grammar, this.#depth + 1, lines).rest(quoted)
  }

  /** Index of the bracket that closes the one at `open`; quotes inside count. */
  #closing(open: number, left: string, right: string, nesting = 0): number {
    if (nesting > maxDepth) this.#fail({ kind: 'nesting' }, open)
    let depth = 0
    for (let i = open; i < this.text.length; i++) {
      const char = this.text.charAt(i)
      if (char === '\\') i++
      else if (char === "'") {
        i = this.text.indexOf("'", i + 1)
        if (i < 0) break
      } else if (char === '"') i = this.#endOfDoubleQuotes(i, nesting + 1)
      else if (char === '#' && /[\s;&|(]/.test(this.text.charAt(i - 1))) {
        const end = this.text.indexOf('\n', i)
        // A comment cannot hide the end of an expression on one line.
        if (end > 0 && depth > 0 && !this.text.slice(i, end).includes(right)) i = end
      } else if (char === left) depth++
      else if (char === right && --depth === 0) return i
    }
    return this.#unterminated(right, open)
  }

  /** Index of the brace that closes `${` at `open`. In double quotes single ones are plain, but in patterns. */
  #closingBrace(open: number, isQuoted: boolean, nesting = 0): number {
    if (nesting > maxDepth) this.#fail({ kind: 'nesting' }, open)
    wordOfPattern.lastIndex = open + 1
    const keepsSingle = isQuoted && !wordOfPattern.test(this.text)
    for (let i = open + 1; i < this.text.length; i++) {
      const char = this.text.charAt(i)
      if (char === '\\') i++
      else if (char === "'" && !keepsSingle) {
        i = this.text.indexOf("'", i + 1)
        if (i < 0) break
      } else if (char === '"') i = this.#endOfDoubleQuotes(i, nesting + 1)
      else if (char === '`') i = this.#endOfBackquotes(i)
      else if (char === '$' && this.text.charAt(i + 1) === '(') i = this.#closing(i + 1, '(', ')', nesting + 1)
      else if (char === '$' && this.text.charAt(i + 1) === '{') i = this.#closingBrace(i + 1, isQuoted, nesting + 1)
      else if (char === '}') return i
    }
    return this.#unterminated('}', open)
  }

  #endOfBackquotes(start: number): number {
    for (let i = start + 1; i < this.text.length; i++) {
      if (this.text.charAt(i) === '\\') i++
      else if (this.text.charAt(i) === '`') return i
    }
    return this.#unterminated('`', start)
  }

  #endOfDoubleQuotes(start: number, nesting: number): number {
    for (let i = start + 1; i < this.text.length; i++) {
      if (this.text.charAt(i) === '\\') i++
      else if (this.text.charAt(i) === '"') return i
      else if (this.text.startsWith('$(', i)) i = this.#closing(i + 1, '(', ')', nesting)
      else if (this.text.startsWith('${', i)) i = this.#closingBrace(i + 1, true, nesting + 1)
      else if (this.text.charAt(i) === '`') i = this.#endOfBackquotes(i)
    }
    return this.#unterminated('"', start)
  }

  #backquoted(quoted: boolean): WordPart {
    const start = this.index
    let inner = ''
    for (this.index++; this.text.charAt(this.index) !== '`'; this.index++) {
      if (this.index >= this.text.length) this.#unterminated('`', start)
      const next = this.text.charAt(this.index + 1)
      if (this.text.charAt(this.index) === '\\' && ('$`\\'.includes(next) || (quoted && next === '"'))) this.index++
      inner += this.text.charAt(this.index)
    }
    this.index++
    return { kind: 'command', script: this.#parse(inner, this.#depth + 1, this.#lines.at(start)), quoted }
  }

  #braced(quoted: boolean): WordPart {
    const start = this.index
    const end = this.#closingBrace(start + 1, quoted)
    const whole = this.text.slice(start + 2, end)
    this.index = end + 1
    const [, mark = '', name = '', subscript] = (this.#grammar.bash ? withSubscript.exec(whole) : null) ?? []
    if (subscript === undefined) return this.#parameter(whole, whole, start, quoted)
    const rest = whole.slice(mark.length + name.length + subscript.length)
    const part = this.#parameter(mark + name + rest, whole, start, quoted)
    const text = subscript.slice(1, -1)
    return { ...part, subscript: text === '@' || text === '*' ? text : this.inner(text, false) }
  }

  /** What stands between the braces, without a subscript; `whole` is how errors show it. */
  #parameter(inner: string, whole: string, start: number, quoted: boolean): ParameterPart {
    const length = /^#([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])$/.exec(inner)
    if (length !== null) return { kind: 'parameter', name: length[1] ?? '', operator: 'length', quoted }
    const indirect = this.#grammar.bash ? /^!([A-Za-z_][A-Za-z0-9_]*)$/.exec(inner) : null
    if (indirect !== null) return { kind: 'parameter', name: indirect[1] ?? '', operator: 'indirect', quoted }
    const changed = this.#grammar.bash ? /^([A-Za-z_][A-Za-z0-9_]*|[@*])(@[QULu])$/.exec(inner) : null
    if (changed !== null) return { kind: 'parameter', name: changed[1] ?? '', operator: changed[2] ?? '', quoted }
    const match = bracedForm.exec(inner)
    const [, name = '', operator, rest = ''] = match ?? []
    const isBash = operator !== undefined && /^[\^,]/.test(operator)
    if (match === null || (operator === undefined && rest !== '') || (isBash && !this.#grammar.bash))
      this.#fail({ kind: 'substitution', text: `\${${whole}}` }, start)
    if (operator === undefined) return { kind: 'parameter', name, quoted }
    if (operator === ':' && rest === '' && !this.#grammar.bash) this.#unterminated('}', start)
    const slashes = this.#grammar.bash || !/^\/[#%]/.test(operator) ? operator : '/'
    if (!operator.startsWith('/')) {
      const isText = quoted && !/^[#%]/.test(operator)
      return { kind: 'parameter', name, operator, argument: this.inner(rest, isText), quoted }
    }
    // In ash a pattern that begins with # or % has no anchor.
    const text = operator.slice(slashes.length) + rest
    const slash = text.search(/(?<!\\)\//)
    const argument = this.inner(slash < 0 ? text : text.slice(0, slash), false)
    const replacement = this.inner(slash < 0 ? '' : text.slice(slash + 1), false)
    return { kind: 'parameter', name, operator: slashes, argument, replacement, quoted }
  }
}

/** Adds text to a word; neighbours of one kind are one part. */
function add(parts: WordPart[], text: string, quoted: boolean): void {
  const last = parts.at(-1)
  const isBrace = last?.kind === 'text' && !last.quoted && last.text.length === 1 && '{},'.includes(last.text)
  if (last?.kind === 'text' && last.quoted === quoted && !isBrace)
    parts[parts.length - 1] = { kind: 'text', text: last.text + text, quoted }
  else parts.push({ kind: 'text', text, quoted })
}
