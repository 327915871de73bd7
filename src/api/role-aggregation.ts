import type { LabelSelector } from './types/meta.ts'
import type { ClusterRole, PolicyRule } from './types/rbac.ts'

/**
 * The rules that an aggregating ClusterRole should have: those of the roles that its selectors match, by name and
 * without repetitions. Undefined when it has no aggregation rule.
 * Source: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go, syncClusterRole.
 */
export function aggregatedRules(role: ClusterRole, all: Iterable<ClusterRole>): readonly PolicyRule[] | undefined {
  const selectors = role.aggregationRule?.clusterRoleSelectors
  if (selectors === undefined) return undefined
  const roles = [...all].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const rules = new Map<string, PolicyRule>()
  for (const selector of selectors) {
    for (const other of roles) {
      if (other.metadata.name === role.metadata.name || !selects(selector, other.metadata.labels ?? {})) continue
      for (const rule of other.rules ?? []) rules.set(ruleKey(rule), rules.get(ruleKey(rule)) ?? rule)
    }
  }
  return [...rules.values()]
}

function ruleKey(rule: PolicyRule): string {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule
  return JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs].map((list) => list ?? []))
}

function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const labelValue = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined)
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, wanted]) => labelValue(key) === wanted) &&
    (selector.matchExpressions ?? []).every((requirement) => satisfies(labelValue(requirement.key), requirement))
  )
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number]

function satisfies(found: string | undefined, { operator, values = [] }: Requirement): boolean {
  switch (operator) {
    case 'In':
      return found !== undefined && values.includes(found)
    case 'NotIn':
      return found === undefined || !values.includes(found)
    case 'Exists':
      return found !== undefined
    case 'DoesNotExist':
      return found === undefined
  }
}
