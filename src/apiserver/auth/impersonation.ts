import type { Status } from '../../api/types/meta.ts'
import type { UserInfo } from '../../client/client.ts'
import { goQuote } from '../../go/quote.ts'
import type { AuthorizationAttributes, Authorizer } from './authorizer.ts'
import { accessForbidden, escapeHtml } from './forbidden.ts'
import {
  anonymousName,
  authenticatedGroup,
  serviceAccountGroups,
  splitServiceAccountName,
  unauthenticatedGroup,
} from './users.ts'

/** Whom a request wants to be: the headers `Impersonate-User` and `Impersonate-Group` (one value a group). */
export interface ImpersonationRequest {
  readonly user: string
  readonly groups: readonly string[]
}

export type Impersonated =
  | { readonly ok: true; readonly user: UserInfo }
  | { readonly ok: false; readonly kind: 'status'; readonly status: Status }
  /** Answered with code 500 as plain text. */
  | { readonly ok: false; readonly kind: 'text'; readonly text: string }

/** What the headers (names in lower case) ask for, or undefined. Several groups are joined by commas, as HTTP does. */
export function impersonationRequest(headers: Readonly<Record<string, string>>): ImpersonationRequest | undefined {
  const user = headers['impersonate-user'] ?? ''
  const joined = headers['impersonate-group']
  const groups = joined === undefined ? [] : joined.split(/,\s*/)
  return user === '' && groups.length === 0 ? undefined : { user, groups }
}

/**
 * The user that the rest of the request runs as, if the caller may impersonate each part.
 * Without an authorizer everybody may. Source: k8s.io/apiserver pkg/endpoints/filters/impersonation.go, WithImpersonation.
 */
export function impersonate(
  authorizer: Authorizer | undefined,
  caller: UserInfo,
  { user, groups }: ImpersonationRequest,
  requestUri: string,
): Impersonated {
  if (user === '') {
    const wanted = groups.map((group) => `{Group  ${group}    }`).join(' ')
    const error = `requested [${wanted}] without impersonating a user`
    const text = escapeHtml(`Internal Server Error: ${goQuote(requestUri)}: ${error}`)
    return { ok: false, kind: 'text', text: `${text}\n` }
  }
  const account = splitServiceAccountName(user)
  const questions: AuthorizationAttributes[] = [
    account === undefined
      ? question(caller, 'users', '', user)
      : question(caller, 'serviceaccounts', account.namespace, account.name),
    ...groups.map((group) => question(caller, 'groups', '', group)),
  ]
  for (const attributes of questions) {
    const decision = authorizer?.authorize(attributes) ?? { decision: 'allow' }
    if (decision.decision !== 'allow') {
      return { ok: false, kind: 'status', status: accessForbidden(attributes, decision.reason) }
    }
  }
  const known = account === undefined || groups.length > 0 ? groups : serviceAccountGroups(account.namespace)
  return { ok: true, user: { name: user, groups: completedGroups(user, known) } }
}

function question(user: UserInfo, resource: string, namespace: string, name: string): AuthorizationAttributes {
  const fixed = { verb: 'impersonate', resourceRequest: true, group: '', version: '', subresource: '', path: '' }
  return { ...fixed, user, resource, namespace, name }
}

function completedGroups(user: string, groups: readonly string[]): readonly string[] {
  const isSettled =
    groups.includes(unauthenticatedGroup) || (user !== anonymousName && groups.includes(authenticatedGroup))
  if (isSettled) return groups
  return [...groups, user === anonymousName ? unauthenticatedGroup : authenticatedGroup]
}
