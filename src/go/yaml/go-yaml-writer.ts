/**
 * The character level of go-yaml's emitter: columns, indentation, folding and the four scalar styles.
 * Source: gopkg.in/yaml.v2 emitterc.go, yaml_emitter_write_*.
 */
import { byteOrderMark, isBreak, isPrintable, type ScalarStyle } from './go-yaml-scalar.ts'

/** Column after which text is folded at its next single blank. Source: emitterc.go, best_width. */
const bestWidth = 80
const indentStep = 2

const shortEscapes = new Map<number, string>([
  [0x00, '0'],
  [0x07, 'a'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0b, 'v'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x1b, 'e'],
  [0x22, '"'],
  [0x5c, '\\'],
  [0x85, 'N'],
  [0xa0, '_'],
  [0x2028, 'L'],
  [0x2029, 'P'],
])

/** Writes YAML text and knows where on the line it stands. One instance writes one document. */
export class GoYamlWriter {
  #parts: string[] = []
  #column = 0
  #isAfterWhitespace = true
  #isInIndention = true
  readonly #indents: number[] = []
  #indent = -1

  text(): string {
    return this.#parts.join('')
  }

  get isInIndention(): boolean {
    return this.#isInIndention
  }

  increaseIndent(isFlow: boolean, isIndentless: boolean): void {
    this.#indents.push(this.#indent)
    if (this.#indent < 0) this.#indent = isFlow ? indentStep : 0
    else if (!isIndentless) this.#indent += indentStep
  }

  decreaseIndent(): void {
    this.#indent = this.#indents.pop() ?? -1
  }

  /** Goes to the start of an indented line, unless it stands there already. */
  writeIndent(): void {
    const indent = Math.max(this.#indent, 0)
    if (!this.#isInIndention || this.#column > indent || (this.#column === indent && !this.#isAfterWhitespace)) {
      this.#lineBreak()
    }
    if (this.#column < indent) this.#put(' '.repeat(indent - this.#column), indent - this.#column)
    this.#isAfterWhitespace = true
    this.#isInIndention = true
  }

  writeIndicator(indicator: string, needsWhitespace: boolean, isWhitespace = false, isIndention = false): void {
    if (needsWhitespace && !this.#isAfterWhitespace) this.#put(' ', 1)
    this.#put(indicator, indicator.length)
    this.#isAfterWhitespace = isWhitespace
    this.#isInIndention = this.#isInIndention && isIndention
  }

  /** Writes a scalar whose indentation has been increased by the caller; a key (`!mayFold`) stays on one line. */
  writeScalar(runes: readonly number[], style: ScalarStyle, mayFold: boolean): void {
    switch (style) {
      case 'plain':
        this.#writePlain(runes, mayFold)
        break
      case 'single':
        this.#writeSingleQuoted(runes, mayFold)
        break
      case 'double':
        this.#writeDoubleQuoted(runes, mayFold)
        break
      case 'literal':
        this.#writeLiteral(runes)
        break
    }
  }

  /** A plain scalar of ASCII without blanks. */
  writeWord(text: string): void {
    if (!this.#isAfterWhitespace) this.#put(' ', 1)
    this.#put(text, text.length)
    this.#isAfterWhitespace = false
    this.#isInIndention = false
  }

  #put(text: string, columns: number): void {
    this.#parts.push(text)
    this.#column += columns
  }

  #lineBreak(): void {
    this.#parts.push('\n')
    this.#column = 0
  }

  #writeRune(code: number): void {
    this.#put(String.fromCodePoint(code), 1)
  }

  #writeBreak(code: number): void {
    if (code !== 0x0a) this.#parts.push(String.fromCodePoint(code))
    else this.#parts.push('\n')
    this.#column = 0
  }

  #writePlain(runes: readonly number[], mayFold: boolean): void {
    if (!this.#isAfterWhitespace) this.#put(' ', 1)
    let afterSpace = false
    runes.forEach((code, i) => {
      if (code !== 0x20) {
        this.#writeRune(code)
        this.#isInIndention = false
        afterSpace = false
        return
      }
      if (mayFold && !afterSpace && this.#column > bestWidth && runes[i + 1] !== 0x20) this.writeIndent()
      else this.#writeRune(code)
      afterSpace = true
    })
    this.#isAfterWhitespace = false
    this.#isInIndention = false
  }

  #writeSingleQuoted(runes: readonly number[], mayFold: boolean): void {
    this.writeIndicator("'", true)
    let afterSpace = false
    let afterBreak = false
    runes.forEach((code, i) => {
      if (code === 0x20) {
        const isInside = i > 0 && i < runes.length - 1
        if (mayFold && !afterSpace && this.#column > bestWidth && isInside && runes[i + 1] !== 0x20) this.writeIndent()
        else this.#writeRune(code)
        afterSpace = true
      } else if (isBreak(code)) {
        if (!afterBreak && code === 0x0a) this.#lineBreak()
        this.#writeBreak(code)
        this.#isInIndention = true
        afterBreak = true
      } else {
        if (afterBreak) this.writeIndent()
        if (code === 0x27) this.#put("'", 1)
        this.#writeRune(code)
        this.#isInIndention = false
        afterSpace = false
        afterBreak = false
      }
    })
    this.writeIndicator("'", false)
    this.#isAfterWhitespace = false
    this.#isInIndention = false
  }

  #writeDoubleQuoted(runes: readonly number[], mayFold: boolean): void {
    this.writeIndicator('"', true)
    // libyaml looks for a BOM at the start of the value whatever the position, so a leading one escapes everything.
    const escapesAll = runes[0] === byteOrderMark
    let afterSpace = false
    runes.forEach((code, i) => {
      if (escapesAll || !isPrintable(code) || isBreak(code) || code === 0x22 || code === 0x5c) {
        const sequence = escaped(code)
        this.#put(sequence, sequence.length)
        afterSpace = false
      } else if (code === 0x20) {
        const isInside = i > 0 && i < runes.length - 1
        if (mayFold && !afterSpace && this.#column > bestWidth && isInside) {
          this.writeIndent()
          if (runes[i + 1] === 0x20) this.#put('\\', 1)
        } else {
          this.#writeRune(code)
        }
        afterSpace = true
      } else {
        this.#writeRune(code)
        afterSpace = false
      }
    })
    this.writeIndicator('"', false)
    this.#isAfterWhitespace = false
    this.#isInIndention = false
  }

  #writeLiteral(runes: readonly number[]): void {
    this.writeIndicator('|', true)
    const first = runes[0] ?? 0
    if (first === 0x20 || isBreak(first)) this.writeIndicator(String(indentStep), false)
    const chomping = chompingHint(runes)
    if (chomping !== '') this.writeIndicator(chomping, false)
    this.#lineBreak()
    this.#isInIndention = true
    this.#isAfterWhitespace = true
    let afterBreak = true
    for (const code of runes) {
      if (isBreak(code)) {
        this.#writeBreak(code)
        this.#isInIndention = true
        afterBreak = true
      } else {
        if (afterBreak) this.writeIndent()
        this.#writeRune(code)
        this.#isInIndention = false
        afterBreak = false
      }
    }
  }
}

/** What stands behind `|` or `>` about the breaks at the end. Source: emitterc.go, yaml_emitter_write_block_scalar_hints. */
export function chompingHint(runes: readonly number[]): '' | '-' | '+' {
  const last = runes.length - 1
  if (last < 0 || !isBreak(runes[last] ?? 0)) return '-'
  return last === 0 || isBreak(runes[last - 1] ?? 0) ? '+' : ''
}

function escaped(code: number): string {
  const short = shortEscapes.get(code)
  if (short !== undefined) return `\\${short}`
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
