import { authenticatedGroup } from '../apiserver/auth/users.ts'
import type { UserInfo } from '../client/client.ts'
import { adminUser } from './control-plane.ts'

/** The user of this name as the API server would know it: `admin` without groups is the one that steps and tests act as. */
export function userNamed(name: string, groups?: readonly string[]): UserInfo {
  if (name === adminUser.name && groups === undefined) return adminUser
  return { name, groups: [...(groups ?? []), authenticatedGroup] }
}
