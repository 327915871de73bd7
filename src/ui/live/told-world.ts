import type { Entry } from '../../report/export/album.ts'
import type { ToldRun } from '../../report/export/make-album.ts'
import type { Moment } from '../world/recording.ts'
import type { World } from '../world/world.ts'

/** A world of the player as a run that goes into an album. `asked`: questions, which stand in its story too. */
export function toldWorld({ name, recording }: World, asked: readonly Entry[]): ToldRun {
  const { result, journal, flows, redaction, moments, volumeFiles } = recording
  const entries = [...moments.map(entryOf), ...asked].sort((a, b) => a.at - b.at || a.seq - b.seq)
  return { name, result, transcript: { journal, flows, redaction, entries, files: volumeFiles } }
}

function entryOf({ seq, time, kind, actor, text, tone }: Moment): Entry {
  return { seq, at: time, kind, actor: kind === 'command' ? '' : actor, text, tone }
}
