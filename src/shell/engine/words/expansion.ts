/** What expansions work with, and what ends them. */
import type { Steps } from '../../../kernel/steps.ts'
import { type ByteText, characterCount, fromByteText, toByteText } from '../../byte-text.ts'
import type { Script } from '../grammar/syntax.ts'
import type { Shell } from '../shell.ts'
import type { Streams } from '../streams.ts'
import { ArithmeticError, evaluateArithmetic } from './arithmetic.ts'
import { elementUnder, keyOfNumber, setElement } from './arrays.ts'

/** An expansion that ends the command: the text is what the shell says of it. Caught where commands are run. */
export class ExpansionError extends Error {
  override readonly name = 'ExpansionError'
  /** Exit code; the shell itself ends with it. */
  readonly code: number
  constructor(message: string, code: number) {
    super(message)
    this.code = code
  }
}

/** Where words are expanded. */
export interface Expansion {
  readonly shell: Shell
  readonly streams: Streams
  /** Runs a script in a subshell and gives what it wrote. */
  readonly capture: (script: Script, shell: Shell, streams: Streams) => Steps<ByteText>
}

/** The value of an expression, as text. */
export function arithmetic(expression: ByteText, shell: Shell): ByteText {
  try {
    const isAsh = shell.dialect.name === 'ash'
    const variables = {
      isAsh,
      get: (name: string) => {
        const [, array, subscript] = element.exec(name) ?? []
        const value =
          array === undefined
            ? shell.variables.get(name)
            : elementUnder(shell, array, keyOf(shell, array, subscript ?? ''))
        if (value === undefined && shell.options.refusesUnset && !isAsh)
          throw new ExpansionError(shell.dialect.unset(name, undefined, false), shell.dialect.expansionCode(shell))
        return value ?? ''
      },
      set: (name: string, value: string) => {
        const [, array, subscript] = element.exec(name) ?? []
        if (array === undefined) assign(shell, name, value)
        else setElement(shell, array, keyOf(shell, array, subscript ?? ''), value)
      },
    }
    return evaluateArithmetic(expression, variables).toString()
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error
    throw new ExpansionError(shell.dialect.arithmetic(error), shell.dialect.name === 'bash' ? 1 : 2)
  }
}

/** `name[subscript]` in an expression. */
const element = /^([A-Za-z_]\w*)\[(.*)\]$/s

/** What a subscript means: an expression; a text for associative arrays. Throws ExpansionError where it is before the first element. */
export function keyOf(shell: Shell, name: string, subscript: ByteText, shown = name): string {
  const key = keyIfAny(shell, name, subscript)
  if (key === undefined) throw new ExpansionError(`${shown}: bad array subscript`, 1)
  return key
}

/** The same; undefined where it is before the first element. */
export function keyIfAny(shell: Shell, name: string, subscript: ByteText): string | undefined {
  if (shell.arrays.get(name)?.isMap === true) return subscript
  return keyOfNumber(shell, name, Number(arithmetic(subscript, shell)))
}

/** Sets a variable in the middle of an expansion. */
export function assign(shell: Shell, name: string, value: ByteText): void {
  if (!shell.set(name, value))
    throw new ExpansionError(shell.dialect.readOnly(name), shell.dialect.name === 'bash' ? 1 : 2)
}

/** Characters of a value, for `${#name}`. */
export function lengthOf(value: ByteText): string {
  return String(characterCount(value))
}

/** Text of a value cut by characters; ash cuts by bytes. */
export function characterSlice(value: ByteText, from: number, to: number | undefined, shell: Shell): ByteText {
  if (shell.dialect.name === 'ash') return value.slice(from, to)
  const chars = Array.from(fromByteText(value))
  return toByteText(chars.slice(from, to).join(''))
}
