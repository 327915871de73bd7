import { quantityValue } from '../api/quantity.ts'
import type { Machine } from '../cluster/machine.ts'

/** Memory of a node that its Pods' volumes and its kubelet's cache of Secrets take. Sizes in bytes. */
export interface NodeMemory {
  /** Of the machine; all tmpfs together can take no more. */
  readonly capacityBytes: number
  /** In all tmpfs. */
  readonly tmpfsBytes: number
  /** Values in the kubelet's own cache: each Secret once, however many Pods use it. Nothing by Get. */
  readonly cacheBytes: number
  readonly cachedSecrets: number
  /** Pods that have anything in tmpfs, in the order of namespace and name. */
  readonly pods: readonly {
    readonly namespace: string
    readonly pod: string
    readonly bytes: number
    /** `limitBytes` undefined: none of its own; half of the node's memory, the kernel's default. */
    readonly volumes: readonly {
      readonly volume: string
      readonly bytes: number
      readonly limitBytes: number | undefined
    }[]
  }[]
}

/** What volumes in memory and the kubelet's cache take on a node now (R2); `memory` is the machine's, as a quantity. */
export function nodeMemory(machine: Machine, memory: string): NodeMemory {
  const { fs, kubelet } = machine
  const { context } = kubelet
  const capacityBytes = quantityValue(memory)
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
