import type { EpochMs } from '../../../kernel/calendar.ts'
import type { RandomStreams } from '../../../kernel/random.ts'
import { mapOrder, rotated, rotatedTwice } from '../rotation.ts'

/** What the writer walks a map for. */
export type WalkPurpose = 'write' | 'link' | 'remove'

/**
 * Orders in which Go walks the maps of one write. The payload is copied from map to map twice before it is walked to write the files, and
 * once more to link them: MakePayload and validatePayload. What is removed comes out of a set of a set. An order depends on the directory,
 * the time and the purpose only, so that a write that is made when somebody looks is the same. Source: pkg/volume/secret/secret.go,
 * MakePayload; pkg/volume/util/atomic_writer.go.
 */
export function mapWalks(
  directory: string,
  now: EpochMs,
  random: RandomStreams,
): (paths: readonly string[], purpose: WalkPurpose) => readonly string[] {
  const stream = (of: string) => random.loose(`map-order/${directory}/${now}/${of}`)
  return (paths, purpose) => {
    if (paths.length < 2) return paths
    const copied = purpose === 'remove' ? rotated(paths, stream('unwanted')) : rotatedTwice(paths, stream('payload'))
    return mapOrder(copied, stream(purpose))
  }
}
