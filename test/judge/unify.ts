import { createHash } from 'node:crypto'

/**
 * Compares what a real server answered, placeholders and all, with what podsim answers. Placeholders are those that
 * README-real-cluster.md names, and no more.
 */
export class Bindings {
  /** What stands for `<uid-1>`, `<rand-2>`, `<rv-3>` ... in this run. */
  readonly values = new Map<string, string>()
  /** Versions that are those of objects: no two of them are the same. That of a list may be an object's. */
  private readonly ofObjects = new Set<string>()
  /** Whether what is compared now is the head of a list. */
  isOfList = false
  private readonly isOrderJudged: boolean

  /** Without order a version is only the same as, or another than, one that was seen. */
  constructor(isOrderJudged = true) {
    this.isOrderJudged = isOrderJudged
  }

  copy(): Bindings {
    const copy = new Bindings(this.isOrderJudged)
    copy.take(this)
    copy.isOfList = this.isOfList
    return copy
  }

  take(other: Bindings): void {
    for (const [key, value] of other.values) this.values.set(key, value)
    for (const key of other.ofObjects) this.ofObjects.add(key)
  }

  /** Notes that a placeholder stands for a value; false when that contradicts what is known. */
  bind(placeholder: string, value: string): boolean {
    const known = this.values.get(placeholder)
    if (known !== undefined) return known === value
    if (!this.isOfList) this.ofObjects.add(placeholder)
    if (placeholder.startsWith('<rv-')) {
      if (this.isOrderJudged && !this.isInOrder(placeholder, value)) return false
    } else {
      // Another number stands for another value.
      const family = placeholder.replace(/\d+>$/, '')
      for (const [other, taken] of this.values) if (other.startsWith(family) && taken === value) return false
    }
    this.values.set(placeholder, value)
    return true
  }

  /** A greater rank is a newer version; a list may be as new as an object, since other writers share the real counter, an object not as another. */
  private isInOrder(placeholder: string, value: string): boolean {
    const rank = rankOf(placeholder)
    const version = Number(value)
    for (const [other, taken] of this.values) {
      if (!other.startsWith('<rv-')) continue
      const difference = rank - rankOf(other)
      if (version === Number(taken) && this.ofObjects.has(other) && this.ofObjects.has(placeholder)) return false
      if (difference > 0 ? version < Number(taken) : version > Number(taken)) return false
    }
    return true
  }
}

function rankOf(placeholder: string): number {
  return Number(placeholder.slice(4, -1))
}

const letters = '[bcdfghjklmnpqrstvwxz2456789]{5}'

/** What each placeholder may stand for; those with a capture are bound. */
const patterns: readonly (readonly [placeholder: RegExp, pattern: string, isBound: boolean])[] = [
  [/^<uid-\d+>$/, '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', true],
  [/^<rv-\d+>$/, '\\d+', true],
  [/^<rand-\d+>$/, letters, true],
  [/^<hash-\d+>$/, '[456789bcdf]{1,10}', true],
  [/^<continue-\d+>$/, '[A-Za-z0-9_-]+', true],
  [/^<rand>$/, letters, false],
  [/^<hex>$/, '[0-9a-f]+', false],
  [/^<time>$/, '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z', false],
  [/^<(rv|current-rv|oldest-rv)>$/, '\\d+', false],
  [/^<age>$/, '(?:\\d+[smhdy])+|<unknown>|<invalid>', false],
  [/^<(token|ca\\.crt|host|server|build)>$/, '[\\s\\S]+', false],
  [/^<ca\.crt>$/, '[\\s\\S]+', false],
]

const placeholderPattern =
  /<(?:uid|rv|rand|hash|continue)-\d+>|<(?:rand|hex|time|rv|current-rv|oldest-rv|age|token|ca\.crt|host|server|build)>/g

/** What differs, as a path and both sides; undefined when the actual value is what was expected. */
export function unify(expected: unknown, actual: unknown, bindings: Bindings, path = ''): string | undefined {
  if (typeof expected === 'string') return unifyText(expected, actual, bindings, path)
  if (Array.isArray(expected)) return unifyList(expected, actual, bindings, path)
  if (isRecord(expected)) return unifyRecord(expected, actual, bindings, path)
  return Object.is(expected, actual) ? undefined : differs(path, expected, actual)
}

function differs(path: string, expected: unknown, actual: unknown): string {
  const show = (value: unknown): string => {
    const text = JSON.stringify(value) ?? 'absent'
    return text.length > 900 ? `${text.slice(0, 900)}...` : text
  }
  return `${path || '(root)'}: expected ${show(expected)}, got ${show(actual)}`
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unifyText(expected: string, actual: unknown, bindings: Bindings, path: string): string | undefined {
  if (expected === actual) return undefined
  // Cells of counts may be text or number on either side.
  if (typeof actual !== 'string') return differs(path, expected, actual)
  const names: string[] = []
  let pattern = ''
  let from = 0
  for (const match of expected.matchAll(placeholderPattern)) {
    const known = patterns.find(([placeholder]) => placeholder.test(match[0]))
    if (known === undefined) continue
    pattern += escapeRegExp(expected.slice(from, match.index))
    from = match.index + match[0].length
    const bound = bindings.values.get(match[0])
    if (bound !== undefined) pattern += escapeRegExp(bound)
    else if (known[2]) {
      pattern += `(${known[1]})`
      names.push(match[0])
    } else pattern += `(?:${known[1]})`
  }
  if (from === 0) return differs(path, expected, actual)
  pattern += escapeRegExp(expected.slice(from))
  const found = new RegExp(`^${pattern}$`).exec(actual)
  if (found === null) return differs(path, expected, actual)
  const known = bindings.copy()
  const fits = names.every((name, at) => known.bind(name, found[at + 1] ?? ''))
  if (!fits) return `${differs(path, expected, actual)} (contradicts an earlier placeholder)`
  bindings.take(known)
  return undefined
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function unifyList(
  expected: readonly unknown[],
  actual: unknown,
  bindings: Bindings,
  path: string,
): string | undefined {
  if (!Array.isArray(actual)) return differs(path, expected, actual)
  if (actual.length !== expected.length) return differs(`${path}.length`, expected, actual)
  for (let at = 0; at < expected.length; at++) {
    const different = unify(expected[at], actual[at], bindings, `${path}[${at}]`)
    if (different !== undefined) return different
  }
  return undefined
}

/** Lists whose order the real server leaves to chance. */
export function unifyUnordered(
  expected: readonly unknown[],
  actual: readonly unknown[],
  bindings: Bindings,
  path: string,
): string | undefined {
  if (expected.length !== actual.length) return differs(`${path}.length`, expected, actual)
  const left = [...actual]
  for (const item of expected) {
    const at = left.findIndex((candidate) => {
      const trial = bindings.copy()
      if (unify(item, candidate, trial) !== undefined) return false
      bindings.take(trial)
      return true
    })
    if (at < 0) return differs(`${path}[*]`, item, left)
    left.splice(at, 1)
  }
  return undefined
}

function unifyRecord(
  expected: Record<string, unknown>,
  actual: unknown,
  bindings: Bindings,
  path: string,
): string | undefined {
  if (typeof expected.$sha256 === 'string') {
    const text = typeof actual === 'string' ? actual : ''
    const digest = createHash('sha256').update(text).digest('hex')
    return digest === expected.$sha256 ? undefined : differs(path, expected, `${text.slice(0, 40)}... (${digest})`)
  }
  const whole = expandBig(expected)
  if (whole !== expected) return unify(whole, actual, bindings, path)
  if (!isRecord(actual)) return differs(path, expected, actual)
  const named = withKeysOf(actual, expected, bindings)
  if (named !== expected) return unify(named, actual, bindings, path)
  for (const key of Object.keys(expected)) {
    if (!Object.hasOwn(actual, key)) return differs(`${path}.${key}`, expected[key], undefined)
  }
  for (const key of Object.keys(actual)) {
    if (!Object.hasOwn(expected, key)) return differs(`${path}.${key}`, undefined, actual[key])
  }
  if (isRecord(expected.details) && typeof expected.message === 'string') {
    return unifyStatus(expected, actual, bindings, path)
  }
  return unifyMembers(expected, actual, bindings, path)
}

/** Keys with placeholders, as in fieldsV1, as the keys that they stand for. */
function withKeysOf(
  actual: Record<string, unknown>,
  expected: Record<string, unknown>,
  bindings: Bindings,
): Record<string, unknown> {
  if (!Object.keys(expected).some((key) => key.includes('<') && !Object.hasOwn(actual, key))) return expected
  const free = Object.keys(actual).filter((key) => !Object.hasOwn(expected, key))
  let isChanged = false
  const named = Object.entries(expected).map(([key, value]) => {
    const found = key.includes('<')
      ? free.find((other) => unifyText(key, other, bindings, '') === undefined)
      : undefined
    if (found !== undefined) isChanged = true
    return [found ?? key, value] as const
  })
  return isChanged ? Object.fromEntries(named) : expected
}

function unifyMembers(
  expected: Record<string, unknown>,
  actual: Record<string, unknown>,
  bindings: Bindings,
  path: string,
): string | undefined {
  const wasOfList = bindings.isOfList
  const isList = /(?:List|Table)$/.test(String(expected.kind))
  for (const key of Object.keys(expected)) {
    bindings.isOfList = isList ? key === 'metadata' : wasOfList
    const different = unify(expected[key], actual[key], bindings, `${path}.${key}`)
    bindings.isOfList = wasOfList
    if (different !== undefined) return different
  }
  return undefined
}

/** Where one message lists several bad data keys any order is right: compare the causes as a set, the message by its parts. */
function unifyStatus(
  expected: Record<string, unknown>,
  actual: Record<string, unknown>,
  bindings: Bindings,
  path: string,
): string | undefined {
  const trial = bindings.copy()
  const different = unifyMembers(expected, actual, trial, path)
  if (different === undefined) {
    bindings.take(trial)
    return undefined
  }
  const causes = (status: Record<string, unknown>): readonly unknown[] =>
    isRecord(status.details) && Array.isArray(status.details.causes) ? status.details.causes : []
  const parts = (status: Record<string, unknown>): string =>
    String(status.message)
      .split(/, (?=[\w.]+\[)/)
      .map((part) => part.replace(/^.*is invalid: \[/, '').replace(/\]$/, ''))
      .sort()
      .join('\n')
  if (causes(expected).length < 2 || parts(expected) !== parts(actual)) return different
  return unifyUnordered(causes(expected), causes(actual), bindings, `${path}.details.causes`)
}

/** `{$repeat}` and `{$map}` written out; anything else as it is. */
export function expandBig(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(expandBig)
    return items.some((item, at) => item !== value[at]) ? items : value
  }
  if (!isRecord(value)) return value
  if (isRecord(value.$repeat)) {
    const { text, times, then = '' } = value.$repeat as { text: string; times: number; then?: string }
    return text.repeat(times) + then
  }
  if (isRecord(value.$map)) {
    const { count, key, value: each } = value.$map as { count: number; key: string; value: unknown }
    return Object.fromEntries(
      Array.from({ length: count }, (_, at) => [key.replaceAll('#', String(at)), expandBig(each)]),
    )
  }
  const expanded: Record<string, unknown> = {}
  let changed = false
  for (const key of Object.keys(value)) {
    const inner = expandBig(value[key])
    if (inner !== value[key]) changed = true
    Object.defineProperty(expanded, key, { value: inner, enumerable: true, writable: true, configurable: true })
  }
  return changed ? expanded : value
}
