import { byUnits, sortFew } from '../../kernel/sort-few.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { canonicalQuantity } from '../quantity.ts'
import { jsonOfGo } from '../structs/go-json.ts'
import { goQuantity } from '../structs/syntax.ts'
import {
  duplicate,
  type FieldError,
  forbidden,
  internalError,
  invalid,
  notFound,
  notSupported,
  required,
  tooLong,
  tooMany,
} from './field-errors.ts'

/** What validation may know beside the object. */
export interface ValidationSettings {
  /** Minor version whose rules and words hold. */
  readonly minor: number
  /** Gate RelaxedEnvironmentVariableValidation. */
  readonly relaxedEnvNames?: boolean
  /** Flag `--allow-privileged` of the API server. Default true, as every installer sets it. */
  readonly allowPrivileged?: boolean
  /** Gate EphemeralContainers: on from v1.23. */
  readonly ephemeralContainers?: boolean
}

/** Collects what is wrong with one object, in the order in which the API server would list it. */
export class Validator {
  readonly errors: FieldError[] = []
  readonly settings: ValidationSettings
  readonly minor: number
  /** Name of the Pod whose volumes are looked at; a template has none. */
  podName?: string
  /** Whether the Pod that is looked at has the users of its node. */
  usesHostUsers = true

  constructor(settings: ValidationSettings) {
    this.settings = settings
    this.minor = settings.minor
  }

  add(errors: readonly FieldError[]): void {
    for (const error of errors) this.errors.push(error)
  }

  required(field: string, detail = ''): void {
    this.errors.push(required(field, detail))
  }

  invalid(field: string, value: unknown, detail: string): void {
    const isNothing = value === undefined || value === null
    if (isNothing && has(this.minor, apiServer.showsValuesAsJson)) this.invalidGo(field, 'null', detail)
    else this.errors.push(invalid(field, value, detail))
  }

  /** `value` as Go's `%#v` writes it, for values that are neither texts, numbers nor booleans; from v1.34 on it is shown as JSON. */
  invalidGo(field: string, value: string, detail: string): void {
    const shown = has(this.minor, apiServer.showsValuesAsJson) ? (jsonOfGo(value) ?? value) : value
    const tail = detail === '' ? '' : `: ${detail}`
    this.errors.push({ type: 'FieldValueInvalid', field, body: `Invalid value: ${shown}${tail}` })
  }

  /** `amount` as a resource.Quantity. */
  invalidQuantity(field: string, amount: string, detail: string): void {
    if (has(this.minor, apiServer.showsValuesAsJson)) this.invalid(field, canonicalQuantity(amount), detail)
    else this.invalidGo(field, goQuantity(amount), detail)
  }

  /** One `Invalid value` for each text. */
  each(field: string, value: unknown, problems: readonly string[]): void {
    for (const problem of problems) this.errors.push(invalid(field, value, problem))
  }

  forbidden(field: string, detail: string): void {
    this.errors.push(forbidden(field, detail))
  }

  duplicate(field: string, value: unknown): void {
    this.errors.push(duplicate(field, value))
  }

  notFound(field: string, value: unknown): void {
    this.errors.push(notFound(field, value))
  }

  notSupported(field: string, value: unknown, supported: readonly string[]): void {
    this.errors.push(notSupported(field, value, supported))
  }

  /** From v1.32 on the text is `may not be more than %d bytes`. */
  tooLong(field: string, max: number): void {
    this.errors.push(
      has(this.minor, apiServer.tellsTooLongInBytes)
        ? tooLong(field, max, `may not be more than ${max} bytes`)
        : tooLong(field, max),
    )
  }

  tooMany(field: string, count: number, max: number): void {
    this.errors.push(tooMany(field, count, max))
  }

  internal(field: string, message: string): void {
    this.errors.push(internalError(field, message))
  }

  /** Source: apimachinery pkg/api/validation/generic.go, ValidateNonnegativeField. */
  nonNegative(field: string, value: number | undefined): void {
    if (value !== undefined && value < 0) this.invalid(field, value, 'must be greater than or equal to 0')
  }
}

/** Keys of a map in byte order, where Go walks it in a random one. */
export function sortedKeys(map: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  if (map === undefined) return []
  const keys = Object.keys(map)
  return sortFew(keys, byUnits)
}

/** Whether a field of the schema's zero value counts as unset: absent, null or an empty text. */
export function isUnset(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === ''
}
