/** From words to arguments: braces, parameters, substitutions, splitting, globs. Source: POSIX XCU 2.6; bash(1). */
import type { Steps } from '../../../kernel/steps.ts'
import { type ByteText, bytesToByteText } from '../../byte-text.ts'
import type { Script, Word, WordPart } from '../grammar/syntax.ts'
import type { Shell } from '../shell.ts'
import { expandBraces } from './braces.ts'
import { arithmetic, type Expansion } from './expansion.ts'
import { type Field, joinFields } from './fields.ts'
import { expandGlob } from './glob.ts'
import { expandParameter } from './parameter.ts'
import { hasGlob, type PatternPiece } from './pattern.ts'

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
  const found = hasGlob(pieces) && !shell.options.ignoresGlobs ? expandGlob(pieces, shell) : []
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

/** `~`, `~name`, in bash `~+` and `~-`, at the start of a word. */
const tildePrefix = /^~(?:[A-Za-z_][\w.-]*|[+-])?(?=\/|$)/

function withTilde(word: Word, shell: Shell): Word {
  const [first] = word
  if (first?.kind !== 'text' || first.quoted || !first.text.startsWith('~')) return word
  const prefix = tildePrefix.exec(first.text)?.[0]
  if (prefix === undefined || (prefix === first.text && word.length > 1)) return word
  const home = homeOf(prefix.slice(1), shell)
  if (home === undefined) return word
  const rest = { kind: 'text', text: first.text.slice(prefix.length), quoted: false } as const
  return [{ kind: 'text', text: home, quoted: true }, rest, ...word.slice(1)]
}

/** The directory that stands behind `~` and a name. Source: POSIX XCU 2.6.1. */
function homeOf(name: string, shell: Shell): ByteText | undefined {
  if (name === '') return shell.variables.get('HOME')
  if (name === '+' || name === '-')
    return shell.dialect.name === 'bash' ? shell.variables.get(name === '+' ? 'PWD' : 'OLDPWD') : undefined
  const passwd = shell.world.files.readFile('/etc/passwd')
  if (!passwd.ok) return undefined
  const row = bytesToByteText(passwd.value)
    .split('\n')
    .find((line) => line.startsWith(`${name}:`))
  return row?.split(':')[5]
}

/** The value of an assignment: a tilde may stand behind each colon, too. */
export function* expandAssigned(word: Word, at: Expansion): Steps<ByteText> {
  if (!word.some((part) => part.kind === 'text' && !part.quoted && part.text.includes(':~')))
    return yield* expandText(word, at)
  const parts: WordPart[] = []
  for (const [i, part] of word.entries()) {
    const isLast = i === word.length - 1
    if (part.kind !== 'text' || part.quoted) parts.push(part)
    else
      part.text.split(/(?<=:)/).forEach((piece, k, pieces) => {
        const text: WordPart = { kind: 'text', text: piece, quoted: false }
        const [, inner = piece, colon = ''] = /^(.*?)(:?)$/s.exec(piece) ?? []
        const isWhole = colon !== '' || (isLast && k === pieces.length - 1) || inner.includes('/')
        if ((i > 0 && k === 0) || !isWhole) parts.push(text)
        else
          parts.push(...withTilde([{ kind: 'text', text: inner, quoted: false }], at.shell), {
            kind: 'text',
            text: colon,
            quoted: false,
          })
      })
  }
  return textOf(yield* expandPattern(parts, at))
}

const declarationName = /^(?:export|readonly|local|declare|typeset)$/
const assignmentHead = /^[A-Za-z_]\w*\+?=/

/** Arguments of a command that declares variables: what looks like an assignment is neither split nor globbed. */
export function* expandCommand(words: readonly Word[], at: Expansion): Steps<ByteText[]> {
  const [head] = words
  const isDeclaration =
    head?.length === 1 && head[0]?.kind === 'text' && !head[0].quoted && declarationName.test(head[0].text)
  if (!isDeclaration) return yield* expandWords(words, at)
  const args: ByteText[] = []
  for (const word of words) {
    const [first] = word
    const name = first?.kind === 'text' && !first.quoted ? assignmentHead.exec(first.text)?.[0] : undefined
    if (name === undefined || first?.kind !== 'text') args.push(...(yield* expandWords([word], at)))
    else {
      const rest = first.text.slice(name.length)
      const value = rest === '' ? word.slice(1) : [{ ...first, text: rest }, ...word.slice(1)]
      args.push(name + (yield* expandAssigned(value, at)))
    }
  }
  return args
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
