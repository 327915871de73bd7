import { invalidStatus } from '../../api/status.ts'
import type { Status } from '../../api/types/meta.ts'
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/validation/field-errors.ts'
import { byteLength } from '../../api/validation/formats.ts'
import { tooLongSince } from '../../api/validation/validate-meta.ts'
import type { Verb } from '../../client/server.ts'
import { goQuote } from '../../go/quote.ts'
import { fieldValidationDirectives } from '../decoding/field-validation.ts'
import { apiServerFact } from '../version-facts.ts'
import type { Query } from './route.ts'

/** Options that stand in the query. Source: apimachinery pkg/apis/meta/v1/{conversion.go,validation/validation.go}. */

export interface QueryError {
  readonly error: string
}

export interface ListQuery {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly resourceVersion?: string
  readonly continue?: string
  readonly limit?: number
  readonly timeoutSeconds?: number
  readonly sendInitialEvents?: boolean
}

const texts = ['labelSelector', 'fieldSelector', 'resourceVersion', 'continue'] as const
const numbers = ['limit', 'timeoutSeconds'] as const

export function listOptionsOf(query: Query): ListQuery | QueryError {
  const options: Record<string, string | number> = {}
  for (const name of texts) {
    const value = query.get(name)
    if (value !== undefined && value !== '') options[name] = value
  }
  for (const name of numbers) {
    const value = query.get(name)
    if (value === undefined) continue
    if (!/^[+-]?\d+$/.test(value)) return { error: `strconv.ParseInt: parsing ${goQuote(value)}: invalid syntax` }
    if (Math.abs(Number(value)) > Number.MAX_SAFE_INTEGER) {
      return { error: `strconv.ParseInt: parsing ${goQuote(value)}: value out of range` }
    }
    options[name] = Number(value)
  }
  return options
}

/**
 * How a list or watch matches the version that it names; refused where the server knows these parameters and they do not fit.
 * Source: apimachinery pkg/apis/meta/internalversion/validation/validation.go, ValidateListOptions.
 */
export function versionMatch(
  query: Query,
  isWatch: boolean,
  minor: number,
): { readonly sendInitialEvents?: boolean } | Status {
  if (!apiServerFact('matchesVersions', minor)) return {}
  const match = query.get('resourceVersionMatch') ?? ''
  const initial = apiServerFact('knowsInitialEvents', minor) ? query.get('sendInitialEvents') : undefined
  const errors = isWatch ? watchMatchErrors(query, match, initial, minor) : listMatchErrors(query, match, initial)
  if (errors.length > 0) return invalidStatus({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
  return initial === undefined ? {} : { sendInitialEvents: initial !== 'false' && initial !== '0' }
}

const matchField = 'resourceVersionMatch'
const notOlderThan = 'NotOlderThan'

function listMatchErrors(query: Query, match: string, initial: string | undefined): readonly FieldError[] {
  const errors: FieldError[] = []
  if (match !== '') {
    const version = query.get('resourceVersion') ?? ''
    if (version === '')
      errors.push(forbidden(matchField, `${matchField} is forbidden unless resourceVersion is provided`))
    if ((query.get('continue') ?? '') !== '')
      errors.push(forbidden(matchField, `${matchField} is forbidden when continue is provided`))
    if (match !== 'Exact' && match !== notOlderThan)
      errors.push(notSupported(matchField, match, ['Exact', notOlderThan, '']))
    if (match === 'Exact' && version === '0')
      errors.push(forbidden(matchField, `${matchField} "exact" is forbidden for resourceVersion "0"`))
  }
  if (initial !== undefined) errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  return errors
}

function watchMatchErrors(
  query: Query,
  match: string,
  initial: string | undefined,
  minor: number,
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (initial !== undefined) {
    if (match !== notOlderThan)
      errors.push(forbidden(matchField, `sendInitialEvents requires setting ${matchField} to ${notOlderThan}`))
    if (!apiServerFact('watchList', minor))
      errors.push(
        forbidden(
          'sendInitialEvents',
          'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
        ),
      )
  }
  if (match !== '') {
    if (initial === undefined)
      errors.push(forbidden(matchField, `${matchField} is forbidden for watch unless sendInitialEvents is provided`))
    if (match !== notOlderThan) errors.push(notSupported(matchField, match, [notOlderThan]))
    if ((query.get('continue') ?? '') !== '')
      errors.push(forbidden(matchField, `${matchField} is forbidden when continue is provided`))
  }
  return errors
}

const optionKinds: Readonly<Partial<Record<Verb, string>>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
}

/** Longest name of a field manager, in bytes. Source: validation.go, FieldManagerMaxLength. */
const managerMaxLength = 128

/** What is wrong with the options of a write. `isApply`: a PATCH that applies. Source: validation.go, Validate*Options. */
export function writeOptionsError(query: Query, verb: Verb, isApply: boolean, minor: number): Status | undefined {
  const errors: FieldError[] = []
  const manager = query.get('fieldManager') ?? ''
  if (isApply && manager === '') errors.push(required('fieldManager', 'is required for apply patch'))
  if (verb === 'patch' && !isApply && query.has('force')) {
    errors.push(forbidden('force', 'may not be specified for non-apply patch'))
  }
  if (byteLength(manager) > managerMaxLength) errors.push(tooLongSince('fieldManager', managerMaxLength, minor))
  for (const [at, char] of runes(manager)) {
    if (!isPrint(char))
      errors.push(invalid('fieldManager', manager, `invalid character ${unicodeText(char)} (at position ${at})`))
  }
  const dryRun = query.get('dryRun')
  if (dryRun !== undefined && dryRun !== 'All') {
    // The list itself is shown.
    const list = apiServerFact('showsValuesAsJson', minor) ? JSON.stringify([dryRun]) : `[]string{${goQuote(dryRun)}}`
    errors.push({
      ...notSupported('dryRun', '', ['All']),
      body: `Unsupported value: ${list}: supported values: "All"`,
    })
  }
  const validation = query.get('fieldValidation') ?? ''
  if (apiServerFact('validatesFields', minor) && !fieldValidationDirectives.some((known) => known === validation)) {
    errors.push(notSupported('fieldValidation', validation, fieldValidationDirectives))
  }
  if (errors.length === 0) return undefined
  return invalidStatus({ group: 'meta.k8s.io', kind: optionKinds[verb] ?? '' }, '', errors)
}

/** The characters of a text with their positions in bytes, as Go ranges over them. */
function* runes(text: string): Generator<readonly [at: number, char: string]> {
  let at = 0
  for (const char of text) {
    yield [at, char]
    at += byteLength(char)
  }
}

function isPrint(char: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char)
}

/** Go's `%#U`: `U+0041 'A'`; the character only if it can be printed. */
function unicodeText(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return isPrint(char) ? `U+${code} '${char}'` : `U+${code}`
}
