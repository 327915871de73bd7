import type { Event, Pod, Secret } from '../../api/types/core.ts'
import { segmentAt } from '../../flow/where-is.ts'
import { ageSince } from '../../go/human-duration.ts'
import { defaultEpochMs } from '../../kernel/calendar.ts'
import { objectName } from '../../kernel/journal.ts'
import { decodedSize } from '../../report/words.ts'
import { flowNow, newestOf } from '../model/flowing.ts'
import type { Look } from '../model/look.ts'
import { containerStates, volumeStates } from '../model/machines.ts'
import { type ObjectRow, summaryOf } from '../model/objects.ts'
import type { PlayState } from '../model/play-state.ts'
import { podPast } from '../model/pod-past.ts'
import { type Line, line, type PaneContent, type Look as Style, scrolledTo, textLines } from './lines.ts'

/** Everything about one object at a moment: what it is, where it stands in its life, its files, its events. */
export function inspectorView(state: PlayState, look: Look, columns: number, rows: number): PaneContent {
  const { selected } = look
  if (selected === undefined)
    return {
      title: 'inspector',
      lines: [line(look.isGone ? ' it is not there at this moment' : ' no object yet', 'dim')],
    }
  const facts: Fact[] = [
    ...headFacts(selected, state.cursor.clock),
    ...(selected.key.kind === 'Pod' ? seenFacts(state, look, selected.object.metadata.uid) : []),
    ...(selected.key.kind === 'Pod' ? podFacts(selected.object as Pod, look) : []), // of this kind
    ...(selected.key.kind === 'Secret' ? secretFacts(selected.object as Secret) : []), // of this kind
    ...eventFacts(look, selected, state.cursor.clock),
  ]
  const { redaction } = look.recording
  const lines = facts.flatMap(({ text, style, indent }): readonly Line[] =>
    textLines(state.isRevealed ? text : redaction.text(text), columns - 1 - indent, style).map((part) => [
      { text: ' '.repeat(indent + 1) },
      ...part,
    ]),
  )
  const name = `${selected.key.kind.toLowerCase()} ${selected.key.name}`
  return scrolledTo(`inspector: ${name}`, lines, { scroll: state.scroll.inspector, rows })
}

interface Fact {
  readonly text: string
  readonly style: Style
  readonly indent: number
}

const fact = (text: string, style: Style = 'plain', indent = 0): Fact => ({ text, style, indent })

function headFacts({ key, object }: ObjectRow, now: number): readonly Fact[] {
  const { creationTimestamp, resourceVersion, labels } = object.metadata
  const { text, glyph } = summaryOf(object)
  return [
    fact(`${glyph} ${objectName(key)}  ${text}`, glyph === '!' ? 'warning' : 'bold'),
    fact(`version ${resourceVersion ?? '?'}, created ${creationTimestamp ?? '?'}`, 'dim'),
    ...Object.entries(labels ?? {}).map(([name, value]) => fact(`label ${name}=${value}`, 'dim')),
    ...(object.metadata.deletionTimestamp === undefined
      ? []
      : [fact(`to be gone by ${object.metadata.deletionTimestamp}`, 'warning')]),
    ...(now < 0 ? [fact('before the first step')] : []),
  ]
}

function podFacts(pod: Pod, { recording, seq }: Look): readonly Fact[] {
  const past = podPast(recording, pod.metadata.uid)
  const taken = past.steps.filter((step) => step.seq <= seq)
  const volumes = past.volumes.filter((record) => record.seq <= seq)
  const facts = [
    fact(`on ${pod.spec.nodeName ?? 'no node yet'}${pod.status?.podIP === undefined ? '' : `, ${pod.status.podIP}`}`),
  ]
  for (const { name, states, here, message } of containerStates(pod, taken)) {
    facts.push(fact(`container ${name}  ${path(states, here)}`, 'here'))
    if (message !== undefined) facts.push(fact(message, 'warning', 1))
  }
  const tokens: Fact[] = []
  for (const { name, states, here, files } of volumeStates(pod, taken, volumes, recording.volumeFiles)) {
    const head = fact(`volume ${name}  ${path(states, here)}`, 'here')
    // Every Pod has one, with the same files: exec shows them.
    if (isTokenVolume(name))
      tokens.push(head, ...(files.length === 0 ? [] : [fact("the service account's token", 'dim', 1)]))
    else facts.push(head, ...files.map((file) => fact(file, 'plain', 1)))
  }
  return [...facts, ...tokens]
}

function isTokenVolume(name: string): boolean {
  return /-token-[a-z0-9]{5}$/.test(name) || /^kube-api-access-[a-z0-9]{5}$/.test(name)
}

/** What the Pod has of the followed Secret, place by place: letters, and whether an update comes. */
function seenFacts(state: PlayState, look: Look, uid: string | undefined): readonly Fact[] {
  const now = flowNow(state, look)
  if (now === undefined) return []
  const { flow, followed: wanted } = now
  const newest = newestOf(flow)?.letter
  const facts = flow.lanes.flatMap(({ kind, title, uid: of, segments, never }): Fact[] => {
    if (of !== uid || (kind !== 'file' && kind !== 'subPath' && kind !== 'env' && kind !== 'process')) return []
    const letter = segmentAt(segments, state.cursor.clock)?.letter
    if (letter === undefined) return []
    const isNew = letter === newest
    const tail = isNew ? 'the newest' : never === undefined ? 'an older one' : 'an older one, and no update comes'
    return [fact(`${letter}  ${title}  ${tail}`, isNew ? 'new' : 'old', 1)]
  })
  return facts.length === 0 ? [] : [fact(`what it has of secret ${wanted.secret}, key ${wanted.key}`, 'bold'), ...facts]
}

/** `waiting > [running] > terminated`: the states of a machine, with "you are here". */
function path(states: readonly string[], here: string): string {
  const all = states.includes(here) ? states : [...states, here]
  return all.map((state) => (state === here ? `[${state}]` : state)).join(' > ')
}

function secretFacts(secret: Secret): readonly Fact[] {
  return [
    fact(`type ${secret.type ?? 'Opaque'}${secret.immutable === true ? ', immutable' : ''}`),
    ...Object.entries(secret.data ?? {}).map(([key, value]) => fact(`${key}: ${decodedSize(value)} bytes`, 'plain', 1)),
  ]
}

/** As `kubectl describe` lists them: how long ago, how often, from whom. The index knows which are about the object. */
function eventFacts({ recording, seq, objects }: Look, { object }: ObjectRow, now: number): readonly Fact[] {
  const facts: Fact[] = []
  const told = new Set<string>()
  for (const at of recording.flows.index.recordsOf(object.metadata.uid ?? '')) {
    if (at > seq) break
    const key = recording.journal.record(at)?.object
    if (key?.kind !== 'Event' || told.has(objectName(key))) continue
    told.add(objectName(key))
    // As it is at this moment; it may have been counted on since, or be gone.
    const event = objects.get(objectName(key))?.value as Event | undefined // of this kind
    if (event !== undefined) facts.push(eventFact(event, now))
  }
  return facts.length === 0 ? [] : [fact('events', 'bold'), ...facts]
}

function eventFact(event: Event, now: number): Fact {
  // Scenarios begin at the default epoch.
  const age = ageSince(event.lastTimestamp ?? event.eventTime, defaultEpochMs + now)
  const times = (event.count ?? 1) > 1 ? ` (x${event.count})` : ''
  const text = `${`${age}${times}`.padEnd(10)} ${(event.type ?? '').padEnd(8)} ${(event.reason ?? '').padEnd(12)} ${event.message ?? ''}`
  return fact(text, event.type === 'Warning' ? 'warning' : 'plain', 1)
}
