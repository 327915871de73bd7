import type { TermFacts } from './term.ts'

/** Reasons of a Status with which the API server refuses a request. */
export const answers: Readonly<Record<string, TermFacts>> = {
  BadRequest: {
    means: 'The request cannot be understood (400): no valid JSON, a value of the wrong type, base64 that is none.',
    source: 'apimachinery pkg/api/errors/errors.go, NewBadRequest',
    clauses: ['C7'],
    related: ['Invalid'],
  },
  Unauthorized: {
    means: 'The API server does not know who asks (401): no token, or one that has expired or is revoked.',
    source: 'apimachinery pkg/api/errors/errors.go, NewUnauthorized',
    related: ['Forbidden', 'ServiceAccount'],
  },
  Forbidden: {
    means:
      'Who asks is known, but may not do it (403): a role is missing, admission says no, or a quota is used up. The message says which.',
    when: 'A kubelet gets it for a Secret that no Pod on its node refers to.',
    source: 'apimachinery pkg/api/errors/errors.go, NewForbidden',
    clauses: ['S1', 'S4'],
    related: ['RBAC', 'node authorizer'],
  },
  NotFound: {
    means: 'There is no such object in that namespace, or no such resource (404).',
    source: 'apimachinery pkg/api/errors/errors.go, NewNotFound',
    clauses: ['R1'],
    related: ['FailedMount'],
  },
  MethodNotAllowed: {
    means: 'The resource does not know this verb (405).',
    source: 'apimachinery pkg/api/errors/errors.go',
  },
  NotAcceptable: {
    means: 'None of the forms that the client takes can be given (406).',
    source: 'apimachinery pkg/api/errors/errors.go',
  },
  AlreadyExists: {
    means: 'There is an object of that name already (409). `kubectl apply` changes it instead.',
    source: 'apimachinery pkg/api/errors/errors.go, NewAlreadyExists',
    related: ['Conflict'],
  },
  Conflict: {
    means: 'The object was changed since it was read (409): read it again, and try anew.',
    source: 'apimachinery pkg/api/errors/errors.go, NewConflict',
    related: ['resourceVersion'],
  },
  Expired: {
    means: 'The version that a list or watch wants to go on from is no longer kept (410): the client lists anew.',
    source: 'apimachinery pkg/api/errors/errors.go, NewResourceExpired',
    related: ['resourceVersion', 'watches'],
  },
  RequestEntityTooLarge: {
    means: 'The request is larger than the API server reads (413). A Secret is limited long before that, to 1 MiB.',
    source: 'apimachinery pkg/api/errors/errors.go, NewRequestEntityTooLargeError',
    clauses: ['R2'],
  },
  UnsupportedMediaType: {
    means: 'The body is in a form that is not read here (415).',
    source: 'apimachinery pkg/api/errors/errors.go',
  },
  Invalid: {
    means: 'The object can be read but not be so (422); the message lists each field with what is wrong.',
    when: 'A key or name with characters that may not be, data of an immutable Secret that would change, a Secret of more than 1 MiB.',
    source: 'apimachinery pkg/api/errors/errors.go, NewInvalid',
    clauses: ['C2', 'C6', 'I2', 'R2'],
    related: ['BadRequest', 'immutable'],
  },
  TooManyRequests: {
    means:
      'Not now (429): the server has too much to do, or a disruption budget allows no eviction. Clients wait and try again.',
    source: 'apimachinery pkg/api/errors/errors.go, NewTooManyRequests',
    related: ['http', 'DisruptionBudget'],
  },
  InternalError: {
    means: 'The API server could not do it, though nothing is wrong with the request (500).',
    source: 'apimachinery pkg/api/errors/errors.go',
    related: ['http'],
  },
  ServiceUnavailable: {
    means: 'Nobody is there who could answer (503): no endpoint of the Service, or nothing that listens at the Pod.',
    source: 'apimachinery pkg/api/errors/errors.go, NewServiceUnavailable',
    related: ['http'],
  },
  ServerTimeout: {
    means: 'The request could not be done in time and may be tried again (500).',
    source: 'apimachinery pkg/api/errors/errors.go, NewServerTimeout',
    related: ['Timeout'],
  },
  Timeout: {
    means: 'The request was begun but did not end in time (504): nobody knows whether it was done.',
    source: 'apimachinery pkg/api/errors/errors.go, NewTimeoutError',
    related: ['ServerTimeout', 'loseAnswers'],
  },
  DisruptionBudget: {
    means: 'An eviction would leave fewer Pods than a PodDisruptionBudget wants; asked again later it may be granted.',
    source: 'pkg/registry/core/pod/storage/eviction.go',
    related: ['TooManyRequests', 'NotDeleted'],
  },
  NamespaceTerminating: {
    means: 'The namespace is being deleted, so nothing is made in it any more.',
    source: 'apiserver pkg/admission/plugin/namespace/lifecycle/admission.go',
    related: ['Forbidden'],
  },
  ResourceVersionTooLarge: {
    means: 'The version that is asked for has not been yet.',
    source: 'apiserver pkg/storage/errors.go, NewTooLargeResourceVersionError',
    related: ['resourceVersion'],
  },
}
