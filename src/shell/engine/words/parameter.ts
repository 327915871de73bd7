/** `$name` and `${name...}`. Source: POSIX XCU 2.6.2; bash(1), Parameter Expansion. */
import type { Steps } from '../../../kernel/steps.ts'
import type { ByteText } from '../../byte-text.ts'
import { optionLetters } from '../builtins/set.ts'
import type { ParameterPart, Word } from '../grammar/syntax.ts'
import type { Shell } from '../shell.ts'
import { elementsOf, elementUnder, setElement } from './arrays.ts'
import {
  arithmetic,
  assign,
  characterSlice,
  type Expansion,
  ExpansionError,
  keyIfAny,
  keyOf,
  lengthOf,
} from './expansion.ts'
import { type Field, joinFields } from './fields.ts'
import { compilePattern, findPattern, matchingPrefix, matchingSuffix, type PatternPiece } from './pattern.ts'

/** How words inside of `${...}` are expanded: given by who expands words, and calls this. */
export interface WordExpander {
  text(word: Word, at: Expansion): Steps<ByteText>
  pattern(word: Word, at: Expansion): Steps<readonly PatternPiece[]>
}

/** `name[subscript]`, as a variable may hold it that another expansion goes by. */
const reference = /^([A-Za-z_]\w*)\[(.*)\]$/s

function referred({ quoted }: ParameterPart, name: string, subscript: ByteText): ParameterPart {
  const isAll = subscript === '@' || subscript === '*'
  return {
    kind: 'parameter',
    name,
    quoted,
    subscript: isAll ? subscript : [{ kind: 'text', text: subscript, quoted: true }],
  }
}

/** The fields that a parameter stands for: several only for `$@` and `$*`. */
export function* expandParameter(part: ParameterPart, at: Expansion, words: WordExpander): Steps<readonly Field[]> {
  const { shell } = at
  const { subscript } = part
  const [, target, inTarget] =
    part.operator === 'indirect' && subscript === undefined ? (reference.exec(shell.get(part.name)) ?? []) : []
  if (target !== undefined && inTarget !== undefined)
    return yield* expandParameter(referred(part, target, inTarget), at, words)
  const asked = part.operator === 'indirect' && subscript === undefined ? shell.get(part.name) : part.name
  const element =
    subscript === undefined || typeof subscript === 'string' ? undefined : yield* words.text(subscript, at)
  const name = element === undefined ? asked : `${asked}[${element}]`
  const { operator = '', argument = [] } = part
  const list = typeof subscript === 'string' ? subscript : asked === '@' || asked === '*' ? asked : undefined
  const isList = list !== undefined
  const values = valuesOf(asked, part, element, at)
  const shown = (texts: readonly ByteText[]): readonly Field[] => fieldsOf(texts, part, list, shell)
  if (operator === 'length' && values === undefined && shell.options.refusesUnset && !isList)
    throw new ExpansionError(shell.dialect.unset(name, undefined, false), shell.dialect.expansionCode(shell))
  if (operator === 'length') return shown([isList ? String(values?.length ?? 0) : lengthOf(values?.join(' ') ?? '')])
  if (operator === ':' && isList) return shown(sliced(part, yield* words.text(argument, at), shell))
  const isMissing =
    values === undefined || (isList && values.length === 0) || (operator.startsWith(':') && values.join(' ') === '')
  const kind = operator.length > 1 && operator.startsWith(':') ? operator.slice(1) : operator
  if (!'-+=?'.includes(kind) || kind === '') {
    if (values === undefined && shell.options.refusesUnset && !isList)
      throw new ExpansionError(shell.dialect.unset(name, undefined, false), shell.dialect.expansionCode(shell))
    if (
      kind === 'indirect' &&
      values === undefined &&
      !isList &&
      part.operator === 'indirect' &&
      !shell.variables.has(part.name)
    )
      throw new ExpansionError(`${part.name}: invalid indirect expansion`, 1)
    if (kind === '' || kind === 'indirect') return shown(values ?? [''])
    const changed: ByteText[] = []
    for (const value of values ?? (isList || operator.startsWith('@') ? [] : ['']))
      changed.push(yield* transformed(value, operator, part, at, words))
    return shown(changed)
  }
  switch (kind) {
    case '-':
      return isMissing ? yield* alternative(argument, part, at, words) : shown(values ?? [])
    case '+':
      return isMissing ? shown(['']) : yield* alternative(argument, part, at, words)
    case '=': {
      if (!isMissing) return shown(values ?? [])
      const value = yield* words.text(argument, at)
      if (element === undefined) assign(shell, name, value)
      else setElement(shell, asked, keyOf(shell, asked, element), value)
      return shown([value])
    }
    default: {
      if (!isMissing) return shown(values ?? [])
      const text = yield* words.text(argument, at)
      throw new ExpansionError(
        shell.dialect.unset(name, text, operator.startsWith(':')),
        shell.dialect.expansionCode(shell),
      )
    }
  }
}

function fieldsOf(
  texts: readonly ByteText[],
  { quoted, operator }: ParameterPart,
  list: '@' | '*' | undefined,
  shell: Shell,
): readonly Field[] {
  const piece = (text: ByteText): Field => ({ pieces: [{ text, quoted }], isSplit: !quoted })
  if (list === undefined || operator === 'length' || (list === '@' && quoted) || !quoted) return texts.map(piece)
  const separator = shell.variables.get('IFS')?.charAt(0) ?? ' '
  return [{ pieces: joinFields(texts.map(piece), separator), isSplit: false }]
}

/** The word of `${name-word}`: in quotes one text, else as it would stand in its place. */
function* alternative(
  word: Word,
  { quoted }: ParameterPart,
  at: Expansion,
  words: WordExpander,
): Steps<readonly Field[]> {
  const isAll =
    word.length === 1 && word[0]?.kind === 'parameter' && (word[0].name === '@' || word[0].subscript === '@') && quoted
  if (isAll && word[0]?.kind === 'parameter') return yield* expandParameter({ ...word[0], quoted: true }, at, words)
  const pieces = yield* words.pattern(word, at)
  return [{ pieces: quoted ? pieces.map(({ text }) => ({ text, quoted })) : pieces, isSplit: !quoted }]
}

/** What a parameter stands for: keys for `${!name[@]}`; undefined for what is not set. */
function valuesOf(
  name: string,
  { subscript, operator }: ParameterPart,
  element: ByteText | undefined,
  { shell, streams }: Expansion,
): readonly ByteText[] | undefined {
  if (element !== undefined) {
    const key = keyIfAny(shell, name, element)
    if (key === undefined) streams.err.write(`${shell.dialect.prefix(shell)}${name}: bad array subscript\n`)
    const value = key === undefined ? undefined : elementUnder(shell, name, key)
    return value === undefined ? undefined : [value]
  }
  if (subscript === undefined) return lookup(shell, name)
  return (elementsOf(shell, name) ?? []).map(([key, value]) => (operator === 'indirect' ? key : value))
}

/** `${@:from:count}`, `${name[@]:from:count}`: of an array from the element of that number on. Source: bash(1), Substring Expansion. */
function sliced({ name, subscript }: ParameterPart, argument: ByteText, shell: Shell): readonly ByteText[] {
  const [from = '0', length] = splitAtColon(argument)
  const number = (text: ByteText): number => Number(arithmetic(text.trim() === '' ? '0' : text, shell))
  const elements =
    subscript === undefined
      ? [shell.name, ...shell.positional].map((value, i): readonly [string, ByteText] => [String(i), value])
      : (elementsOf(shell, name) ?? [])
  const isMap = shell.arrays.get(name)?.isMap === true
  const place = (key: string, i: number): number => (isMap ? i : Number(key))
  const end = elements.reduce((most, [key], i) => Math.max(most, place(key, i) + 1), 0)
  const start = number(from)
  const begin = start < 0 ? end + start : start
  if (begin < 0) return []
  const kept = elements.filter(([key], i) => place(key, i) >= begin).map(([, value]) => value)
  if (length === undefined) return kept
  const count = number(length)
  if (count < 0) throw new ExpansionError(`${length.trim()}: substring expression < 0`, 1)
  return kept.slice(0, count)
}

/** Undefined for what is not set. */
function lookup(shell: Shell, name: string): readonly ByteText[] | undefined {
  switch (name) {
    case '?':
      return [String(shell.status)]
    case '$':
      return [String(shell.parent === undefined ? shell.pid : rootOf(shell).pid)]
    case '#':
      return [String(shell.positional.length)]
    case '@':
    case '*':
      return shell.positional
    case '!':
      return shell.lastJob === undefined ? undefined : [String(shell.lastJob)]
    case '-':
      return [optionLetters(shell)]
    case '0':
      return [shell.name]
    case 'LINENO':
      return [String(shell.line)]
    case 'RANDOM':
      return [String(randomNumber(shell))]
    case 'SECONDS':
      return shell.dialect.name === 'bash' ? [String(Math.floor(shell.world.kernel.now() / 1000))] : undefined
    case 'UID':
    case 'EUID':
      return shell.dialect.name === 'bash' ? [String(shell.world.user.uid)] : undefined
  }
  if (shell.dialect.name === 'bash' && name === 'PIPESTATUS') return [String(shell.pipeCodes[0] ?? 0)]
  const value = /^\d+$/.test(name) ? shell.positional[Number(name) - 1] : shell.value(name)
  return value === undefined ? undefined : [value]
}

/** 0 to 32767, the same under one seed. */
function randomNumber(shell: Shell): number {
  const bytes = shell.world.randomBytes(2)
  return ((bytes.charCodeAt(0) << 8) | bytes.charCodeAt(1)) & 0x7fff
}

function rootOf(shell: Shell): Shell {
  let root = shell
  while (root.parent !== undefined) root = root.parent
  return root
}

function* transformed(
  value: ByteText,
  operator: string,
  part: ParameterPart,
  at: Expansion,
  words: WordExpander,
): Steps<ByteText> {
  const { argument = [], replacement = [] } = part
  if (operator === ':') return substring(value, yield* words.text(argument, at), at.shell)
  if (operator.startsWith('/'))
    return replaced(value, yield* words.pattern(argument, at), yield* words.text(replacement, at), operator)
  if (operator === '@Q') return `'${value.replaceAll("'", "'\\''")}'`
  if (operator === '@U') return upper(value)
  if (operator === '@L') return lower(value)
  if (operator === '@u') return upper(value.charAt(0)) + value.slice(1)
  if (/^[#%]/.test(operator)) return trimmed(value, yield* words.pattern(argument, at), operator)
  const change = operator.startsWith('^') ? upper : lower
  return operator.length === 2 ? change(value) : change(value.charAt(0)) + value.slice(1)
}

function upper(text: ByteText): ByteText {
  return text.replace(/[a-z]/g, (char) => char.toUpperCase())
}

function lower(text: ByteText): ByteText {
  return text.replace(/[A-Z]/g, (char) => char.toLowerCase())
}

function substring(value: ByteText, argument: ByteText, shell: Shell): ByteText {
  const [from = '0', length] = splitAtColon(argument)
  const number = (text: ByteText): number => Number(arithmetic(text.trim() === '' ? '0' : text, shell))
  const size = shell.dialect.name === 'ash' ? value.length : Number(lengthOf(value))
  const start = number(from)
  const begin = start < 0 ? size + start : start
  if (begin < 0 || begin > size) return ''
  if (length === undefined) return characterSlice(value, begin, undefined, shell)
  const count = number(length)
  if (count >= 0) return characterSlice(value, begin, begin + count, shell)
  if (size + count < begin) throw new ExpansionError(`${length.trim()}: substring expression < 0`, 1)
  return characterSlice(value, begin, count, shell)
}

/** A colon inside of `?:` or brackets does not separate. */
function splitAtColon(text: ByteText): ByteText[] {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === '(' || char === '?') depth++
    else if (char === ')' || (char === ':' && depth > 0)) depth--
    else if (char === ':') return [text.slice(0, i), text.slice(i + 1)]
  }
  return [text]
}

function trimmed(value: ByteText, pieces: readonly PatternPiece[], operator: string): ByteText {
  const pattern = compilePattern(pieces)
  const isPrefix = operator.startsWith('#')
  const found = isPrefix ? matchingPrefix(pattern, value) : matchingSuffix(pattern, value)
  if (found === undefined) return value
  const length = operator.length === 2 ? found.longest : found.shortest
  return isPrefix ? value.slice(length) : value.slice(0, value.length - length)
}

function replaced(value: ByteText, pieces: readonly PatternPiece[], replacement: ByteText, operator: string): ByteText {
  const pattern = compilePattern(pieces)
  if (pattern.length === 0) return value
  if (operator === '/%') {
    const found = matchingSuffix(pattern, value)
    return found === undefined ? value : value.slice(0, value.length - found.longest) + replacement
  }
  let result = ''
  let at = 0
  while (at <= value.length) {
    const found = findPattern(pattern, value, at, operator === '/#')
    if (found === undefined) break
    result += value.slice(at, found.start) + replacement
    at = found.end
    if (operator !== '//') break
    if (found.end === found.start) result += value.charAt(at++)
    if (at >= value.length) break
  }
  return result + value.slice(at)
}
