import { goQuote } from '../../go/quote.ts'

/** Templates of kubectl's jsonpath dialect. Source: k8s.io/client-go util/jsonpath/parser.go, node.go. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly nodes: readonly Node[] }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'union'; readonly nodes: readonly Node[] }
  | ArrayNode
  | { readonly kind: 'filter'; readonly left: Node; readonly operator: string; readonly right: Node }
  | { readonly kind: 'value'; readonly value: number | boolean }

/** `[start:end:step]`; what is absent was not written. A single index has the end that follows it (`derived`). */
export interface ArrayNode {
  readonly kind: 'array'
  readonly start: number | undefined
  readonly end: number | undefined
  readonly step: number | undefined
  readonly derived: boolean
}

export interface JsonpathError {
  readonly error: string
}

/** A template: text with parts in braces, each of these a list. */
export function parseJsonpath(template: string): readonly Node[] | JsonpathError {
  try {
    return new Parser(template).template()
  } catch (thrown) {
    if (thrown instanceof ParseFailure) return { error: thrown.message }
    throw thrown
  }
}

class ParseFailure extends Error {}

function wrong(text: string): never {
  throw new ParseFailure(text)
}

const dictKey = /^'([^']*)'$/
const sliceOperator = /^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$/
const comparison = /^([^!<>=]+)([!<>=]+)(.+?)$/

class Parser {
  readonly #input: string
  #pos = 0
  constructor(input: string) {
    this.#input = input
  }

  template(): readonly Node[] {
    const nodes: Node[] = []
    while (this.#pos < this.#input.length) {
      const open = this.#input.indexOf('{', this.#pos)
      const end = open < 0 ? this.#input.length : open
      if (end > this.#pos) nodes.push({ kind: 'text', text: this.#input.slice(this.#pos, end) })
      this.#pos = end
      if (open < 0) break
      this.#pos++
      nodes.push({ kind: 'list', nodes: this.#action() })
    }
    return nodes
  }

  /** What stands between braces; the closing one is consumed. */
  #action(): readonly Node[] {
    const nodes: Node[] = []
    for (;;) {
      const rest = this.#input.slice(this.#pos, this.#pos + 3)
      if (rest.startsWith('}')) {
        this.#pos++
        return nodes
      }
      if (rest === '[?(') nodes.push(this.#filter())
      else if (rest.startsWith('..')) this.#recursive(nodes)
      else this.#one(this.#next(), nodes)
    }
  }

  /** The next character, consumed; undefined at the end. */
  #next(): string | undefined {
    const code = this.#input.codePointAt(this.#pos)
    if (code === undefined) return undefined
    const char = String.fromCodePoint(code)
    this.#pos += char.length
    return char
  }

  #one(char: string | undefined, nodes: Node[]): void {
    if (char === undefined || char === '\n' || char === '\r') wrong('unclosed action')
    else if (char === ' ' || char === '@' || char === '$') return
    else if (char === '[') nodes.push(...this.#array())
    else if (char === '"' || char === "'") nodes.push({ kind: 'text', text: this.#quoted(char) })
    else if (char === '.') nodes.push(this.#field())
    else if (char === '+' || char === '-' || /\p{Nd}/u.test(char)) nodes.push(this.#number(char))
    else if (/[\p{L}_]/u.test(char)) nodes.push(this.#identifier(char))
    else wrong(`unrecognized character in action: ${goCharacter(char)}`)
  }

  #recursive(nodes: Node[]): void {
    if (nodes.at(-1)?.kind === 'recursive') wrong('invalid multiple recursive descent')
    this.#pos += 2
    nodes.push({ kind: 'recursive' })
    if (/^[\p{L}\p{Nd}_]/u.test(this.#input.slice(this.#pos, this.#pos + 2))) nodes.push(this.#field())
  }

  /** A name up to a sign that ends it; a backslash takes the next character into it. */
  #field(): Node {
    const start = this.#pos
    for (;;) {
      const char = this.#input[this.#pos]
      if (isTerminator(char)) break
      this.#pos += char === '\\' ? 2 : 1
    }
    const name = this.#input.slice(start, this.#pos)
    return name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') }
  }

  #identifier(first: string): Node {
    const start = this.#pos - first.length
    while (!isTerminator(this.#input[this.#pos])) this.#pos++
    const word = this.#input.slice(start, this.#pos)
    return word === 'true' || word === 'false'
      ? { kind: 'value', value: word === 'true' }
      : { kind: 'identifier', name: word }
  }

  #number(first: string): Node {
    const start = this.#pos - first.length
    while (/[.\p{Nd}]/u.test(this.#input.charAt(this.#pos))) this.#pos++
    const text = this.#input.slice(start, this.#pos)
    if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text)) wrong(`cannot parse number ${text}`)
    return { kind: 'value', value: Number(text) }
  }

  #quoted(quote: string): string {
    const start = this.#pos - 1
    for (;;) {
      const char = this.#next()
      if (char === undefined || char === '\n') wrong('unterminated quoted string')
      if (char === quote && this.#input[this.#pos - 2] !== '\\') break
    }
    const text = this.#input.slice(start, this.#pos)
    return unquote(text.slice(1, -1), quote) ?? wrong(`unquote string ${text} error invalid syntax`)
  }

  /** From after its bracket to the first closing one: an index, a slice, a key in single quotes, or several of them. */
  #array(): readonly Node[] {
    const start = this.#pos
    for (;;) {
      const char = this.#next()
      if (char === undefined || char === '\n') wrong('unterminated array')
      if (char === ']') break
    }
    const inner = this.#input.slice(start, this.#pos - 1)
    const text = inner === '*' ? ':' : inner
    const parts = text.split(',')
    if (parts.length > 1) {
      const union = parts.map((part): Node => ({ kind: 'list', nodes: action(`[${part.replace(/^ +| +$/g, '')}]`) }))
      return [{ kind: 'union', nodes: union }]
    }
    const key = dictKey.exec(text)
    return key === null ? [sliceNode(text)] : action(`.${key[1]}`)
  }

  /** `[?(left OP right)]`, or a mere `left` that must exist. */
  #filter(): Node {
    this.#pos += 3
    const start = this.#pos
    let pair: string | undefined
    let isClosed = false
    for (;;) {
      const char = this.#next()
      if (char === undefined || char === '\n') wrong('unterminated filter')
      if (char === '"' || char === "'") {
        if (pair === undefined) pair = char
        else if (this.#input[this.#pos - 2] !== '\\' && char === pair) isClosed = true
      } else if (char === ')' && (pair === undefined || isClosed)) break
    }
    if (this.#next() !== ']') wrong('unclosed array expect ]')
    const text = this.#input.slice(start, this.#pos - 2)
    const match = comparison.exec(text)
    const list = (part: string): Node => ({ kind: 'list', nodes: action(part) })
    if (match === null)
      return { kind: 'filter', left: list(text), operator: 'exists', right: { kind: 'list', nodes: [] } }
    const [, left = '', operator = '', right = ''] = match
    return { kind: 'filter', left: list(left), operator, right: list(right) }
  }
}

/** The nodes of a text put between braces. */
function action(text: string): readonly Node[] {
  const [first] = new Parser(`{${text}}`).template()
  return first?.kind === 'list' ? first.nodes : []
}

function sliceNode(text: string): Node {
  const match = sliceOperator.exec(text)
  if (match === null) return wrong(`invalid array index ${text}`)
  const [, first = '', second, third] = match
  const number = (digits: string): number | undefined => {
    if (digits === '') return undefined
    return digits === '-' ? wrong(`array index ${digits} is not a number`) : Number(digits)
  }
  const start = number(first)
  const step = number(third?.slice(1) ?? '')
  if (second === undefined) return { kind: 'array', start, end: (start ?? 0) + 1, step, derived: true }
  return { kind: 'array', start, end: number(second.slice(1)), step, derived: false }
}

function isTerminator(char: string | undefined): boolean {
  return char === undefined || ' \t\r\n.,[]$@{}'.includes(char)
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

/** Undefined where Go says that the syntax is invalid. Source: parser.go UnquoteExtend, strconv UnquoteChar. */
function unquote(text: string, quote: string): string | undefined {
  if (!text.includes('\\') && !text.includes(quote)) return text
  let result = ''
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === quote) return undefined
    if (char !== '\\') {
      result += char
      continue
    }
    const escaped = text.charAt(++i)
    const coded = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/.exec(text.slice(i))
    if (coded !== null) {
      const [all, x, u, long, octal] = coded
      const code = octal === undefined ? Number.parseInt(x ?? u ?? long ?? '', 16) : Number.parseInt(octal, 8)
      if (code > 0x10ffff) return undefined
      result += String.fromCodePoint(code)
      i += all.length - 1
    } else if (escaped === quote) result += quote
    else if (escaped !== '' && Object.hasOwn(escapes, escaped)) result += escapes[escaped]
    else return undefined
  }
  return result
}

/** Go's %#U: the quoted character only where it can be printed. */
function goCharacter(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const quoted = goQuote(char).slice(1, -1)
  const isPrintable = char === '"' || char === '\\' || quoted === char
  return isPrintable ? `U+${code} '${char}'` : `U+${code}`
}
