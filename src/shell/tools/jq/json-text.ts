/** Reads JSON texts one after the other, as jq's parser does. Source: jq src/jv_parse.c (1.6). */
import { JqError, type Json } from './values.ts'

/** A value, and the line on which its text ends, or what is wrong with the text. */
export type Read = { readonly value: Json; readonly line: number } | { readonly message: string; readonly line: number }

/** What stands open while a text is read: an array, or an object with the key that waits for its value. */
type Open = { readonly items: Json[] } | { readonly members: Map<string, Json>; key: string | undefined }

const literals = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
])
const structure = '[]{}:,'
const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  '"': '"',
  '/': '/',
  b: '\b',
  f: '\f',
  t: '\t',
  n: '\n',
  r: '\r',
}

/** Thrown to leave the parser with a message of jq's. */
class Wrong extends Error {}

/** A text of any number of JSON values. */
export class JsonTexts {
  readonly #text: string
  readonly #lines: number
  #at = 0
  #line = 1
  #column = 0
  #literal = ''
  #string: string | undefined
  #isEscaped = false
  #next: { readonly value: Json } | undefined
  readonly #open: Open[] = []

  constructor(text: string) {
    this.#text = text
    this.#lines = text.split('\n').length - 1
  }

  /** The line that has been fed when so much was read: jq reads line by line. */
  get line(): number {
    return Math.min(this.#line, this.#lines)
  }

  /** The next value; undefined at the end. */
  next(): Read | undefined {
    try {
      const found = this.#scan()
      return found === undefined ? undefined : { value: found.value, line: this.line }
    } catch (error) {
      if (!(error instanceof Wrong)) throw error
      this.#at = this.#text.length
      return { message: error.message, line: this.line }
    }
  }

  #scan(): { readonly value: Json } | undefined {
    try {
      while (this.#at < this.#text.length) {
        this.#take(this.#text.charAt(this.#at++))
        const done = this.#done()
        if (done !== undefined) return done
      }
    } catch (error) {
      if (error instanceof Wrong) throw new Wrong(`${error.message} at line ${this.#line}, column ${this.#column}`)
      throw error
    }
    return this.#finish()
  }

  #finish(): { readonly value: Json } | undefined {
    const where = `at EOF at line ${this.#line}, column ${this.#column}`
    if (this.#string !== undefined) throw new Wrong(`Unfinished string ${where}`)
    try {
      this.#checkLiteral()
    } catch (error) {
      throw error instanceof Wrong ? new Wrong(`${error.message} ${where}`) : error
    }
    if (this.#open.length > 0) throw new Wrong(`Unfinished JSON term ${where}`)
    return this.#done()
  }

  #done(): { readonly value: Json } | undefined {
    if (this.#open.length > 0 || this.#next === undefined) return undefined
    const done = this.#next
    this.#next = undefined
    return done
  }

  #take(char: string): void {
    this.#column++
    if (char === '\n') {
      this.#line++
      this.#column = 0
    }
    if (this.#string === undefined) this.#outsideStrings(char)
    else this.#inString(char)
  }

  #outsideStrings(char: string): void {
    const isSpace = char === ' ' || char === '\t' || char === '\r' || char === '\n'
    if (!isSpace && char !== '"' && !structure.includes(char)) {
      this.#literal += char
      return
    }
    this.#checkLiteral()
    if (char === '"') this.#string = ''
    else if (!isSpace) this.#token(char)
  }

  #inString(char: string): void {
    if (char === '"' && !this.#isEscaped) {
      const text = this.#string ?? ''
      this.#string = undefined
      this.#value(unescaped(text))
      return
    }
    this.#string += char
    this.#isEscaped = char === '\\' && !this.#isEscaped
  }

  #checkLiteral(): void {
    const text = this.#literal
    if (text === '') return
    this.#literal = ''
    if (literals.has(text)) {
      this.#value(literals.get(text) ?? null)
      return
    }
    if (/^(?:[tf]|n(?!a)|nan$)/.test(text)) throw new Wrong('Invalid literal')
    if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) throw new Wrong('Invalid numeric literal')
    this.#value(Number(text))
  }

  #value(value: Json): void {
    if (this.#next !== undefined) throw new Wrong('Expected separator between values')
    this.#next = { value }
  }

  #token(char: string): void {
    if (char === '[' || char === '{') {
      if (this.#next !== undefined) throw new Wrong('Expected separator between values')
      this.#open.push(char === '[' ? { items: [] } : { members: new Map(), key: undefined })
    } else if (char === ':') this.#colon()
    else if (char === ',') this.#comma()
    else this.#close(char)
  }

  #colon(): void {
    if (this.#next === undefined) throw new Wrong("Expected string key before ':'")
    const top = this.#open.at(-1)
    if (top === undefined || !('members' in top) || top.key !== undefined)
      throw new Wrong("':' not as part of an object")
    if (typeof this.#next.value !== 'string') throw new Wrong('Object keys must be strings')
    top.key = this.#next.value
    this.#next = undefined
  }

  #comma(): void {
    const top = this.#open.at(-1)
    if (this.#next === undefined) throw new Wrong("Expected value before ','")
    if (top === undefined) throw new Wrong("',' not as part of an object")
    if ('items' in top) top.items.push(this.#next.value)
    else this.#member(top, this.#next.value)
    this.#next = undefined
  }

  #member(top: { readonly members: Map<string, Json>; key: string | undefined }, value: Json): void {
    if (top.key === undefined) throw new Wrong('Objects must consist of key:value pairs')
    top.members.set(top.key, value)
    top.key = undefined
  }

  #close(char: string): void {
    const top = this.#open.at(-1)
    if (char === ']') {
      if (top === undefined || !('items' in top)) throw new Wrong("Unmatched ']'")
      if (this.#next !== undefined) top.items.push(this.#next.value)
      else if (top.items.length > 0) throw new Wrong('Expected another array element')
    } else {
      if (top === undefined) throw new Wrong("Unmatched '}'")
      if ('items' in top) throw new Wrong(this.#next === undefined ? "Unmatched '}'" : pairs)
      if (this.#next !== undefined) this.#member(top, this.#next.value)
      else if (top.key !== undefined) throw new Wrong(pairs)
      else if (top.members.size > 0) throw new Wrong('Expected another key-value pair')
    }
    this.#open.pop()
    this.#next = { value: top === undefined ? null : 'items' in top ? top.items : top.members }
  }
}

const pairs = 'Objects must consist of key:value pairs'

function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.)|$)/gs, (_all, hex: string | undefined, char: string | undefined) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    const plain = char === undefined ? undefined : simpleEscapes[char]
    if (plain === undefined) throw new Wrong('Invalid escape')
    return plain
  })
}

/** The value of a text that is JSON, as `fromjson` and `tonumber` read it. */
export function parseJson(text: string): Json {
  const texts = new JsonTexts(text)
  const read = texts.next()
  if (read === undefined) return null
  if ('message' in read) throw new JqError(`${read.message} (while parsing '${text}')`)
  const more = texts.next()
  if (more !== undefined) throw new JqError(`Unexpected extra JSON values (while parsing '${text}')`)
  return read.value
}
