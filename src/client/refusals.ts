import type { RequestError } from './client.ts'

/** Questions that callers ask of why a request failed. */

export function isNotFound(error: RequestError): boolean {
  return error.kind === 'status' && error.status.reason === 'NotFound'
}

export function isConflict(error: RequestError): boolean {
  return error.kind === 'status' && error.status.reason === 'Conflict'
}

export function isAlreadyExists(error: RequestError): boolean {
  return error.kind === 'status' && error.status.reason === 'AlreadyExists'
}

/** The namespace goes away: nothing can be created in it any more. Source: core/v1 types.go, NamespaceTerminatingCause. */
export function isNamespaceTerminating(error: RequestError): boolean {
  if (error.kind !== 'status') return false
  return error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false
}

/** What Go's err.Error() gives. */
export function errorText(error: RequestError): string {
  return error.kind === 'status' ? (error.status.message ?? '') : error.message
}
