import { secretNamesOf } from '../api/pod-references.ts'
import type { Event, Pod, Secret } from '../api/types/core.ts'
import { type ClusterJournal, type ClusterRecord, isWrite, type WriteRecord } from '../cluster/records.ts'
import { type NodeTraces, readNodeRecord } from './read-node-records.ts'
import type { Doing, NodeTrace, PodTrace, SecretTrace } from './traces.ts'

/**
 * The one index over a journal: by uid, by Secret, by Pod and by node. It reads each record once, whenever somebody asks
 * after the journal has grown; asking costs nothing else. It holds seqs and facts, no copies of records.
 */
export class FlowIndex {
  readonly journal: ClusterJournal
  readonly #secrets = new Map<string, SecretTrace>()
  readonly #pods = new Map<string, PodTrace>()
  readonly #podsOfSecret = new Map<string, Set<PodTrace>>()
  readonly #nodes = new Map<string, NodeTrace>()
  readonly #byUid = new Map<string, number[]>()
  readonly #traces: NodeTraces = { pod: (uid) => this.#pods.get(uid), node: (name) => this.#nodeOf(name) }
  readonly #people: Doing[] = []
  readonly #controllers: Doing[] = []
  #read = 0
  /** How many it has filed by uid: few ask for those. */
  #noted = 0

  constructor(journal: ClusterJournal) {
    this.journal = journal
    journal.forgetting$.subscribe((gone) => {
      this.#advance()
      this.#noteAll()
      this.#forget(gone.seq)
    })
  }

  /** How many records it has read: the same number, the same answers. */
  get size(): number {
    this.#advance()
    return this.#read
  }

  /** Seqs of all records about an object, its events included, in order. */
  recordsOf(uid: string): readonly number[] {
    this.#noteAll()
    return this.#byUid.get(uid) ?? []
  }

  /** Secrets that were ever written, in the order of their first writing. */
  get secrets(): Iterable<SecretTrace> {
    this.#advance()
    return this.#secrets.values()
  }

  secret(namespace: string, name: string): SecretTrace | undefined {
    this.#advance()
    return this.#secrets.get(`${namespace}/${name}`)
  }

  pod(uid: string): PodTrace | undefined {
    this.#advance()
    return this.#pods.get(uid)
  }

  /** Pods that refer to a Secret, gone ones too, in the order of their creation. */
  podsOf(namespace: string, secretName: string): Iterable<PodTrace> {
    this.#advance()
    return this.#podsOfSecret.get(`${namespace}/${secretName}`) ?? []
  }

  node(name: string): NodeTrace | undefined {
    this.#advance()
    return this.#nodes.get(name)
  }

  /** What people did through the API, and accidents. */
  get people(): readonly Doing[] {
    this.#advance()
    return this.#people
  }

  /** What controllers wrote. */
  get controllers(): readonly Doing[] {
    this.#advance()
    return this.#controllers
  }

  #advance(): void {
    const { records, forgotten } = this.journal
    const gone = forgotten?.records ?? 0
    for (this.#read = Math.max(this.#read, gone); this.#read < gone + records.length; this.#read++) {
      const record = records[this.#read - gone]
      if (record !== undefined) this.#take(record)
    }
  }

  #noteAll(): void {
    const { records, forgotten } = this.journal
    const gone = forgotten?.records ?? 0
    for (this.#noted = Math.max(this.#noted, gone); this.#noted < gone + records.length; this.#noted++) {
      const record = records[this.#noted - gone]
      if (record === undefined) continue
      const { seq, object } = record
      if (object?.uid !== undefined) this.#note(object.uid, seq)
      if (object?.kind !== 'Event' || !isWrite(record)) continue
      const about = (record.after as Event | undefined)?.involvedObject.uid // of this kind
      if (about !== undefined) this.#note(about, seq)
    }
  }

  /** Lets go what was at or before a record, but what still holds: of each row of facts the last stays. */
  #forget(seq: number): void {
    for (const trace of this.#secrets.values()) trim(trace.writes, seq)
    for (const pod of this.#pods.values()) {
      trim(pod.syncs, seq)
      for (const steps of pod.volumes.values()) trim(steps, seq)
    }
    for (const node of this.#nodes.values()) for (const steps of node.copies.values()) trim(steps, seq)
    trim(this.#people, seq)
    trim(this.#controllers, seq)
    for (const [uid, seqs] of this.#byUid) {
      const kept = seqs.filter((each) => each > seq)
      if (kept.length > 0) this.#byUid.set(uid, kept)
      else if (this.#pods.get(uid)?.endedAt === undefined) this.#byUid.delete(uid)
      else this.#forgetPod(uid)
    }
  }

  #forgetPod(uid: string): void {
    const pod = this.#pods.get(uid)
    this.#byUid.delete(uid)
    this.#pods.delete(uid)
    if (pod === undefined) return
    for (const secret of secretNamesOf(pod.pod)) this.#podsOfSecret.get(`${pod.namespace}/${secret}`)?.delete(pod)
  }

  #take(record: ClusterRecord): void {
    if (isWrite(record)) this.#takeWrite(record)
    else if (record.type === 'fault.begin' || record.type === 'fault.end')
      this.#people.push({
        ...{ seq: record.seq, at: record.time, actor: 'fault', what: record.detail.what, object: '' },
        isEnd: record.type === 'fault.end',
      })
    else readNodeRecord(record, this.#traces)
  }

  #note(uid: string, seq: number): void {
    const known = this.#byUid.get(uid)
    if (known === undefined) this.#byUid.set(uid, [seq])
    else known.push(seq)
  }

  #nodeOf(name: string): NodeTrace {
    let node = this.#nodes.get(name)
    if (node === undefined) {
      node = { name, copies: new Map(), kubelet: [] }
      this.#nodes.set(name, node)
    }
    return node
  }

  #takeWrite(record: WriteRecord): void {
    const { object, actor } = record
    if (object === undefined || object.kind === 'Event') return
    if (object.kind === 'Secret') this.#takeSecret(record)
    if (object.kind === 'Pod') this.#takePod(record)
    if (actor.startsWith('user/')) this.#people.push(doingOf(record))
    else if (actor.startsWith('controller/')) this.#controllers.push(doingOf(record))
  }

  #takeSecret({ seq, time, actor, type, after, object }: WriteRecord): void {
    const { namespace = '', name = '' } = object ?? {}
    const key = `${namespace}/${name}`
    let trace = this.#secrets.get(key)
    if (trace === undefined) {
      trace = { namespace, name, writes: [] }
      this.#secrets.set(key, trace)
    }
    const kind = type === 'object.created' ? 'created' : type === 'object.updated' ? 'updated' : 'deleted'
    // A record about a Secret has it as its sides.
    trace.writes.push({ seq, at: time, by: actor, kind, secret: after as Secret | undefined })
  }

  #takePod({ seq, time, type, after, object }: WriteRecord): void {
    const uid = object?.uid ?? ''
    const known = this.#pods.get(uid)
    if (type === 'object.deleted') {
      if (known !== undefined) known.endedAt = time
      return
    }
    const pod = after as Pod // a record about a Pod has it as its sides
    if (known !== undefined) {
      known.pod = pod
      return
    }
    const { name, namespace = '' } = pod.metadata
    const trace: PodTrace = {
      ...{ uid, name, namespace, pod, createdAt: time, createdSeq: seq, endedAt: undefined },
      ...{ syncs: [], volumes: new Map(), containers: new Map(), pulls: [] },
    }
    this.#pods.set(uid, trace)
    for (const secret of secretNamesOf(pod)) {
      const key = `${namespace}/${secret}`
      const users = this.#podsOfSecret.get(key)
      if (users === undefined) this.#podsOfSecret.set(key, new Set([trace]))
      else users.add(trace)
    }
  }
}

function trim(steps: { readonly seq: number }[], seq: number): void {
  const last = steps.findLastIndex((step) => step.seq <= seq)
  if (last > 0) steps.splice(0, last)
}

const verbs: Readonly<Record<WriteRecord['type'], string>> = {
  'object.created': 'creates',
  'object.updated': 'updates',
  'object.deleted': 'deletes',
}

function doingOf(record: WriteRecord): Doing {
  const { actor, seq, time, type } = record
  return { seq, at: time, actor, what: verbs[type], object: nameOf(record) }
}

function nameOf(record: WriteRecord): string {
  const { kind, metadata } = record.type === 'object.deleted' ? record.before : record.after
  return `${kind.toLowerCase()} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`
}
