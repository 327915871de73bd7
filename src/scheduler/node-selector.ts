import { type Labels, type Selector, selectorFromSet, selectorOf } from '../api/label-selector.ts'
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '../api/types/core.ts'

const operators = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
} as const

/** Whether nodes match, compiled from a Pod's nodeSelector and required node affinity. */
export type NodeMatcher = (node: Node) => boolean

/**
 * The nodes that a Pod asks for, or undefined when it takes any.
 * Source: framework/plugins/helper/node_affinity.go, PodMatchesNodeSelectorAndAffinityTerms.
 */
export function nodeMatcher(spec: PodSpec): NodeMatcher | undefined {
  const wanted = spec.nodeSelector
  const selector = wanted !== undefined && Object.keys(wanted).length > 0 ? selectorFromSet(wanted) : undefined
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const terms = required && termsMatcher(required.nodeSelectorTerms)
  if (selector === undefined && terms === undefined) return undefined
  return (node) =>
    (selector === undefined || selector.matches(node.metadata.labels)) && (terms === undefined || terms(node))
}

/** Whether any term matches. Source: MatchNodeSelectorTerms. */
export function termsMatcher(terms: readonly NodeSelectorTerm[]): NodeMatcher {
  const matchers = terms.map(termMatcher)
  return (node) => matchers.some((matches) => matches(node))
}

/** A term without requirements matches no node. Source: pkg/apis/core/v1/helper/helpers.go, MatchNodeSelectorTerms. */
function termMatcher({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): NodeMatcher {
  if (matchExpressions.length === 0 && matchFields.length === 0) return () => false
  const labels = requirementSelector(matchExpressions)
  return (node) =>
    (matchExpressions.length === 0 || labels.matches(node.metadata.labels)) &&
    matchFields.every((requirement) => fieldMatches(requirement, { 'metadata.name': node.metadata.name }))
}

/** Preferred terms look at labels only, and an empty one matches nothing. */
export function preferenceSelector({ matchExpressions = [] }: NodeSelectorTerm): Selector | undefined {
  return matchExpressions.length === 0 ? undefined : requirementSelector(matchExpressions)
}

function requirementSelector(requirements: readonly NodeSelectorRequirement[]): Selector {
  return selectorOf(
    requirements.map(({ key, operator, values }) => ({ key, operator: operators[operator], values: values ?? [] })),
  )
}

/** Fields know In and NotIn with one value. Source: helpers.go, NodeSelectorRequirementsAsFieldSelector. */
function fieldMatches({ key, operator, values = [] }: NodeSelectorRequirement, fields: Labels): boolean {
  const value = fields[key] ?? ''
  if (values.length !== 1) return false
  if (operator === 'In') return value === values[0]
  return operator === 'NotIn' && value !== values[0]
}
