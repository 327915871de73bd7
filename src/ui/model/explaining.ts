import type { ClusterRecord } from '../../cluster/records.ts'
import { objectName } from '../../kernel/journal.ts'
import { relevantCauses } from '../../looks/relevant-causes.ts'
import { createTeller } from '../../report/story.ts'
import { formatInstant } from '../../sim/duration.ts'
import type { Moment } from '../world/recording.ts'
import { flowNow, secondsText } from './flowing.ts'
import type { Look } from './look.ts'
import type { Output, PlayState } from './play-state.ts'

/** Why what happened last came about: what led to it, from the first cause on; of an update, where its time went. */
export function whyText(state: PlayState, look: Look): Output {
  const { recording } = look
  const moment = recording.moments.findLast(({ kind }, i) => kind === 'story' && i <= state.cursor.at)
  if (moment === undefined) return { title: 'why', text: 'nothing has happened yet', isMasked: false }
  const { journal } = recording
  const chain = [...relevantCauses(journal, journal.causes(moment.seq))].reverse()
  const tell = createTeller()
  // What the story does not tell is for a close look.
  const told = chain.flatMap((record) => {
    const line = tell(record)
    const isLast = record.seq === moment.seq
    if (line === undefined) return isLast ? [{ record, actor: record.actor, text: record.type + about(record) }] : []
    return [{ record, actor: line.actor ?? record.actor, text: line.text }]
  })
  const lines = told.map(
    ({ record, actor, text }, i) =>
      `${clockOf(record)} ${i === 0 ? '' : 'so '}${actor.replace(/^user\//, '')}: ${text}`,
  )
  const delay = delayText(state, look, moment)
  const text = [...lines, ...(delay === undefined ? [] : ['', delay])].join('\n')
  return { title: `why: ${moment.text}`, text, isMasked: true }
}

/** Of the moment at which a container sees an update: its parts, and the page's bound (U3). */
function delayText(state: PlayState, look: Look, moment: Moment): string | undefined {
  if (moment.tone !== 'visible') return undefined
  const row = flowNow(state, look)?.flow.delays.find(
    ({ kind, visibleAt, parts }) => kind === 'update' && parts !== undefined && visibleAt === moment.time,
  )
  if (row?.parts === undefined) return undefined
  const { toCacheMs, toSyncMs, toMountMs } = row.parts
  return (
    `${row.where} of pod ${row.pod} is ${row.letter} ${secondsText(moment.time - row.updatedAt)} after it was written: ` +
    `${secondsText(toCacheMs)} until the node's copy had it, ${secondsText(toSyncMs)} until the Pod was synced, ` +
    `${secondsText(toMountMs)} until the files were there. The kubelet writes volumes only in syncs: the page's bound is sync period ` +
    `and propagation delay of the cache, ${secondsText(row.boundMs)} here (U3).`
  )
}

function clockOf({ time }: ClusterRecord): string {
  const text = formatInstant(Math.max(0, time))
  return text.startsWith('00:') ? text.slice(3) : text
}

function about({ object }: ClusterRecord): string {
  return object === undefined ? '' : ` ${objectName(object)}`
}
