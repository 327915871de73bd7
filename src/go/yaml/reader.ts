/** The text under a YAML scanner: code points, a place in them, and the line and column of that place. */
import { utf8Text } from '../../bytes/bytes.ts'
import { isBlank, isBreak } from './go-yaml-scalar.ts'

/** A place in the text; `line` and `column` count from 0, columns in characters. */
export interface Mark {
  readonly index: number
  readonly line: number
  readonly column: number
}

/** A YAML text that go-yaml refuses; `message` is the whole error of version 2, beginning with `yaml: `. */
export class GoYamlError extends Error {
  override readonly name = 'GoYamlError'
  /** The error as version 3 words it, which prefers the line of the context. */
  readonly messageV3: string
  constructor(message: string, messageV3 = message) {
    super(message)
    this.messageV3 = messageV3
  }
}

/** Throws what go-yaml says without a place. */
export function refuse(problem: string): never {
  throw new GoYamlError(`yaml: ${problem}`)
}

/**
 * Throws what go-yaml says of a place. Lines count from 0 inside, and only errors of the scanner add 1 when printing;
 * a problem on the first line is told by the line of its context, or by none. Source: decode.go, parser.fail.
 */
export function refuseAt(kind: 'scanner' | 'parser', context: Mark | undefined, problem: string, at: Mark): never {
  const more = kind === 'scanner' ? 1 : 0
  const contextLine = context?.line ?? 0
  const line = at.line !== 0 ? at.line + more : contextLine
  const lineV3 = contextLine !== 0 ? contextLine + more : at.line !== 0 ? at.line + more : 0
  const told = (n: number): string => `yaml: ${n === 0 ? problem : `line ${n}: ${problem}`}`
  throw new GoYamlError(told(line), told(lineV3))
}

/** Reads past the end give 0, which no text contains. */
export class Reader {
  readonly #runes: Uint32Array
  /** The text itself where each of its characters is one unit, so that runs can be cut out of it. */
  readonly #text: string | undefined
  #index = 0
  #line = 0
  #column = 0

  constructor(text: string | Uint8Array) {
    const { runes, units } = runesOf(text)
    this.#runes = runes
    this.#text = units
  }

  get index(): number {
    return this.#index
  }

  get line(): number {
    return this.#line
  }

  get column(): number {
    return this.#column
  }

  mark(): Mark {
    return { index: this.#index, line: this.#line, column: this.#column }
  }

  peek(ahead = 0): number {
    return this.#runes[this.#index + ahead] ?? 0
  }

  isAt(char: string, ahead = 0): boolean {
    return this.peek(ahead) === char.charCodeAt(0)
  }

  isBlank(ahead = 0): boolean {
    return isBlank(this.peek(ahead))
  }

  isBreak(ahead = 0): boolean {
    return isBreak(this.peek(ahead))
  }

  isEnd(ahead = 0): boolean {
    return this.peek(ahead) === 0
  }

  isBreakOrEnd(ahead = 0): boolean {
    return this.isBreak(ahead) || this.isEnd(ahead)
  }

  isBlankOrEnd(ahead = 0): boolean {
    return this.isBlank(ahead) || this.isBreakOrEnd(ahead)
  }

  /** `---` or `...` at the start of a line, followed by a blank. */
  isDocumentIndicator(char: '-' | '.'): boolean {
    return this.#column === 0 && this.isAt(char) && this.isAt(char, 1) && this.isAt(char, 2) && this.isBlankOrEnd(3)
  }

  skip(count = 1): void {
    this.#index += count
    this.#column += count
  }

  /** Takes one character. */
  read(): string {
    const code = this.peek()
    this.skip()
    return String.fromCodePoint(code)
  }

  /** Takes all characters up to one of `stops`, a blank, a line break or the end; possibly none. */
  readRun(stops: ReadonlySet<number>): string {
    const start = this.#index
    let end = start
    for (; end < this.#runes.length; end++) {
      const code = this.#runes[end] ?? 0
      if (isBlank(code) || isBreak(code) || stops.has(code)) break
    }
    this.skip(end - start)
    if (this.#text !== undefined) return this.#text.slice(start, end)
    return Array.from(this.#runes.subarray(start, end), (code) => String.fromCodePoint(code)).join('')
  }

  /** Takes a line break, CR LF as one; what it stands for in a scalar. */
  readLine(): string {
    const code = this.peek()
    if (!isBreak(code)) return ''
    this.#index += code === 0x0d && this.peek(1) === 0x0a ? 2 : 1
    this.#column = 0
    this.#line++
    return code === 0x2028 || code === 0x2029 ? String.fromCodePoint(code) : '\n'
  }

  skipBlanks(): void {
    while (this.isBlank()) this.skip()
  }

  skipComment(): void {
    if (this.isAt('#')) while (!this.isBreakOrEnd()) this.skip()
  }

  /** The end of the text counts as the start of a line. */
  endLine(): void {
    if (this.#column === 0) return
    this.#column = 0
    this.#line++
  }
}

/** Source: readerc.go, yaml_parser_update_buffer. */
function runesOf(text: string | Uint8Array): { readonly runes: Uint32Array; readonly units: string | undefined } {
  if (typeof text !== 'string') checkUtf8(text)
  const decoded = (typeof text === 'string' ? text : utf8Text(text)).replace(/^\ufeff/, '') || '\n'
  const runes = new Uint32Array(decoded.length)
  let count = 0
  for (let i = 0; i < decoded.length; count++) {
    const code = decoded.codePointAt(i) ?? 0
    if (!isAllowed(code)) refuse('control characters are not allowed')
    runes[count] = code
    i += code > 0xffff ? 2 : 1
  }
  return count === decoded.length ? { runes, units: decoded } : { runes: runes.subarray(0, count), units: undefined }
}

function isAllowed(code: number): boolean {
  return (
    (code >= 0x20 && code <= 0x7e) ||
    code === 0x09 ||
    code === 0x0a ||
    code === 0x0d ||
    code === 0x85 ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    code >= 0x10000
  )
}

function checkUtf8(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i] ?? 0
    const width =
      first < 0x80 ? 1 : (first & 0xe0) === 0xc0 ? 2 : (first & 0xf0) === 0xe0 ? 3 : (first & 0xf8) === 0xf0 ? 4 : 0
    if (width === 0) refuse('invalid leading UTF-8 octet')
    if (i + width > bytes.length) refuse('incomplete UTF-8 octet sequence')
    for (let k = 1; k < width; k++) if (((bytes[i + k] ?? 0) & 0xc0) !== 0x80) refuse('invalid trailing UTF-8 octet')
    i += width
  }
}
