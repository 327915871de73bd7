import type { Node, NodeCondition, Taint, Toleration } from '../../api/types/core.ts'
import { type Client, resources } from '../../client/client.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'

/** Taints that conditions of a node bring. Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go. */

const notReadyKey = 'node.kubernetes.io/not-ready'
const unreachableKey = 'node.kubernetes.io/unreachable'
const unschedulableKey = 'node.kubernetes.io/unschedulable'

export const notReadyTaint: Taint = { key: notReadyKey, effect: 'NoExecute' }
export const unreachableTaint: Taint = { key: unreachableKey, effect: 'NoExecute' }

const conditionTaints: Readonly<Record<string, Readonly<Partial<Record<NodeCondition['status'], string>>>>> = {
  Ready: { False: notReadyKey, Unknown: unreachableKey },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
}

const managedKeys: ReadonlySet<string> = new Set([
  unschedulableKey,
  ...Object.values(conditionTaints).flatMap((byStatus) => Object.values(byStatus)),
])

export function nodeCondition(node: Node, type: string): NodeCondition | undefined {
  return node.status?.conditions?.find((condition) => condition.type === type)
}

/** What to change so that the NoSchedule taints say what the conditions say. Source: doNoScheduleTaintingPass. */
export function noScheduleChanges(node: Node): { readonly add: readonly Taint[]; readonly remove: readonly Taint[] } {
  const wanted = (node.status?.conditions ?? []).flatMap(({ type, status }) => conditionTaints[type]?.[status] ?? [])
  if (node.spec?.unschedulable === true) wanted.push(unschedulableKey)
  const present = (node.spec?.taints ?? []).filter(({ key, effect }) => effect === 'NoSchedule' && managedKeys.has(key))
  return {
    add: wanted
      .filter((key) => !present.some((taint) => taint.key === key))
      .map((key) => ({ key, effect: 'NoSchedule' })),
    remove: present.filter(({ key }) => !wanted.includes(key)),
  }
}

export function hasTaint(node: Node, taint: Taint): boolean {
  return node.spec?.taints?.some((one) => matches(one, taint)) ?? false
}

function matches(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect
}

/**
 * Adds taints, then takes others away: two patches, so that a watcher sees both states. False: it did not work.
 * Source: pkg/controller/util/node/controller_utils.go, SwapNodeControllerTaint.
 */
export function* swapTaints(
  client: Client,
  node: Node,
  add: readonly Taint[],
  remove: readonly Taint[],
  timeAdded: string,
): Steps<boolean> {
  const stamped = add.map((taint) => ({ ...taint, timeAdded }))
  if (stamped.length > 0) {
    const isAdded = yield* changeTaints(client, node, (taints) => {
      const kept = taints.map((taint) => stamped.find((one) => matches(one, taint)) ?? taint)
      return [...kept, ...stamped.filter((one) => !taints.some((taint) => matches(taint, one)))]
    })
    if (!isAdded) return false
  }
  return yield* removeTaints(client, node, remove)
}

/** Asks the server only if the node, as the caller knows it, has one of them. Source: RemoveTaintOffNode. */
export function* removeTaints(client: Client, node: Node, remove: readonly Taint[]): Steps<boolean> {
  if (!remove.some((taint) => hasTaint(node, taint))) return true
  return yield* changeTaints(client, node, (taints) =>
    taints.filter((taint) => !remove.some((one) => matches(one, taint))),
  )
}

function* changeTaints(
  client: Client,
  { metadata }: Node,
  change: (taints: readonly Taint[]) => readonly Taint[],
): Steps<boolean> {
  const key = { name: metadata.name }
  const read = yield* attempt(client.get<Node>(resources.nodes, key, { resourceVersion: '0' }))
  if (!read.ok) return false
  const present = read.value.spec?.taints ?? []
  const taints = change(present)
  if (taints.length === present.length && taints.every((taint, at) => taint === present[at])) return true
  const body = { spec: { taints: taints.length === 0 ? null : taints } }
  const type = 'application/strategic-merge-patch+json'
  const patched = yield* attempt(client.patch<Node>(resources.nodes, key, type, body))
  return patched.ok
}

/** Source: core/v1 toleration.go, ToleratesTaint. */
export function tolerates(
  { key = '', operator = 'Equal', value = '', effect = '' }: Toleration,
  taint: Taint,
): boolean {
  if (effect !== '' && effect !== taint.effect) return false
  if (key !== '' && key !== taint.key) return false
  return operator === 'Exists' || value === (taint.value ?? '')
}

/**
 * How long Pods with these tolerations stay on a node with these taints: in ms, 0 for not at all, undefined for ever.
 * Source: pkg/controller/nodelifecycle/scheduler/taint_manager.go, getMinTolerationTime.
 */
export function tolerationMs(taints: readonly Taint[], tolerations: readonly Toleration[]): number | undefined {
  let leastSeconds: number | undefined
  for (const taint of taints) {
    const used = tolerations.filter((toleration) => tolerates(toleration, taint))
    if (used.length === 0) return 0
    for (const { tolerationSeconds } of used)
      if (tolerationSeconds !== undefined) leastSeconds = Math.min(leastSeconds ?? tolerationSeconds, tolerationSeconds)
  }
  return leastSeconds === undefined ? undefined : Math.max(0, leastSeconds) * 1000
}

/** Whether a change of a node is none for its NoSchedule taints and its labels. */
export function isSameForTaints(old: Node, node: Node): boolean {
  return (
    old.spec === node.spec &&
    old.metadata.labels === node.metadata.labels &&
    old.status?.conditions === node.status?.conditions
  )
}
