import type { Scarce } from '../node/kubelet/eviction/machine-space.ts'
import type { Machine } from './machine.ts'

/** Something on a machine that is no Pod takes its memory or its disk. */
export type SpaceFault =
  /** All but so many bytes of memory. */
  | { readonly kind: 'memoryLow'; readonly node?: string; readonly availableBytes: number }
  /** All but so many bytes of the disk: there is room for what is written. */
  | { readonly kind: 'diskLow'; readonly node?: string; readonly availableBytes: number }
  /** All but so many inodes of the disk. */
  | { readonly kind: 'inodesLow'; readonly node?: string; readonly available: number }
  /** All of the disk: writes to it find no room. */
  | { readonly kind: 'diskFull'; readonly node?: string }

/** Begins it now on these machines and returns how it ends. */
export function beginShortage(machines: readonly Machine[], fault: SpaceFault): () => void {
  const { what, left } = shortageOf(fault)
  const isFull = fault.kind === 'diskFull'
  for (const { space, fs } of machines) {
    if (isFull) fs.setDiskFull(true)
    space.leave(what, left)
  }
  return () => {
    for (const { space, fs } of machines) {
      if (isFull) fs.setDiskFull(false)
      space.giveBack(what)
    }
  }
}

function shortageOf(fault: SpaceFault): { readonly what: Scarce; readonly left: number } {
  switch (fault.kind) {
    case 'memoryLow':
      return { what: 'memory', left: fault.availableBytes }
    case 'diskLow':
      return { what: 'disk', left: fault.availableBytes }
    case 'inodesLow':
      return { what: 'inodes', left: fault.available }
    case 'diskFull':
      return { what: 'disk', left: 0 }
  }
}
