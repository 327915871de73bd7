/** Tokens of a YAML 1.1 text, as libyaml and so go-yaml finds them. Source: gopkg.in/yaml.v2 scannerc.go. */
import { type Mark, Reader, refuseAt } from './reader.ts'
import { scanBlockScalar, scanPlainScalar, scanQuotedScalar } from './scan-scalar.ts'
import { scanAnchor, scanDirective, scanTag } from './scan-tag.ts'
import type { Token } from './tokens.ts'

/** Something that turns out to be a key when a colon follows it on the same line. */
interface SimpleKey {
  isPossible: boolean
  readonly isRequired: boolean
  readonly tokenNumber: number
  readonly mark: Mark
}

/** A key is looked for within this many characters before its colon. */
const simpleKeyMaxLength = 1024
/**
 * How deep collections may nest. The real limit is 10,000, and the words below name it; ours is lower because later
 * passes recurse.
 */
const maxDepth = 1000
const depthProblem = 'exceeded max depth of 10000'

type Punctuation = Exclude<Token['type'], 'versionDirective' | 'tagDirective' | 'alias' | 'anchor' | 'tag' | 'scalar'>

/** Gives tokens one at a time, each only once it is certain. Throws GoYamlError. */
export class Scanner {
  readonly #reader: Reader
  readonly #tokens: Token[] = []
  #tokensParsed = 0
  #isStarted = false
  #isEnded = false
  #indent = -1
  readonly #indents: number[] = []
  #simpleKeyAllowed = true
  #simpleKeys: SimpleKey[] = []
  #flowLevel = 0

  constructor(text: string | Uint8Array) {
    this.#reader = new Reader(text)
  }

  /** The next token, left where it is. */
  peek(): Token {
    this.#fetchMoreTokens()
    return this.#tokens[0] ?? { type: 'streamEnd', start: this.#reader.mark(), end: this.#reader.mark() }
  }

  skip(): void {
    if (this.#tokens.shift() !== undefined) this.#tokensParsed++
  }

  /** A token is not given out while it may yet be preceded by the key mark of a simple key. */
  #fetchMoreTokens(): void {
    while (!this.#isEnded) {
      if (this.#tokens.length > 0 && !this.#mayBeKey()) return
      this.#fetchNextToken()
    }
  }

  /** Whether the next token may turn out to be a key. */
  #mayBeKey(): boolean {
    for (const key of this.#simpleKeys)
      if (key.isPossible && key.tokenNumber === this.#tokensParsed) return this.#isValid(key)
    return false
  }

  #push(type: Punctuation, start: Mark, end: Mark = start): void {
    this.#tokens.push({ type, start, end })
  }

  #pushPunctuation(type: Punctuation, length: number): void {
    const start = this.#reader.mark()
    this.#reader.skip(length)
    this.#push(type, start, this.#reader.mark())
  }

  #fetchNextToken(): void {
    const reader = this.#reader
    if (!this.#isStarted) {
      this.#isStarted = true
      this.#simpleKeys.push({ isPossible: false, isRequired: false, tokenNumber: 0, mark: reader.mark() })
      this.#push('streamStart', reader.mark())
      return
    }
    this.#scanToNextToken()
    this.#unrollIndent(reader.column)
    if (reader.isEnd()) this.#fetchStreamEnd()
    else if (reader.column === 0 && reader.isAt('%')) this.#fetchDirective()
    else if (reader.isDocumentIndicator('-')) this.#fetchDocumentIndicator('documentStart')
    else if (reader.isDocumentIndicator('.')) this.#fetchDocumentIndicator('documentEnd')
    else this.#fetchContent()
  }

  #fetchContent(): void {
    const reader = this.#reader
    const isFlow = this.#flowLevel > 0
    const isFollowedByBlank = reader.isBlankOrEnd(1)
    const char = String.fromCodePoint(reader.peek())
    if (char === '[') this.#fetchFlowStart('flowSequenceStart')
    else if (char === '{') this.#fetchFlowStart('flowMappingStart')
    else if (char === ']') this.#fetchFlowEnd('flowSequenceEnd')
    else if (char === '}') this.#fetchFlowEnd('flowMappingEnd')
    else if (char === ',') this.#fetchFlowEntry()
    else if (char === '-' && isFollowedByBlank) this.#fetchBlockEntry()
    else if (char === '?' && (isFlow || isFollowedByBlank)) this.#fetchKey()
    else if (char === ':' && (isFlow || isFollowedByBlank)) this.#fetchValue()
    else if (char === '*' || char === '&') {
      this.#beginNode(false)
      this.#tokens.push(scanAnchor(reader, char === '*' ? 'alias' : 'anchor'))
    } else if (char === '!') {
      this.#beginNode(false)
      this.#tokens.push(scanTag(reader))
    } else if ((char === '|' || char === '>') && !isFlow) {
      this.#removeSimpleKey()
      this.#simpleKeyAllowed = true
      this.#tokens.push(scanBlockScalar(reader, this.#scalarContext()))
    } else if (char === "'" || char === '"') {
      this.#beginNode(false)
      this.#tokens.push(scanQuotedScalar(reader))
    } else if (this.#startsPlainScalar(char)) {
      this.#fetchPlainScalar()
    } else {
      refuseAt('scanner', reader.mark(), 'found character that cannot start any token', reader.mark())
    }
  }

  #startsPlainScalar(char: string): boolean {
    const reader = this.#reader
    if (char === '-') return !reader.isBlank(1)
    if (char === '?' || char === ':') return this.#flowLevel === 0 && !reader.isBlankOrEnd(1)
    return !reader.isBlankOrEnd() && !',[]{}#&*!|>\'"%@`'.includes(char)
  }

  #scalarContext(): { readonly indent: number; readonly isInFlow: boolean } {
    return { indent: this.#indent, isInFlow: this.#flowLevel > 0 }
  }

  /** What comes may be a simple key; after it, one may begin only if `thenAllowed`. */
  #beginNode(thenAllowed: boolean): void {
    this.#saveSimpleKey()
    this.#simpleKeyAllowed = thenAllowed
  }

  #fetchPlainScalar(): void {
    this.#beginNode(false)
    const { token, endsLine } = scanPlainScalar(this.#reader, this.#scalarContext())
    this.#tokens.push(token)
    if (endsLine) this.#simpleKeyAllowed = true
  }

  #scanToNextToken(): void {
    const reader = this.#reader
    for (;;) {
      if (reader.column === 0 && reader.peek() === 0xfeff) reader.skip()
      // A tab may not stand where a key could begin: it would take the place of indentation.
      while (reader.isAt(' ') || ((this.#flowLevel > 0 || !this.#simpleKeyAllowed) && reader.isAt('\t'))) reader.skip()
      reader.skipComment()
      if (!reader.isBreak()) return
      reader.readLine()
      if (this.#flowLevel === 0) this.#simpleKeyAllowed = true
    }
  }

  #isValid(key: SimpleKey): boolean {
    if (!key.isPossible) return false
    const { line, index } = this.#reader
    if (key.mark.line === line && key.mark.index + simpleKeyMaxLength >= index) return true
    if (key.isRequired) refuseAt('scanner', key.mark, "could not find expected ':'", this.#reader.mark())
    key.isPossible = false
    return false
  }

  #saveSimpleKey(): void {
    if (!this.#simpleKeyAllowed) return
    this.#removeSimpleKey()
    const mark = this.#reader.mark()
    this.#simpleKeys[this.#simpleKeys.length - 1] = {
      isPossible: true,
      isRequired: this.#flowLevel === 0 && this.#indent === mark.column,
      tokenNumber: this.#tokensParsed + this.#tokens.length,
      mark,
    }
  }

  #removeSimpleKey(): void {
    const key = this.#simpleKeys.at(-1)
    if (!key?.isPossible) return
    if (key.isRequired) refuseAt('scanner', key.mark, "could not find expected ':'", this.#reader.mark())
    key.isPossible = false
  }

  /** `number`: which token the start of the collection comes before; undefined: all that were found so far. */
  #rollIndent(column: number, number: number | undefined, type: Punctuation, mark: Mark): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return
    this.#indents.push(this.#indent)
    this.#indent = column
    if (this.#indents.length > maxDepth) {
      refuseAt('scanner', this.#simpleKeys.at(-1)?.mark, depthProblem, this.#reader.mark())
    }
    const token: Token = { type, start: mark, end: mark }
    if (number === undefined) this.#tokens.push(token)
    else this.#tokens.splice(number - this.#tokensParsed, 0, token)
  }

  #unrollIndent(column: number): void {
    if (this.#flowLevel > 0) return
    while (this.#indent > column) {
      this.#push('blockEnd', this.#reader.mark())
      this.#indent = this.#indents.pop() ?? -1
    }
  }

  #fetchStreamEnd(): void {
    this.#reader.endLine()
    this.#unrollIndent(-1)
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = false
    this.#push('streamEnd', this.#reader.mark())
    this.#isEnded = true
  }

  #fetchDirective(): void {
    this.#unrollIndent(-1)
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = false
    this.#tokens.push(scanDirective(this.#reader))
  }

  #fetchDocumentIndicator(type: 'documentStart' | 'documentEnd'): void {
    this.#unrollIndent(-1)
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = false
    this.#pushPunctuation(type, 3)
  }

  #fetchFlowStart(type: 'flowSequenceStart' | 'flowMappingStart'): void {
    this.#saveSimpleKey()
    const mark = this.#reader.mark()
    this.#simpleKeys.push({ isPossible: false, isRequired: false, tokenNumber: 0, mark })
    this.#flowLevel++
    if (this.#flowLevel > maxDepth) refuseAt('scanner', mark, depthProblem, mark)
    this.#simpleKeyAllowed = true
    this.#pushPunctuation(type, 1)
  }

  #fetchFlowEnd(type: 'flowSequenceEnd' | 'flowMappingEnd'): void {
    this.#removeSimpleKey()
    if (this.#flowLevel > 0) {
      this.#flowLevel--
      this.#simpleKeys.pop()
    }
    this.#simpleKeyAllowed = false
    this.#pushPunctuation(type, 1)
  }

  #fetchFlowEntry(): void {
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = true
    this.#pushPunctuation('flowEntry', 1)
  }

  #fetchBlockEntry(): void {
    if (this.#flowLevel === 0) {
      this.#requireKeyAllowed('block sequence entries')
      const mark = this.#reader.mark()
      this.#rollIndent(mark.column, undefined, 'blockSequenceStart', mark)
    }
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = true
    this.#pushPunctuation('blockEntry', 1)
  }

  #requireKeyAllowed(what: string): void {
    const mark = this.#reader.mark()
    if (!this.#simpleKeyAllowed) refuseAt('scanner', mark, `${what} are not allowed in this context`, mark)
  }

  #fetchKey(): void {
    if (this.#flowLevel === 0) {
      this.#requireKeyAllowed('mapping keys')
      const mark = this.#reader.mark()
      this.#rollIndent(mark.column, undefined, 'blockMappingStart', mark)
    }
    this.#removeSimpleKey()
    this.#simpleKeyAllowed = this.#flowLevel === 0
    this.#pushPunctuation('key', 1)
  }

  #fetchValue(): void {
    const key = this.#simpleKeys.at(-1)
    if (key !== undefined && this.#isValid(key)) {
      const { tokenNumber, mark } = key
      this.#tokens.splice(tokenNumber - this.#tokensParsed, 0, { type: 'key', start: mark, end: mark })
      this.#rollIndent(mark.column, tokenNumber, 'blockMappingStart', mark)
      key.isPossible = false
      this.#simpleKeyAllowed = false
    } else {
      if (this.#flowLevel === 0) {
        this.#requireKeyAllowed('mapping values')
        const mark = this.#reader.mark()
        this.#rollIndent(mark.column, undefined, 'blockMappingStart', mark)
      }
      this.#simpleKeyAllowed = this.#flowLevel === 0
    }
    this.#pushPunctuation('value', 1)
  }
}
