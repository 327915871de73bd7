import { type ClusterJournal, type ClusterRecord, isRequest, type RequestRecord } from '../cluster/records.ts'

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
  readonly namespace: string
  /** `*`: all of the resource in the namespace. */
  readonly name: string
  /** Plural: `secrets`. */
  readonly resource: string
}

/**
 * What was asked of the API server, counted from the journal (I3, S1, S5). Wants the journal `full`. A record is counted once, however often
 * somebody asks: an expectation that waits for a count asks after every event.
 */
export class Traffic {
  readonly #records: readonly ClusterRecord[]
  #counted = 0
  /** By resource, namespace and name, then by user. */
  readonly #asked = new Map<string, Map<string, Counts>>()

  constructor({ records }: Pick<ClusterJournal, 'records'>) {
    this.#records = records
  }

  of({ namespace, name, resource }: TrafficQuestion): SecretTraffic {
    for (; this.#counted < this.#records.length; this.#counted++) {
      const record = this.#records[this.#counted]
      if (record !== undefined && isRequest(record)) this.#count(record)
    }
    const users = [...(this.#asked.get(keyOf(resource, namespace, name)) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))
    return {
      nodes: users.flatMap(([user, counts]) =>
        isNode(user) ? [{ node: user.slice(nodePrefix.length), ...counts }] : [],
      ),
      users: users.flatMap(([user, counts]) => (isNode(user) ? [] : [{ user, ...counts }])),
    }
  }

  #count({ type, detail }: RequestRecord): void {
    const { resource, namespace, name, user } = detail
    if (type === 'request.refused' || namespace === undefined) return
    count(this.#countsOf(keyOf(resource, namespace, '*'), user), type)
    if (name !== undefined && name !== '*') count(this.#countsOf(keyOf(resource, namespace, name), user), type)
  }

  #countsOf(key: string, user: string): Counts {
    let byUser = this.#asked.get(key)
    if (byUser === undefined) {
      byUser = new Map()
      this.#asked.set(key, byUser)
    }
    let counts = byUser.get(user)
    if (counts === undefined) {
      counts = { gets: 0, lists: 0, watches: 0, openWatches: 0 }
      byUser.set(user, counts)
    }
    return counts
  }
}

/** Neither a resource nor a namespace has a blank. */
function keyOf(resource: string, namespace: string, name: string): string {
  return `${resource} ${namespace} ${name}`
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
