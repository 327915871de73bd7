/** Reads scripts of sed. Source: POSIX sed; GNU sed/compile.c; busybox editors/sed.c. */
import { type ByteText, fromByteText } from '../byte-text.ts'
import { compileRegex, type Regex } from './regular-expression.ts'

export type SedAddress =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  /** `first~step` */
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  /** `+N`, of a second address alone. */
  | { readonly kind: 'count'; readonly count: number }
  /** Undefined: the pattern that was used last. */
  | { readonly kind: 'match'; readonly pattern: Regex | undefined }

export interface SedCommand {
  readonly from: SedAddress | undefined
  readonly to: SedAddress | undefined
  readonly negated: boolean
  readonly name: string
  /** Text of a, i, c; label of b, t, T and `:`; file of r and w; first set of y. */
  readonly text: ByteText
  readonly pattern: Regex | undefined
  /** Of s; second set of y. */
  readonly replacement: string
  /** Of s: `g`, `p`, a number, `e`. */
  readonly flags: string
  /** Of `{`: what is inside. */
  readonly body: readonly SedCommand[]
}

/** A script that is none: the message without its head, and at which character it was noticed. */
export class SedError extends Error {
  override readonly name = 'SedError'
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

/** Throws a SedError. */
export function readSed(script: ByteText, extended: boolean, isBusybox = false): readonly SedCommand[] {
  const reader = new SedReader(script, extended, isBusybox)
  return reader.commands(0)
}

/** How deep braces may nest. */
const maxDepth = 50

class SedReader {
  readonly #script: ByteText
  readonly #extended: boolean
  readonly #isBusybox: boolean
  #at = 0

  constructor(script: ByteText, extended: boolean, isBusybox: boolean) {
    this.#isBusybox = isBusybox
    this.#script = script
    this.#extended = extended
  }

  /** `own`: busybox's words, where they are others. Source: busybox editors/sed.c. */
  #fail(message: string, own = message): never {
    throw new SedError(this.#isBusybox ? own : message, this.#at)
  }

  #rest(length = 200): ByteText {
    return this.#script.slice(this.#at, this.#at + length)
  }

  #char(): string {
    return this.#script.charAt(this.#at)
  }

  #skipBlanks(more = ''): void {
    while (this.#at < this.#script.length && ` \t${more}`.includes(this.#char())) this.#at++
  }

  commands(depth: number): SedCommand[] {
    if (depth > maxDepth) this.#fail("unexpected `{'")
    const commands: SedCommand[] = []
    for (;;) {
      this.#skipBlanks('\n\r;')
      if (this.#at >= this.#script.length) {
        if (depth > 0) this.#fail("unmatched `{'", "unmatched '{'")
        return commands
      }
      if (this.#char() === '}') {
        if (depth === 0) this.#fail("unexpected `}'")
        this.#at++
        this.#expectEnd()
        return commands
      }
      if (this.#char() === '#') {
        const end = this.#script.indexOf('\n', this.#at)
        this.#at = end < 0 ? this.#script.length : end
        continue
      }
      commands.push(this.#command(depth))
    }
  }

  #command(depth: number): SedCommand {
    const from = this.#address()
    let to: SedAddress | undefined
    this.#skipBlanks()
    if (from !== undefined && this.#char() === ',') {
      this.#at++
      this.#skipBlanks()
      to = this.#address(true)
      if (to === undefined) this.#fail("unexpected `,'", 'no address after comma')
      this.#skipBlanks()
    }
    let negated = false
    while (this.#char() === '!') {
      negated = true
      this.#at++
      this.#skipBlanks()
    }
    const name = this.#char()
    if (name === '') this.#fail('missing command')
    this.#at++
    const base = { from, to, negated, name, text: '', pattern: undefined, replacement: '', flags: '', body: [] }
    if (name === '{') return { ...base, body: this.commands(depth + 1) }
    if (name === 's' || name === 'y') return this.#substitution(base)
    if ('aic'.includes(name)) return { ...base, text: this.#text() }
    if (':btT'.includes(name)) return { ...base, text: this.#label(name) }
    if ('rRwW'.includes(name)) {
      const text = this.#line().trim()
      if (text === '') this.#fail(`missing filename in r/R/w/W commands`, 'empty filename')
      return { ...base, text }
    }
    if ('qQlL'.includes(name)) {
      this.#skipBlanks()
      const digits = /^\d+/.exec(this.#rest())?.[0] ?? ''
      this.#at += digits.length
      this.#expectEnd()
      return { ...base, text: digits }
    }
    if (!'=dDgGhHnNpPxzF'.includes(name)) this.#fail(`unknown command: \`${name}'`, `unsupported command ${name}`)
    this.#expectEnd()
    return base
  }

  #expectEnd(): void {
    this.#skipBlanks()
    if (this.#at < this.#script.length && !'\n;}#'.includes(this.#char())) this.#fail('extra characters after command')
  }

  #address(isSecond = false): SedAddress | undefined {
    const number = (this.#isBusybox ? /^(\d+)/ : /^(\d+)(?:~(\d+))?/).exec(this.#rest())
    if (number !== null) {
      this.#at += number[0].length
      const line = Number(number[1])
      return number[2] === undefined ? { kind: 'line', line } : { kind: 'step', first: line, step: Number(number[2]) }
    }
    const count = isSecond ? /^\+(\d+)/.exec(this.#rest()) : null
    if (count !== null) {
      this.#at += count[0].length
      return { kind: 'count', count: Number(count[1]) }
    }
    if (this.#char() === '$') {
      this.#at++
      return { kind: 'last' }
    }
    const isCustom = this.#char() === '\\'
    if (this.#char() !== '/' && !isCustom) return undefined
    if (isCustom) this.#at++
    const delimiter = this.#char()
    const source = this.#delimited(true)
    if (source === undefined) this.#fail('unterminated address regex', `unmatched '${delimiter}'`)
    const flags = /^[IM]*/.exec(this.#rest())?.[0] ?? ''
    this.#at += flags.length
    return { kind: 'match', pattern: this.#regex(source, flags) }
  }

  #regex(source: ByteText, flags: string): Regex | undefined {
    if (source === '') return undefined
    const regex = compileRegex(source, { extended: this.#extended, ignoreCase: /i/i.test(flags) })
    return typeof regex === 'string' ? this.#fail(regex, `bad regex '${source}': ${regex}`) : regex
  }

  /** What stands up to the delimiter that comes here, which is left; undefined: it does not come again. */
  #delimited(isPattern: boolean): ByteText | undefined {
    const delimiter = this.#char()
    if (delimiter === '' || delimiter === '\n' || delimiter === '\\') return undefined
    let text = ''
    let isInBracket = false
    for (this.#at++; this.#at < this.#script.length; this.#at++) {
      const char = this.#char()
      if (char === '\\' && this.#at + 1 < this.#script.length) {
        const next = this.#script.charAt(++this.#at)
        text += next === delimiter && !(isPattern && '()|+?{}.*[]^$'.includes(next)) ? next : `\\${next}`
      } else if (char === delimiter && !isInBracket) {
        this.#at++
        return text
      } else {
        if (isPattern && char === '[' && !isInBracket)
          isInBracket = this.#script.indexOf(']', this.#at + 2) > 0 && !this.#closesBefore(delimiter)
        else if (char === ']' && isInBracket) isInBracket = false
        text += char
      }
    }
    return undefined
  }

  /** Whether the delimiter comes before the bracket is closed: then it ends the pattern all the same. */
  #closesBefore(delimiter: string): boolean {
    const close = this.#script.indexOf(']', this.#at + 2)
    const next = this.#script.indexOf(delimiter, this.#at + 1)
    return next >= 0 && next < close && this.#script.indexOf(delimiter, close) < 0
  }

  #substitution(base: SedCommand): SedCommand {
    const { name } = base
    const delimiter = this.#char()
    const own = delimiter === '' ? 'bad format in substitution expression' : `unmatched '${delimiter}'`
    const first = this.#delimited(name === 's')
    if (first === undefined) this.#fail(`unterminated \`${name}' command`, own)
    // The delimiter in the middle begins the second part.
    this.#at--
    const second = this.#delimited(false)
    if (second === undefined) this.#fail(`unterminated \`${name}' command`, own)
    if (name === 'y') {
      const [from, to] = [first, second].map((text) =>
        fromByteText(text).replace(/\\(n|\\)/g, (_, char: string) => (char === 'n' ? '\n' : '\\')),
      ) as [string, string]
      if (Array.from(from).length !== Array.from(to).length) this.#fail("strings for `y' command are different lengths")
      this.#expectEnd()
      return { ...base, text: from, replacement: to }
    }
    const flags = /^[gpiIemM0-9]*/.exec(this.#rest())?.[0] ?? ''
    this.#at += flags.length
    const file = this.#char() === 'w' ? this.#line().slice(1).trim() : ''
    if (file === '') {
      this.#skipBlanks()
      if (this.#at < this.#script.length && !'\n;}#'.includes(this.#char()))
        this.#fail("unknown option to `s'", 'bad option in substitution expression')
    }
    const pattern = this.#regex(first, flags)
    const replacement = fromByteText(second)
    const groups = Math.max(
      0,
      ...Array.from(replacement.matchAll(/\\(?:\\|([0-9]))/g), (match) => Number(match[1] ?? '0')),
    )
    if (pattern !== undefined && groups > pattern.groupCount)
      this.#fail(`invalid reference \\${groups} on \`s' command's RHS`)
    return { ...base, pattern, replacement, flags, text: file }
  }

  #line(): ByteText {
    const end = this.#script.indexOf('\n', this.#at)
    const line = this.#script.slice(this.#at, end < 0 ? undefined : end)
    this.#at += line.length
    return line
  }

  #label(name: string): ByteText {
    this.#skipBlanks()
    const label = (name === ':' ? /^[^\n;]*/ : /^[^\n;}]*/).exec(this.#rest())?.[0] ?? ''
    this.#at += label.length
    if (name === ':' && label.trim() === '') this.#fail('":" lacks a label')
    return label.trim()
  }

  /** Lines that end in a backslash go on. */
  #text(): ByteText {
    this.#skipBlanks()
    if (this.#char() === '\\') {
      this.#at++
      this.#skipBlanks()
      if (this.#char() === '\n') this.#at++
    }
    let text = ''
    for (; this.#at < this.#script.length; this.#at++) {
      const char = this.#char()
      if (char === '\n') break
      if (char === '\\' && this.#at + 1 < this.#script.length) text += this.#script.charAt(++this.#at)
      else text += char
    }
    return text
  }
}
