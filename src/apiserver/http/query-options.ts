import { invalidStatus } from '../../api/status.ts'
import type { Status } from '../../api/types/meta.ts'
import { type FieldError, invalid, notSupported } from '../../api/validation/field-errors.ts'
import type { Verb } from '../../client/server.ts'
import { goQuote } from '../../go/quote.ts'
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

const optionKinds: Readonly<Partial<Record<Verb, string>>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
}

/** Longest name of a field manager. Source: validation.go, FieldManagerMaxLength. */
const managerMaxLength = 128

/** What is wrong with dryRun and fieldManager. */
export function writeOptionsError(query: Query, verb: Verb): Status | undefined {
  const errors: FieldError[] = []
  const manager = query.get('fieldManager') ?? ''
  if (manager.length > managerMaxLength) {
    errors.push({
      type: 'FieldValueTooLong',
      field: 'fieldManager',
      body: `Too long: must have at most ${managerMaxLength} bytes`,
    })
  }
  for (const char of manager) {
    if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char)) continue
    errors.push(invalid('fieldManager', manager, 'should only contain printable characters'))
    break
  }
  const dryRun = query.get('dryRun')
  if (dryRun !== undefined && dryRun !== 'All') {
    // The list itself is shown, as Go prints a list of texts.
    errors.push({
      ...notSupported('dryRun', '', ['All']),
      body: `Unsupported value: []string{${goQuote(dryRun)}}: supported values: "All"`,
    })
  }
  if (errors.length === 0) return undefined
  return invalidStatus({ group: 'meta.k8s.io', kind: optionKinds[verb] ?? '' }, '', errors)
}
