/** Scalars as go-yaml's scanner takes them. Source: gopkg.in/yaml.v2 scannerc.go, yaml_parser_scan_*_scalar. */
import { type Reader, refuseAt } from './reader.ts'
import type { Token } from './tokens.ts'

/** Where in the structure a scalar stands. */
export interface ScalarContext {
  /** Column of the collection around it, -1 at the top. */
  readonly indent: number
  readonly isInFlow: boolean
}

const digits = '0123456789'
const nothing: ReadonlySet<number> = new Set()
const quoteStops = new Set([0x22, 0x27, 0x5c])

/** A `|` or `>` scalar. */
export function scanBlockScalar(reader: Reader, context: ScalarContext): Token {
  const start = reader.mark()
  const wrong = (problem: string): never => refuseAt('scanner', start, problem, reader.mark())
  const isLiteral = reader.read() === '|'
  const { chomping, increment } = blockHeader(reader, wrong)
  reader.skipBlanks()
  reader.skipComment()
  if (!reader.isBreakOrEnd()) wrong('did not find expected comment or line break')
  reader.readLine()
  let end = reader.mark()
  let indent = increment === 0 ? 0 : Math.max(context.indent, 0) + increment
  let value = ''
  let leadingBreak = ''
  let afterBlank = false
  const breaks = (): string => {
    const found = blockBreaks(reader, indent, context.indent, wrong)
    indent = found.indent
    end = found.end
    return found.breaks
  }
  let trailingBreaks = breaks()
  while (reader.column === indent && !reader.isEnd()) {
    const startsBlank = reader.isBlank()
    const folds = !isLiteral && !afterBlank && !startsBlank && leadingBreak.startsWith('\n')
    if (!folds) value += leadingBreak
    else if (trailingBreaks === '') value += ' '
    value += trailingBreaks
    afterBlank = startsBlank
    while (!reader.isBreakOrEnd()) value += reader.readRun(nothing) || reader.read()
    leadingBreak = reader.readLine()
    trailingBreaks = breaks()
  }
  if (chomping !== '-') value += leadingBreak
  if (chomping === '+') value += trailingBreaks
  return { type: 'scalar', value, isPlain: false, isFolded: !isLiteral, start, end }
}

function blockHeader(reader: Reader, wrong: (problem: string) => never): { chomping: string; increment: number } {
  let chomping = ''
  let increment = 0
  const takeChomping = (): void => {
    if (chomping === '' && (reader.isAt('+') || reader.isAt('-'))) chomping = reader.read()
  }
  takeChomping()
  if (isDigit(reader)) {
    if (reader.isAt('0')) wrong('found an indentation indicator equal to 0')
    increment = Number(reader.read())
    takeChomping()
  }
  return { chomping, increment }
}

function isDigit(reader: Reader): boolean {
  const code = reader.peek()
  return code >= 0x30 && code <= 0x39
}

function blockBreaks(
  reader: Reader,
  known: number,
  outer: number,
  wrong: (problem: string) => never,
): { readonly indent: number; readonly breaks: string; readonly end: ReturnType<Reader['mark']> } {
  let end = reader.mark()
  let deepest = 0
  let breaks = ''
  for (;;) {
    const mayIndent = (): boolean => known === 0 || reader.column < known
    while (mayIndent() && reader.isAt(' ')) reader.skip()
    deepest = Math.max(deepest, reader.column)
    if (mayIndent() && reader.isAt('\t')) wrong('found a tab character where an indentation space is expected')
    if (!reader.isBreak()) break
    breaks += reader.readLine()
    end = reader.mark()
  }
  return { indent: known === 0 ? Math.max(deepest, outer + 1, 1) : known, breaks, end }
}

/** Blanks and breaks between the words of a flow scalar, and what they fold to. */
class Fold {
  #whitespace = ''
  #leadingBreak = ''
  #trailingBreaks = ''
  hasBreak = false

  /** Takes one blank or break. */
  take(reader: Reader): void {
    if (!reader.isBreak()) {
      if (this.hasBreak) reader.skip()
      else this.#whitespace += reader.read()
    } else if (this.hasBreak) {
      this.#trailingBreaks += reader.readLine()
    } else {
      this.#whitespace = ''
      this.#leadingBreak = reader.readLine()
      this.hasBreak = true
    }
  }

  /** What stands for all that was taken; begins anew. */
  flush(): string {
    const folded = !this.hasBreak
      ? this.#whitespace
      : !this.#leadingBreak.startsWith('\n')
        ? this.#leadingBreak + this.#trailingBreaks
        : this.#trailingBreaks === '' && this.#leadingBreak !== ''
          ? ' '
          : this.#trailingBreaks
    this.#whitespace = ''
    this.#leadingBreak = ''
    this.#trailingBreaks = ''
    this.hasBreak = false
    return folded
  }
}

/** A scalar in single or double quotes. */
export function scanQuotedScalar(reader: Reader): Token {
  const start = reader.mark()
  const quote = reader.read()
  const fold = new Fold()
  let value = ''
  for (;;) {
    const wrong = (problem: string): never => refuseAt('scanner', start, problem, reader.mark())
    if (reader.isDocumentIndicator('-') || reader.isDocumentIndicator('.')) wrong('found unexpected document indicator')
    if (reader.isEnd()) wrong('found unexpected end of stream')
    while (!reader.isBlankOrEnd()) {
      if (quote === "'" && reader.isAt("'") && reader.isAt("'", 1)) {
        reader.skip(2)
        value += "'"
      } else if (reader.isAt(quote)) {
        break
      } else if (quote === '"' && reader.isAt('\\') && reader.isBreak(1)) {
        reader.skip()
        reader.readLine()
        fold.hasBreak = true
        break
      } else if (quote === '"' && reader.isAt('\\')) {
        value += escapedCharacter(reader, wrong)
      } else {
        value += reader.readRun(quoteStops) || reader.read()
      }
    }
    if (reader.isAt(quote)) break
    while (reader.isBlank() || reader.isBreak()) fold.take(reader)
    value += fold.flush()
  }
  reader.skip()
  return { type: 'scalar', value, isPlain: false, isFolded: false, start, end: reader.mark() }
}

const escapes = new Map<string, string>([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
])
const codeLengths = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

function escapedCharacter(reader: Reader, wrong: (problem: string) => never): string {
  const letter = String.fromCodePoint(reader.peek(1))
  const length = codeLengths.get(letter)
  const simple = escapes.get(letter)
  if (length === undefined && simple === undefined) wrong('found unknown escape character')
  reader.skip(2)
  if (length === undefined) return simple ?? ''
  let hex = ''
  for (let k = 0; k < length; k++) hex += String.fromCodePoint(reader.peek(k))
  if (!/^[0-9a-fA-F]+$/.test(hex)) wrong('did not find expected hexdecimal number')
  const code = Number.parseInt(hex, 16)
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) wrong('found invalid Unicode character escape code')
  reader.skip(length)
  return String.fromCodePoint(code)
}

/** Characters at which runs end, because they may mean something where they stand. */
const plainStops = new Set(Array.from(':,?[]{}', (char) => char.charCodeAt(0)))
const flowIndicators = new Set(Array.from(',?[]{}', (char) => char.charCodeAt(0)))

/** A scalar without quotes; `endsLine` says that a line break was passed, so that a new key may begin. */
export function scanPlainScalar(
  reader: Reader,
  context: ScalarContext,
): { readonly token: Token; readonly endsLine: boolean } {
  const start = reader.mark()
  const indent = context.indent + 1
  const fold = new Fold()
  let end = start
  let value = ''
  for (;;) {
    if (reader.isDocumentIndicator('-') || reader.isDocumentIndicator('.') || reader.isAt('#')) break
    while (!reader.isBlankOrEnd()) {
      if (reader.isAt(':') && reader.isBlankOrEnd(1)) break
      if (context.isInFlow && flowIndicators.has(reader.peek())) break
      value += fold.flush() + (reader.readRun(plainStops) || reader.read())
      end = reader.mark()
    }
    if (!(reader.isBlank() || reader.isBreak())) break
    while (reader.isBlank() || reader.isBreak()) {
      if (fold.hasBreak && reader.column < indent && reader.isAt('\t')) {
        refuseAt('scanner', start, 'found a tab character that violates indentation', reader.mark())
      }
      fold.take(reader)
    }
    if (!context.isInFlow && reader.column < indent) break
  }
  return { token: { type: 'scalar', value, isPlain: true, isFolded: false, start, end }, endsLine: fold.hasBreak }
}

/** Decimal digits that follow; at most `max`, undefined for more. */
export function scanDigits(reader: Reader, max: number): string | undefined {
  let text = ''
  while (digits.includes(String.fromCodePoint(reader.peek())) && !reader.isEnd()) {
    text += reader.read()
    if (text.length > max) return undefined
  }
  return text
}
