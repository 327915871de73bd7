import type { UserInfo } from '../../client/client.ts'
import type { Authorizer, Decision } from './authorizer.ts'
import { privilegedGroup } from './users.ts'

/**
 * Asks one authorizer after the other. The reasons of those without an opinion are joined by line ends.
 * Source: k8s.io/apiserver pkg/authorization/union/union.go.
 */
export function createAuthorizerChain(authorizers: readonly Authorizer[]): Authorizer {
  return {
    name: 'union',
    authorize(attributes) {
      let reasons = ''
      for (const authorizer of authorizers) {
        const decision = authorizer.authorize(attributes)
        if (decision.decision !== 'noOpinion') return decision
        if (decision.reason !== '') reasons = reasons === '' ? decision.reason : `${reasons}\n${decision.reason}`
      }
      return { decision: 'noOpinion', reason: reasons }
    },
  }
}

/**
 * Lets members of system:masters do everything, before anybody else is asked.
 * Source: k8s.io/apiserver pkg/authorization/authorizerfactory/builtin.go, NewPrivilegedGroups.
 */
export function createPrivilegedGroupsAuthorizer(groups: readonly string[] = [privilegedGroup]): Authorizer {
  const known = new WeakMap<UserInfo, boolean>()
  return {
    name: 'privileged groups',
    authorize({ user }) {
      let isPrivileged = known.get(user)
      if (isPrivileged === undefined) {
        isPrivileged = user.groups.some((group) => groups.includes(group))
        known.set(user, isPrivileged)
      }
      return isPrivileged ? allowed : nothingToSay
    },
  }
}

const allowed: Decision = { decision: 'allow' }
const nothingToSay: Decision = { decision: 'noOpinion', reason: '' }
