import type { PodAffinity, PodAffinityTerm, PodSpec } from '../../../api/types/core.ts'
import type { LabelSelector } from '../../../api/types/meta.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'

/** Keys of labels whose values the new Pod has become part of selectors. Source: pkg/registry/core/pod/strategy.go. */

type Labels = Readonly<Record<string, string>> | undefined

interface Keyed {
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
}

/** Source: mutatePodAffinity, mutateTopologySpreadConstraints. */
export function withLabelKeys(spec: PodSpec, labels: Labels, minor: number): PodSpec {
  const { affinity, topologySpreadConstraints } = spec
  const { podAffinity, podAntiAffinity } = affinity ?? {}
  const merged: Partial<Record<keyof PodSpec, unknown>> = {}
  if (podAffinity !== undefined || podAntiAffinity !== undefined)
    merged.affinity = {
      ...affinity,
      ...(podAffinity === undefined ? {} : { podAffinity: mergedAffinity(podAffinity, labels) }),
      ...(podAntiAffinity === undefined ? {} : { podAntiAffinity: mergedAffinity(podAntiAffinity, labels) }),
    }
  if (topologySpreadConstraints !== undefined && has(minor, apiServer.spreadingMergesKeys))
    merged.topologySpreadConstraints = topologySpreadConstraints.map((each) => mergedTerm(each, labels))
  return { ...spec, ...(merged as Partial<PodSpec>) } // both members are of their types
}

function mergedAffinity(affinity: PodAffinity, labels: Labels): PodAffinity {
  const {
    requiredDuringSchedulingIgnoredDuringExecution: required,
    preferredDuringSchedulingIgnoredDuringExecution: preferred,
  } = affinity
  return {
    ...affinity,
    ...(required === undefined
      ? {}
      : { requiredDuringSchedulingIgnoredDuringExecution: required.map((term) => mergedTerm(term, labels)) }),
    ...(preferred === undefined
      ? {}
      : {
          preferredDuringSchedulingIgnoredDuringExecution: preferred.map((each) =>
            each.podAffinityTerm === undefined
              ? each
              : { ...each, podAffinityTerm: mergedTerm<PodAffinityTerm>(each.podAffinityTerm, labels) },
          ),
        }),
  }
}

/** Source: applyMatchLabelKeysAndMismatchLabelKeys, applyMatchLabelKeys. */
function mergedTerm<Term extends Keyed>(term: Term, labels: Labels): Term {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term
  if (labelSelector === undefined || matchLabelKeys.length + mismatchLabelKeys.length === 0) return term
  const added = [...requirements(matchLabelKeys, 'In', labels), ...requirements(mismatchLabelKeys, 'NotIn', labels)]
  if (added.length === 0) return term
  const matchExpressions = [...(labelSelector.matchExpressions ?? []), ...added]
  return { ...term, labelSelector: { ...labelSelector, matchExpressions } }
}

function requirements(keys: readonly string[], operator: 'In' | 'NotIn', labels: Labels = {}) {
  return keys.flatMap((key) => (Object.hasOwn(labels, key) ? [{ key, operator, values: [labels[key] ?? ''] }] : []))
}
