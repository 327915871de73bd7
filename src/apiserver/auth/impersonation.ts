import { badRequest } from '../../api/status.ts'
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
 * Without an authorizer everybody may. `constrained`: what is to be done as that user, where the gate ConstrainedImpersonation
 * is on (v1.35). Source: k8s.io/apiserver pkg/endpoints/filters/impersonation.go, WithImpersonation.
 */
export function impersonate(
  authorizer: Authorizer | undefined,
  caller: UserInfo,
  { user, groups }: ImpersonationRequest,
  requestUri: string,
  constrained?: AuthorizationAttributes,
): Impersonated {
  if (user === '' && constrained !== undefined) {
    const list = groups.map(goQuote).join(', ')
    const wanted = `&user.DefaultInfo{Name:"", UID:"", Groups:[]string{${list}}, Extra:map[string][]string(nil)}`
    return { ok: false, kind: 'status', status: badRequest(`requested ${wanted} without impersonating a user name`) }
  }
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
  const refusal = firstRefusal(authorizer, questions)
  if (refusal !== undefined) {
    // Who may impersonate in the old way may do so at all; else the refusal is that of the constrained way.
    const mode = account === undefined ? 'user-info' : 'serviceaccount'
    const verb = `impersonate-on:${mode}:${constrained?.verb}`
    const attributes = constrained === undefined ? refusal.about : { ...constrained, verb }
    return { ok: false, kind: 'status', status: accessForbidden(attributes, refusal.reason) }
  }
  const known = account === undefined || groups.length > 0 ? groups : serviceAccountGroups(account.namespace)
  return { ok: true, user: { name: user, groups: completedGroups(user, known) } }
}

function firstRefusal(
  authorizer: Authorizer | undefined,
  questions: readonly AuthorizationAttributes[],
): { readonly about: AuthorizationAttributes; readonly reason: string } | undefined {
  for (const about of questions) {
    const decision = authorizer?.authorize(about) ?? { decision: 'allow' as const }
    if (decision.decision !== 'allow') return { about, reason: decision.reason ?? '' }
  }
  return undefined
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
