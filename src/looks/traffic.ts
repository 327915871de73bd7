import { type ClusterJournal, isRequest, type RequestRecord } from '../cluster/records.ts'

export interface RequestCounts {
  readonly gets: number
  readonly lists: number
  readonly watches: number
  readonly openWatches: number
}

export interface SecretTraffic {
  readonly nodes: readonly ({ readonly node: string } & RequestCounts)[]
  /** Everybody who is no node. */
  readonly users: readonly ({ readonly user: string } & RequestCounts)[]
}

type Counts = { -readonly [K in keyof RequestCounts]: number }

export interface TrafficQuestion {
  readonly journal: Pick<ClusterJournal, 'records'>
  readonly namespace: string
  /** `*`: all of the resource in the namespace. */
  readonly name: string
  /** Plural: `secrets`. */
  readonly resource: string
}

/** What was asked of the API server for one object, counted from the journal (I3, S1, S5). Wants the journal `full`. */
export function traffic({ journal, namespace, name, resource }: TrafficQuestion): SecretTraffic {
  const byUser = new Map<string, Counts>()
  for (const record of journal.records) {
    if (!isRequest(record) || record.type === 'request.refused') continue
    const { type, detail } = record
    if (detail.resource !== resource || detail.namespace !== namespace) continue
    if (name !== '*' && detail.name !== name) continue
    const { user } = detail
    let counts = byUser.get(user)
    if (counts === undefined) {
      counts = { gets: 0, lists: 0, watches: 0, openWatches: 0 }
      byUser.set(user, counts)
    }
    count(counts, type)
  }
  const users = [...byUser].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    nodes: users.flatMap(([user, counts]) =>
      isNode(user) ? [{ node: user.slice(nodePrefix.length), ...counts }] : [],
    ),
    users: users.flatMap(([user, counts]) => (isNode(user) ? [] : [{ user, ...counts }])),
  }
}

function count(counts: Counts, type: RequestRecord['type']): void {
  if (type === 'request.get') counts.gets++
  else if (type === 'request.list') counts.lists++
  else if (type === 'request.watch') {
    counts.watches++
    counts.openWatches++
  } else if (type === 'request.watch-closed') counts.openWatches--
}

const nodePrefix = 'system:node:'

function isNode(user: string): boolean {
  return user.startsWith(nodePrefix)
}
