import type { Duration, JournalRecord, Sim } from '../index.ts'
import { createRedaction } from '../looks/redaction.ts'
import { createTeller } from '../report/story.ts'
import { formatInstant } from '../sim/duration.ts'
import { millisecondsOf } from '../sim/input/formats.ts'

/** What of a run a timeline tells; all of it unless given. */
export interface TimelineOptions {
  readonly from?: Duration
  readonly to?: Duration
  /** Only records about objects of these kinds or kind/name, and of these actors: `pod/app`, `Secret`, `controller/reloader`. */
  readonly only?: readonly string[]
}

/**
 * The story of a run as text, a line for each thing that happened: the same for the same run anywhere, values of Secrets
 * masked. Made for snapshots: `expect(timeline(sim)).toMatchSnapshot()`.
 */
export function timeline(sim: Sim, { from = 0, to, only }: TimelineOptions = {}): string {
  const { seed, journal } = sim
  const redaction = createRedaction({ seed, reveal: false, journal, secrets: () => sim.list('Secret') })
  const tell = createTeller()
  const [first, last] = [millisecondsOf(from), to === undefined ? Number.POSITIVE_INFINITY : millisecondsOf(to)]
  const lines: string[] = []
  for (const record of journal) {
    const line = tell(record)
    if (line === undefined || line.tone === 'chatter' || line.time < first || line.time > last) continue
    if (only === undefined || only.some((wanted) => isAbout(record, line.actor, wanted)))
      lines.push(`${formatInstant(line.time)}  ${line.actor.padEnd(20)} ${line.text}`)
  }
  return redaction.text(lines.join('\n'))
}

function isAbout({ object, after }: JournalRecord, actor: string, wanted: string): boolean {
  if (actor === wanted) return true
  // An Event is about the object that it names.
  const involved = (
    after as { readonly involvedObject?: { readonly kind?: string; readonly name?: string } } | undefined
  )?.involvedObject
  return [object, involved].some((about) => {
    if (about === undefined) return false
    const kind = (about.kind ?? '').toLowerCase()
    return wanted.toLowerCase() === kind || wanted.toLowerCase() === `${kind}/${about.name}`
  })
}
