import type { Node } from '../../api/types/core.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'

/** Older and newer names of labels, of which one follows the other. Source: node_lifecycle_controller.go, labelReconcileInfo. */
const followingLabels = [
  ['beta.kubernetes.io/os', 'kubernetes.io/os'],
  ['beta.kubernetes.io/arch', 'kubernetes.io/arch'],
] as const

/** Labels of a node that are to follow others and don't yet; undefined: none. Source: reconcileNodeLabels. */
export function missingLabels(
  { metadata: { labels } }: Node,
  minor: number,
): Readonly<Record<string, string>> | undefined {
  if (labels === undefined) return undefined
  const missing: Record<string, string> = {}
  for (const [beta, stable] of followingLabels) {
    const [primary, secondary] = has(minor, controllers.stableLabelsLead) ? [stable, beta] : [beta, stable]
    const value = labels[primary]
    if (value !== undefined && labels[secondary] !== value) missing[secondary] = value
  }
  return Object.keys(missing).length === 0 ? undefined : missing
}
