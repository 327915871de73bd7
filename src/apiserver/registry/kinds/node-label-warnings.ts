import type { PodSpec } from '../../../api/types/core.ts'
import type { NodeSelectorTerm } from '../../../api/types/scheduling.ts'
import { labelValue } from '../../../api/validation/formats.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'

/** Labels of nodes that a Pod should no longer go by. Source: pkg/api/pod/warnings.go, warningsForPodSpecAndMeta. */

/** Source: pkg/api/node/util.go, GetNodeLabelDeprecatedMessage. */
const oldNodeLabels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}

/** From v1.31 on. */
const laterNodeLabels: Readonly<Record<string, string>> = {
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

function textAbout(key: string, minor: number): string | undefined {
  return oldNodeLabels[key] ?? (has(minor, apiServer.warnsOfMasterLabels) ? laterNodeLabels[key] : undefined)
}

/** Of a node selector. */
export function nodeLabels(spec: PodSpec, at: string, minor: number): readonly string[] {
  return Object.keys(spec.nodeSelector ?? {})
    .sort()
    .flatMap((key) => {
      const text = textAbout(key, minor)
      return text === undefined ? [] : [`${at}spec.nodeSelector[${key}]: ${text}`]
    })
}

/** Of spread constraints, and that they select nothing. */
export function spreadConstraints(spec: PodSpec, at: string, minor: number): readonly string[] {
  return (spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, index) => {
    const field = `${at}spec.topologySpreadConstraints[${index}]`
    const text = textAbout(topologyKey, minor)
    return [
      ...(text === undefined ? [] : [`${field}.topologyKey: ${topologyKey} is ${text}`]),
      ...(labelSelector === undefined
        ? [`${field}.labelSelector: a null labelSelector results in matching no pod`]
        : []),
    ]
  })
}

/** Of node affinities. Source: pkg/api/node/util.go, GetWarningsForNodeSelectorTerm. */
export function affinityLabels({ affinity }: PodSpec, at: string, minor: number): readonly string[] {
  const nodes = affinity?.nodeAffinity
  if (nodes === undefined || !has(minor, apiServer.warnsOfAffinityLabels)) return []
  const required = nodes.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const preferred = nodes.preferredDuringSchedulingIgnoredDuringExecution ?? []
  const field = `${at}spec.affinity.nodeAffinity`
  return [
    ...required.flatMap((term, index) =>
      termLabels(term, `${field}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${index}]`, minor),
    ),
    ...preferred.flatMap(({ preference = {} }, index) => {
      const path = `${field}.preferredDuringSchedulingIgnoredDuringExecution[${index}].preference`
      return [...termLabels(preference, path, minor), ...termValues(preference, path, minor)]
    }),
  ]
}

function termLabels({ matchExpressions = [] }: NodeSelectorTerm, field: string, minor: number): readonly string[] {
  return matchExpressions.flatMap(({ key }, index) => {
    const text = textAbout(key, minor)
    return text === undefined ? [] : [`${field}.matchExpressions[${index}].key: ${key} is ${text}`]
  })
}

function termValues({ matchExpressions = [] }: NodeSelectorTerm, field: string, minor: number): readonly string[] {
  if (!has(minor, apiServer.warnsOfAffinityValues)) return []
  return matchExpressions.flatMap(({ values = [] }, index) =>
    values.flatMap((value, at) =>
      labelValue(value, minor).map(
        (text) => `${field}.matchExpressions[${index}].values[${at}]: ${value} is invalid, ${text}`,
      ),
    ),
  )
}
