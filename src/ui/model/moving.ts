import { formatInstant, parseDuration } from '../../sim/duration.ts'
import { type Moment, momentText, type Recording } from '../world/recording.ts'
import { atPresent, isLive } from './living.ts'
import { type Cursor, momentBy, momentBySeq, type PlayState, worldOf } from './play-state.ts'

/** How the one cursor moves in time. */

/** At a moment; beyond the ends it stays at them. */
export function movedTo(state: PlayState, wanted: number): PlayState {
  const { recording } = worldOf(state)
  const at = Math.max(-1, Math.min(recording.moments.length - 1, wanted))
  const clock = recording.moments[Math.max(0, at)]?.time ?? 0
  return placed(state, { ...state.cursor, at, clock: at < 0 ? Math.min(0, clock) : clock })
}

/** At a place, playing or not as before; what was said of the place before is no longer so. */
function placed(state: PlayState, cursor: Cursor): PlayState {
  return { ...state, cursor, notice: undefined, scroll: { ...state.scroll, story: 0, flow: 0, where: 0, delays: 0 } }
}

/** Some moments on or back. What a step back undid is named. */
export function stepped(state: PlayState, by: number): PlayState {
  const { recording } = worldOf(state)
  const undone = by < 0 ? recording.moments[state.cursor.at] : undefined
  const paused = { ...state, isPlaying: false }
  if (by > 0 && state.cursor.at >= recording.moments.length - 1) return atTheEnd(paused)
  const moved = movedTo(paused, state.cursor.at + by)
  return undone === undefined ? moved : { ...moved, notice: `undone: ${said(undone, recording, state.isRevealed)}` }
}

/** The clock at the end of the run, where nothing is told any more. */
function atTheEnd(state: PlayState): PlayState {
  const { recording } = worldOf(state)
  if (isLive(state)) return { ...atPresent(state), notice: 'this is the present; space follows it' }
  const { endedAt } = recording.result
  return {
    ...placed(state, { ...state.cursor, clock: endedAt }),
    notice: `nothing more happens until ${formatInstant(endedAt)}, where this run ends; > lets time go on`,
  }
}

/** The first line of what a moment says. */
function said(moment: Moment, { redaction }: Recording, isRevealed: boolean): string {
  const text = isRevealed ? moment.text : momentText(moment, redaction)
  return `${moment.kind === 'story' ? `${moment.actor}: ` : ''}${text.split('\n')[0] ?? ''}`
}

/** Whether a moment is one to stop at: a sentence, a warning, an accident or its end, a doing, a Secret that is seen. */
export function isInteresting({ kind, tone, did, actor }: Moment): boolean {
  const isTold = tone === 'visible' || tone === 'warning' || tone === 'fault'
  return isTold || kind === 'say' || did?.by === 'player' || actor === 'fault'
}

/** To the next or previous moment that `wanted` likes; without one, to the end. */
export function jumped(state: PlayState, by: 1 | -1, wanted: (moment: Moment) => boolean): PlayState {
  const { moments } = worldOf(state).recording
  let at = state.cursor.at + by
  while (at >= 0 && at < moments.length && !wanted(moments[at] as Moment)) at += by // within the list
  return movedTo({ ...state, isPlaying: false }, at)
}

/** To the next or previous moment whose text has what is searched for. */
export function searched(state: PlayState, by: 1 | -1): PlayState {
  const wanted = state.search.toLowerCase()
  if (wanted === '') return { ...state, notice: 'nothing is searched for: / asks for a word' }
  const { recording } = worldOf(state)
  const { moments } = recording
  for (let at = state.cursor.at + by; at >= 0 && at < moments.length; at += by) {
    const moment = moments[at]
    if (moment === undefined) break
    const text = `${moment.actor} ${state.isRevealed ? moment.text : momentText(moment, recording.redaction)}`
    if (text.toLowerCase().includes(wanted)) return movedTo({ ...state, isPlaying: false }, at)
  }
  return { ...state, notice: `no ${by === 1 ? 'later' : 'earlier'} moment says ${JSON.stringify(state.search)}` }
}

/**
 * To a time (`2m15s`, `02:15`, `00:02:15.4`), a record of the journal (`#120`) or a moment by its number (`24`). Says so where
 * a text is none of them.
 */
export function jumpedTo(state: PlayState, text: string): PlayState {
  const { recording } = worldOf(state)
  const paused = { ...state, isPlaying: false }
  const given = text.trim()
  if (/^#\d+$/.test(given)) return movedTo(paused, momentBySeq(recording, Number(given.slice(1))))
  if (/^\d+$/.test(given)) return movedTo(paused, Number(given) - 1)
  const time = clockTime(given) ?? parseDuration(given)
  if (time === undefined)
    return { ...state, notice: `${JSON.stringify(given)} is no time (2m15s, 02:15), record (#120) or moment (24)` }
  return atTime(paused, time)
}

/** The same world at an instant. */
export function atTime(state: PlayState, time: number): PlayState {
  const { recording } = worldOf(state)
  const clock = Math.max(0, Math.min(recording.result.endedAt, time))
  return placed(state, { ...state.cursor, at: momentBy(recording, clock), clock })
}

/** `02:15`, `2:15.4`, `01:02:15`. */
function clockTime(text: string): number | undefined {
  const match = /^(?:(\d+):)?(\d+):(\d\d(?:\.\d{1,3})?)$/.exec(text)
  if (match === null) return undefined
  const [, hours = '0', minutes, seconds] = match
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000)
}

/** In a lesson nobody waits longer for the next moment, whatever the speed: an hour in which nothing happens teaches nothing more. */
const longestWaitMs = 3000

/** Virtual time in a unit of the person's, so that the stretch between two moments takes no longer than that. */
function lessonPace({ moments, result }: Recording, at: number): number {
  const from = moments[at]?.time ?? 0
  return ((moments[at + 1]?.time ?? result.endedAt) - from) / longestWaitMs
}

function isLesson(state: PlayState): boolean {
  return worldOf(state).recipe.scenario.source.lesson !== undefined
}

/** Plays on to an instant; narration stops the player, as a teacher would. `ms`: of the person's time. */
export function played(state: PlayState, ms: number): PlayState {
  // A tick may be on its way when the player pauses.
  if (!state.isPlaying) return state
  if (isLive(state)) return atPresent(state)
  const { recording } = worldOf(state)
  const { moments, result } = recording
  const { cursor, speed } = state
  const next = moments[cursor.at + 1]
  const pace = Math.max(speed, isLesson(state) ? lessonPace(recording, cursor.at) : 0)
  const until = Number.isFinite(speed) ? cursor.clock + ms * pace : (next?.time ?? result.endedAt)
  let at = cursor.at
  for (let coming = moments[at + 1]; coming !== undefined && coming.time <= until; coming = moments[at + 1]) {
    at++
    if (coming.kind === 'say') return { ...placed(state, { ...cursor, at, clock: coming.time }), isPlaying: false }
    if (!Number.isFinite(speed)) break
  }
  const clock = Math.min(until, Math.max(result.endedAt, cursor.clock))
  return { ...placed(state, { ...cursor, at, clock }), isPlaying: clock < result.endedAt || at < moments.length - 1 }
}

/** Plays the last sentence again: from right before it. */
export function replayed(state: PlayState): PlayState {
  const { moments } = worldOf(state).recording
  const last = moments.findLastIndex(({ kind }, i) => kind === 'say' && i <= state.cursor.at)
  if (last === -1) return { ...state, notice: 'no sentence was told yet' }
  return { ...movedTo(state, last), isPlaying: true }
}
