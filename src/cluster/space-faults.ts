import type { Machine } from './machine.ts'

/** Something on a machine that is no Pod takes its memory or its disk. */
export type SpaceFault =
  /** All but so many bytes of memory. */
  | { readonly kind: 'memoryLow'; readonly node?: string; readonly availableBytes: number }
  /** All of the disk: writes to it find no room. */
  | { readonly kind: 'diskFull'; readonly node?: string }

/** Begins it now on these machines and returns how it ends. */
export function beginShortage(machines: readonly Machine[], fault: SpaceFault): () => void {
  for (const { space, fs } of machines) {
    if (fault.kind === 'memoryLow') space.leave('memory', fault.availableBytes)
    else {
      fs.setDiskFull(true)
      space.leave('disk', 0)
    }
  }
  return () => {
    for (const { space, fs } of machines) {
      if (fault.kind === 'memoryLow') space.giveBack('memory')
      else {
        fs.setDiskFull(false)
        space.giveBack('disk')
      }
    }
  }
}
