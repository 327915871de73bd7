import { forbiddenStatus } from '../../api/status.ts'
import type { Status } from '../../api/types/meta.ts'
import { goQuote } from '../../go/quote.ts'
import type { AuthorizationAttributes, Authorizer } from './authorizer.ts'

/** The 403 for a request, or undefined when it is allowed. */
export function authorizeRequest(authorizer: Authorizer, attributes: AuthorizationAttributes): Status | undefined {
  const decision = authorizer.authorize(attributes)
  return decision.decision === 'allow' ? undefined : accessForbidden(attributes, decision.reason)
}

/**
 * What a caller is told who may not do something; `reason` is what the authorizers gave.
 * Source: k8s.io/apiserver pkg/endpoints/handlers/responsewriters/errors.go, Forbidden.
 */
export function accessForbidden(attributes: AuthorizationAttributes, reason: string): Status {
  const sentence = escapeHtml(forbiddenMessage(attributes))
  const message = reason === '' ? sentence : `${sentence}: ${reason}`
  const { group, resource, name, resourceRequest } = attributes
  return resourceRequest
    ? forbiddenStatus({ group, resource }, name, message)
    : forbiddenStatus({ group: '', resource: '' }, '', message)
}

function forbiddenMessage(attributes: AuthorizationAttributes): string {
  const { user, verb, group, resource, subresource, namespace, path } = attributes
  const who = `User ${goQuote(user.name)} cannot ${verb}`
  if (!attributes.resourceRequest) return `${who} path ${goQuote(path)}`
  const full = subresource === '' ? resource : `${resource}/${subresource}`
  const what = `${who} resource ${goQuote(full)} in API group ${goQuote(group)}`
  return namespace === '' ? `${what} at the cluster scope` : `${what} in the namespace ${goQuote(namespace)}`
}

/** Answers must not look like HTML. Source: the same file, sanitizer. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
