import type { Node } from '../../api/types/core.ts'

/** Older names of labels that follow the newer. Source: node_lifecycle_controller.go, labelReconcileInfo. */
const followingLabels = [
  ['beta.kubernetes.io/os', 'kubernetes.io/os'],
  ['beta.kubernetes.io/arch', 'kubernetes.io/arch'],
] as const

/** Labels of a node that are to follow others and don't yet; undefined: none. Source: reconcileNodeLabels. */
export function missingLabels({ metadata: { labels } }: Node): Readonly<Record<string, string>> | undefined {
  if (labels === undefined) return undefined
  const missing: Record<string, string> = {}
  for (const [primary, secondary] of followingLabels) {
    const value = labels[primary]
    if (value !== undefined && labels[secondary] !== value) missing[secondary] = value
  }
  return Object.keys(missing).length === 0 ? undefined : missing
}
