/** Fields that a path leads to, with those that it makes on the way. Source: kyaml yaml/match.go, PathMatcher. */
import { isObject } from '../go/json.ts'
import { compileRegexp } from '../go/regexp.ts'
import { setOwn } from './field-spec.ts'
import { refuse, wrap } from './loader.ts'
import { isKept, keptScalar, refuseKind, writtenText } from './plain-scalar.ts'
import type { Body } from './resource.ts'

/** Where a value stands. */
export interface Slot {
  readonly parent: Body | unknown[]
  readonly key: string | number
}

/** What is made at a path's end. */
export type MadeKind = 'scalar' | 'map' | 'list'

/** What a slot holds. */
export function heldBy({ parent, key }: Slot): unknown {
  return parent[key as never] // a list has numbers, a map texts
}

/** Puts a value there. */
export function putAt({ parent, key }: Slot, value: unknown): void {
  setOwn(parent as Body, String(key), value) // lists have numbers as keys
}

/** Where a path leads in a map; `made`: what is missing is made, and what at its end. */
export function matchPath(body: Body, path: readonly string[], made: MadeKind | undefined): readonly Slot[] {
  return match({ parent: { root: body }, key: 'root' }, path, made)
}

function match(slot: Slot, path: readonly string[], made: MadeKind | undefined): readonly Slot[] {
  const [part, ...rest] = path
  if (part === undefined) return [slot]
  if (isNumber(part)) return matchNumber(slot, part, rest, made)
  if (isCondition(part)) return matchCondition(slot, part, rest, made)
  if (part === '*') return listOf(slot).flatMap((_, i, list) => match({ parent: list, key: i }, rest, made))
  return matchField(slot, part, rest, made)
}

function isNumber(part: string): boolean {
  return /^\d+$/.test(part)
}

function isCondition(part: string): boolean {
  return /^\[.*=.*\]$/.test(part)
}

/** Source: match.go, getPathPartKind. */
function madeFor(next: string | undefined, made: MadeKind): unknown {
  const kind = next === undefined ? made : isNumber(next) || isCondition(next) ? 'list' : 'map'
  return kind === 'list' ? [] : kind === 'map' ? {} : keptScalar('')
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null
}

/** The list there; nothing counts as one without elements, and becomes one where it is asked to. */
function listOf(slot: Slot, made?: MadeKind): unknown[] {
  const value = heldBy(slot)
  if (Array.isArray(value)) return value
  if (!isNothing(value)) return refuseKind('SequenceNode', value)
  const list: unknown[] = []
  if (made !== undefined) putAt(slot, list)
  return list
}

function matchNumber(slot: Slot, part: string, rest: readonly string[], made: MadeKind | undefined): readonly Slot[] {
  const list = listOf(slot, made)
  const index = Number(part)
  if (made !== undefined && list.length === index) list.push(madeFor(rest[0], made))
  if (list.length <= index) refuse(`index ${index} specified but only ${list.length} elements found`)
  return match({ parent: list, key: index }, rest, made)
}

/** `[name=c1]`, and `[=x]` for elements that are no maps; the value is a pattern. */
function matchCondition(
  slot: Slot,
  part: string,
  rest: readonly string[],
  made: MadeKind | undefined,
): readonly Slot[] {
  const list = listOf(slot, made)
  const equals = part.indexOf('=')
  const [field, value] = [part.slice(1, equals), part.slice(equals + 1, -1)]
  const compiled = compileRegexp(value)
  const pattern = compiled.ok ? compiled.regexp : refuse(compiled.message)
  const isMeant = (item: unknown): boolean => {
    const text = field === '' ? item : isObject(item) && Object.hasOwn(item, field) ? item[field] : undefined
    return !isNothing(text) && typeof text !== 'object' && pattern.test(writtenText(text))
  }
  const found = (): readonly Slot[] =>
    list.flatMap((item, i) => {
      if (!isMeant(item)) return []
      const at = { parent: list, key: i }
      return field === '' ? [at] : match(at, rest, made)
    })
  const slots = found()
  if (slots.length > 0 || made === undefined) return slots
  list.push(field === '' ? keptScalar(value) : { [field]: value })
  return found()
}

function matchField(slot: Slot, part: string, rest: readonly string[], made: MadeKind | undefined): readonly Slot[] {
  // `[example.com/a.b]` is a key that has dots.
  const key = /^\[.*\]$/.test(part) ? part.slice(1, -1) : part
  const value = heldBy(slot)
  if (isNothing(value)) {
    if (made === undefined) return []
    putAt(slot, {})
  } else if (!isObject(value)) refuseKind('MappingNode', value)
  const map = heldBy(slot) as Body // it is one, or has just been made one
  if (!Object.hasOwn(map, key)) {
    if (made === undefined) return []
    setOwn(map, key, madeFor(rest[0], made))
  }
  return match({ parent: map, key }, rest, made)
}

/** What a value is, where it is to be made. */
export function kindOfValue(value: unknown): MadeKind {
  if (Array.isArray(value)) return 'list'
  return isObject(value) && !isKept(value) ? 'map' : 'scalar'
}

/** For errors on the way: words before them. */
export function matchedOr(words: string, work: () => readonly Slot[]): readonly Slot[] {
  const slots = wrap(words, work)
  return slots.length > 0 ? slots : refuse(words)
}
