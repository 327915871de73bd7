import type { UserInfo } from '../../client/client.ts'

/** Names and groups that the system gives a meaning. Source: k8s.io/apiserver pkg/authentication/user/user.go. */
export const privilegedGroup = 'system:masters'
export const nodesGroup = 'system:nodes'
export const authenticatedGroup = 'system:authenticated'
export const unauthenticatedGroup = 'system:unauthenticated'
export const anonymousName = 'system:anonymous'
/** Source: k8s.io/apiserver pkg/authentication/serviceaccount/util.go. */
const allServiceAccountsGroup = 'system:serviceaccounts'
const serviceAccountPrefix = 'system:serviceaccount:'
const nodePrefix = 'system:node:'

/** Who asks when no credentials were sent. Source: k8s.io/apiserver pkg/authentication/request/anonymous. */
export const anonymousUser: UserInfo = { name: anonymousName, groups: [unauthenticatedGroup] }

const completed = new WeakMap<UserInfo, UserInfo>()

/**
 * The user as the authenticator chain hands it on: with `system:authenticated`, which is appended unless one of the two
 * groups is there, and a service account's groups. The same object gives the same answer object.
 * Source: k8s.io/apiserver pkg/authentication/group/authenticated_group_adder.go.
 */
export function authenticated(user: UserInfo): UserInfo {
  const known = completed.get(user)
  if (known !== undefined) return known
  const done = complete(user)
  completed.set(user, done)
  completed.set(done, done)
  return done
}

function complete(user: UserInfo): UserInfo {
  const account = splitServiceAccountName(user.name)
  const groups = [...user.groups]
  if (account !== undefined && !groups.includes(allServiceAccountsGroup)) {
    groups.unshift(...serviceAccountGroups(account.namespace))
  }
  const isKnown = groups.includes(authenticatedGroup) || groups.includes(unauthenticatedGroup)
  if (!isKnown) groups.push(authenticatedGroup)
  return groups.length === user.groups.length ? user : { ...user, groups }
}

export function serviceAccountUserName(namespace: string, name: string): string {
  return `${serviceAccountPrefix}${namespace}:${name}`
}

export function serviceAccountGroups(namespace: string): readonly string[] {
  return [allServiceAccountsGroup, `${allServiceAccountsGroup}:${namespace}`]
}

/** The user that a service account's token stands for. */
export function serviceAccountUser(namespace: string, name: string, uid?: string): UserInfo {
  const groups = [...serviceAccountGroups(namespace), authenticatedGroup]
  const userName = serviceAccountUserName(namespace, name)
  return uid === undefined ? { name: userName, groups } : { name: userName, uid, groups }
}

/** Namespace and name in a service account's user name, or undefined when the user is none. */
export function splitServiceAccountName(
  userName: string,
): { readonly namespace: string; readonly name: string } | undefined {
  if (!userName.startsWith(serviceAccountPrefix)) return undefined
  const [namespace, name, ...rest] = userName.slice(serviceAccountPrefix.length).split(':')
  if (namespace === undefined || name === undefined || rest.length > 0) return undefined
  return isDnsLabel(namespace) && isDnsSubdomain(name) ? { namespace, name } : undefined
}

function isDnsLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text)
}

function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text)
}

/** The credentials of a kubelet: what the Node authorizer and NodeRestriction recognise. */
export function nodeUser(nodeName: string): UserInfo {
  return { name: `${nodePrefix}${nodeName}`, groups: [nodesGroup, authenticatedGroup] }
}

/**
 * The node that a user is, `''` when it is one without a name, or undefined when it is none: both the name's prefix and
 * the group are needed. Source: pkg/auth/nodeidentifier/default.go.
 */
export function nodeNameOf(user: UserInfo): string | undefined {
  if (!user.name.startsWith(nodePrefix) || !user.groups.includes(nodesGroup)) return undefined
  return user.name.slice(nodePrefix.length)
}
