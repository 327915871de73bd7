import type { Entry } from '../../report/export/album.ts'
import { askedEntries } from '../../report/export/asked.ts'
import type { ToldRun } from '../../report/export/make-album.ts'
import { userLead } from '../../scenario/telling.ts'
import type { Moment, RecordedQuestion } from '../world/recording.ts'
import type { World } from '../world/world.ts'

/** A world of the player as a run that goes into an album; its questions stand in the story before their answers can be seen. */
export function toldWorld({ name, recording }: World): ToldRun {
  const { result, journal, flows, redaction, moments, questions, volumeFiles } = recording
  const entries = moments.map(entryOf)
  // From the last on, so that places before it stay.
  for (const question of [...questions].reverse()) {
    const placeOf = (place: RecordedQuestion['gate']) => ({ at: place.time, seq: moments[place.moments - 1]?.seq ?? 0 })
    const places = { gate: placeOf(question.gate), told: placeOf(question.told) }
    const { ask, answer } = askedEntries(question, question, places)
    entries.splice(question.told.moments, 0, answer)
    entries.splice(question.gate.moments, 0, ask)
  }
  return { name, result, transcript: { journal, flows, redaction, entries, files: volumeFiles } }
}

function entryOf({ seq, time, kind, actor, text, tone, did }: Moment): Entry {
  const isCommand = kind === 'command'
  return { seq, at: time, kind, actor: isCommand ? '' : actor, text: `${userLead(did?.action)}${text}`, tone }
}
