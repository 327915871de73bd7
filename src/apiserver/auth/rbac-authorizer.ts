import type { UserInfo } from '../../client/client.ts'
import type { AuthorizationAttributes, Authorizer, Decision } from './authorizer.ts'
import { ruleAllowsPath, ruleAllowsResource } from './policy-rules.ts'
import type { AppliedRules, RbacIndex } from './rbac-index.ts'

/** A rule whose verb, group and resource match a request; `names` when it is for certain objects only. */
interface Candidate {
  readonly names: readonly string[] | undefined
  readonly allow: Decision
}

/** What was worked out for one user under one generation of the index. */
interface UserCache {
  readonly generation: number
  readonly rules: Map<string, AppliedRules>
  readonly candidates: Map<string, readonly Candidate[]>
}

/** Keys a user's cache may hold before it is emptied: who asks for ever new things must not fill the memory. */
const cachedKeysMax = 10_000

/**
 * RBAC. A question that was asked before costs a look into a map; any change of a role or binding empties the cache.
 * Source: plugin/pkg/auth/authorizer/rbac/rbac.go.
 */
export function createRbacAuthorizer(index: RbacIndex): Authorizer {
  const caches = new WeakMap<UserInfo, UserCache>()
  const cacheOf = (user: UserInfo): UserCache => {
    const known = caches.get(user)
    if (known?.generation === index.generation && known.candidates.size < cachedKeysMax) return known
    const fresh: UserCache = { generation: index.generation, rules: new Map(), candidates: new Map() }
    caches.set(user, fresh)
    return fresh
  }
  const rulesFor = (cache: UserCache, user: UserInfo, namespace: string): AppliedRules => {
    const known = cache.rules.get(namespace)
    if (known !== undefined) return known
    const found = index.rulesFor(user, namespace)
    cache.rules.set(namespace, found)
    return found
  }
  return {
    name: 'RBAC',
    authorize(attributes) {
      const { user, namespace } = attributes
      const cache = cacheOf(user)
      if (!attributes.resourceRequest) return authorizePath(rulesFor(cache, user, namespace), attributes)
      const { verb, group, resource, subresource, name } = attributes
      const key = `${verb} ${namespace}/${resource}/${subresource}.${group}`
      let candidates = cache.candidates.get(key)
      if (candidates === undefined) {
        candidates = candidatesFor(rulesFor(cache, user, namespace), attributes)
        cache.candidates.set(key, candidates)
      }
      for (const { names, allow } of candidates) if (names === undefined || names.includes(name)) return allow
      return noOpinion(rulesFor(cache, user, namespace))
    },
  }
}

function candidatesFor(applied: AppliedRules, attributes: AuthorizationAttributes): readonly Candidate[] {
  const candidates: Candidate[] = []
  for (const { rule, source } of applied.rules) {
    if (!ruleAllowsResource(rule, attributes)) continue
    const names = rule.resourceNames?.length ? rule.resourceNames : undefined
    candidates.push({ names, allow: allowedBy(source) })
    if (names === undefined) break
  }
  return candidates
}

function authorizePath(applied: AppliedRules, attributes: AuthorizationAttributes): Decision {
  const match = applied.rules.find(({ rule }) => ruleAllowsPath(rule, attributes.verb, attributes.path))
  return match === undefined ? noOpinion(applied) : allowedBy(match.source)
}

function allowedBy(source: () => string): Decision {
  return { decision: 'allow', why: () => `RBAC: allowed by ${source()}` }
}

/** Bindings to roles that are missing are told, so that who set them up finds out. */
function noOpinion(applied: AppliedRules): Decision {
  const errors = [...new Set(applied.errors)]
  if (errors.length === 0) return nothingToSay
  return { decision: 'noOpinion', reason: `RBAC: ${errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`}` }
}

const nothingToSay: Decision = { decision: 'noOpinion', reason: '' }
