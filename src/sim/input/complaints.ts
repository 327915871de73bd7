import * as z from 'zod'
import { type ChoiceWords, choices, headsOf } from './choice.ts'
import { closest } from './closest.ts'
import { expectedOf, knownKeys, pathText, suggestionFor, whereIs } from './expected.ts'
import { type InputPath, memberOf, optionsOf, schemaAt, unwrapped, visitAll, wordsOf } from './walk.ts'
import { type ComplaintCode, describeValue, listed, quoted } from './words.ts'

/** Something wrong with a value from outside, by the path of what is wrong. */
export interface Complaint {
  readonly code: ComplaintCode
  readonly path: InputPath
  /** Whether the last key of the path is wrong rather than what stands behind it. */
  readonly isAtKey: boolean
  /** One sentence: what was found, and what was expected instead. */
  readonly message: string
  /** What the author may have meant, as it would be written. */
  readonly suggestion?: string
  /** Whether the message leaves out where it is: that of a check of our own. */
  readonly isUnplaced?: boolean
}

/** How values are told: a scenario's by their text in the file, a caller's as values. */
export interface Telling {
  /** Text of a scalar as it stands in the file. */
  readonly source?: (path: InputPath) => string | undefined
  /** What the whole is called: `the file`. */
  readonly root?: string
  /** What a value is called; `describeValue` unless given. */
  readonly describe?: (value: unknown, path: InputPath) => string
}

/** What a check of our own (`superRefine`) says; everything that is not given is that of a wrong value. */
export interface CheckComplaint {
  readonly code?: ComplaintCode
  readonly message: string
  readonly isAtKey?: boolean
  readonly suggestion?: string
}

/** Adds a complaint from within a `superRefine`. */
export function complain(context: z.RefinementCtx, path: InputPath, complaint: CheckComplaint): void {
  context.addIssue({ code: 'custom', path: [...path], message: complaint.message, params: { complaint } })
}

/** All that is wrong with a value, in the order in which the schema finds it; empty when nothing is. */
export function complaintsOf(schema: z.ZodType, value: unknown, telling: Telling = {}): readonly Complaint[] {
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return exoticMaps(schema, value, telling)
  const found = parsed.error.issues.flatMap((issue) => complaintsOfIssue(issue, { schema, value, path: [] }, telling))
  // A misspelt key is told once, not again as a missing one.
  const meant = new Set(found.flatMap(({ code, suggestion }) => (code === 'UNKNOWN_KEY' ? [suggestion] : [])))
  return found.filter(({ code, path }) => code !== 'MISSING_KEY' || !meant.has(quoted(String(path[path.length - 1]))))
}

/** Objects that are no maps though they have no keys that are wrong: a Map, a Date. */
function exoticMaps(schema: z.ZodType, value: unknown, telling: Telling): readonly Complaint[] {
  const found: Complaint[] = []
  visitAll(schema, value, (at, member, path) => {
    const inner = unwrapped(at)
    if (typeof member !== 'object' || member === null || !(inner instanceof z.ZodObject)) return
    const prototype: unknown = Object.getPrototypeOf(member)
    if (prototype !== Object.prototype && prototype !== null)
      found.push(wrongValue({ schema: at, value: member, path }, telling, true))
  })
  return found
}

/** Where one stands: a schema, the value that it judges, and the value's path from the top. */
interface Standing {
  readonly schema: z.ZodType
  readonly value: unknown
  readonly path: InputPath
}

type Issue = z.core.$ZodIssue

function complaintsOfIssue(issue: Issue, from: Standing, telling: Telling): readonly Complaint[] {
  const steps = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  const at: Standing = {
    schema: schemaAt(from.schema, from.value, steps) ?? z.unknown(),
    value: steps.reduce<unknown>(memberOf, from.value),
    path: [...from.path, ...steps],
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, at))
    case 'invalid_union':
      return unionComplaints(issue, at, telling)
    case 'custom':
      return [checkComplaint(issue, at, telling)]
    case 'invalid_key':
      return [told('BAD_VALUE', at.path, `the key ${quoted(String(at.path[at.path.length - 1]))} is no name`, true)]
    default:
      return [wrongValue(at, telling, issue.code === 'invalid_type')]
  }
}

function told(code: ComplaintCode, path: InputPath, message: string, isAtKey = false, suggestion?: string): Complaint {
  return { code, path, isAtKey, message, ...(suggestion === undefined ? {} : { suggestion }) }
}

/** `cluster.nodes[0].memory is the text "8 GB"; expected a quantity such as 8Gi`, or a key that is missing. */
function wrongValue({ schema, value, path }: Standing, telling: Telling, isType: boolean): Complaint {
  const last = path[path.length - 1]
  if (value === undefined && typeof last === 'string') {
    const message = `missing key ${quoted(last)} ${whereIs(path.slice(0, -1))}; expected ${expectedOf(schema)}`
    return told('MISSING_KEY', path, message)
  }
  const source = telling.source?.(path)
  const found = (telling.describe ?? describeValue)(value, path)
  const code = wordsOf(schema)?.code ?? (isType ? 'WRONG_TYPE' : 'BAD_VALUE')
  const message = `${pathText(path, telling.root)} is ${found}; expected ${expectedOf(schema)}`
  return told(code, path, message, false, suggestionFor(schema, value, source))
}

function checkComplaint(issue: z.core.$ZodIssueCustom, at: Standing, telling: Telling): Complaint {
  // Whatever a check of ours adds carries a CheckComplaint; others (plain `refine`) carry none.
  const check = issue.params?.complaint as CheckComplaint | undefined
  if (check === undefined) return wrongValue(at, telling, false)
  const complaint = told(check.code ?? 'BAD_VALUE', at.path, check.message, check.isAtKey, check.suggestion)
  return { ...complaint, isUnplaced: true }
}

function unknownKey(key: string, at: Standing, given?: ChoiceWords): Complaint {
  const { value, path } = at
  const union = unwrapped(at.schema)
  const choice = given ?? choices.get(union)
  const known = knownKeys(
    union instanceof z.ZodUnion && choice !== undefined ? meantBranch(union, choice, value) : union,
  )
  const head = choice === undefined ? undefined : headsOf(choice).find((each) => memberOf(value, each) !== undefined)
  const place = whereIs(path)
  // Branches that share a key are told apart by its value: `apiServer: slow`.
  const isOneOfSeveral = choice !== undefined && choice.heads.filter((each) => each === head).length > 1
  const kind = isOneOfSeveral ? `${head}: ${String(memberOf(value, head ?? ''))}` : head
  const others = known.filter((each) => each !== head).join(', ')
  const message =
    head === undefined
      ? `unknown key ${quoted(key)} ${place}; expected ${known.length === 0 ? 'none' : `one of ${known.join(', ')}`}`
      : `${quoted(key)} does not go with ${kind} ${place}; it takes ${others === '' ? 'nothing else' : others}`
  const meant = closest(
    key,
    known.filter((each) => memberOf(value, each) === undefined),
  )
  return told('UNKNOWN_KEY', [...path, key], message, true, meant === undefined ? undefined : quoted(meant))
}

type UnionIssue = z.core.$ZodIssueInvalidUnion

function unionComplaints(issue: UnionIssue, at: Standing, telling: Telling): readonly Complaint[] {
  const union = unwrapped(at.schema)
  if (!(union instanceof z.ZodUnion)) return [wrongValue(at, telling, false)]
  const choice = choices.get(union)
  return choice === undefined
    ? plainUnion(issue, union, at, telling)
    : choiceComplaints(issue, choice, union, at, telling)
}

/** Of branches of different types: the one that the value's type points to; if none does, all of them in words. */
function plainUnion(issue: UnionIssue, union: z.ZodUnion, at: Standing, telling: Telling): readonly Complaint[] {
  const branches = issue.errors.flatMap((errors, i) => {
    const isShallow = errors.some((error) => error.path.length === 0 && !saysMore(error))
    const schema = optionsOf(union)[i]
    return isShallow || schema === undefined ? [] : [{ errors, schema }]
  })
  const nested = branches.sort((a, b) => depthOf(b.errors) - depthOf(a.errors) || a.errors.length - b.errors.length)[0]
  if (nested === undefined) {
    const inner = innerUnion(issue, union, at)
    return inner === undefined
      ? [wrongValue(at, telling, true)]
      : unionComplaints(inner.issue, { ...at, schema: inner.schema }, telling)
  }
  return nested.errors.flatMap((inner) => complaintsOfIssue(inner, { ...at, schema: nested.schema }, telling))
}

/** A choice among a union's branches, when a map was given: its complaint says more. */
function innerUnion(
  issue: UnionIssue,
  union: z.ZodUnion,
  { value }: Standing,
): { readonly issue: UnionIssue; readonly schema: z.ZodType } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  for (const [i, errors] of issue.errors.entries()) {
    const [only] = errors
    const schema = optionsOf(union)[i]
    const takesMaps = schema !== undefined && knownKeys(schema).length > 0
    if (only?.code === 'invalid_union' && only.path.length === 0 && takesMaps) return { issue: only, schema }
  }
  return undefined
}

/** Whether a complaint about a value itself is more than `another type`. */
function saysMore(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys' || (issue.code === 'custom' && issue.params?.complaint !== undefined)
}

function depthOf(errors: readonly Issue[]): number {
  return Math.max(0, ...errors.map(({ path }) => path.length))
}

function choiceComplaints(
  issue: UnionIssue,
  choice: ChoiceWords,
  union: z.ZodUnion,
  at: Standing,
  telling: Telling,
): readonly Complaint[] {
  const { value, path } = at
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const found = (telling.describe ?? describeValue)(value, path)
    const message = `${pathText(path, telling.root)} is ${found}; expected a map with one of ${headsOf(choice).join(', ')}`
    return [told('WRONG_TYPE', path, message)]
  }
  const heads = headsOf(choice).filter((head) => memberOf(value, head) !== undefined)
  if (heads.length > 1) {
    const message = `${choice.many.message}; found ${heads.join(' and ')}`
    return [told(choice.many.code, [...path, heads[1] ?? ''], message, true)]
  }
  const [head] = heads
  const indices = choice.heads.flatMap((each, i) => (each === head ? [i] : []))
  if (head === undefined) {
    const none = headless(choice, union, indices, at)
    if (none !== undefined) return [none]
  }
  const branches = indices.map((i) => ({ errors: issue.errors[i] ?? [], schema: optionsOf(union)[i] ?? z.unknown() }))
  return branchComplaints(branches, choice, { ...at, schema: union }, telling)
}

/** The branch that a value with a choice's key was meant for: one whose literals and enums it has. */
function meantBranch(union: z.ZodUnion, choice: ChoiceWords, value: unknown): z.ZodType {
  const branches = optionsOf(union).filter((_, i) => memberOf(value, choice.heads[i] ?? '') !== undefined)
  const fits = (branch: z.ZodType) => branch.safeParse(value).error?.issues.some(isDiscriminator) !== true
  return branches.find(fits) ?? branches[0] ?? union
}

/** No key that a branch is known by: a misspelt one, or nothing. Undefined if there is a branch of those without. */
function headless(
  choice: ChoiceWords,
  union: z.ZodUnion,
  indices: readonly number[],
  { value, path }: Standing,
): Complaint | undefined {
  const all = new Set(optionsOf(union).flatMap(knownKeys))
  const unknown = Object.keys(value ?? {}).filter((key) => !all.has(key))
  for (const key of unknown) {
    const meant = closest(key, headsOf(choice))
    const message = `unknown key ${quoted(key)} ${whereIs(path)}; expected one of ${headsOf(choice).join(', ')}`
    if (meant !== undefined) return told(choice.none.code, [...path, key], message, true, quoted(meant))
  }
  if (indices.length > 0) return undefined
  const [first] = unknown
  const message = `${choice.none.message}; expected one of ${headsOf(choice).join(', ')}`
  return first === undefined
    ? told(choice.none.code, path, message)
    : told(choice.none.code, [...path, first], `${quoted(first)} is unknown; ${message}`, true)
}

interface Candidate {
  readonly errors: readonly Issue[]
  readonly schema: z.ZodType
}

/** Of branches with one key, the one that its literals and enums point to; if they point to none, what they would take. */
function branchComplaints(
  branches: readonly Candidate[],
  choice: ChoiceWords,
  at: Standing,
  telling: Telling,
): readonly Complaint[] {
  const fitting = branches.filter(({ errors }) => !errors.some(isDiscriminator))
  const [best] = [...(fitting.length > 0 ? fitting : branches)].sort((a, b) => a.errors.length - b.errors.length)
  if (best === undefined) return []
  const wrong = fitting.length > 0 ? undefined : best.errors.find(isDiscriminator)
  if (wrong !== undefined && branches.length > 1) return [noneOf(branches, wrong, at, telling)]
  return best.errors.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0
      ? issue.keys.map((key) => unknownKey(key, { ...at, schema: best.schema }, choice))
      : complaintsOfIssue(issue, { ...at, schema: best.schema }, telling),
  )
}

function isDiscriminator({ code, path }: Issue): boolean {
  return code === 'invalid_value' && path.length === 1
}

/** A key whose value is none of those that any branch takes. */
function noneOf(branches: readonly Candidate[], wrong: Issue, at: Standing, telling: Telling): Complaint {
  const key = String(wrong.path[0])
  const allowed = branches.flatMap(({ errors }) =>
    errors.flatMap((each) => (each.code === 'invalid_value' && each.path[0] === key ? each.values.map(String) : [])),
  )
  const path = [...at.path, key]
  const value = memberOf(at.value, key)
  const names = [...new Set(allowed)]
  const meant = typeof value === 'string' ? closest(value, names) : undefined
  const found = (telling.describe ?? describeValue)(value, path)
  const message = `${pathText(path)} is ${found}; expected ${listed(names.map(quoted))}`
  return told('BAD_VALUE', path, message, false, meant === undefined ? undefined : quoted(meant))
}
