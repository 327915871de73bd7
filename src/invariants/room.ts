import { allContainers } from '../api/pod-references.ts'
import { quantityMilliValue, quantityValue } from '../api/quantity.ts'
import type { Node, Pod } from '../api/types/core.ts'
import type { RuntimeContainer } from '../node/runtime/cri.ts'
import type { Invariant } from './invariant.ts'
import { type ObservedNode, objectOf, podText, type World } from './world.ts'

/** What holds for what a node gives away. */

/** Thousandths of a CPU, and bytes. */
const counted = [
  { name: 'cpu', of: quantityMilliValue },
  { name: 'memory', of: quantityValue },
] as const

/** Source: pkg/apis/scheduling/types.go, SystemCriticalPriority: such Pods would make room for themselves, which is not simulated. */
const criticalPriority = 2_000_000_000

/** Force-deleted Pods, and those that are over, may still have containers: who counts for the API server does not count them. */
export const roomForContainers: Invariant = {
  id: 'S-31',
  sentence: 'a node gives its containers, by what they request, no more CPU and memory than it has',
  clauses: ['L2'],
  watch: (world, violated) => ({
    containerChanged(node, container, pod, isStart) {
      if (isStart || pod === undefined || (pod.spec.priority ?? 0) >= criticalPriority) return
      const asked = requestsOf(container, pod)
      const stored = world.server().store.collection('nodes').get('', node.name) as Node | undefined // of this collection
      const allocatable = stored?.status?.allocatable
      if (asked === undefined || allocatable === undefined) return
      for (const { name, of } of counted) {
        const capacity = allocatable[name]
        if (asked[name] === undefined || capacity === undefined) continue
        const given = sumOn(world, node, name, of)
        if (given <= of(capacity)) continue
        violated(`${node.name} gives ${given} of ${of(capacity)} ${name} with ${podText(pod)}`, [objectOf(pod)])
      }
    },
  }),
}

type Requests = Readonly<Record<string, string>>

function requestsOf({ config }: RuntimeContainer, pod: Pod): Requests | undefined {
  const spec = allContainers(pod).find(({ name }) => name === config.name)
  return (config.resources ?? spec?.resources)?.requests
}

function sumOn(world: World, node: ObservedNode, name: string, of: (quantity: string) => number): number {
  const pods = world.server().store.collection('pods')
  let sum = 0
  for (const uid of node.runtime.podUids()) {
    const pod = world.pods.get(uid)
    const { namespace = '', name: podName = '' } = pod?.metadata ?? {}
    if (pod === undefined || pods.get(namespace, podName)?.metadata.uid !== uid) continue
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue
    for (const container of node.runtime.podContainers(uid))
      if (container.state !== 'exited') sum += of(requestsOf(container, pod)?.[name] ?? '0')
  }
  return sum
}
