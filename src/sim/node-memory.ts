import { quantityValue } from '../api/quantity.ts'
import type { Machine } from '../cluster/machine.ts'
import type { SimSettings } from './resolve-options.ts'
import type { NodeMemory } from './sim.ts'

/** What volumes in memory and the kubelet's cache take on a node now (R2). */
export function nodeMemory(machine: Machine, { nodes }: SimSettings): NodeMemory {
  const { fs, kubelet } = machine
  const { context } = kubelet
  const capacityBytes = quantityValue(nodes.find(({ name }) => name === machine.name)?.memory ?? '0')
  const cached = (context?.secrets.inspect() ?? []).filter(({ resourceVersion }) => resourceVersion !== undefined)
  const pods = new Map<string, NodeMemory['pods'][number]>()
  let tmpfsBytes = 0
  for (const { mountPoint, usedBytes, sizeBytes } of fs.tmpfsUsage()) {
    tmpfsBytes += usedBytes
    const [, uid = '', volume = ''] = volumePath.exec(mountPoint) ?? []
    const { name = uid, namespace = '' } = context?.pods.get(uid)?.metadata ?? {}
    const known = pods.get(uid) ?? { namespace, pod: name, bytes: 0, volumes: [] }
    pods.set(uid, {
      ...known,
      bytes: known.bytes + usedBytes,
      volumes: [...known.volumes, { volume, bytes: usedBytes, limitBytes: sizeBytes }],
    })
  }
  return {
    capacityBytes,
    tmpfsBytes,
    cacheBytes: cached.reduce((sum, { bytes }) => sum + bytes, 0),
    cachedSecrets: cached.length,
    pods: [...pods.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  }
}

/** Source: pkg/kubelet/kubelet_getters.go; facts/kubelet.md 4.1. */
const volumePath = /\/pods\/([^/]+)\/volumes\/[^/]+\/([^/]+)$/

function keyOf({ namespace, pod }: NodeMemory['pods'][number]): string {
  return `${namespace}/${pod}`
}
