import type { DelayRow } from '../../flow/flow.ts'
import { delaysOf, flowNow, newestOf, secondsText } from './flowing.ts'
import type { Look } from './look.ts'
import type { PlayState, Question } from './play-state.ts'

/** How a place comes by an update (U1, U3, U4). */
const ways = ['at once', 'in a sync of the Pod', 'only in a container that is made anew', 'only in a new Pod'] as const

/**
 * When will a place have the newest revision that it lacks? Asked of the selected Pod's places first; what was asked is not asked
 * again. Undefined: everybody has the newest, or the run ends before anything can be said.
 */
export function questionAt(state: PlayState, look: Look): Question | undefined {
  const now = flowNow(state, look)
  const newest = now === undefined ? undefined : newestOf(now.flow)
  if (now === undefined || newest === undefined || newest.index === 0) return undefined
  const { clock } = state.cursor
  const uid = look.selected?.object.metadata.uid
  const open = delaysOf(now.flow, newest.letter).filter(
    (row) =>
      row.kind === 'update' && row.way !== 'pull' && isAhead(row, clock) && !state.score.asked.includes(nameOf(row)),
  )
  const row = open.find(({ podUid }) => podUid === uid) ?? open[0]
  return row === undefined ? undefined : questionOf(row, now.followed.secret, clock)
}

function nameOf({ podUid, container, where, letter }: DelayRow): string {
  return `${podUid} ${container} ${where} ${letter}`
}

/** The run has the answer, and it is not on the screen yet: it is seen later, or it never is. */
function isAhead({ visibleAt, never }: DelayRow, clock: number): boolean {
  return never !== undefined || (visibleAt !== undefined && visibleAt > clock)
}

function questionOf(row: DelayRow, secret: string, clock: number): Question {
  const { pod, where, letter, updatedAt, visibleAt, never, way, parts } = row
  const place = way === 'volume' || way === 'subPath' ? `the file in ${where}` : `the variable ${where}`
  const since = secondsText(clock - updatedAt)
  const asked = {
    about: nameOf(row),
    text: `Secret ${secret} is ${letter} since ${since}. When will ${place} of pod ${pod} be ${letter}?`,
    choices: ways,
  }
  if (never !== undefined || visibleAt === undefined) {
    const { reason = '', until = '' } = never ?? {}
    const right = until.includes('container') ? 2 : 3
    return { ...asked, right, because: `${reason}; until ${until}`, seenAt: undefined }
  }
  const tookMs = visibleAt - updatedAt
  const told =
    parts === undefined
      ? ''
      : `: the copy ${secondsText(parts.toCacheMs)}, the sync ${secondsText(parts.toSyncMs)}, the mount ${secondsText(parts.toMountMs)}`
  const because = `it takes ${secondsText(tookMs)}${told}; the kubelet writes volumes in syncs`
  return { ...asked, right: tookMs < 1000 ? 0 : 1, because, seenAt: visibleAt }
}
