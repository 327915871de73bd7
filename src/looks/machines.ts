import { map, merge, type Observable } from 'rxjs'
import { allContainers } from '../api/pod-references.ts'
import type { Pod } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { KubeletRef } from '../node/kubelet/kubelet-options.ts'
import type { NodeMachineStep } from '../node/kubelet/state-feed.ts'

/** Where one state machine stands: `{ machine: 'volume', name: 'foo', state: 'mounted' }`. */
export interface MachineState {
  readonly machine: string
  /** Of the Pod, its volume, its container or its image. */
  readonly name: string
  readonly state: string
}

/** One step of a state machine on a node. `name` of a Pod worker is its Pod's uid, of a kubelet its node. */
export interface MachineStep extends NodeMachineStep {
  readonly node: string
}

/** The machines of an object as they stand now: those of a Pod on its node, of a Node its kubelet. */
export function machinesOf(cluster: Cluster, object: KubeObject | undefined): readonly MachineState[] {
  if (object?.kind === 'Node') {
    const { name } = object.metadata
    const found = cluster.machines.get(name)?.kubelet.inspect({ kind: 'kubelet' })
    return found === undefined ? [] : [{ machine: found.machine, name, state: found.state }]
  }
  if (object?.kind !== 'Pod') return []
  const pod = object as Pod // of this kind
  const kubelet = cluster.machines.get(pod.spec.nodeName ?? '')?.kubelet
  const uid = pod.metadata.uid ?? ''
  const view = (name: string, ref: KubeletRef): readonly MachineState[] => {
    const found = kubelet?.inspect(ref)
    return found === undefined ? [] : [{ machine: found.machine, name, state: found.state }]
  }
  const containers = allContainers(pod)
  const images = new Set(containers.map(({ image = '' }) => image))
  return [
    ...view(pod.metadata.name, { kind: 'pod', uid }),
    ...(pod.spec.volumes ?? []).flatMap(({ name }) => view(name, { kind: 'volume', uid, volume: name })),
    ...containers.flatMap(({ name }) => view(name, { kind: 'container', uid, container: name })),
    ...[...images].flatMap((image) => view(image, { kind: 'image', uid, image })),
  ]
}

/** Each step of the machines of all nodes, as it is taken. */
export function machineSteps(cluster: Cluster): Observable<MachineStep> {
  return merge(
    ...[...cluster.machines.values()].map(({ name: node, kubelet }) =>
      kubelet.states.pipe(map((step): MachineStep => ({ ...step, node }))),
    ),
  )
}
