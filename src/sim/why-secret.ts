import type { Flow } from '../flow/flow.ts'
import { whereIs } from '../flow/where-is.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { formatDuration, formatInstant } from './duration.ts'

/** Who has a Secret, how, and which revision each sees: a line each, the newest revision first told by its letter. */
export function secretDetails(flow: Flow, now: VirtualMs): readonly string[] {
  const newest = flow.revisions.at(-1)
  if (newest === undefined) return []
  const titles = new Map(flow.lanes.map(({ id, title }) => [id, title]))
  const head = `revision ${newest.letter} was written ${agoText(newest.at, now)} by ${newest.by}`
  const places = whereIs(flow, newest.letter, now)
    .filter(({ lane }) => lane.kind !== 'api')
    .map(({ lane, letter, state, since, never }) => {
      const owner = lane.parent === undefined ? '' : `${titles.get(lane.parent) ?? lane.parent}, `
      const what = letter === undefined ? 'has nothing of it' : `sees revision ${letter}`
      const when = since === undefined ? '' : ` since ${formatInstant(Math.max(0, since))}`
      const why =
        state === 'has' ? '' : never === undefined ? ', not yet the newest' : `: ${never.reason}, until ${never.until}`
      return `${owner}${lane.title} ${what}${when}${why}`
    })
  return places.length === 0 ? [head, 'no container has it'] : [head, ...places]
}

function agoText(at: VirtualMs, now: VirtualMs): string {
  return at < 0 ? 'before the start' : `${formatDuration(now - at)} ago`
}
