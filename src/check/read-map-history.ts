import type { KubeObject } from '../api/types/meta.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import { compareBytes } from '../go/json.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { MapHistory } from './map-history.ts'
import type { MappedSecret, SecretUser } from './mapped-secret.ts'
import type { ObjectName } from './report.ts'
import { isOnMap, shownSecretMap } from './secret-map.ts'

/** Reads the map's changes off the records of a run. */
export function mapHistory(records: Iterable<ClusterRecord>): MapHistory {
  const objects = new Map<string, KubeObject>()
  const pasts = new Map<ObjectName, OpenPast>()
  let changedAt: VirtualMs | undefined
  for (const record of records) {
    if (changedAt !== undefined && record.time > changedAt) {
      note(pasts, shownSecretMap([...objects.values()]), changedAt)
      changedAt = undefined
    }
    if (take(record, objects)) changedAt = record.time
  }
  if (changedAt !== undefined) note(pasts, shownSecretMap([...objects.values()]), changedAt)
  return [...pasts.values()]
    .map(({ secret, states, users }) => ({ secret, states, users: [...users.values()] }))
    .sort((a, b) => compareBytes(a.secret, b.secret))
}

interface OpenPast {
  readonly secret: ObjectName
  readonly states: { from: VirtualMs; to?: VirtualMs; isGiven: boolean; keys: readonly string[] }[]
  readonly users: Map<string, { readonly user: SecretUser; readonly spans: { from: VirtualMs; to?: VirtualMs }[] }>
}

/** Whether the record changes what the map is made of. */
function take({ type, object, before, after }: ClusterRecord, objects: Map<string, KubeObject>): boolean {
  const uid = object?.uid
  if (object === undefined || uid === undefined || !isOnMap(object)) return false
  if (type === 'object.deleted') return objects.delete(uid)
  if (type !== 'object.created' && type !== 'object.updated') return false
  objects.set(uid, after as KubeObject) // a write's side
  return before === undefined || partsOfMap.some((part) => partOf(before, part) !== partOf(after, part))
}

/** What the map reads of an object; a status is none of it. Writes that leave a part as it is share it. */
const partsOfMap = ['spec', 'data', 'stringData', 'secrets', 'imagePullSecrets', 'template']

function partOf(object: unknown, part: string): unknown {
  return (object as Readonly<Record<string, unknown>>)[part] // an API object
}

function note(pasts: Map<ObjectName, OpenPast>, map: readonly MappedSecret[], at: VirtualMs): void {
  const bySecret = new Map(map.map((each) => [each.secret, each]))
  for (const { secret } of map) if (!pasts.has(secret)) pasts.set(secret, { secret, states: [], users: new Map() })
  for (const past of pasts.values()) {
    const { isGiven, keys, users = [] } = bySecret.get(past.secret) ?? {}
    noteState(past, isGiven === undefined || keys === undefined ? undefined : { isGiven, keys }, at)
    const seen = new Set<string>()
    for (const user of users) {
      const key = JSON.stringify(user)
      seen.add(key)
      const known = past.users.get(key) ?? { user, spans: [] }
      past.users.set(key, known)
      const last = known.spans.at(-1)
      if (last === undefined || last.to !== undefined) known.spans.push({ from: at })
    }
    for (const [key, { spans }] of past.users) {
      const last = spans.at(-1)
      if (last !== undefined && last.to === undefined && !seen.has(key)) last.to = at
    }
  }
}

function noteState({ states }: OpenPast, now: Pick<MappedSecret, 'isGiven' | 'keys'> | undefined, at: VirtualMs): void {
  const last = states.at(-1)
  const isOpen = last !== undefined && last.to === undefined
  if (isOpen && now?.isGiven === last.isGiven && now.keys.join('\n') === last.keys.join('\n')) return
  if (isOpen) last.to = at
  if (now !== undefined) states.push({ from: at, ...now })
}
