/** From words to arguments: braces, parameters, substitutions, splitting, globs. Source: POSIX XCU 2.6; bash(1). */
import { ArithmeticError, evaluateArithmetic } from './arithmetic.ts'
import { expandBraces } from './braces.ts'
import { fromByteText } from './byte-text.ts'
import { expandGlob } from './glob.ts'
import { hasGlob, matchesPattern, type PatternPiece, patternSource } from './pattern.ts'
import { ShellJump, type ShellState } from './state.ts'
import type { Script, Word, WordPart } from './syntax.ts'

/** Runs the inside of `$(...)` and gives its output. */
export type Substitute = (script: Script) => string

/** Ends the command with a message of the shell's own. */
export type Complain = (message: string) => void

/** Expands the words of one command. */
export interface Expander {
  /** All arguments that words stand for. */
  args(words: readonly Word[]): string[]
  /** The one text that a word stands for where nothing is split or globbed. */
  text(word: Word): string
  /** The same as a pattern, with what was quoted told apart. */
  pattern(word: Word): readonly PatternPiece[]
}

/** One argument in the making. */
interface Field {
  readonly pieces: PatternPiece[]
  /** An empty argument is kept if anything in it was quoted. */
  isKept: boolean
}

/** An expander on a shell's variables. Substitutions run in subshells; what cannot be expanded ends the shell. */
export function createExpander(state: ShellState, substitute: Substitute, complain: Complain): Expander {
  const text = (word: Word): string =>
    pattern(word)
      .map((piece) => piece.text)
      .join('')
  const pattern = (word: Word): readonly PatternPiece[] => withTilde(word, state).flatMap((part) => partPieces(part))
  const partPieces = (part: WordPart): PatternPiece[] => {
    if (part.kind === 'text') return [{ text: part.text, quoted: part.quoted }]
    return [{ text: valueOfPart(part).join(' '), quoted: part.quoted }]
  }

  /** Several values only for `$@` and `$*`. */
  const valueOfPart = (part: Exclude<WordPart, { kind: 'text' }>): readonly string[] => {
    switch (part.kind) {
      case 'command':
        return [substitute(part.script).replace(/\0/g, '').replace(/\n+$/, '')]
      case 'arithmetic':
        return [arithmetic(text(part.expression))]
      case 'parameter':
        return parameter(part)
    }
  }

  const arithmetic = (expression: string): string => {
    try {
      return evaluateArithmetic(expression, (name) => state.get(name)).toString()
    } catch (error) {
      if (!(error instanceof ArithmeticError)) throw error
      complain(error.message)
      throw new ShellJump('exit', 1)
    }
  }

  const parameter = (part: Extract<WordPart, { kind: 'parameter' }>): readonly string[] => {
    const values = lookup(state, part.name)
    const { operator, argument = [] } = part
    if (operator === undefined) return values ?? ['']
    if (operator === 'length') {
      const isList = part.name === '@' || part.name === '*'
      return [String(isList ? state.positional.length : Array.from(fromByteText(values?.join(' ') ?? '')).length)]
    }
    const isMissing = values === undefined || (operator.startsWith(':') && values.join(' ') === '')
    switch (operator.replace(/^:(?=.)/, '')) {
      case '-':
        return isMissing ? [text(argument)] : (values ?? [])
      case '+':
        return isMissing ? [''] : [text(argument)]
      case '=': {
        if (!isMissing) return values ?? []
        const value = text(argument)
        state.setVariable(part.name, value)
        return [value]
      }
      case '?': {
        if (!isMissing) return values ?? []
        complain(`${part.name}: ${text(argument) || 'parameter null or not set'}`)
        throw new ShellJump('exit', 127)
      }
    }
    return (values ?? ['']).map((value) => transformed(value, operator, part))
  }

  const transformed = (value: string, operator: string, part: Extract<WordPart, { kind: 'parameter' }>): string => {
    const { argument = [], replacement = [] } = part
    switch (operator) {
      case ':':
        return substring(value, text(argument), arithmetic)
      case '#':
      case '##':
        return withoutPrefix(value, pattern(argument), operator === '##')
      case '%':
      case '%%':
        return withoutSuffix(value, pattern(argument), operator === '%%')
      case '/':
      case '//':
        return replaced(value, pattern(argument), text(replacement), operator === '//')
      case '^':
        return value.charAt(0).toUpperCase() + value.slice(1)
      case '^^':
        return upper(value)
      case ',':
        return value.charAt(0).toLowerCase() + value.slice(1)
      default:
        return value.replace(/[A-Z]/g, (char) => char.toLowerCase())
    }
  }

  const fieldsOf = (word: Word): Field[] => {
    const fields: Field[] = []
    let field: Field | undefined
    const current = (): Field => {
      if (field === undefined) {
        field = { pieces: [], isKept: false }
        fields.push(field)
      }
      return field
    }
    for (const part of withTilde(word, state)) {
      if (part.kind === 'text') {
        current().pieces.push({ text: part.text, quoted: part.quoted })
        current().isKept ||= part.quoted
        continue
      }
      const values = valueOfPart(part)
      if (part.quoted) {
        const isList = part.kind === 'parameter' && part.name === '@' && part.operator === undefined
        const joined = isList ? values : [values.join(' ')]
        joined.forEach((value, i) => {
          if (i > 0) field = undefined
          current().pieces.push({ text: value, quoted: true })
          current().isKept = true
        })
        if (joined.length === 0) continue
      } else {
        values.forEach((value, i) => {
          if (i > 0) field = undefined
          const words = split(value, state.variables.get('IFS') ?? ' \t\n')
          if (words.startsApart) field = undefined
          words.fields.forEach((one, k) => {
            if (k > 0) field = undefined
            current().pieces.push({ text: one, quoted: false })
          })
          if (words.endsApart) field = undefined
        })
      }
    }
    return fields.filter(({ pieces, isKept }) => isKept || pieces.some((piece) => piece.text !== ''))
  }

  const args = (words: readonly Word[]): string[] =>
    words
      .flatMap((word) => expandBraces(word))
      .flatMap(fieldsOf)
      .flatMap(({ pieces }) => {
        const plain = pieces.map((piece) => piece.text).join('')
        if (!hasGlob(pieces)) return [plain]
        const found = expandGlob(pieces, state)
        return found.length > 0 ? found : [plain]
      })

  return { args, text, pattern }
}

/** Undefined for what is not set. */
function lookup(state: ShellState, name: string): readonly string[] | undefined {
  switch (name) {
    case '?':
      return [String(state.status)]
    case '$':
      return ['1']
    case '#':
      return [String(state.positional.length)]
    case '@':
    case '*':
      return state.positional
    case '!':
    case '-':
      return ['']
    case '0':
      return ['bash']
  }
  if (/^\d+$/.test(name)) {
    const value = state.positional[Number(name) - 1]
    return value === undefined ? undefined : [value]
  }
  const value = state.variables.get(name)
  return value === undefined ? undefined : [value]
}

function withTilde(word: Word, state: ShellState): Word {
  const [first, second] = word
  if (first?.kind !== 'text' || first.quoted || first.text !== '~') return word
  const isAlone = second === undefined || (second.kind === 'text' && !second.quoted && second.text.startsWith('/'))
  return isAlone ? [{ kind: 'text', text: state.get('HOME') || '~', quoted: true }, ...word.slice(1)] : word
}

function split(value: string, separators: string): { fields: string[]; startsApart: boolean; endsApart: boolean } {
  if (separators === '' || value === '')
    return { fields: value === '' ? [] : [value], startsApart: false, endsApart: false }
  const isSeparator = (char: string): boolean => separators.includes(char)
  const isBlank = (char: string): boolean => isSeparator(char) && /\s/.test(char)
  const fields: string[] = []
  let field: string | undefined
  for (let i = 0; i < value.length; i++) {
    const char = value.charAt(i)
    if (!isSeparator(char)) field = (field ?? '') + char
    else if (!isBlank(char)) {
      fields.push(field ?? '')
      field = undefined
    } else if (field !== undefined) {
      fields.push(field)
      field = undefined
      let next = i + 1
      while (next < value.length && isBlank(value.charAt(next))) next++
      // A separator that is no blank takes the blanks around it along.
      if (next < value.length && isSeparator(value.charAt(next))) i = next
    }
  }
  if (field !== undefined) fields.push(field)
  return { fields, startsApart: isSeparator(value.charAt(0)), endsApart: isSeparator(value.charAt(value.length - 1)) }
}

function substring(value: string, argument: string, arithmetic: (text: string) => string): string {
  const [from = '0', length] = argument.split(':')
  const start = Number(arithmetic(from.trim() || '0'))
  const begin = start < 0 ? Math.max(value.length + start, 0) : start
  if (length === undefined) return value.slice(begin)
  const count = Number(arithmetic(length.trim() || '0'))
  return count < 0 ? value.slice(begin, count) : value.slice(begin, begin + count)
}

function withoutPrefix(value: string, pattern: readonly PatternPiece[], longest: boolean): string {
  for (let i = 0; i <= value.length; i++) {
    const length = longest ? value.length - i : i
    if (matchesPattern(value.slice(0, length), pattern)) return value.slice(length)
  }
  return value
}

function withoutSuffix(value: string, pattern: readonly PatternPiece[], longest: boolean): string {
  for (let i = 0; i <= value.length; i++) {
    const start = longest ? i : value.length - i
    if (matchesPattern(value.slice(start), pattern)) return value.slice(0, start)
  }
  return value
}

function replaced(value: string, pattern: readonly PatternPiece[], replacement: string, all: boolean): string {
  const source = patternSource(pattern, true)
  return source === '' ? value : value.replace(new RegExp(source, all ? 'g' : ''), () => replacement)
}

function upper(value: string): string {
  return value.replace(/[a-z]/g, (char) => char.toUpperCase())
}
