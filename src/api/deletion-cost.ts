/** Source: core/v1 annotation_key_constants.go, PodDeletionCost. */
export const deletionCostKey = 'controller.kubernetes.io/pod-deletion-cost'

const maxInt32 = 2 ** 31 - 1

/**
 * What a Pod's annotation says that its deletion costs; undefined: it is no whole number of 32 bits. A plus sign and leading zeros
 * are none, zeros behind a minus sign are. Source: pkg/apis/core/helper/helpers.go, GetDeletionCostFromPodAnnotations.
 */
export function deletionCostOf(annotations: Readonly<Record<string, string>> | undefined): number | undefined {
  const isSaid = annotations !== undefined && Object.hasOwn(annotations, deletionCostKey)
  const text = isSaid ? (annotations[deletionCostKey] ?? '') : '0'
  const cost = /^(?:0|[1-9][0-9]*|-[0-9]+)$/.test(text) ? Number(text) : Number.NaN
  return cost <= maxInt32 && cost >= -maxInt32 - 1 ? cost : undefined
}
