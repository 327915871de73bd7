/** Reads POSIX patterns. Source: POSIX XBD 9.3, 9.4; GNU regex for `\+`, `\?`, `\|`, `\w`, `\b`, `\<`. */

export type RegexNode =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'any' }
  /** In RE2's and JavaScript's own form. */
  | { readonly kind: 'set'; readonly source: string }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'boundary'; readonly source: string }
  | { readonly kind: 'group'; readonly number: number; readonly body: RegexNode }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly body: RegexNode; readonly min: number; readonly max: number | undefined }
  | { readonly kind: 'reference'; readonly number: number }

/** Where a match begins and ends; a group that took no part is undefined. */
export interface RegexMatch {
  readonly start: number
  readonly end: number
  /** What the groups caught, without the whole. */
  readonly groups: readonly (string | undefined)[]
}

/** What is wrong with a pattern, in the words of the C library. Source: glibc posix/regcomp.c, __re_error_msgid. */
export class RegexError extends Error {
  override readonly name = 'RegexError'
}

export interface ReadRegex {
  readonly node: RegexNode
  readonly groupCount: number
  readonly hasBackReference: boolean
}

/** How deep brackets may nest. */
const maxDepth = 100
/** Source: glibc limits.h, RE_DUP_MAX is 32767; RE2 goes to 1000. */
const maxRepeat = 1000

/** Throws a RegexError. */
export function readRegex(pattern: string, extended: boolean): ReadRegex {
  const reader = new Reader(pattern, extended)
  const node = reader.choice(0)
  if (!reader.atEnd) throw new RegexError('Unmatched ) or \\)')
  return { node, groupCount: reader.groupCount, hasBackReference: reader.hasBackReference }
}

class Reader {
  groupCount = 0
  hasBackReference = false
  readonly #chars: readonly string[]
  readonly #extended: boolean
  readonly #closed = new Set<number>()
  #at = 0

  constructor(pattern: string, extended: boolean) {
    this.#chars = Array.from(pattern)
    this.#extended = extended
  }

  get atEnd(): boolean {
    return this.#at >= this.#chars.length
  }

  #peek(ahead = 0): string {
    return this.#chars[this.#at + ahead] ?? ''
  }

  /** Whether an operator comes: plain in extended patterns, behind a backslash in basic ones. */
  #isOperator(char: string): boolean {
    if (this.#extended) return this.#peek() === char
    return this.#peek() === '\\' && this.#peek(1) === char
  }

  #take(): void {
    this.#at += this.#extended ? 1 : 2
  }

  choice(depth: number): RegexNode {
    if (depth > maxDepth) throw new RegexError('Regular expression too big')
    const options = [this.#sequence(depth)]
    while (!this.atEnd && this.#isOperator('|')) {
      this.#take()
      options.push(this.#sequence(depth))
    }
    const [only] = options
    return options.length === 1 && only !== undefined ? only : { kind: 'choice', options }
  }

  #sequence(depth: number): RegexNode {
    const parts: RegexNode[] = []
    while (!this.atEnd && !this.#isOperator('|')) {
      if (this.#isOperator(')')) {
        // A bracket that closes nothing is itself in extended patterns of GNU.
        if (depth > 0) break
        if (!this.#extended) throw new RegexError('Unmatched ) or \\)')
        this.#at++
        parts.push({ kind: 'char', char: ')' })
        continue
      }
      parts.push(this.#repeated(this.#atom(depth, parts), parts))
    }
    return { kind: 'sequence', parts }
  }

  #repeated(atom: RegexNode, before: readonly RegexNode[]): RegexNode {
    let node = atom
    for (;;) {
      const range = this.#repetition(node, before)
      if (range === undefined) return node
      node = { kind: 'repeat', body: node, min: range[0], max: range[1] }
    }
  }

  #repetition(node: RegexNode, before: readonly RegexNode[]): readonly [number, number | undefined] | undefined {
    const isAnchor = node.kind === 'start' && !this.#extended && before.length === 0
    if (this.#peek() === '*' && !isAnchor) {
      this.#at++
      return [0, undefined]
    }
    if (this.#isOperator('+')) {
      this.#take()
      return [1, undefined]
    }
    if (this.#isOperator('?')) {
      this.#take()
      return [0, 1]
    }
    if (!this.#isOperator('{')) return undefined
    const rest = this.#chars.slice(this.#at).join('').slice(0, 30)
    const match = (this.#extended ? /^\{(\d*)(,?)(\d*)\}/ : /^\\\{(\d*)(,?)(\d*)\\\}/).exec(rest)
    if (match === null || (match[1] === '' && match[2] === '')) {
      if (this.#extended) return undefined
      throw new RegexError(/\\\}/.test(rest) ? 'Invalid content of \\{\\}' : 'Unmatched \\{')
    }
    const [whole, min = '', comma, max = ''] = match
    const low = min === '' ? 0 : Number(min)
    const high = comma === '' ? low : max === '' ? undefined : Number(max)
    if (high !== undefined && high < low) throw new RegexError('Invalid content of \\{\\}')
    if (Math.max(low, high ?? 0) > maxRepeat) throw new RegexError('Regular expression too big')
    this.#at += whole.length
    return [low, high]
  }

  #atom(depth: number, before: readonly RegexNode[]): RegexNode {
    const char = this.#peek()
    if (this.#isOperator('(')) return this.#group(depth)
    if (char === '[') return this.#set()
    if (char === '\\') return this.#escape()
    this.#at++
    if (char === '.') return { kind: 'any' }
    const isFirst = before.length === 0
    if (char === '^' && (this.#extended || isFirst)) return { kind: 'start' }
    if (char === '$' && (this.#extended || this.atEnd || this.#isOperator(')') || this.#isOperator('|')))
      return { kind: 'end' }
    return { kind: 'char', char }
  }

  #group(depth: number): RegexNode {
    this.#take()
    const number = ++this.groupCount
    const body = this.choice(depth + 1)
    if (this.atEnd) throw new RegexError('Unmatched ( or \\(')
    this.#take()
    this.#closed.add(number)
    return { kind: 'group', number, body }
  }

  #escape(): RegexNode {
    const char = this.#peek(1)
    this.#at += 2
    if (char === '') throw new RegexError('Trailing backslash')
    if (/[1-9]/.test(char)) {
      const number = Number(char)
      if (!this.#closed.has(number)) throw new RegexError('Invalid back reference')
      this.hasBackReference = true
      return { kind: 'reference', number }
    }
    const set = { w: '[A-Za-z0-9_]', W: '[^A-Za-z0-9_]', s: '[ \\t\\n\\r\\f\\v]', S: '[^ \\t\\n\\r\\f\\v]' }[char]
    if (set !== undefined) return { kind: 'set', source: set }
    if (char === 'b' || char === '<' || char === '>') return { kind: 'boundary', source: '\\b' }
    if (char === 'B') return { kind: 'boundary', source: '\\B' }
    if (char === '`') return { kind: 'start' }
    if (char === "'") return { kind: 'end' }
    if (char === 'n') return { kind: 'char', char: '\n' }
    if (char === 't') return { kind: 'char', char: '\t' }
    return { kind: 'char', char }
  }

  #set(): RegexNode {
    this.#at++
    let source = '['
    if (this.#peek() === '^') {
      source += '^'
      this.#at++
    }
    for (let isFirst = true; ; isFirst = false) {
      if (this.atEnd) throw new RegexError('Unmatched [, [^, [:, [., or [=')
      const char = this.#peek()
      if (char === ']' && !isFirst) break
      const named = char === '[' && this.#peek(1) === ':' ? this.#named() : undefined
      source += named ?? this.#range()
    }
    this.#at++
    return { kind: 'set', source: `${source}]` }
  }

  #named(): string {
    const end = this.#chars.indexOf(':', this.#at + 2)
    const name = this.#chars.slice(this.#at + 2, end).join('')
    const set = Object.hasOwn(classes, name) ? classes[name] : undefined
    if (end < 0 || this.#chars[end + 1] !== ']' || set === undefined)
      throw new RegexError('Invalid character class name')
    this.#at = end + 2
    return set
  }

  #range(): string {
    const low = this.#peek()
    this.#at++
    if (this.#peek() !== '-' || this.#peek(1) === ']' || this.#peek(1) === '') return member(low)
    const high = this.#peek(1)
    this.#at += 2
    if ((low.codePointAt(0) ?? 0) > (high.codePointAt(0) ?? 0)) throw new RegexError('Invalid range end')
    return `${member(low)}-${member(high)}`
  }
}

function member(char: string): string {
  return char === '\n' ? '\\n' : /[\\\]^[&~-]/.test(char) ? `\\${char}` : char
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: ' \\t\\n\\r\\f\\v',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f\\x7f',
}
