/** Words: quotes, escapes and expansions. Source: POSIX XCU 2.2, 2.6; bash(1). */
import type { Script, Word, WordPart } from './syntax.ts'
import { ShellSyntaxError } from './syntax.ts'

/** How deep substitutions may nest. */
const maxDepth = 100

/** Parses the inside of `$(...)`; given by the parser, which this file must not know. */
export type ParseScript = (text: string, depth: number) => Script

const metacharacters = ' \t\n;&|<>()'

/** Reads one word from a place in a text; `index` is behind it afterwards. */
export class WordReader {
  readonly text: string
  index: number
  readonly #parse: ParseScript
  readonly #depth: number

  constructor(text: string, index: number, parse: ParseScript, depth: number) {
    if (depth > maxDepth) throw new ShellSyntaxError(['expansions nest too deeply'])
    this.text = text
    this.index = index
    this.#parse = parse
    this.#depth = depth
  }

  /** The word that begins here, up to a metacharacter outside of quotes. */
  word(): Word {
    const parts: WordPart[] = []
    while (this.index < this.text.length && !metacharacters.includes(this.text.charAt(this.index))) {
      this.#part(parts)
    }
    return parts
  }

  #part(parts: WordPart[]): void {
    const char = this.text.charAt(this.index)
    if (char === '\\') this.#escape(parts)
    else if (char === "'") parts.push({ kind: 'text', text: this.#singleQuoted(), quoted: true })
    else if (char === '"') this.#doubleQuoted(parts)
    else if (char === '$') this.#dollar(parts, false)
    else if (char === '`') parts.push(this.#backquoted(false))
    else {
      parts.push({ kind: 'text', text: char, quoted: false })
      this.index++
    }
  }

  #escape(parts: WordPart[]): void {
    const next = this.text.charAt(this.index + 1)
    this.index += 2
    if (next === '\n') return
    parts.push({ kind: 'text', text: next === '' ? '\\' : next, quoted: true })
  }

  #unterminated(quote: string, start: number): never {
    const line = lineOf(this.text, start)
    throw new ShellSyntaxError([`line ${line}: unexpected EOF while looking for matching \`${quote}'`], 'ended')
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
      const match = /^\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|([\s\S]))/.exec(this.text.slice(this.index, this.index + 4))
      if (match === null) break
      this.index += match[0].length
      result += ansiEscape(match[1], match[2], match[3])
    }
    this.index++
    return result
  }

  #doubleQuoted(parts: WordPart[]): void {
    const start = this.index
    parts.push({ kind: 'text', text: '', quoted: true })
    for (this.index++; this.text.charAt(this.index) !== '"'; ) {
      if (this.index >= this.text.length) this.#unterminated('"', start)
      this.quotedPart(parts)
    }
    this.index++
  }

  /** One piece of text as it stands inside double quotes or a here-document. */
  quotedPart(parts: WordPart[], isHereDocument = false): void {
    const char = this.text.charAt(this.index)
    const next = this.text.charAt(this.index + 1)
    if (char === '\\' && next === '\n') this.index += 2
    else if (char === '\\' && ('$`\\'.includes(next) || (next === '"' && !isHereDocument)) && next !== '') {
      parts.push({ kind: 'text', text: next, quoted: true })
      this.index += 2
    } else if (char === '$') this.#dollar(parts, true)
    else if (char === '`') parts.push(this.#backquoted(true))
    else {
      parts.push({ kind: 'text', text: char, quoted: true })
      this.index++
    }
  }

  #dollar(parts: WordPart[], quoted: boolean): void {
    const rest = this.text.slice(this.index + 1, this.index + 3)
    if (rest.startsWith("'") && !quoted) parts.push({ kind: 'text', text: this.#ansiQuoted(), quoted: true })
    else if (rest.startsWith('"') && !quoted) this.index++
    else if (rest === '((') this.#arithmetic(parts, quoted)
    else if (rest.startsWith('(')) parts.push(this.#substitution(quoted))
    else if (rest.startsWith('{')) parts.push(this.#braced(quoted))
    else {
      const name = /^\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])/.exec(this.text.slice(this.index, this.index + 256))?.[0]
      if (name === undefined) {
        parts.push({ kind: 'text', text: '$', quoted })
        this.index++
        return
      }
      parts.push({ kind: 'parameter', name: name.slice(1), quoted })
      this.index += name.length
    }
  }

  #substitution(quoted: boolean): WordPart {
    const start = this.index
    const end = this.#closing(start + 1, '(', ')')
    const inner = this.text.slice(start + 2, end)
    this.index = end + 1
    return { kind: 'command', script: this.#parse(inner, this.#depth + 1), quoted }
  }

  #arithmetic(parts: WordPart[], quoted: boolean): void {
    const start = this.index
    const end = this.#closing(start + 1, '(', ')')
    if (this.text.charAt(end - 1) !== ')') {
      parts.push(this.#substitution(quoted))
      return
    }
    const inner = this.text.slice(start + 3, end - 1)
    this.index = end + 1
    parts.push({ kind: 'arithmetic', expression: this.#inner(inner, true), quoted })
  }

  /** A word given as a text of its own; `quoted` says that blanks and quotes in it are taken as they are. */
  #inner(text: string, quoted: boolean): Word {
    const reader = new WordReader(text, 0, this.#parse, this.#depth + 1)
    const parts: WordPart[] = []
    while (reader.index < text.length) {
      if (quoted) reader.quotedPart(parts)
      else reader.#part(parts)
    }
    return parts
  }

  /** Index of the bracket that closes the one at `open`; quotes inside count. */
  #closing(open: number, left: string, right: string): number {
    let depth = 0
    for (let i = open; i < this.text.length; i++) {
      const char = this.text.charAt(i)
      if (char === '\\') i++
      else if (char === "'" && right === ')') {
        i = this.text.indexOf("'", i + 1)
        if (i < 0) break
      } else if (char === '"') i = this.#endOfDoubleQuotes(i)
      else if (char === left) depth++
      else if (char === right && --depth === 0) return i
    }
    return this.#unterminated(right, open)
  }

  #endOfDoubleQuotes(start: number): number {
    for (let i = start + 1; i < this.text.length; i++) {
      if (this.text.charAt(i) === '\\') i++
      else if (this.text.charAt(i) === '"') return i
    }
    return this.#unterminated('"', start)
  }

  #backquoted(quoted: boolean): WordPart {
    const start = this.index
    let inner = ''
    for (this.index++; this.text.charAt(this.index) !== '`'; this.index++) {
      if (this.index >= this.text.length) this.#unterminated('`', start)
      if (this.text.charAt(this.index) === '\\' && '$`\\'.includes(this.text.charAt(this.index + 1))) this.index++
      inner += this.text.charAt(this.index)
    }
    this.index++
    return { kind: 'command', script: this.#parse(inner, this.#depth + 1), quoted }
  }

  #braced(quoted: boolean): WordPart {
    const start = this.index
    const end = this.#closing(start + 1, '{', '}')
    const inner = this.text.slice(start + 2, end)
    this.index = end + 1
    const length = /^#([A-Za-z_][A-Za-z0-9_]*|[0-9@*]+)$/.exec(inner)
    if (length !== null) return { kind: 'parameter', name: length[1] ?? '', operator: 'length', quoted }
    const match = /^([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])(:?[-=?+]|##?|%%?|\/\/?|\^\^?|,,?|:)?([\s\S]*)$/.exec(
      inner,
    )
    if (match === null || (match[2] === undefined && match[3] !== '')) {
      throw new ShellSyntaxError([`line ${lineOf(this.text, start)}: \${${inner}}: bad substitution`], 'expansion')
    }
    const [, name = '', operator, rest = ''] = match
    if (operator === undefined) return { kind: 'parameter', name, quoted }
    if (operator.startsWith('/')) {
      const slash = rest.search(/(?<!\\)\//)
      const pattern = slash < 0 ? rest : rest.slice(0, slash)
      const replacement = slash < 0 ? '' : rest.slice(slash + 1)
      return {
        kind: 'parameter',
        name,
        operator,
        argument: this.#inner(pattern, false),
        replacement: this.#inner(replacement, false),
        quoted,
      }
    }
    return { kind: 'parameter', name, operator, argument: this.#inner(rest, quoted && !/^[#%]/.test(operator)), quoted }
  }
}

function ansiEscape(hex: string | undefined, octal: string | undefined, letter: string | undefined): string {
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255)
  const simple: Readonly<Record<string, string>> = {
    n: '\n',
    t: '\t',
    r: '\r',
    a: '\x07',
    b: '\b',
    f: '\f',
    v: '\v',
    e: '\x1b',
    '\\': '\\',
    "'": "'",
    '"': '"',
  }
  return simple[letter ?? ''] ?? `\\${letter ?? ''}`
}

/** Counted from 1. */
export function lineOf(text: string, index: number): number {
  let line = 1
  for (let i = text.indexOf('\n'); i >= 0 && i < index; i = text.indexOf('\n', i + 1)) line++
  return line
}
