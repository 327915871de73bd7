import * as z from 'zod'
import { type ChoiceWords, choices, headsOf, keyRules } from './choice.ts'
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
  /** The value was read from a text, where every map is a plain one. */
  readonly isRead?: boolean
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
  // What is right, as nearly everything is, is looked at without its input being noted: zod's contexts then have a hidden class in common.
  if (schema.safeParse(value).success) return telling.isRead === true ? [] : exoticMaps(schema, value, telling)
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return []
  const found = parsed.error.issues.flatMap((issue) => complaintsOfIssue(issue, { schema, value, path: [] }, telling))
  // A misspelt key is told once, not again as a missing one.
  const meant = new Set(found.flatMap(({ code, suggestion }) => (code === 'UNKNOWN_KEY' ? [suggestion] : [])))
  const told = new Set<string>()
  const once = found.filter(({ path, message }) => {
    const key = `${path.join('/')} ${message}`
    return !told.has(key) && told.add(key)
  })
  return once.filter(({ code, path }) => code !== 'MISSING_KEY' || !meant.has(quoted(String(path[path.length - 1]))))
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
  const value = steps.reduce<unknown>(memberOf, from.value)
  const asFound = schemaAt(from.schema, from.value, steps) ?? z.unknown()
  const at: Standing = { schema: forMaps(asFound, value), value, path: [...from.path, ...steps] }
  const union = unwrapped(at.schema)
  const choice = choices.get(union)
  // Whichever branch zod took the complaint from: a choice's own key says which one was meant.
  if (union instanceof z.ZodUnion && choice !== undefined) return choiceComplaints(choice, union, at, telling)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, at))
    case 'invalid_union': {
      const whole = unwrapped(asFound)
      return whole instanceof z.ZodUnion
        ? plainUnion(issue, whole, { ...at, schema: asFound }, telling)
        : [wrongValue(at, telling, false)]
    }
    case 'custom':
      return [checkComplaint(issue, at, telling)]
    case 'invalid_key':
      return [told('BAD_VALUE', at.path, `the key ${quoted(String(at.path[at.path.length - 1]))} is no name`, true)]
    default:
      return [wrongValue(at, telling, issue.code === 'invalid_type')]
  }
}

/** Of a union of a map and other types the map's part, where a map was given. */
function forMaps(schema: z.ZodType, value: unknown): z.ZodType {
  const union = unwrapped(schema)
  if (!(union instanceof z.ZodUnion) || choices.get(union) !== undefined || !isMap(value)) return schema
  const mapped = optionsOf(union).find(
    (option) => knownKeys(option).length > 0 && !(unwrapped(option) instanceof z.ZodArray),
  )
  return mapped === undefined ? schema : forMaps(mapped, value)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isMap(value: unknown): value is object {
  return isObject(value) && !Array.isArray(value)
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

function unknownKey(key: string, { schema, value, path }: Standing): Complaint {
  const known = knownKeys(schema)
  const missing = known.filter((each) => memberOf(value, each) === undefined)
  const meant = closest(key, missing)
  const expected = known.length === 0 ? 'none' : `one of ${known.join(', ')}`
  const message = `unknown key ${quoted(key)} ${whereIs(path)}; expected ${expected}${goesInto(key, schema, value)}`
  return told('UNKNOWN_KEY', [...path, key], message, true, meant === undefined ? undefined : quoted(meant))
}

/** Of a key that stands a level too high: the map that would take it, of those beside it first. `within` goes into `expect`. */
function goesInto(key: string, schema: z.ZodType, value: unknown): string {
  const takers = knownKeys(schema).filter((beside) => {
    const taker = schemaAt(schema, value, [beside])
    return taker !== undefined && knownKeys(taker).includes(key)
  })
  const present = takers.filter((beside) => isObject(memberOf(value, beside)))
  const told = present.length > 0 ? present : takers.filter((beside) => memberOf(value, beside) === undefined)
  return told.length === 0 || told.length > 2 ? '' : `; it goes into ${told.join(' or ')}`
}

/** A key of a choice's branch that it may not have: another's, or nobody's. */
function foreignKey(key: string, branch: z.ZodType, choice: ChoiceWords, union: z.ZodUnion, at: Standing): Complaint {
  const { value, path } = at
  const known = knownKeys(branch)
  const head = headsOf(choice).find((each) => memberOf(value, each) !== undefined)
  const homes = [
    ...new Set(
      choice.heads.filter((each, i) => each !== head && knownKeys(optionsOf(union)[i] ?? branch).includes(key)),
    ),
  ].filter((each) => each !== undefined)
  const others = known.filter((each) => each !== head).join(', ')
  const where = whereIs(path)
  const goes = homes.length === 0 || homes.length > 4 ? goesInto(key, branch, value) : `; it goes with ${listed(homes)}`
  const message =
    head === undefined
      ? `${quoted(key)} does not go with a ${choice.noun} that has none of ${listed(headsOf(choice))}${goes}`
      : `${quoted(key)} does not go with ${kindText(branch, head, value)} ${where}, which takes ${others === '' ? 'nothing else' : others}${goes}`
  const isElsewhere = homes.length > 0 || key === head
  const meant = isElsewhere
    ? undefined
    : closest(
        key,
        known.filter((each) => memberOf(value, each) === undefined),
      )
  return told('UNKNOWN_KEY', [...path, key], message, true, meant === undefined ? undefined : quoted(meant))
}

/** What a branch is told by: `file`, `watches: drop`, `pod with exists: false`. */
function kindText(branch: z.ZodType, head: string, value: unknown): string {
  if (!(branch instanceof z.ZodObject)) return head
  const { shape } = branch
  const fixed = Object.keys(shape).filter(
    (key) => shape[key] instanceof z.ZodLiteral && memberOf(value, key) !== undefined,
  )
  return fixed
    .map((key) => `${key}: ${String(memberOf(value, key))}`)
    .reduce((text, part) => (part.startsWith(`${head}: `) ? part : `${text} with ${part}`), head)
}

type UnionIssue = z.core.$ZodIssueInvalidUnion

/** Of branches of different types: the one that the value's type points to; if none does, all of them in words. */
function plainUnion(issue: UnionIssue, union: z.ZodUnion, at: Standing, telling: Telling): readonly Complaint[] {
  const branches = issue.errors.flatMap((errors, i) => {
    const isShallow = errors.some((error) => error.path.length === 0 && !saysMore(error))
    const schema = optionsOf(union)[i]
    return isShallow || schema === undefined ? [] : [{ errors, schema }]
  })
  const [nested] = branches.sort((a, b) => depthOf(b.errors) - depthOf(a.errors) || a.errors.length - b.errors.length)
  if (nested !== undefined)
    return nested.errors.flatMap((inner) => complaintsOfIssue(inner, { ...at, schema: nested.schema }, telling))
  // Of texts that more than one branch could be, none is of another type.
  const ofType = issue.errors.filter((errors) =>
    errors.every(({ code, path }) => path.length === 0 && code !== 'invalid_type' && typeof at.value === 'string'),
  )
  const isOfType = ofType.length > 1 || ofType.some((errors) => errors.some(({ code }) => code === 'invalid_value'))
  return [wrongValue(at, telling, !isOfType)]
}

/** Whether a complaint about a value itself is more than `another type`. */
function saysMore(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys' || (issue.code === 'custom' && issue.params?.complaint !== undefined)
}

function depthOf(errors: readonly Issue[]): number {
  return Math.max(0, ...errors.map(({ path }) => path.length))
}

/** What is wrong with a value of which a choice is to be made. */
function choiceComplaints(
  choice: ChoiceWords,
  union: z.ZodUnion,
  at: Standing,
  telling: Telling,
): readonly Complaint[] {
  const { value, path } = at
  if (!isMap(value)) {
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
  const none = head === undefined ? headless(choice, union, at) : undefined
  if (none !== undefined) return [none]
  const branches = choice.heads.flatMap((each, i) => {
    const schema = optionsOf(union)[i]
    if (each !== head || schema === undefined) return []
    return [{ schema, errors: schema.safeParse(value, { reportInput: true }).error?.issues ?? [] }]
  })
  return branchComplaints(branches, choice, union, at, telling)
}

/** No key that a branch is known by: a misspelt one, or nothing. Undefined where the branch of those without takes it. */
function headless(choice: ChoiceWords, union: z.ZodUnion, { value, path }: Standing): Complaint | undefined {
  const all = new Set(optionsOf(union).flatMap(knownKeys))
  const unknown = Object.keys(value ?? {}).filter((key) => !all.has(key))
  const own = optionsOf(union)[choice.heads.indexOf(undefined)]
  const enough = own === undefined ? [] : (keyRules.get(own)?.atLeastOneOf ?? [])
  const wanted = [...headsOf(choice), ...enough].join(', ')
  const misspelt = unknown.find((key) => closest(key, headsOf(choice)) !== undefined) ?? unknown[0]
  if (misspelt !== undefined) {
    const meant = closest(misspelt, headsOf(choice))
    const into = goesInto(misspelt, union, value)
    const message = `unknown key ${quoted(misspelt)} ${whereIs(path)}; expected one of ${wanted}${into}`
    return told(choice.none.code, [...path, misspelt], message, true, meant === undefined ? undefined : quoted(meant))
  }
  if (enough.some((key) => memberOf(value, key) !== undefined)) return undefined
  return told(choice.none.code, path, `${choice.none.message}; expected one of ${wanted}`)
}

interface Candidate {
  readonly errors: readonly Issue[]
  readonly schema: z.ZodType
}

/** Of branches with one key, the one that its literals and enums point to; if they point to none, what they would take. */
function branchComplaints(
  branches: readonly Candidate[],
  choice: ChoiceWords,
  union: z.ZodUnion,
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
      ? issue.keys.map((key) => foreignKey(key, best.schema, choice, union, at))
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
    errors.flatMap((each) => (each.code === 'invalid_value' && each.path[0] === key ? each.values : [])),
  )
  const path = [...at.path, key]
  const value = memberOf(at.value, key)
  const names = [...new Set(allowed.map(String))]
  const isYesNo = allowed.every((each) => typeof each === 'boolean')
  const meant = typeof value === 'string' && !isYesNo ? closest(value, names) : undefined
  const suggestion = isYesNo
    ? suggestionFor(z.boolean(), value, undefined)
    : meant === undefined
      ? undefined
      : quoted(meant)
  const found = (telling.describe ?? describeValue)(value, path)
  const message = `${pathText(path)} is ${found}; expected ${listed(isYesNo ? names : names.map(quoted))}`
  return told('BAD_VALUE', path, message, false, suggestion)
}
