import { utf8Bytes, utf8Text } from '../../bytes/bytes.ts'
import { ofItsOwn } from '../../kernel/flat-text.ts'

/**
 * The cursor of json-iterator over a body, with its quirks: reading goes on after the first error, but from then on nothing
 * is un-read any more, which is what makes the texts of decode errors so odd. Only valid JSON comes here.
 * Source: github.com/json-iterator/go v1.1.10, iter*.go.
 */
export class ByteReader {
  head = 0
  /** The first error, with what each decoder that it passed through put before it. */
  error: string | undefined
  private readonly bytes: Uint8Array
  /** The body as text when every byte is a character. */
  private readonly ascii: string | undefined

  constructor(text: string) {
    this.bytes = utf8Bytes(text)
    this.ascii = this.bytes.length === text.length ? text : undefined
  }

  get tail(): number {
    return this.bytes.length
  }

  text(from: number, to: number): string {
    if (this.ascii !== undefined) return this.ascii.slice(from, to)
    return utf8Text(this.bytes.subarray(from, to))
  }

  byteAt(at: number): number {
    return this.bytes[at] ?? 0
  }

  /** The next byte that is no white space, 0 at the end. */
  nextToken(): number {
    for (let at = this.head; at < this.bytes.length; at++) {
      const code = this.bytes[at] ?? 0
      if (code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d) continue
      this.head = at + 1
      return code
    }
    this.head = this.bytes.length
    return 0
  }

  readByte(): number {
    return this.head < this.bytes.length ? (this.bytes[this.head++] ?? 0) : 0
  }

  unreadByte(): void {
    if (this.error === undefined) this.head--
  }

  /** What comes next, without taking it (as long as there was no error). */
  peekToken(): number {
    const code = this.nextToken()
    this.unreadByte()
    return code
  }

  /** Notes an error at this position; only the first counts. */
  report(operation: string, message: string): void {
    if (this.error !== undefined) return
    const peekStart = Math.max(0, this.head - 10)
    const near = this.text(peekStart, Math.min(this.tail, this.head + 10))
    const context = this.text(Math.max(0, this.head - 50), Math.min(this.tail, this.head + 50))
    this.error = `${operation}: ${message}, error found in #${this.head - peekStart} byte of ...|${near}|..., bigger context ...|${context}|...`
  }

  /** Puts the name of who was decoding before the error, if there is one. */
  prefix(text: string): void {
    if (this.error !== undefined) this.error = `${text}${this.error}`
  }

  skipBytes(word: string): void {
    for (const char of word) {
      if (this.readByte() !== char.charCodeAt(0)) {
        this.report(word.length === 3 ? 'skipThreeBytes' : 'skipFourBytes', `expect ${word}`)
        return
      }
    }
  }

  /** Takes a null if one comes. */
  readNull(): boolean {
    if (this.nextToken() === 0x6e) {
      this.skipBytes('ull')
      return true
    }
    this.unreadByte()
    return false
  }

  /** A string that rests with what is decoded. */
  readString(): string {
    return ofItsOwn(this.readName())
  }

  /** The same of a name of a member, which nobody keeps as it is. */
  readName(): string {
    const code = this.nextToken()
    if (code === 0x22) return this.stringBody()
    if (code === 0x6e) {
      this.skipBytes('ull')
      return ''
    }
    this.report('ReadString', `expects " or n, but found ${charOf(code)}`)
    return ''
  }

  /** The rest of a string behind its opening quote. */
  private stringBody(): string {
    let hasEscape = false
    for (let at = this.head; at < this.bytes.length; at++) {
      const code = this.bytes[at]
      if (code === 0x5c) {
        hasEscape = true
        at++
      } else if (code === 0x22) {
        const start = this.head
        this.head = at + 1
        const raw = this.text(start, at)
        return hasEscape ? unescapeText(raw) : raw
      }
    }
    this.head = this.bytes.length
    return ''
  }

  /** Passes over a value. */
  skip(): void {
    const code = this.nextToken()
    switch (code) {
      case 0x22:
        this.stringBody()
        return
      case 0x6e:
        this.skipBytes('ull')
        return
      case 0x74:
        this.skipBytes('rue')
        return
      case 0x66:
        this.skipBytes('alse')
        return
      case 0x5b:
      case 0x7b:
        this.skipNested()
        return
    }
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      while (this.head < this.tail && /[0-9.eE+-]/.test(charOf(this.byteAt(this.head)))) this.head++
      return
    }
    this.report('Skip', `do not know how to skip: ${code}`)
  }

  /** To the end of an array or object whose opening bracket was taken. After an error the original loses its way at once. */
  private skipNested(): void {
    if (this.error !== undefined) {
      this.nextToken()
      return
    }
    for (let depth = 1; depth > 0 && this.head < this.tail; ) {
      const code = this.readByte()
      if (code === 0x22) this.stringBody()
      else if (code === 0x5b || code === 0x7b) depth++
      else if (code === 0x5d || code === 0x7d) depth--
    }
  }

  /** A value as the bytes in which it stands. */
  skipAndReturn(): string {
    this.nextToken()
    this.unreadByte()
    const start = this.head
    this.skip()
    return this.text(start, this.head)
  }
}

/** A byte as Go prints it in a text; one that is no UTF-8 on its own ends as U+FFFD in JSON. */
export function charOf(code: number): string {
  return code < 0x80 ? String.fromCharCode(code) : '\ufffd'
}

/** The text of a JSON string's inside. Its syntax is known to be right, but not its surrogates, nor raw control characters. */
function unescapeText(raw: string): string {
  return String(JSON.parse(`"${raw}"`))
}
