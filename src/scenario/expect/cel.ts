import { TypeError as CelTypeError, type Context, Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js'
import { compileRegexp } from '../../go/regexp.ts'
import { isMap } from './compare.ts'

/**
 * Expressions of CEL over an object, as admission policies have them: `object.status.readyReplicas >= 2`. Whole numbers are
 * ints, as in Kubernetes. `matches` is RE2, in time linear in the text.
 */

/** What an expression says: true or false, or why it says neither. */
export type CelAnswer =
  | { readonly ok: true; readonly holds: boolean }
  | { readonly ok: false; readonly message: string }

let made: Environment | undefined

/** Made when it is first asked: most scenarios have no expressions. */
function environment(): Environment {
  made ??= new Environment({ enableOptionalTypes: true, limits: { maxAstNodes: 5000, maxDepth: 60 } })
    .registerVariable('object', 'dyn')
    .registerFunction(`string.${linearName()}(string): bool`, (text: string, pattern: string) => {
      const compiled = compileRegexp(pattern)
      if (!compiled.ok) throw new EvaluationError(compiled.message)
      return compiled.regexp.test(text)
    })
  return made
}

/** What `matches` is called within: as long, so that columns stay right. The library's own runs on the host's engine. */
function linearName(): string {
  return 'linearm'
}

const strings = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\.(\s*)matches(\s*\()/g

function parsed(expression: string) {
  return environment().parse(
    expression.replace(strings, (whole, text: string | undefined, before = '', after = '') =>
      text === undefined ? `.${before}${linearName()}${after}` : whole,
    ),
  )
}

/** What is wrong with an expression itself; undefined when it can be asked. */
export function celProblem(expression: string): string | undefined {
  try {
    const checked = parsed(expression).check()
    if (!checked.valid) return messageOf(checked.error)
    const { type = 'dyn' } = checked
    return type === 'bool' || type === 'dyn' ? undefined : `it gives a ${type}, expected true or false`
  } catch (error) {
    if (isOfCel(error)) return messageOf(error)
    throw error
  }
}

/** Asks an expression about an object. */
export function askCel(expression: string, object: unknown): CelAnswer {
  try {
    const context: Context = { object: withInts(object) }
    const answer: unknown = parsed(expression)(context)
    return typeof answer === 'boolean'
      ? { ok: true, holds: answer }
      : {
          ok: false,
          message: `it gives ${typeof answer === 'bigint' ? String(answer) : JSON.stringify(answer)}, expected true or false`,
        }
  } catch (error) {
    if (isOfCel(error)) return { ok: false, message: messageOf(error) }
    throw error
  }
}

/** Whole numbers of JSON as the ints that they are in Kubernetes' types. */
function withInts(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(withInts)
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withInts(inner)])) : value
}

function isOfCel(error: unknown): error is Error {
  return error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError
}

/** The sentence without the code frame. */
function messageOf(error: { readonly message: string } | undefined): string {
  return (error?.message.split('\n')[0] ?? 'it means nothing').replaceAll(linearName(), 'matches')
}
