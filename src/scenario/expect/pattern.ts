import { compareQuantities, parseQuantity } from '../../api/quantity.ts'
import { compileRegexp } from '../../go/regexp.ts'
import { closest } from '../../sim/input/closest.ts'
import { quoted } from '../../sim/input/words.ts'
import { fitsComparison, isMap, listOf, show } from './compare.ts'

/**
 * What a part of an object is compared with. A map is a part: what it does not name may be anything. A list whose members
 * are maps with a key that Kubernetes tells them apart by matches by that key, others member by member. A text such as
 * `>=2` or `<= 64Mi` compares numbers and quantities. A map of words with a $ (no field of Kubernetes begins with one) says more.
 */

/** Compares one `$word: wanted`; undefined when it fits. */
type Matcher = (wanted: unknown, found: unknown, path: string) => string | undefined

interface MatcherRow {
  /** What is wrong with what stands behind the word; undefined when nothing is. */
  readonly problem: (wanted: unknown) => string | undefined
  readonly match: Matcher
}

const patternProblem = (wanted: unknown): string | undefined => patternProblems(wanted)[0]?.message

const textProblem = (wanted: unknown): string | undefined =>
  typeof wanted === 'string' ? undefined : 'it takes a text'

/** The words, and what each says. */
const matchers: Readonly<Record<string, MatcherRow>> = {
  $matches: {
    problem(wanted) {
      if (typeof wanted !== 'string') return 'it takes a regular expression as a text'
      const compiled = compileRegexp(wanted)
      return compiled.ok ? undefined : `${quoted(wanted)} is no regular expression`
    },
    match(wanted, found, path) {
      const compiled = compileRegexp(String(wanted))
      const holds = compiled.ok && isScalar(found) && compiled.regexp.test(String(found))
      return holds ? undefined : `${path} is ${show(found)}, expected a match of ${String(wanted)}`
    },
  },
  $contains: {
    problem: (wanted) => (typeof wanted === 'string' ? undefined : patternProblem(wanted)),
    match(wanted, found, path) {
      if (Array.isArray(found))
        return found.some((member) => mismatch(wanted, member, path) === undefined)
          ? undefined
          : `${path} has no member ${show(wanted)}: ${show(found)}`
      const lacking = textsOf(wanted).find((part) => typeof found !== 'string' || !found.includes(part))
      return lacking === undefined ? undefined : `${path} is ${show(found)}, expected ${show(lacking)} in it`
    },
  },
  $lacks: {
    problem: (wanted) => (typeof wanted === 'string' ? undefined : patternProblem(wanted)),
    match(wanted, found, path) {
      if (Array.isArray(found)) {
        const member = found.find((each) => mismatch(wanted, each, path) === undefined)
        return member === undefined ? undefined : `${path} has the member ${show(member)}`
      }
      const there = textsOf(wanted).find((part) => typeof found === 'string' && found.includes(part))
      return there === undefined ? undefined : `${path} is ${show(found)}, expected no ${show(there)} in it`
    },
  },
  $absent: {
    problem: (wanted) => (typeof wanted === 'boolean' ? undefined : 'it takes true or false'),
    match: (wanted, found, path) =>
      (found === undefined || found === null) === wanted
        ? undefined
        : `${path} is ${show(found)}, expected ${wanted === true ? 'nothing' : 'something'} there`,
  },
  $size: {
    problem: (wanted) => (isCount(wanted) ? undefined : 'it takes a whole number, or a comparison such as ">=2"'),
    match(wanted, found, path) {
      const size = sizeOf(found)
      // The check above let nothing else through.
      const holds = size !== undefined && fitsComparison(size, wanted as number | string)
      return holds ? undefined : `${path} has the size ${size ?? 'of nothing'}, expected ${String(wanted)}`
    },
  },
  $oneOf: {
    problem: (wanted) => (Array.isArray(wanted) && wanted.length > 0 ? patternProblem(wanted) : 'it takes a list'),
    match: (wanted, found, path) =>
      Array.isArray(wanted) && wanted.some((each) => mismatch(each, found, path) === undefined)
        ? undefined
        : `${path} is ${show(found)}, expected one of ${show(wanted)}`,
  },
  $not: {
    problem: patternProblem,
    match: (wanted, found, path) =>
      mismatch(wanted, found, path) === undefined ? `${path} is ${show(found)}, expected anything else` : undefined,
  },
  $each: {
    problem: patternProblem,
    match(wanted, found, path) {
      if (!Array.isArray(found)) return `${path} is ${show(found)}, expected a list`
      return firstOf(found.map((member, i) => mismatch(wanted, member, `${path}[${i}]`)))
    },
  },
  $exactly: {
    problem: () => undefined,
    match: (wanted, found, path) =>
      canonical(wanted) === canonical(found)
        ? undefined
        : `${path} is ${show(found)}, expected exactly ${show(wanted)}`,
  },
  $is: {
    problem: (wanted) =>
      typeof wanted === 'string' && comparisonOf(wanted) !== undefined
        ? undefined
        : 'it takes a comparison such as ">=2" or "<= 64Mi"',
    match: (wanted, found, path) => comparedMismatch(String(wanted), found, path),
  },
  $literally: {
    problem: textProblem,
    match: (wanted, found, path) =>
      wanted === found ? undefined : `${path} is ${show(found)}, expected ${show(wanted)}`,
  },
}

/** The first place where `found` is not as `wanted` says; undefined when all of it is. */
export function mismatch(wanted: unknown, found: unknown, path = ''): string | undefined {
  if (Array.isArray(wanted)) return listMismatch(wanted, found, path)
  if (isMap(wanted)) return isMatcher(wanted) ? matcherMismatch(wanted, found, path) : mapMismatch(wanted, found, path)
  if (typeof wanted === 'string' && comparisonOf(wanted) !== undefined) return comparedMismatch(wanted, found, path)
  const same = wanted === null ? found === undefined || found === null : wanted === found
  return same ? undefined : `${path === '' ? 'it' : path} is ${show(found)}, expected ${show(wanted)}`
}

function mapMismatch(wanted: Readonly<Record<string, unknown>>, found: unknown, path: string): string | undefined {
  // What must be absent may be absent together with the map around it.
  if (found === undefined || found === null) {
    const [first] = Object.entries(wanted).flatMap(([key, value]) => {
      const inner = mismatch(value, undefined, path === '' ? key : `${path}.${key}`)
      return inner === undefined ? [] : [inner]
    })
    return first === undefined ? undefined : `${path === '' ? 'the object' : path} is ${show(found)}, expected a map`
  }
  if (!isMap(found)) return `${path === '' ? 'the object' : path} is ${show(found)}, expected a map`
  for (const [key, value] of Object.entries(wanted)) {
    const inner = Object.hasOwn(found, key) ? found[key] : undefined
    const wrong = mismatch(value, inner, path === '' ? key : `${path}.${key}`)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

function matcherMismatch(wanted: Readonly<Record<string, unknown>>, found: unknown, path: string): string | undefined {
  const where = path === '' ? 'it' : path
  return firstOf(Object.entries(wanted).map(([word, value]) => matchers[word]?.match(value, found, where)))
}

/** Keys by which members of lists are told apart where the field's name does not say it. */
const commonKeys = ['name', 'type', 'mountPath', 'key', 'uid', 'containerPort', 'ip', 'topologyKey'] as const

/** Keys of lists that the order above would get wrong. Source: k8s.io/api/core/v1 types.go, patchMergeKey. */
const keysOfField: Readonly<Record<string, readonly string[]>> = {
  volumeMounts: ['mountPath', 'name'],
  volumeDevices: ['devicePath', 'name'],
  ports: ['containerPort', 'port', 'name'],
  ownerReferences: ['uid', 'name'],
  topologySpreadConstraints: ['topologyKey'],
  hostAliases: ['ip'],
}

function listMismatch(wanted: readonly unknown[], found: unknown, path: string): string | undefined {
  if (!Array.isArray(found)) return `${path} is ${show(found)}, expected a list`
  const field = /([A-Za-z]+)(\[[^\]]*\])?$/.exec(path)?.[1] ?? ''
  const keys = keysOfField[field] ?? commonKeys
  const key = keys.find(
    (candidate) =>
      wanted.length > 0 && wanted.every((member) => isMap(member) && !isMatcher(member) && isScalar(member[candidate])),
  )
  if (key === undefined) {
    if (wanted.length !== found.length) return `${path} has ${found.length} members, expected ${wanted.length}`
    return firstOf(wanted.map((member, i) => mismatch(member, found[i], `${path}[${i}]`)))
  }
  for (const member of wanted) {
    // Every member is a map: that is how the key was found.
    const { [key]: name } = member as Readonly<Record<string, unknown>>
    const where = `${path}[${key}=${String(name)}]`
    const counterparts = found.filter((candidate) => isMap(candidate) && candidate[key] === name)
    if (counterparts.length === 0) return `${where} is missing`
    const wrong = counterparts.map((counterpart) => mismatch(member, counterpart, where))
    if (!wrong.includes(undefined)) return wrong[0]
  }
  return undefined
}

/** Something wrong with what is to be compared with, by its path. */
export interface PatternProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly suggestion?: string
}

/** What is wrong with words that begin with $; empty when all of them mean something. */
export function patternProblems(wanted: unknown, path: readonly (string | number)[] = []): readonly PatternProblem[] {
  if (Array.isArray(wanted)) return wanted.flatMap((member, i) => patternProblems(member, [...path, i]))
  if (!isMap(wanted)) return []
  const isMatching = isMatcher(wanted)
  return Object.entries(wanted).flatMap(([key, value]): readonly PatternProblem[] => {
    const at = [...path, key]
    if (!isMatching) return patternProblems(value, at)
    const row = matchers[key]
    if (row === undefined) {
      const words = Object.keys(matchers)
      const meant = closest(key, words)
      const message = key.startsWith('$')
        ? `there is no comparison ${quoted(key)}; expected one of ${words.join(', ')}`
        : `${quoted(key)} stands beside a comparison; expected words with a $ alone`
      return [{ path: at, message, ...(meant === undefined ? {} : { suggestion: quoted(meant) }) }]
    }
    const problem = row.problem(value)
    return problem === undefined ? [] : [{ path: at, message: `${key} is wrong: ${problem}` }]
  })
}

function isMatcher(map: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(map).some((key) => key.startsWith('$'))
}

interface Comparison {
  readonly operator: string
  readonly wanted: string
}

/** `>=2`, `<= 64Mi`, `!=0`; undefined: the text is no comparison. */
function comparisonOf(text: string): Comparison | undefined {
  const [, operator, wanted = ''] = /^(>=|<=|>|<|==|!=)\s*([-+]?[0-9.]+[A-Za-z]*)$/.exec(text) ?? []
  return operator === undefined || !parseQuantity(wanted).ok ? undefined : { operator, wanted }
}

function comparedMismatch(text: string, found: unknown, path: string): string | undefined {
  const comparison = comparisonOf(text)
  const amount = typeof found === 'number' ? String(found) : found
  const where = path === '' ? 'it' : path
  if (comparison === undefined || typeof amount !== 'string' || !parseQuantity(amount).ok)
    return found === text ? undefined : `${where} is ${show(found)}, expected ${text}`
  const order = compareQuantities(amount, comparison.wanted)
  const holds = {
    '>=': order >= 0,
    '<=': order <= 0,
    '>': order > 0,
    '<': order < 0,
    '==': order === 0,
    '!=': order !== 0,
  }[comparison.operator]
  return holds === true ? undefined : `${where} is ${show(found)}, expected ${text}`
}

function isCount(value: unknown): boolean {
  return typeof value === 'number'
    ? Number.isInteger(value) && value >= 0
    : /^(>=|<=|>|<|==)?\s*\d+$/.test(String(value))
}

function sizeOf(found: unknown): number | undefined {
  if (typeof found === 'string' || Array.isArray(found)) return found.length
  return isMap(found) ? Object.keys(found).length : undefined
}

function textsOf(wanted: unknown): readonly string[] {
  return listOf(Array.isArray(wanted) ? wanted.map(String) : String(wanted))
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function firstOf(found: readonly (string | undefined)[]): string | undefined {
  return found.find((each) => each !== undefined)
}

/** As JSON with keys in order: two values that are the same have the same. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isMap(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
}
