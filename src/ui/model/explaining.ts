import { type JournalRecord, objectName } from '../../kernel/journal.ts'
import { createTeller } from '../../report/story.ts'
import { formatInstant } from '../../sim/duration.ts'
import type { Look } from './look.ts'
import { momentOf, type Output, type PlayState, worldOf } from './play-state.ts'

/** Why the last moment came about: what led to it, from the first cause on. */
export function whyText(state: PlayState, { recording }: Look): Output {
  const moment = momentOf(state)
  const title = 'why'
  if (moment === undefined) return { title, text: 'nothing has happened yet', isMasked: false }
  if (moment.kind !== 'story') return { title, text: `${sayWhy(moment.kind, worldOf(state).name)}`, isMasked: false }
  const chain = [...recording.journal.causes(moment.seq)].reverse()
  const tell = createTeller()
  const lines = chain.map((record, i) => {
    const line = tell(record)
    const text = line === undefined ? `${record.type}${about(record)}` : line.text
    const lead = i === 0 ? '' : 'so '
    return `${formatInstant(Math.max(0, record.time)).slice(3, 12)} ${lead}${line?.actor ?? record.actor}: ${text}`
  })
  return { title: `why: ${moment.text}`, text: lines.join('\n'), isMasked: true }
}

function about({ object }: JournalRecord): string {
  return object === undefined ? '' : ` ${objectName(object)}`
}

function sayWhy(kind: 'say' | 'command' | 'output' | 'verdict', world: string): string {
  switch (kind) {
    case 'say':
      return 'a sentence of the scenario; → goes on to what happens'
    case 'command':
      return `a person did it (in ${world}): nothing in the cluster led to it`
    case 'output':
      return 'the answer to the command before it'
    case 'verdict':
      return 'what the scenario expected here, and what was found'
  }
}
