/** From words to arguments: braces, parameters, substitutions, splitting, globs. Source: POSIX XCU 2.6; bash(1). */
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { expandBraces } from './braces.ts'
import { arithmetic, type Expansion } from './expansion.ts'
import { type Field, joinFields } from './fields.ts'
import { expandGlob } from './glob.ts'
import { expandParameter } from './parameter.ts'
import { hasGlob, type PatternPiece } from './pattern.ts'
import type { Shell } from './shell.ts'
import type { Script, Word, WordPart } from './syntax.ts'

/** All arguments that words stand for. */
export function* expandWords(words: readonly Word[], at: Expansion): Steps<ByteText[]> {
  const { shell } = at
  const args: ByteText[] = []
  for (const word of words)
    for (const each of shell.dialect.grammar.bash ? expandBraces(word) : [word]) {
      const plain = plainText(each)
      if (plain !== undefined) args.push(plain)
      else for (const field of yield* fieldsOf(each, at)) addPaths(args, field, shell)
    }
  return args
}

/** A word that is one piece of text without anything in it to be expanded. */
function plainText(word: Word): ByteText | undefined {
  const [part, ...more] = word
  if (part?.kind !== 'text' || more.length > 0) return undefined
  return part.quoted || !/[~*?[\\]/.test(part.text) ? part.text : undefined
}

function addPaths(args: ByteText[], { pieces }: Field, shell: Shell): void {
  const found =
    hasGlob(pieces) && !shell.options.ignoresGlobs ? expandGlob(pieces, shell.world.files, shell.directory) : []
  if (found.length > 0) args.push(...found)
  else args.push(textOf(pieces))
}

function textOf(pieces: readonly PatternPiece[]): ByteText {
  return pieces.map((piece) => piece.text).join('')
}

/** The one text that a word stands for where nothing is split or globbed. */
export function* expandText(word: Word, at: Expansion): Steps<ByteText> {
  const [only, ...more] = word
  if (only?.kind === 'text' && more.length === 0 && (only.quoted || !only.text.startsWith('~'))) return only.text
  return textOf(yield* expandPattern(word, at))
}

/** The same as a pattern, with what was quoted told apart. */
export function* expandPattern(word: Word, at: Expansion): Steps<readonly PatternPiece[]> {
  const pieces: PatternPiece[] = []
  for (const part of withTilde(word, at.shell)) {
    if (part.kind === 'text') pieces.push({ text: part.text, quoted: part.quoted })
    else pieces.push(...joinFields(yield* valuesOf(part, at), ' '))
  }
  return pieces
}

/** The fields of a part: several for `$@` and `$*`, more where a default has blanks between its words. */
function* valuesOf(part: Exclude<WordPart, { kind: 'text' }>, at: Expansion): Steps<readonly Field[]> {
  const { shell } = at
  switch (part.kind) {
    case 'command':
      return [fieldOf(yield* substituted(part.script, at), part.quoted)]
    case 'arithmetic':
      return [fieldOf(arithmetic(yield* expandText(part.expression, at), shell), part.quoted)]
    case 'substitution':
      return [fieldOf(yield* processFile(part, at), true)]
    case 'parameter':
      return yield* expandParameter(part, at, words)
  }
}

const words = { text: expandText, pattern: expandPattern }

function fieldOf(text: ByteText, quoted: boolean): Field {
  return { pieces: [{ text, quoted }], isSplit: !quoted }
}

/** Output of a command substitution; a shell drops its zero bytes and the newlines at its end. */
function* substituted(script: Script, { shell, streams, capture }: Expansion): Steps<ByteText> {
  const written = yield* capture(script, shell, streams)
  let end = written.length
  while (end > 0 && written.charCodeAt(end - 1) === 10) end--
  const text = written.slice(0, end)
  return text.includes('\0') ? text.replaceAll('\0', '') : text
}

/** Runs the script of `<(...)` to its end and gives the path under which its output can be read; that of `>(...)` runs later. */
function* processFile(
  { script, isRead }: Extract<WordPart, { kind: 'substitution' }>,
  { shell, streams, capture }: Expansion,
): Steps<ByteText> {
  const path = `/dev/fd/${63 - shell.substitutions.size - shell.readers.length}`
  if (!isRead) {
    shell.readers.push({ path, script, io: streams.with({}), written: '' })
    return path
  }
  shell.substitutions.set(path, yield* capture(script, shell, streams))
  return path
}

function withTilde(word: Word, shell: Shell): Word {
  const [first] = word
  if (first?.kind !== 'text' || first.quoted || !/^~(?=\/|$)/.test(first.text)) return word
  const isAlone = first.text !== '~' || word.length === 1
  const home = shell.variables.get('HOME')
  if (!isAlone || home === undefined) return word
  const rest = { kind: 'text', text: first.text.slice(1), quoted: false } as const
  return [{ kind: 'text', text: home, quoted: true }, rest, ...word.slice(1)]
}

/** Words out of one word: what an expansion left unquoted is split where IFS says. */
function* fieldsOf(word: Word, at: Expansion): Steps<readonly Field[]> {
  const separators = at.shell.variables.get('IFS') ?? ' \t\n'
  const fields = new FieldList(separators)
  let isNothing = false
  for (const part of withTilde(word, at.shell)) {
    if (part.kind === 'text') {
      fields.add({ text: part.text, quoted: part.quoted })
      continue
    }
    const values = yield* valuesOf(part, at)
    isNothing ||= values.length === 0
    values.forEach(({ pieces, isSplit }, i) => {
      if (i > 0) fields.end()
      for (const piece of pieces) {
        if (isSplit && !piece.quoted) fields.split(piece.text)
        else fields.add(piece)
      }
    })
  }
  const all = fields.all()
  // A list without elements is no word, in quotes too.
  return isNothing && all.length === 1 && textOf(all[0]?.pieces ?? []) === '' ? [] : all
}

/** Fields in the making. */
class FieldList {
  readonly #separators: string
  readonly #fields: Field[] = []
  #pieces: PatternPiece[] | undefined
  /** The field before ended with blanks, which a separator that is no blank takes along. */
  #afterBlank = false

  constructor(separators: string) {
    this.#separators = separators
  }

  add(piece: PatternPiece): void {
    // An empty argument is kept if anything in it was quoted.
    if (piece.text === '' && !piece.quoted) return
    this.#afterBlank = false
    this.#pieces ??= []
    this.#pieces.push(piece)
  }

  end(): void {
    if (this.#pieces !== undefined) this.#fields.push({ pieces: this.#pieces, isSplit: false })
    this.#pieces = undefined
  }

  split(text: ByteText): void {
    if (this.#separators === '') {
      this.add({ text, quoted: false })
      return
    }
    let start = 0
    for (let i = 0; i < text.length; i++) {
      const char = text.charAt(i)
      if (!this.#separators.includes(char)) continue
      if (i > start) this.add({ text: text.slice(start, i), quoted: false })
      start = i + 1
      const isBlank = char === ' ' || char === '\t' || char === '\n'
      if (isBlank) {
        if (this.#pieces !== undefined) this.#afterBlank = true
        this.end()
      } else if (this.#pieces === undefined && this.#afterBlank) this.#afterBlank = false
      else {
        this.#pieces ??= [{ text: '', quoted: true }]
        this.end()
      }
    }
    if (start < text.length) this.add({ text: text.slice(start), quoted: false })
  }

  all(): readonly Field[] {
    this.end()
    return this.#fields
  }
}
