import { pathCovers } from '../../api/rule-cover.ts'
import type { PolicyRule } from '../../api/types/rbac.ts'
import { goQuote } from '../../go/quote.ts'
import type { AuthorizationAttributes } from './authorizer.ts'

/** Matching and printing of RBAC rules: pure functions. */

/** Whether a rule allows a request. Source: plugin/pkg/auth/authorizer/rbac/rbac.go, RuleAllows. */
export function ruleAllows(rule: PolicyRule, attributes: AuthorizationAttributes): boolean {
  if (!attributes.resourceRequest) return ruleAllowsPath(rule, attributes.verb, attributes.path)
  return ruleAllowsResource(rule, attributes) && nameMatches(rule, attributes.name)
}

/** As `ruleAllows` for a request of a resource, whatever the object's name. */
export function ruleAllowsResource(rule: PolicyRule, attributes: AuthorizationAttributes): boolean {
  return (
    verbMatches(rule, attributes.verb) &&
    hasOrAll(rule.apiGroups, attributes.group) &&
    resourceMatches(rule, attributes.resource, attributes.subresource)
  )
}

/** Whether a rule allows a verb on a path outside the API. */
export function ruleAllowsPath(rule: PolicyRule, verb: string, path: string): boolean {
  return verbMatches(rule, verb) && (rule.nonResourceURLs ?? []).some((url) => url === '*' || pathCovers(url, path))
}

function verbMatches(rule: PolicyRule, verb: string): boolean {
  return hasOrAll(rule.verbs, verb)
}

function hasOrAll(values: readonly string[] | undefined, wanted: string): boolean {
  // No closure: of somebody with many roles a hundred rules are asked for each request.
  return values !== undefined && (values.includes(wanted) || values.includes('*'))
}

function nameMatches(rule: PolicyRule, name: string): boolean {
  const names = rule.resourceNames ?? []
  return names.length === 0 || names.includes(name)
}

/** Source: pkg/apis/rbac/v1/evaluation_helpers.go, ResourceMatches: `*` is everything, `*` + `/scale` any scale. */
function resourceMatches(rule: PolicyRule, resource: string, subresource: string): boolean {
  if (subresource === '') return hasOrAll(rule.resources, resource)
  return hasOrAll(rule.resources, `${resource}/${subresource}`) || rule.resources?.includes(`*/${subresource}`) === true
}

/**
 * Merges parts that differ in their verbs only. Parts without a group or with several names stay as they are.
 * Source: pkg/registry/rbac/validation/policy_compact.go, CompactRules.
 */
export function compactRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const simple = new Map<string, PolicyRule>()
  const compacted: PolicyRule[] = []
  for (const rule of rules) {
    const key = simpleResourceKey(rule)
    if (key === undefined) {
      compacted.push(rule)
      continue
    }
    const known = simple.get(key)
    simple.set(key, known === undefined ? rule : { ...known, verbs: [...(known.verbs ?? []), ...(rule.verbs ?? [])] })
  }
  return [...compacted, ...simple.values()]
}

function simpleResourceKey(rule: PolicyRule): string | undefined {
  const names = rule.resourceNames ?? []
  if (names.length > 1 || (rule.nonResourceURLs ?? []).length > 0) return undefined
  if (rule.apiGroups?.length !== 1 || rule.resources?.length !== 1) return undefined
  return JSON.stringify([rule.apiGroups[0], rule.resources[0], ...names])
}

/** `{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}`. Source: pkg/apis/rbac/v1/evaluation_helpers.go, CompactString. */
export function compactRuleText(rule: PolicyRule): string {
  const parts: string[] = []
  const add = (title: string, values: readonly string[] = []) => {
    if (values.length > 0) parts.push(`${title}:${quotedList(values)}`)
  }
  add('APIGroups', rule.apiGroups)
  add('Resources', rule.resources)
  add('NonResourceURLs', rule.nonResourceURLs)
  add('ResourceNames', rule.resourceNames)
  add('Verbs', rule.verbs)
  return `{${parts.join(', ')}}`
}

/** A list as Go's `%q` prints a []string: `["a" "b"]`. */
export function quotedList(values: readonly string[]): string {
  return `[${values.map(goQuote).join(' ')}]`
}
