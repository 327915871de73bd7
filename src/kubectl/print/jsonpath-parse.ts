import { goQuote } from '../../objects/field-errors.ts'

/** Templates of kubectl's jsonpath dialect. Source: k8s.io/client-go util/jsonpath/parser.go. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly nodes: readonly Node[] }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'union'; readonly nodes: readonly Node[] }
  | {
      readonly kind: 'array'
      readonly start?: number
      readonly end?: number
      readonly step?: number
      readonly single: boolean
    }
  | { readonly kind: 'filter'; readonly left: Node; readonly operator: string; readonly right: Node }
  | { readonly kind: 'value'; readonly value: string | number | boolean }

export interface JsonpathError {
  readonly error: string
}

/** A template: text with parts in braces. */
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
      const char = this.#input[this.#pos]
      if (char === undefined || char === '\n' || char === '\r') return wrong('unclosed action')
      if (char === '}') {
        this.#pos++
        return nodes
      }
      this.#one(char, nodes)
    }
  }

  #one(char: string, nodes: Node[]): void {
    if (char === ' ' || char === '\t' || char === '@' || char === '$') this.#pos++
    else if (char === '[') this.#array(nodes)
    else if (char === '"' || char === "'") nodes.push({ kind: 'text', text: this.#quoted(char) })
    else if (char === '.') this.#dot(nodes)
    else if (char === '+' || char === '-' || /\d/.test(char)) nodes.push(this.#number())
    else if (/[\p{L}\p{N}_]/u.test(char)) this.#word(nodes)
    else wrong(`unrecognized character in action: ${goCharacter(char)}`)
  }

  #dot(nodes: Node[]): void {
    this.#pos++
    if (this.#input[this.#pos] === '.') {
      this.#pos++
      nodes.push({ kind: 'recursive' })
      const next = this.#input[this.#pos]
      if (next !== undefined && /[\p{L}\p{N}_*]/u.test(next)) this.#field(nodes)
      return
    }
    this.#field(nodes)
  }

  /** A name after a dot; a backslash takes the next character as it is. */
  #field(nodes: Node[]): void {
    let name = ''
    for (;;) {
      const char = this.#input[this.#pos]
      if (char === undefined || /[\s{}.[\]()"',|=!<>]/.test(char)) break
      if (char === '\\') {
        this.#pos++
        name += this.#input[this.#pos] ?? ''
      } else name += char
      this.#pos++
    }
    if (name === '') return
    nodes.push(name === '*' ? { kind: 'wildcard' } : { kind: 'field', name })
  }

  #word(nodes: Node[]): void {
    const word = /^[\p{L}\p{N}_]+/u.exec(this.#input.slice(this.#pos))?.[0] ?? ''
    this.#pos += word.length
    if (word === 'true' || word === 'false') nodes.push({ kind: 'value', value: word === 'true' })
    else nodes.push({ kind: 'identifier', name: word })
  }

  #number(): Node {
    const text = /^[+-]?[\d.]+/.exec(this.#input.slice(this.#pos))?.[0] ?? ''
    this.#pos += Math.max(1, text.length)
    if (text === '' || Number.isNaN(Number(text))) wrong(`cannot parse number ${text}`)
    return { kind: 'value', value: Number(text) }
  }

  #quoted(quote: string): string {
    const start = this.#pos
    this.#pos++
    while (this.#input[this.#pos] !== quote) {
      if (this.#pos >= this.#input.length) wrong('unterminated quoted string')
      this.#pos += this.#input[this.#pos] === '\\' ? 2 : 1
    }
    this.#pos++
    return unquote(this.#input.slice(start + 1, this.#pos - 1))
  }

  #array(nodes: Node[]): void {
    const inner = this.#brackets()
    const filter = /^\?\((.*)\)$/s.exec(inner)
    if (filter !== null) {
      nodes.push(parseFilter(filter[1] ?? ''))
      return
    }
    const quoted = /^\s*(['"])(.*)\1\s*$/s.exec(inner)
    if (quoted !== null) {
      nodes.push({ kind: 'field', name: unquote(quoted[2] ?? '') })
      return
    }
    if (inner === '*') {
      nodes.push({ kind: 'wildcard' })
      return
    }
    const parts = inner.split(',')
    if (parts.length > 1) {
      nodes.push({ kind: 'union', nodes: parts.map((part) => ({ kind: 'list', nodes: subNodes(`[${part}]`) })) })
      return
    }
    nodes.push(parseIndex(inner))
  }

  /** Text between the bracket here and the one that closes it. */
  #brackets(): string {
    const start = this.#pos + 1
    let depth = 0
    for (; this.#pos < this.#input.length; this.#pos++) {
      const char = this.#input[this.#pos]
      if (char === '"' || char === "'") {
        const close = this.#input.indexOf(char, this.#pos + 1)
        if (close < 0) wrong('unterminated quoted string')
        this.#pos = close
      } else if (char === '[') depth++
      else if (char === ']' && --depth === 0) {
        this.#pos++
        return this.#input.slice(start, this.#pos - 1)
      }
    }
    return wrong('unterminated array')
  }
}

function subNodes(text: string): readonly Node[] {
  const parsed = new Parser(`{${text}}`).template()
  const [first] = parsed
  return first?.kind === 'list' ? first.nodes : []
}

function parseIndex(text: string): Node {
  const match = /^(-?\d*)(:-?\d*)?(:\d*)?$/.exec(text)
  if (match === null || text === '') wrong(`invalid array index ${text}`)
  const [, start = '', end, step] = match ?? []
  const number = (part: string | undefined): number | undefined => {
    const digits = (part ?? '').replace(':', '')
    return digits === '' ? undefined : Number(digits)
  }
  const [from, to, by] = [number(start), number(end), number(step)]
  return {
    kind: 'array',
    single: end === undefined,
    ...(from === undefined ? {} : { start: from }),
    ...(to === undefined ? {} : { end: to }),
    ...(by === undefined ? {} : { step: by }),
  }
}

/** Source: parser.go, parseFilter: `left OP right`, or a mere `left` that must exist. */
function parseFilter(text: string): Node {
  let quote: string | undefined
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (quote !== undefined) quote = char === quote ? undefined : quote
    else if (char === '"' || char === "'") quote = char
    else if ('=!<>'.includes(char)) {
      const operator = text.charAt(i + 1) === '=' ? `${char}=` : char
      if (!['==', '!=', '<', '<=', '>', '>='].includes(operator)) wrong(`unrecognized filter operator ${operator}`)
      return {
        kind: 'filter',
        left: { kind: 'list', nodes: subNodes(text.slice(0, i).trim()) },
        operator,
        right: { kind: 'list', nodes: subNodes(text.slice(i + operator.length).trim()) },
      }
    }
  }
  const left: Node = { kind: 'list', nodes: subNodes(text.trim()) }
  return { kind: 'filter', left, operator: 'exists', right: { kind: 'list', nodes: [] } }
}

function unquote(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }
  return text.replace(/\\(.)/gs, (_, char: string) => escapes[char] ?? char)
}

function goCharacter(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `U+${code} '${goQuote(char).slice(1, -1)}'`
}
