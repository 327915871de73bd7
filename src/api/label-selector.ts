import { goQuote } from '../go/quote.ts'
import { byUnits, sortFew } from '../kernel/sort-few.ts'
import { apiServer } from '../versions/api-server.ts'
import { has } from '../versions/changes.ts'
import type { LabelSelector } from './types/meta.ts'
import { labelValue, qualifiedName } from './validation/formats.ts'

/** Label selectors: `app=web,tier in (front,back),!old`. Source: apimachinery pkg/labels/selector.go. */

export type Labels = Readonly<Record<string, string>>

export type Operator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt'

export interface Requirement {
  readonly key: string
  readonly operator: Operator
  /** Sorted, without repetitions. */
  readonly values: readonly string[]
}

export interface Selector {
  /** Sorted by key; none selects everything. */
  readonly requirements: readonly Requirement[]
  matches(labels: Labels | undefined): boolean
}

export type ParsedSelector =
  | { readonly ok: true; readonly selector: Selector }
  | { readonly ok: false; readonly message: string }

const everything: Selector = { requirements: [], matches: () => true }
/** What a nil selector of an API object selects. */
const nothing: Selector = { requirements: [], matches: () => false }

const noLabels: Labels = {}

export function selectorOf(requirements: readonly Requirement[]): Selector {
  if (requirements.length === 0) return everything
  const sorted = sortFew([...requirements], (a, b) => byUnits(a.key, b.key))
  return {
    requirements: sorted,
    matches: (labels = noLabels) => sorted.every((requirement) => requirementMatches(requirement, labels)),
  }
}

function requirementMatches({ key, operator, values }: Requirement, labels: Labels): boolean {
  const has = Object.hasOwn(labels, key)
  const value = has ? (labels[key] ?? '') : ''
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return has && values.includes(value)
    case 'notin':
    case '!=':
      return !has || !values.includes(value)
    case 'exists':
      return has
    case '!':
      return !has
    case 'gt':
    case 'lt': {
      if (!has || !integerPattern.test(value)) return false
      const [left, right] = [BigInt(value), BigInt(values[0] ?? '0')]
      return operator === 'gt' ? left > right : left < right
    }
  }
}

const integerPattern = /^[+-]?\d+$/

/** Selects objects that carry all of `labels`. */
export function selectorFromSet(labels: Labels | undefined): Selector {
  return selectorOf(Object.entries(labels ?? {}).map(([key, value]) => ({ key, operator: '=', values: [value] })))
}

/**
 * The selector of an API object; absent selects nothing, empty everything.
 * Source: apimachinery pkg/apis/meta/v1/helpers.go, LabelSelectorAsSelector.
 */
export function selectorFromObject(selector: LabelSelector | undefined): Selector {
  if (selector === undefined) return nothing
  const operators = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' } as const
  return selectorOf([
    ...selectorFromSet(selector.matchLabels).requirements,
    ...(selector.matchExpressions ?? []).map(({ key, operator, values }) => ({
      key,
      operator: operators[operator],
      values: values ?? [],
    })),
  ])
}

/** A selector as text, requirements in the order of their keys. */
export function formatSelector(selector: Selector): string {
  return selector.requirements.map(formatRequirement).join(',')
}

function formatRequirement({ key, operator, values }: Requirement): string {
  const list = values.join(',')
  switch (operator) {
    case 'exists':
      return key
    case '!':
      return `!${key}`
    case 'in':
    case 'notin':
      return `${key} ${operator} (${list})`
    case 'gt':
      return `${key}>${list}`
    case 'lt':
      return `${key}<${list}`
    default:
      return `${key}${operator}${list}`
  }
}

/** Parses the text of `?labelSelector=`. Messages are those of the server. `minor` words what is wrong with a key. */
export function parseLabelSelector(text: string, minor: number): ParsedSelector {
  if (text === '') return { ok: true, selector: everything }
  try {
    return { ok: true, selector: selectorOf(new Parser(tokenize(text), minor).parse()) }
  } catch (error) {
    if (error instanceof SelectorError) return { ok: false, message: error.message }
    throw error
  }
}

class SelectorError extends Error {}

type TokenKind = ')' | ',' | '!' | '==' | '=' | '>' | 'in' | '<' | '!=' | 'notin' | '(' | 'identifier' | 'end' | 'error'

interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const symbols: ReadonlySet<string> = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '('])

/** Symbols are read greedily, as long as what was read is one. */
function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const char = text.charAt(at)
    if (/[ \t\r\n]/.test(char)) {
      at++
    } else if (/[=!(),><]/.test(char)) {
      const two = text.slice(at, at + 2)
      const symbol = symbols.has(two) ? two : char
      tokens.push({ kind: symbol as TokenKind, text: symbol }) // all of `symbols` are kinds
      at += symbol.length
    } else {
      const word = /^[^=!(),>< \t\r\n\0]+/.exec(text.slice(at))?.[0] ?? ''
      if (word === '') break
      tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word })
      at += word.length
    }
  }
  tokens.push({ kind: 'end', text: '' })
  return tokens
}

const endToken: Token = { kind: 'end', text: '' }

class Parser {
  private position = 0
  private readonly tokens: readonly Token[]
  private readonly minor: number

  constructor(tokens: readonly Token[], minor: number) {
    this.tokens = tokens
    this.minor = minor
  }

  /** The next token; where values stand, `in` and `notin` are names like any other. */
  private look(values = true): Token {
    const token = this.tokens[this.position] ?? endToken
    return values && (token.kind === 'in' || token.kind === 'notin') ? { ...token, kind: 'identifier' } : token
  }

  private take(values = true): Token {
    const token = this.look(values)
    this.position++
    return token
  }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = []
    for (;;) {
      const token = this.look()
      if (token.kind === 'end') return requirements
      if (token.kind !== 'identifier' && token.kind !== '!') {
        throw new SelectorError(`found '${token.text}', expected: !, identifier, or 'end of string'`)
      }
      requirements.push(this.requirement())
      const after = this.take()
      if (after.kind === 'end') return requirements
      if (after.kind !== ',') {
        throw new SelectorError(`found '${after.text}', expected: ',' or 'end of string'`)
      }
      const next = this.look()
      if (next.kind !== 'identifier' && next.kind !== '!') {
        throw new SelectorError(`found '${next.text}', expected: identifier after ','`)
      }
    }
  }

  private fail(message: string): never {
    throw new SelectorError(`unable to parse requirement: ${message}`)
  }

  private requirement(): Requirement {
    let token = this.take()
    const negated = token.kind === '!'
    if (negated) token = this.take()
    if (token.kind !== 'identifier') this.fail(`found '${token.text}', expected: identifier`)
    const key = token.text
    this.checkKey(key)
    const next = this.look()
    if (negated) return { key, operator: '!', values: [] }
    if (next.kind === 'end' || next.kind === ',') return { key, operator: 'exists', values: [] }
    const operator = this.operator()
    const values =
      operator === 'in' || operator === 'notin' ? [...new Set(this.valueList())].sort() : [this.exactValue()]
    if ((operator === 'gt' || operator === 'lt') && !integerPattern.test(values[0] ?? '')) {
      this.fail("for 'Gt', 'Lt' operators, the value must be an integer")
    }
    for (const value of values) this.checkValue(key, value)
    return { key, operator, values }
  }

  private checkKey(key: string): void {
    const problems = qualifiedName(key, this.minor)
    if (problems.length === 0) return
    // From v1.22 on it is a field error of no field. Source: apimachinery pkg/labels/selector.go, validateLabelKey.
    if (has(this.minor, apiServer.selectorErrorsAreFieldErrors))
      this.fail(`<nil>: Invalid value: ${goQuote(key)}: ${problems.join('; ')}`)
    this.fail(`invalid label key ${goQuote(key)}: ${problems.join('; ')}`)
  }

  private checkValue(key: string, value: string): void {
    const problems = labelValue(value, this.minor)
    if (problems.length === 0) return
    this.fail(`invalid label value: ${goQuote(value)}: at key: ${goQuote(key)}: ${problems.join('; ')}`)
  }

  private operator(): Operator {
    const token = this.take(false)
    switch (token.kind) {
      case 'in':
      case 'notin':
      case '=':
      case '==':
      case '!=':
        return token.kind
      case '>':
        return 'gt'
      case '<':
        return 'lt'
      default:
        // Source: apimachinery pkg/labels/selector.go, binaryOperators (commit b4b40278, v1.22).
        return this.fail(
          has(this.minor, apiServer.selectorErrorsAreFieldErrors)
            ? `found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`
            : `found '${token.text}', expected: '=', '!=', '==', 'in', notin'`,
        )
    }
  }

  private valueList(): readonly string[] {
    const open = this.take()
    if (open.kind !== '(') this.fail(`found '${open.text}' expected: '('`)
    const first = this.look()
    if (first.kind === ')') {
      this.take()
      return ['']
    }
    if (first.kind !== 'identifier' && first.kind !== ',') {
      this.fail(`found '${first.text}', expected: ',', ')' or identifier`)
    }
    const values = this.identifiers()
    // The message names the first token of the list, not the one that was found: so does the original.
    if (this.take().kind !== ')') this.fail(`found '${first.text}', expected: ')'`)
    return values
  }

  private identifiers(): string[] {
    const values: string[] = []
    for (;;) {
      const token = this.take()
      const next = this.look()
      if (token.kind === 'identifier') {
        values.push(token.text)
        if (next.kind === ')') return values
        if (next.kind !== ',') this.fail(`found '${next.text}', expected: ',' or ')'`)
      } else if (token.kind === ',') {
        if (values.length === 0) values.push('')
        if (next.kind === ')') {
          values.push('')
          return values
        }
        if (next.kind === ',') {
          this.take()
          values.push('')
        }
      } else {
        this.fail(`found '${token.text}', expected: ',', or identifier`)
      }
    }
  }

  private exactValue(): string {
    const next = this.look()
    if (next.kind === 'end' || next.kind === ',') return ''
    this.take()
    if (next.kind !== 'identifier') this.fail(`found '${next.text}', expected: identifier`)
    return next.text
  }
}
