import { goQuote } from '../../go/quote.ts'
import type { StatusCause } from '../types/meta.ts'

/** Validation errors as the API server words them. Source: k8s.io/apimachinery pkg/util/validation/field/errors.go. */

export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueInvalid'
  | 'FieldValueDuplicate'
  | 'FieldValueNotFound'
  | 'FieldValueNotSupported'
  | 'InternalError'

export interface FieldError {
  readonly type: FieldErrorType
  /** Path: `spec.volumes[0].secret.items[1].path`, map keys as `data[key]`. */
  readonly field: string
  /** The part after `<field>: `, such as `Invalid value: "x": must be unique`. */
  readonly body: string
}

/** No errors: shared, so that what is valid costs no list. */
export const none: readonly FieldError[] = []

/** Errors of several checks, in their order; what nearly always comes in is empty, and then nothing is made. */
export function joined(...checks: readonly (readonly FieldError[])[]): readonly FieldError[] {
  let found: readonly FieldError[] = none
  for (const errors of checks) {
    if (errors.length > 0) found = found.length === 0 ? errors : [...found, ...errors]
  }
  return found
}

export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, body: withDetail('Required value', detail) }
}

export function forbidden(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, body: withDetail('Forbidden', detail) }
}

/** `max` in bytes. Before v1.32 the text is `must have at most %d bytes`; callers of later versions pass their own detail. */
export function tooLong(field: string, max: number, detail = `must have at most ${max} bytes`): FieldError {
  return { type: 'FieldValueTooLong', field, body: withDetail('Too long', detail) }
}

/** `value` as Go prints it: see `goValue`. */
export function invalid(field: string, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, body: withDetail(`Invalid value: ${goValue(value)}`, detail) }
}

export function duplicate(field: string, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, body: `Duplicate value: ${goValue(value)}` }
}

export function notFound(field: string, value: unknown): FieldError {
  return { type: 'FieldValueNotFound', field, body: `Not found: ${goValue(value)}` }
}

/** `supported` is printed in the order given; Go code sorts it first where it comes from a set. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const tail = supported.length === 0 ? '' : `: supported values: ${supported.map(goQuote).join(', ')}`
  return { type: 'FieldValueNotSupported', field, body: `Unsupported value: ${goValue(value)}${tail}` }
}

export function internalError(field: string, message: string): FieldError {
  return { type: 'InternalError', field, body: `Internal error: ${message}` }
}

/** A list that has more members than it may. */
export function tooMany(field: string, count: number, max: number): FieldError {
  return { type: 'FieldValueTooMany', field, body: `Too many: ${count}: must have at most ${max} items` }
}

export function causesOf(errors: readonly FieldError[]): readonly StatusCause[] {
  return errors.map(({ type, field, body }) => ({ reason: type, message: body, field }))
}

/** One error plain, several as `[a, b]` without repetitions. Source: apimachinery pkg/util/errors, aggregate.Error. */
export function aggregate(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(({ field, body }) => `${field}: ${body}`))]
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}

/** A value as field.Error prints it: strings quoted, numbers and booleans plain, nothing as `"null"`. */
function goValue(value: unknown): string {
  if (value === undefined || value === null) return '"null"'
  if (typeof value === 'string') return goQuote(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return JSON.stringify(value)
}

function withDetail(body: string, detail: string): string {
  return detail === '' ? body : `${body}: ${detail}`
}
