import { setFlagsFromString } from 'node:v8'

/**
 * The spaces for young and old objects grow again, as V8 has it by itself: bin/podsim.js keeps them small where a lesson is played,
 * which is right for waiting for keys and wrong for long runs, whose collections would come too often.
 */
export function letSpacesGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2')
  setFlagsFromString('--heap-growing-percent=0')
}
