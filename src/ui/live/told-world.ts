import type { Entry } from '../../report/export/album.ts'
import type { ToldRun } from '../../report/export/make-album.ts'
import type { Moment, RecordedQuestion } from '../world/recording.ts'
import type { World } from '../world/world.ts'

/** A world of the player as a run that goes into an album; its questions stand in the story where their answers are to be seen. */
export function toldWorld({ name, recording }: World): ToldRun {
  const { result, journal, flows, redaction, moments, questions, volumeFiles } = recording
  const entries = moments.map(entryOf)
  // From the last on, so that places before it stay.
  for (const question of [...questions].reverse())
    entries.splice(question.told.moments, 0, askOf(question, moments[question.told.moments - 1]?.seq ?? 0))
  return { name, result, transcript: { journal, flows, redaction, entries, files: volumeFiles } }
}

function entryOf({ seq, time, kind, actor, text, tone }: Moment): Entry {
  return { seq, at: time, kind, actor: kind === 'command' ? '' : actor, text, tone }
}

function askOf({ question, choices, because, told }: RecordedQuestion, seq: number): Entry {
  const why = because === undefined ? {} : { because: because.trim() }
  return { seq, at: told.time, kind: 'ask', actor: '', text: question, tone: 'normal', choices, ...why }
}
