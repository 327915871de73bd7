import { equalJson } from '../../api/json.ts'
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Pod, PodSpec, Toleration } from '../../api/types/core.ts'
import { tolerates } from '../node-lifecycle/taints.ts'

/** On which nodes a DaemonSet runs. Source: pkg/controller/daemon/daemon_controller.go, Predicates; util/daemonset_util.go. */

const taint = (name: string, effect: string): Toleration => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
  effect,
})

const daemonTolerations: readonly Toleration[] = [
  taint('not-ready', 'NoExecute'),
  taint('unreachable', 'NoExecute'),
  taint('disk-pressure', 'NoSchedule'),
  taint('memory-pressure', 'NoSchedule'),
  taint('pid-pressure', 'NoSchedule'),
  taint('unschedulable', 'NoSchedule'),
]

/** The tolerations of a template with those that every daemon Pod has. Source: AddOrUpdateDaemonPodTolerations. */
function daemonPodTolerations(spec: PodSpec): readonly Toleration[] {
  const all =
    spec.hostNetwork === true ? [...daemonTolerations, taint('network-unavailable', 'NoSchedule')] : daemonTolerations
  const result = [...(spec.tolerations ?? [])]
  for (const toleration of all) {
    const at = result.findIndex((one) => isSamePlace(one, toleration))
    if (at === -1) result.push(toleration)
    else if (!equalJson(result[at], toleration)) result[at] = toleration
  }
  return result
}

function isSamePlace(a: Toleration, b: Toleration): boolean {
  return a.key === b.key && a.effect === b.effect && a.operator === b.operator && (a.value ?? '') === (b.value ?? '')
}

export interface Fit {
  /** A Pod should be made if there is none. */
  readonly shouldRun: boolean
  /** A Pod that is there may stay. */
  readonly mayStay: boolean
}

/** Source: nodeShouldRunDaemonPod. */
export function fitOf(node: Node, spec: PodSpec): Fit {
  const { name } = node.metadata
  const isNamed = spec.nodeName === undefined || spec.nodeName === '' || spec.nodeName === name
  if (!isNamed || !matchesSelector(node, spec)) return { shouldRun: false, mayStay: false }
  const tolerations = daemonPodTolerations(spec)
  const untolerated = (node.spec?.taints ?? []).filter(
    (one) => one.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, one)),
  )
  return {
    shouldRun: untolerated.length === 0,
    mayStay: untolerated.every(({ effect }) => effect !== 'NoExecute'),
  }
}

/** Source: scheduler framework plugins/helper/node_affinity.go, PodMatchesNodeSelectorAndAffinityTerms. */
function matchesSelector(node: Node, { nodeSelector = {}, affinity }: PodSpec): boolean {
  const { labels = {} } = node.metadata
  if (!Object.entries(nodeSelector).every(([key, value]) => labels[key] === value)) return false
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(node, term))
}

function matchesTerm({ metadata }: Node, { matchExpressions = [], matchFields = [] }: NodeSelectorTerm): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false
  const fields = { 'metadata.name': metadata.name }
  return (
    matchExpressions.every((requirement) => meets(metadata.labels ?? {}, requirement)) &&
    matchFields.every((requirement) => meets(fields, requirement))
  )
}

function meets(
  values: Readonly<Record<string, string>>,
  { key, operator, values: wanted = [] }: NodeSelectorRequirement,
): boolean {
  const value = Object.hasOwn(values, key) ? values[key] : undefined
  switch (operator) {
    case 'In':
      return value !== undefined && wanted.includes(value)
    case 'NotIn':
      return value === undefined || !wanted.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(wanted[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(wanted[0])
  }
}

/** The spec of a daemon Pod, bound by affinity to one node. Source: ReplaceDaemonSetPodNodeNameNodeAffinity. */
export function specForNode(spec: PodSpec, nodeName: string): PodSpec {
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [nodeName] }] }
  const { nodeAffinity, ...others } = spec.affinity ?? {}
  return {
    ...spec,
    affinity: {
      ...others,
      nodeAffinity: { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
    },
    tolerations: daemonPodTolerations(spec),
  }
}

/** The node that a daemon Pod is on or meant for. Source: GetTargetNodeName. */
export function targetNode({ spec }: Pod): string | undefined {
  if (spec.nodeName !== undefined && spec.nodeName !== '') return spec.nodeName
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  for (const { matchFields = [] } of terms)
    for (const { key, operator, values = [] } of matchFields)
      if (key === 'metadata.name' && operator === 'In') return values.length === 1 ? values[0] : undefined
  return undefined
}
