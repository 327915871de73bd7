import type { Wait } from '../program.ts'
import { evaluate } from './arithmetic.ts'
import { expandPaths, matchesGlob } from './glob.ts'
import type { ShellState } from './state.ts'
import type { Part, Script, Word } from './syntax.ts'

/** Thrown for an expansion that ends the command: `sh: X: parameter not set`. Caught by the interpreter. */
export class ExpansionTrouble extends Error {}

/** Runs a script and gives what it wrote to standard output. */
export type Capture = (script: Script) => Generator<Wait, string, void>

/** A piece of a word while it is being expanded. `splits`: white space in it separates words. */
interface Piece {
  readonly text: string
  readonly quoted: boolean
  readonly splits: boolean
  /** `"$@"`: the next piece begins a new word. */
  readonly breaksAfter?: boolean
}

/** Words for a command: expanded, split and with paths found. */
export function* expandWords(
  words: readonly Word[],
  state: ShellState,
  capture: Capture,
): Generator<Wait, string[], void> {
  const result: string[] = []
  for (const word of words) {
    const pieces = yield* expandParts(word, state, capture)
    for (const field of splitFields(pieces, state.variables.get('IFS') ?? ' \t\n'))
      result.push(...findPaths(field, state))
  }
  return result
}

/** One text, neither split nor matched against paths: for assignments, redirections and `case`. */
export function* expandText(word: Word, state: ShellState, capture: Capture): Generator<Wait, string, void> {
  const pieces = yield* expandParts(word, state, capture)
  return pieces.map(({ text, breaksAfter }) => (breaksAfter ? `${text} ` : text)).join('')
}

/** A pattern: what was quoted is made plain. */
export function* expandPattern(word: Word, state: ShellState, capture: Capture): Generator<Wait, string, void> {
  const pieces = yield* expandParts(word, state, capture)
  return pieces.map(({ text, quoted }) => (quoted ? plain(text) : text)).join('')
}

const plain = (text: string) => text.replace(/[*?[\]\\]/g, '\\$&')

function* expandParts(word: Word, state: ShellState, capture: Capture): Generator<Wait, Piece[], void> {
  const pieces: Piece[] = []
  for (const [index, part] of word.entries()) pieces.push(...(yield* expandPart(part, index === 0, state, capture)))
  return pieces
}

function* expandPart(
  part: Part,
  isFirst: boolean,
  state: ShellState,
  capture: Capture,
): Generator<Wait, readonly Piece[], void> {
  const piece = (text: string): Piece => ({ text, quoted: part.quoted, splits: !part.quoted })
  switch (part.kind) {
    case 'text': {
      const home = isFirst && !part.quoted && /^~(?=\/|$)/.test(part.text) ? state.variables.get('HOME') : undefined
      if (home !== undefined) return [{ text: home + part.text.slice(1), quoted: true, splits: false }]
      return [{ text: part.text, quoted: part.quoted, splits: false }]
    }
    case 'command':
      return [piece((yield* capture(part.script)).replace(/\n+$/, ''))]
    case 'arithmetic': {
      const text = yield* expandText(part.expression, state, capture)
      const result = evaluate(text, (name) => state.variables.get(name) ?? '')
      if (!result.ok) throw new ExpansionTrouble(result.message)
      return [piece(String(result.value))]
    }
    case 'parameter':
      return yield* expandParameter(part, state, capture)
  }
}

function* expandParameter(
  part: Extract<Part, { kind: 'parameter' }>,
  state: ShellState,
  capture: Capture,
): Generator<Wait, readonly Piece[], void> {
  const { name, operator, word, quoted } = part
  const piece = (text: string): Piece => ({ text, quoted, splits: !quoted })
  if (name === '@' && operator === '' && quoted)
    return state.positional.map((text, index) => ({
      text,
      quoted: true,
      splits: false,
      breaksAfter: index < state.positional.length - 1,
    }))
  const value = parameterValue(name, state)
  if (operator === 'length') return [piece(String((value ?? '').length))]
  const isSet = value !== undefined && !(operator.startsWith(':') && value === '')
  switch (operator.replace(':', '')) {
    case '-':
      return isSet ? [piece(value)] : yield* expandParts(word, state, capture)
    case '+':
      return isSet ? yield* expandParts(word, state, capture) : []
    case '=': {
      if (isSet) return [piece(value)]
      const text = yield* expandText(word, state, capture)
      state.variables.set(name, text)
      return [piece(text)]
    }
    case '?': {
      if (isSet) return [piece(value)]
      const text = yield* expandText(word, state, capture)
      throw new ExpansionTrouble(
        `${name}: ${text === '' ? `parameter not set${operator.startsWith(':') ? ' or null' : ''}` : text}`,
      )
    }
    case '#':
    case '##':
    case '%':
    case '%%':
      return [piece(trim(value ?? '', operator, yield* expandPattern(word, state, capture)))]
    default:
      if (value === undefined && state.refusesUnset && !/[@*]/.test(name))
        throw new ExpansionTrouble(`${name}: parameter not set`)
      return [piece(value ?? '')]
  }
}

/** Value of a parameter by its name; undefined if it is not set. */
function parameterValue(name: string, state: ShellState): string | undefined {
  switch (name) {
    case '?':
      return String(state.lastCode)
    case '#':
      return String(state.positional.length)
    case '$':
      return String(state.task.pid)
    case '!':
      return ''
    case '-':
      return `${state.exitsOnError ? 'e' : ''}${state.refusesUnset ? 'u' : ''}${state.traces ? 'x' : ''}`
    case '@':
    case '*':
      return state.positional.join(' ')
    case '0':
      return state.name
    default:
      return /^\d+$/.test(name) ? state.positional[Number(name) - 1] : state.variables.get(name)
  }
}

function trim(value: string, operator: string, pattern: string): string {
  const lengths = Array.from({ length: value.length + 1 }, (_, length) => length)
  if (operator.length === 2) lengths.reverse()
  const fromFront = operator.startsWith('#')
  for (const length of lengths) {
    const part = fromFront ? value.slice(0, length) : value.slice(value.length - length)
    if (matchesGlob(pattern, part)) return fromFront ? value.slice(length) : value.slice(0, value.length - length)
  }
  return value
}

/** Words out of pieces: an unquoted expansion is split where IFS says; a quoted one makes a word even if it is empty. */
function splitFields(pieces: readonly Piece[], ifs: string): readonly (readonly Piece[])[] {
  const fields: Piece[][] = []
  let field: Piece[] | undefined
  const end = (): void => {
    if (field !== undefined) fields.push(field)
    field = undefined
  }
  for (const piece of pieces) {
    if (!piece.splits || ifs === '') {
      if (piece.text !== '' || piece.quoted) field = [...(field ?? []), piece]
      if (piece.breaksAfter) end()
      continue
    }
    let text = ''
    for (const char of piece.text) {
      if (!ifs.includes(char)) {
        text += char
        continue
      }
      const isBlank = /\s/.test(char)
      if (text !== '') field = [...(field ?? []), { ...piece, text }]
      else if (!isBlank) field = field ?? [{ ...piece, text: '' }]
      text = ''
      end()
    }
    if (text !== '') field = [...(field ?? []), { ...piece, text }]
  }
  end()
  return fields
}

function findPaths(field: readonly Piece[], state: ShellState): readonly string[] {
  const text = field.map((piece) => piece.text).join('')
  if (!field.some((piece) => !piece.quoted && /[*?[]/.test(piece.text))) return [text]
  const pattern = field.map((piece) => (piece.quoted ? plain(piece.text) : piece.text)).join('')
  const found = expandPaths(state.task.files, state.cwd, pattern)
  return found.length > 0 ? found : [text]
}
