import { authenticated, authenticatedGroup, nodeNameOf, nodesGroup } from '../apiserver/auth/users.ts'
import type { UserInfo } from '../client/client.ts'
import { adminUser } from './control-plane.ts'

/** The user of this name as the API server would know it: `admin` without groups is the one that steps and tests act as. */
export function userNamed(name: string, groups?: readonly string[]): UserInfo {
  if (name === adminUser.name && groups === undefined) return adminUser
  return { name, groups: [...(groups ?? []), authenticatedGroup] }
}

/** Whom somebody acts as: `admin`, a node or a ServiceAccount by name, with its groups, or anybody else without groups but those given. */
export function userActingAs(name: string, groups: readonly string[] = []): UserInfo {
  if (name === adminUser.name && groups.length === 0) return adminUser
  const isNode = nodeNameOf({ name, groups: [nodesGroup] }) !== undefined
  return authenticated({ name, groups: [...(isNode ? [nodesGroup] : []), ...groups] })
}
