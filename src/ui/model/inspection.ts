import type { Event, Pod, Secret } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { safeText } from '../../bytes/terminal-text.ts'
import type { JournalRecord } from '../../kernel/journal.ts'
import { decodedSize } from '../../report/words.ts'
import { formatInstant } from '../../sim/duration.ts'
import { containerStates, volumeStates } from './machines.ts'
import type { ObjectRow } from './objects.ts'
import type { Recording } from './recording.ts'

/** A line of the inspector. */
export interface InspectorLine {
  readonly text: string
  readonly style: 'heading' | 'plain' | 'warning' | 'here' | 'dim'
}

const heading = (text: string): InspectorLine => ({ text, style: 'heading' })
const plain = (text: string): InspectorLine => ({ text, style: 'plain' })

/** Everything about one object at a moment: what it is, where it stands in its life, its files, its events. */
export function inspect(recording: Recording, at: number, row: ObjectRow): readonly InspectorLine[] {
  const now = recording.moments[at]?.seq ?? 0
  const past = recording.journal.records.filter(
    ({ seq, object }) => seq <= now && object?.uid !== undefined && object.uid === row.object.metadata.uid,
  )
  return [
    ...facts(row),
    ...(row.kind === 'Pod' ? podLines(row.object as Pod, now, past, recording) : []),
    ...(row.kind === 'Secret' ? secretLines(row.object as Secret) : []),
    ...eventLines(recording, now, row),
  ].map(({ text, style }) => ({ text: safeText(recording.redaction.text(text)), style }))
}

function facts({ kind, namespace, name, object }: ObjectRow): readonly InspectorLine[] {
  const { creationTimestamp, resourceVersion, labels } = object.metadata
  return [
    heading(`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`),
    plain(`created ${creationTimestamp ?? ''}, version ${resourceVersion ?? ''}`),
    ...Object.entries(labels ?? {}).map(([key, value]) => plain(`label ${key}=${value}`)),
  ]
}

function podLines(
  pod: Pod,
  now: number,
  past: readonly JournalRecord[],
  { steps, volumeFiles }: Recording,
): readonly InspectorLine[] {
  const taken = steps.filter(({ seq, podUid }) => seq <= now && podUid === pod.metadata.uid)
  const lines: InspectorLine[] = [plain(`on ${pod.spec.nodeName ?? 'no node yet'}, ${pod.status?.phase ?? 'Pending'}`)]
  for (const { name, states, here, message } of containerStates(pod, taken)) {
    lines.push(heading(`Container ${name}`), { text: path(states, here), style: 'here' })
    if (message !== undefined) lines.push({ text: message, style: 'warning' })
  }
  for (const { name, states, here, files } of volumeStates(pod, taken, past, volumeFiles)) {
    lines.push(heading(`Volume ${name}`), { text: path(states, here), style: 'here' }, ...files.map(plain))
  }
  return lines
}

/** `waiting > [running] > terminated`: the states of a machine, with "you are here". */
function path(states: readonly string[], here: string): string {
  const all = states.includes(here) ? states : [...states, here]
  return all.map((state) => (state === here ? `[${state}]` : state)).join(' > ')
}

function secretLines(secret: Secret): readonly InspectorLine[] {
  const keys = Object.entries(secret.data ?? {})
  return [
    plain(`type ${secret.type ?? 'Opaque'}${secret.immutable === true ? ', immutable' : ''}`),
    heading('Data (values hidden)'),
    ...keys.map(([key, value]) => plain(`${key}: ${decodedSize(value)} bytes`)),
  ]
}

function eventLines(recording: Recording, now: number, row: ObjectRow): readonly InspectorLine[] {
  const newest = new Map<string, { readonly event: Event; readonly time: number }>()
  for (const { seq, time, type, after } of recording.journal.records) {
    if (seq > now || (type !== 'object.created' && type !== 'object.updated')) continue
    const object = after as KubeObject | undefined
    if (object?.kind !== 'Event') continue
    const event = object as Event
    if (event.involvedObject.uid === row.object.metadata.uid) newest.set(event.metadata.name, { event, time })
  }
  if (newest.size === 0) return []
  return [
    heading('Events'),
    ...[...newest.values()].map(
      ({ event, time }): InspectorLine => ({
        text: `${formatInstant(time)} ${event.reason ?? ''}${(event.count ?? 1) > 1 ? ` x${event.count}` : ''} ${event.message ?? ''}`,
        style: event.type === 'Warning' ? 'warning' : 'plain',
      }),
    ),
  ]
}
