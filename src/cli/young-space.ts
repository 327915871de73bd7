import { setFlagsFromString } from 'node:v8'

/**
 * The space for young objects grows again, as V8 has it by itself: bin/podsim.js keeps it small where a lesson is played, which is
 * right for waiting for keys and wrong for long runs, whose collections would come too often.
 */
export function letYoungSpaceGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2')
}
