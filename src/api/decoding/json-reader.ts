import { oneIfShort } from '../../kernel/flat-text.ts'

/** The kind of a JSON value, in the words of Go's decoder. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'bool' | 'null'

const kinds: Readonly<Record<string, JsonKind>> = {
  '{': 'object',
  '[': 'array',
  '"': 'string',
  t: 'bool',
  f: 'bool',
  n: 'null',
}

const space = /[ \t\r\n]*/y
const literal = /[^\s,\]}]+/y

/** A cursor over a JSON text that is known to be valid: members come in their order, and as often as they stand there. */
export class JsonReader {
  #at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Kind of the value that comes next. */
  peek(): JsonKind {
    return kinds[this.#next()] ?? 'number'
  }

  takeNull(): boolean {
    if (this.peek() !== 'null') return false
    this.skip()
    return true
  }

  /** The names of an object's members; whoever iterates takes or skips the value of each. */
  *members(): Generator<string> {
    this.#next()
    this.#at++
    while (this.#next() !== '}') {
      if (this.#text[this.#at] === ',') this.#at++
      this.#next()
      const name = this.name()
      this.#next()
      this.#at++
      yield name
    }
    this.#at++
  }

  /** The positions in an array, as `members`. */
  *items(): Generator<number> {
    this.#next()
    this.#at++
    for (let at = 0; this.#next() !== ']'; at++) {
      if (this.#text[this.#at] === ',') this.#at++
      yield at
    }
    this.#at++
  }

  /** A string's value, which the engine's parser makes a text of its own. */
  text(): string {
    return oneIfShort(this.name())
  }

  /** The same of a name of a member, which nobody keeps as it is. */
  name(): string {
    return String(JSON.parse(this.take()))
  }

  /** The value as it stands there. */
  take(): string {
    this.#next()
    const start = this.#at
    this.skip()
    return this.#text.slice(start, this.#at)
  }

  /** Passes over a value, however deep it is nested. */
  skip(): void {
    let depth = 0
    do {
      const char = this.#next()
      if (char === '{' || char === '[') {
        depth++
        this.#at++
      } else if (char === '}' || char === ']') {
        depth--
        this.#at++
      } else if (char === ',' || char === ':') this.#at++
      else if (char === '"') this.#pastString()
      else this.#past(literal)
    } while (depth > 0)
  }

  /** The next character that is no white space. */
  #next(): string {
    this.#past(space)
    return this.#text[this.#at] ?? ''
  }

  /** Behind the next quote before which stands an even number of backslashes; values may be long, and are searched by the engine. */
  #pastString(): void {
    let end = this.#text.indexOf('"', this.#at + 1)
    while (this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1)
    this.#at = end < 0 ? this.#text.length : end + 1
  }

  #isEscaped(at: number): boolean {
    let before = at
    while (this.#text[before - 1] === '\\') before--
    return (at - before) % 2 === 1
  }

  #past(pattern: RegExp): void {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    this.#at += match === null ? 1 : match[0].length
  }
}
