import type { PolicyRule } from './types/rbac.ts'

/** Which rules of roles go beyond others: pure functions. Source: component-helpers auth/rbac/validation/policy_comparator.go. */

/**
 * The parts of `wanted` that no rule of the owner covers, each with one verb, one resource and at most one name.
 * Source: Covers.
 */
export function uncoveredRules(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.flatMap(breakdownRule).filter((part) => !owned.some((rule) => ruleCovers(rule, part)))
}

function breakdownRule(rule: PolicyRule): readonly PolicyRule[] {
  const parts: PolicyRule[] = []
  for (const group of rule.apiGroups ?? []) {
    for (const resource of rule.resources ?? []) {
      for (const verb of rule.verbs ?? []) {
        const base = { apiGroups: [group], resources: [resource], verbs: [verb] }
        const names = rule.resourceNames ?? []
        if (names.length === 0) parts.push(base)
        for (const name of names) parts.push({ ...base, resourceNames: [name] })
      }
    }
  }
  for (const url of rule.nonResourceURLs ?? []) {
    for (const verb of rule.verbs ?? []) parts.push({ nonResourceURLs: [url], verbs: [verb] })
  }
  return parts
}

function ruleCovers(owner: PolicyRule, part: PolicyRule): boolean {
  const ownerNames = owner.resourceNames ?? []
  const partNames = part.resourceNames ?? []
  const namesCovered = ownerNames.length === 0 || (partNames.length > 0 && hasAll(ownerNames, partNames))
  return (
    allCovered(owner.verbs, part.verbs) &&
    allCovered(owner.apiGroups, part.apiGroups) &&
    (part.resources ?? []).every((resource) => resourceCovered(owner.resources ?? [], resource)) &&
    (part.nonResourceURLs ?? []).every((url) => (owner.nonResourceURLs ?? []).some((own) => pathCovers(own, url))) &&
    namesCovered
  )
}

function resourceCovered(owned: readonly string[], resource: string): boolean {
  if (owned.includes('*') || owned.includes(resource)) return true
  const slash = resource.indexOf('/')
  return slash >= 0 && owned.includes(`*/${resource.slice(slash + 1)}`)
}

function allCovered(owned: readonly string[] = [], wanted: readonly string[] = []): boolean {
  return owned.includes('*') || hasAll(owned, wanted)
}

function hasAll(owned: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((value) => owned.includes(value))
}

/** A path in a rule may end in `*`, which stands for any rest. */
export function pathCovers(owner: string, path: string): boolean {
  return owner === path || (owner.endsWith('*') && path.startsWith(owner.replace(/\*+$/, '')))
}
