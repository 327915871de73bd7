import { goQuote } from '../go/quote.ts'
import type { Status, StatusCause } from './types/meta.ts'
import { aggregate, causesOf, type FieldError } from './validation/field-errors.ts'

/** The refusals of the API server, worded as it words them. Source: apimachinery pkg/api/errors/errors.go. */

export interface GroupResource {
  readonly group: string
  readonly resource: string
}

export interface GroupKind {
  readonly group: string
  readonly kind: string
}

type Details = NonNullable<Status['details']>

/** A failure; members that are empty are left out, as on the wire. */
export function failure(code: number, reason: string, message: string, details?: Details): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  }
}

/** `details` with empty members left out. */
function detailsOf(name: string, group: string, kind: string, causes: readonly StatusCause[] = []): Details {
  const details: { -readonly [K in keyof Details]: Details[K] } = {}
  if (name !== '') details.name = name
  if (group !== '') details.group = group
  if (kind !== '') details.kind = kind
  if (causes.length > 0) details.causes = causes
  return details
}

/** `deployments.apps`, `secrets`. */
function qualified({ group, resource }: GroupResource): string {
  return group === '' ? resource : `${resource}.${group}`
}

function qualifiedKind({ group, kind }: GroupKind): string {
  return group === '' ? kind : `${kind}.${group}`
}

export function notFoundStatus(resource: GroupResource, name: string): Status {
  const message = `${qualified(resource)} ${goQuote(name)} not found`
  return failure(404, 'NotFound', message, detailsOf(name, resource.group, resource.resource))
}

export function alreadyExists(resource: GroupResource, name: string): Status {
  const message = `${qualified(resource)} ${goQuote(name)} already exists`
  return failure(409, 'AlreadyExists', message, detailsOf(name, resource.group, resource.resource))
}

/** Names that the server drew are all taken. Source: apimachinery pkg/api/errors/errors.go, NewGenerateNameConflict. */
export function generateNameConflict(resource: GroupResource, name: string): Status {
  const message = `${qualified(resource)} ${goQuote(name)} already exists, the server was not able to generate a unique name for the object`
  const details = detailsOf(name, resource.group, resource.resource)
  return failure(409, 'AlreadyExists', message, { ...details, retryAfterSeconds: 1 })
}

export function conflict(resource: GroupResource, name: string, why: string): Status {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} ${goQuote(name)}: ${why}`
  return failure(409, 'Conflict', message, detailsOf(name, resource.group, resource.resource))
}

/** Source: apiserver pkg/registry/generic/registry/store.go, OptimisticLockErrorMsg. */
export const objectModified =
  'the object has been modified; please apply your changes to the latest version and try again'

export function forbiddenStatus(
  resource: GroupResource,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): Status {
  const subject =
    resource.resource === '' && resource.group === ''
      ? 'forbidden'
      : `${qualified(resource)} ${name === '' ? '' : `${goQuote(name)} `}is forbidden`
  const message = `${subject}: ${why}`
  return failure(403, 'Forbidden', message, detailsOf(name, resource.group, resource.resource, causes))
}

export function invalidStatus(kind: GroupKind, name: string, errors: readonly FieldError[]): Status {
  const message = `${qualifiedKind(kind)} ${goQuote(name)} is invalid: ${aggregate(errors)}`
  return failure(422, 'Invalid', message, detailsOf(name, kind.group, kind.kind, causesOf(errors)))
}

export function badRequest(message: string): Status {
  return failure(400, 'BadRequest', message)
}

export function unauthorized(): Status {
  return failure(401, 'Unauthorized', 'Unauthorized')
}

/** The resource version asked for has left the history. */
export function expired(message: string): Status {
  return failure(410, 'Expired', message)
}

export function internalErrorStatus(message: string): Status {
  return failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}

/** An error that carries no status of its own: code 500, no reason. Source: apiserver responsewriters/status.go, ErrorToAPIStatus. */
export function plainError(message: string): Status {
  return failure(500, '', message)
}

export function serverTimeout(resource: GroupResource, operation: string, retryAfterSeconds: number): Status {
  const message = `The ${operation} operation against ${qualified(resource)} could not be completed at this time, please try again.`
  return failure(500, 'ServerTimeout', message, {
    ...detailsOf(operation, resource.group, resource.resource),
    ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
  })
}

export function requestTooLarge(message: string): Status {
  return failure(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`)
}

/** Answer to a path or verb that the server has no handler for. Source: NewGenericServerResponse. */
export function genericStatus(code: 404 | 405 | 422): Status {
  switch (code) {
    case 404:
      return failure(404, 'NotFound', 'the server could not find the requested resource', {})
    case 405:
      return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
    case 422:
      return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
  }
}

export function methodNotSupported(resource: GroupResource, action: string): Status {
  const message = `${action} is not supported on resources of kind ${goQuote(qualified(resource))}`
  return failure(405, 'MethodNotAllowed', message, detailsOf('', resource.group, resource.resource))
}

/** Whether an answer is a Status rather than an object. */
export function isStatus(value: object): value is Status {
  return 'kind' in value && value.kind === 'Status'
}
