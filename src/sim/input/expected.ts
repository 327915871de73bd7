import * as z from 'zod'
import { choices, headsOf } from './choice.ts'
import { closest } from './closest.ts'
import { type InputPath, optionsOf, unwrapped, wordsOf } from './walk.ts'
import { listed, quoted } from './words.ts'

/** What a schema wants, in words: its own, or those of its type. */
export function expectedOf(wrapped: z.ZodType): string {
  const own = wordsOf(wrapped)
  if (own !== undefined) return own.expected
  const schema = unwrapped(wrapped)
  if (schema instanceof z.ZodEnum) return listed(schema.options.map((option) => quoted(String(option))))
  if (schema instanceof z.ZodLiteral) return listed([...schema.values].map((value) => JSON.stringify(value)))
  if (schema instanceof z.ZodUnion) {
    const choice = choices.get(schema)
    if (choice !== undefined) return `a map with one of ${headsOf(choice).join(', ')}`
    return listed([...new Set(optionsOf(schema).map(expectedOf))])
  }
  if (schema instanceof z.ZodNumber) return numberWords(schema)
  if (schema instanceof z.ZodArray) return schema.safeParse([]).success ? 'a list' : 'a list with at least one member'
  if (schema instanceof z.ZodString) return schema.minLength === 1 ? 'a text that is not empty' : 'a text'
  if (schema instanceof z.ZodBoolean) return 'true or false'
  if (schema instanceof z.ZodTuple) return `${schema.def.items.length} arguments`
  return schema instanceof z.ZodObject || schema instanceof z.ZodRecord ? 'a map' : 'another value'
}

function numberWords({ minValue, maxValue, isInt }: z.ZodNumber): string {
  const noun = isInt ? 'a whole number' : 'a number'
  const hasMin = minValue !== null && minValue > Number.MIN_SAFE_INTEGER
  const hasMax = maxValue !== null && maxValue < Number.MAX_SAFE_INTEGER
  if (hasMin && hasMax) return `${noun} from ${minValue} to ${maxValue}`
  if (hasMin) return `${noun} of at least ${minValue}`
  return hasMax ? `${noun} of at most ${maxValue}` : noun
}

/** Keys that a map of this schema may have. */
export function knownKeys(wrapped: z.ZodType): readonly string[] {
  const schema = unwrapped(wrapped)
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  if (schema instanceof z.ZodUnion) return [...new Set(optionsOf(schema).flatMap(knownKeys))]
  return []
}

/** What YAML 1.1 took for true and false; YAML 1.2 knows only the two words. */
const oldBooleans: Readonly<Record<string, boolean>> = {
  y: true,
  yes: true,
  on: true,
  true: true,
  n: false,
  no: false,
  off: false,
  false: false,
}

/** What the author may have meant, as it would be written. */
export function suggestionFor(wrapped: z.ZodType, found: unknown, source: string | undefined): string | undefined {
  // A map or list was meant as something else altogether; it may not even have a text.
  if (typeof found === 'object' || typeof found === 'function' || typeof found === 'symbol') return undefined
  const suggestion = suggest(wrapped, found, source)
  return suggestion === undefined || !wouldFit(wrapped, suggestion) ? undefined : suggestion
}

/** Whether a suggestion would be taken; one that is no JSON is a sketch, which nobody can tell of. */
function wouldFit(schema: z.ZodType, suggestion: string): boolean {
  try {
    return schema.safeParse(JSON.parse(suggestion)).success
  } catch {
    return true
  }
}

function suggest(wrapped: z.ZodType, found: unknown, source: string | undefined): string | undefined {
  const own = wordsOf(wrapped)
  if (own?.suggest !== undefined) return own.suggest(found, source)
  const schema = unwrapped(wrapped)
  if (schema instanceof z.ZodUnion && choices.get(schema) === undefined) {
    for (const option of optionsOf(schema)) {
      const suggestion = suggest(option, found, source)
      if (suggestion !== undefined) return suggestion
    }
    return undefined
  }
  if (schema instanceof z.ZodEnum) {
    const names = schema.options.map(String)
    const meant = typeof found === 'object' ? undefined : closest(String(found), names)
    return meant === undefined ? undefined : quoted(meant)
  }
  if (schema instanceof z.ZodBoolean && typeof found === 'string') {
    const meant = oldBooleans[found.toLowerCase()]
    return meant === undefined ? undefined : String(meant)
  }
  if (schema instanceof z.ZodNumber && typeof found === 'string' && schema.safeParse(Number(found)).success)
    return found.trim() === '' ? undefined : String(Number(found))
  if (schema instanceof z.ZodString && (Number.isFinite(found) || typeof found === 'boolean')) {
    const text = source ?? String(found)
    return schema.safeParse(text).success ? quoted(text) : undefined
  }
  return undefined
}

/** `cluster.nodes[0].memory`; `root` at the top. */
export function pathText(path: InputPath, root = 'the whole'): string {
  if (path.length === 0) return root
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${keyText(part)}`))
    .join('')
}

/** A key as a path has it: in brackets where it holds dots or blanks. */
function keyText(key: string): string {
  return /^[\w-]+$/.test(key) ? key : quoted(key)
}

export function whereIs(path: InputPath): string {
  return path.length === 0 ? 'at the top' : `in ${pathText(path)}`
}
