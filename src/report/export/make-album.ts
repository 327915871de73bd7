import type { Secret } from '../../api/types/core.ts'
import { fromBase64, utf8Text } from '../../bytes/bytes.ts'
import type { SecretUser } from '../../check/mapped-secret.ts'
import { mapHistory } from '../../check/read-map-history.ts'
import type { ClusterRecord } from '../../cluster/records.ts'
import type { Flow } from '../../flow/flow.ts'
import type { FlowIndex } from '../../flow/flow-index.ts'
import type { Flows } from '../../flow/flows.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { ScenarioResult } from '../../scenario/result.ts'
import { type ValueLetters, valueLetters, withLetters } from '../value-letters.ts'
import type { Album, AlbumWorld, Entry, ObjectState } from './album.ts'
import { objectStates } from './object-states.ts'
import type { Transcript } from './transcript.ts'

/** One run that goes into an album. */
export interface ToldRun {
  readonly name: string
  readonly result: ScenarioResult
  readonly transcript: Transcript
}

/** What an album is to show. */
export interface AlbumChoice {
  readonly podsim: string
  /** The Secret to follow; the one that most happened to, if none is named. */
  readonly secret?: string
  readonly namespace?: string
  readonly key?: string
  readonly from?: VirtualMs
  readonly to?: VirtualMs
  /** Of a scenario that is a lesson. */
  readonly lesson?: NonNullable<Album['lesson']>
  readonly reveal: boolean
}

/** Why there is no album, in words. */
export interface NoAlbum {
  readonly problem: string
}

/** Makes the album of one run or of several that are compared; all follow the same Secret. */
export function makeAlbum(runs: readonly [ToldRun, ...ToldRun[]], choice: AlbumChoice): Album | NoAlbum {
  const [first] = runs
  const { flows } = first.transcript
  const known = flows.secrets
  const best = known[0] ?? mostUsed(flows)
  const name = choice.secret ?? best?.name
  const namespace = choice.namespace ?? (choice.secret === undefined ? best?.namespace : undefined) ?? 'default'
  if (name === undefined) return { problem: 'there is no Secret in this scenario: there is nothing to follow' }
  if (first.transcript.flows.index.secret(namespace, name) === undefined) {
    const others = known.map((each) => `${each.namespace}/${each.name}`).join(', ')
    return {
      problem: `there is no secret ${namespace}/${name} in this scenario; there ${known.length === 1 ? 'is' : 'are'} ${others}`,
    }
  }
  const end = Math.max(...runs.map(({ result }) => result.endedAt))
  const from = choice.from ?? 0
  // What takes no time, be it a whole lesson, is there in the end of its instant.
  const to = Math.min(choice.to ?? end, end)
  if (from > to || (from === to && (choice.from ?? choice.to) !== undefined))
    return { problem: `the run ends at ${end / 1000} s: there is nothing from ${from / 1000} s to ${to / 1000} s` }
  const { scenario, seed } = first.result
  const { redaction } = first.transcript
  return {
    format: 1,
    podsim: choice.podsim,
    title: redaction.prose(scenario.title),
    description: redaction.prose((scenario.description ?? '').trim()),
    lesson: choice.lesson && {
      watch: redaction.prose(choice.lesson.watch.trim()),
      next: redaction.prose(choice.lesson.next.trim()),
    },
    file: scenario.file,
    seed,
    ...{ from, to },
    about: `secret ${namespace}/${name}${choice.key === undefined ? '' : `, key ${choice.key}`}`,
    isRevealed: choice.reveal,
    worlds: runs.map((run) => worldOf(run, { ...choice, namespace, secret: name, from, to })),
  }
}

/** Of Secrets that nobody wrote by hand, that of a Pod's account for one: what most Pods use. */
function mostUsed({ index }: Flows): { readonly namespace: string; readonly name: string } | undefined {
  const users = ({ namespace, name }: { readonly namespace: string; readonly name: string }) =>
    [...index.podsOf(namespace, name)].length
  return [...index.secrets].reduce<{ readonly namespace: string; readonly name: string } | undefined>(
    (best, each) => (best === undefined || users(each) > users(best) ? each : best),
    undefined,
  )
}

function worldOf(
  { name, result, transcript }: ToldRun,
  choice: AlbumChoice & {
    readonly namespace: string
    readonly secret: string
    readonly from: VirtualMs
    readonly to: VirtualMs
  },
): AlbumWorld {
  const { flows, redaction, entries } = transcript
  const { secret, namespace, key, from, to } = choice
  const flow = flows.of({ secret, namespace, from, to, ...(key !== undefined && { key }) })
  const { revisions, lanes, hops, delays, moments, podsLeft } = flow
  const letters = valueLetters(revisions, transcript, key)
  // Neither is asked what is answered later.
  const shownEntries = entries.filter(({ at, answeredAt = at }) => at >= from && answeredAt <= to)
  const told = shownEntries.map((entry) => masked(entry, redaction, letters))
  return {
    name,
    outcome: result.outcome,
    digest: result.digest,
    values: choice.reveal ? valuesOf(flows.index, flow) : {},
    story: told,
    // Names and messages of the cluster may hold what is a value elsewhere.
    ...(redaction.value({
      flow: { revisions, lanes, hops, delays, moments, podsLeft },
      objects: objectStates(transcript, flow).map((object) => ({ ...object, states: shown(object.states, choice) })),
    }) as Pick<AlbumWorld, 'flow' | 'objects'>), // of the same shape, strings masked
    map: mapHistory(until(transcript.journal.records, to)).map((past) => ({
      ...past,
      users: past.users.map(({ user, spans }) => ({ user: maskedUser(user, redaction), spans })),
    })),
  }
}

/** What an object was like when the range began, and what became of it within. */
function shown(states: readonly ObjectState[], { from, to }: { readonly from: VirtualMs; readonly to: VirtualMs }) {
  const first = Math.max(
    0,
    states.findLastIndex(({ at }) => at <= from),
  )
  return states.slice(first).filter(({ at }) => at <= to)
}

function* until(records: Iterable<ClusterRecord>, to: VirtualMs): Iterable<ClusterRecord> {
  for (const record of records) {
    if (record.time > to) return
    yield record
  }
}

/** Names of objects, keys and accounts are no values, even where one reads the same (`default`); a path may hold one. */
function maskedUser(user: SecretUser, redaction: Transcript['redaction']): SecretUser {
  return { ...user, where: redaction.text(user.where) }
}

function masked(entry: Entry, redaction: Transcript['redaction'], letters: ValueLetters): Entry {
  // What a real cluster's command would have printed stays; in a file that is handed on it is masked all the same.
  // Questions are masked when they are asked.
  if (entry.kind === 'ask' || entry.kind === 'answer') return entry
  if (entry.kind === 'say') return { ...entry, text: redaction.prose(entry.text) }
  const text = redaction.text(entry.text)
  // Which value was seen is what a verdict is about.
  return { ...entry, text: entry.kind === 'verdict' ? withLetters(text, letters, false) : text }
}

function valuesOf(index: FlowIndex, { namespace, secret, revisions }: Flow): AlbumWorld['values'] {
  const writes = index.secret(namespace, secret)?.writes ?? []
  return Object.fromEntries(
    revisions.map(({ letter, seq }) => [letter, textsOf(writes.find((write) => write.seq === seq)?.secret)]),
  )
}

function textsOf(secret: Secret | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(secret?.data ?? {}).map(([key, value]) => [key, utf8Text(fromBase64(value) ?? new Uint8Array(0))]),
  )
}
