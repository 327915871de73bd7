import type { Scarce } from './machine-space.ts'

/**
 * What the kubelet looks at to see whether a node runs short, and what it says of it. Only hard thresholds.
 * Source: pkg/kubelet/eviction/helpers.go; pkg/kubelet/apis/config/v1beta1/defaults_linux.go, DefaultEvictionHard.
 */
export interface Signal {
  readonly scarce: Scarce
  /** The node's condition. */
  readonly condition: 'MemoryPressure' | 'DiskPressure'
  /** The name of what is short in texts and requests. */
  readonly resource: 'memory' | 'ephemeral-storage'
  /** Less than this is too little, in bytes. */
  readonly threshold: (capacity: number) => number
}

const mebi = 1024 * 1024

/** In the order in which they are seen to: memory first. Source: helpers.go, byEvictionPriority. */
export const signals: readonly Signal[] = [
  { scarce: 'memory', condition: 'MemoryPressure', resource: 'memory', threshold: () => 100 * mebi },
  {
    scarce: 'disk',
    condition: 'DiskPressure',
    resource: 'ephemeral-storage',
    threshold: (capacity) => Math.floor(capacity / 10),
  },
]
