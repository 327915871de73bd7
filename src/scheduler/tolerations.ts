import type { Taint, Toleration } from '../api/types/core.ts'

/** Whether a toleration covers a taint. Source: k8s.io/api core/v1/toleration.go, ToleratesTaint. */
function tolerates(toleration: Toleration, taint: Pick<Taint, 'key' | 'value' | 'effect'>): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if (toleration.operator === 'Exists') return true
  return (toleration.value ?? '') === (taint.value ?? '')
}

/** The first of the taints that none of the tolerations covers. */
export function untoleratedTaint(
  taints: readonly Taint[],
  tolerations: readonly Toleration[] | undefined,
  counts: (taint: Taint) => boolean,
): Taint | undefined {
  return taints.find((taint) => counts(taint) && !isTolerated(taint, tolerations))
}

export function isTolerated(
  taint: Pick<Taint, 'key' | 'value' | 'effect'>,
  tolerations: readonly Toleration[] | undefined,
): boolean {
  return tolerations?.some((toleration) => tolerates(toleration, taint)) ?? false
}
