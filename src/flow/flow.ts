import type { VirtualMs } from '../kernel/time.ts'

/**
 * How a Secret flows: plain data for whoever draws it (screen, page, text). Instants are virtual ms from the start of the run;
 * letters stand for revisions, values never occur.
 */
export interface Flow {
  readonly namespace: string
  readonly secret: string
  /** Only what changes this key counts as a revision; undefined: all keys. */
  readonly key: string | undefined
  readonly from: VirtualMs
  readonly to: VirtualMs
  readonly revisions: readonly Revision[]
  /** In the order in which they are drawn: a parent before its children. */
  readonly lanes: readonly Lane[]
  readonly hops: readonly Hop[]
  readonly delays: readonly DelayRow[]
  readonly moments: readonly Moment[]
  /** Pods that use the Secret but have no lanes here, because there are more than were asked for. */
  readonly podsLeft: number
}

/** What the Secret held from one change to the next. */
export interface Revision {
  /** A, B, C, ... Z, AA, ... */
  readonly letter: string
  /** Place among the revisions, from 0. */
  readonly index: number
  /** Record of its writing. */
  readonly seq: number
  readonly at: VirtualMs
  readonly by: string
  readonly resourceVersion: string
  /** Keys that are other than before, added and removed ones too; all, if the Secret is new. */
  readonly keys: readonly string[]
  /** Whether the Secret has the key that is looked at; without one, whether it has any. */
  readonly hasKey: boolean
  readonly immutable: boolean
  /** When the Secret was deleted while this was its content. */
  readonly deletedAt: VirtualMs | undefined
}

/** What a lane is about. */
export type LaneKind =
  | 'people'
  | 'api'
  | 'controllers'
  | 'node'
  | 'cache'
  | 'sync'
  | 'pod'
  | 'file'
  | 'subPath'
  | 'env'
  | 'process'

/** One line of time. */
export interface Lane {
  /** Stable: `people`, `api`, `node/node-1`, `node/node-1/cache`, `pod/<uid>`, `pod/<uid>/sync`, `pod/<uid>/<container>/file//etc/foo`. */
  readonly id: string
  readonly kind: LaneKind
  /** `API server`, `node-1`, `cache`, `pod mixed`, `/etc/whole`, `env PASSWORD`, `process main`. */
  readonly title: string
  /** Id of the lane that it belongs to: a cache to its node, a place to its Pod. */
  readonly parent: string | undefined
  /** Of the object that it is about, for selections: the Pod's, the Secret's. */
  readonly uid: string | undefined
  readonly segments: readonly Segment[]
  readonly marks: readonly Mark[]
  /** Why updates do not reach this place by themselves. */
  readonly never: Never | undefined
}

/** A stretch of a lane on which nothing changes. */
export interface Segment {
  readonly from: VirtualMs
  /** Undefined: it goes on. */
  readonly to: VirtualMs | undefined
  /** Revision that is there; undefined: none (no Secret, no such key, a process without it). */
  readonly letter: string | undefined
  /** Record that began it. */
  readonly seq: number
  /** `attempt 1` of a process, `absent` of a key that is not there, `down` of a node's kubelet. */
  readonly note: string | undefined
}

/** What a mark stands for. */
export type MarkKind =
  | 'doing' // of a person
  | 'accident'
  | 'over' // an accident is
  | 'write' // of the Secret, or of a controller
  | 'watch' // an event of a watch brought it
  | 'list'
  | 'get' // asked, and it was another
  | 'same' // asked, and it was as before
  | 'reuse' // the copy was used again
  | 'sync'
  | 'idle' // a sync that found nothing to do, and was not carried out
  | 'due' // word that the next sync, at nextAt, will find something
  | 'refused' // a set-up failed: the old content stays
  | 'start'
  | 'exit'
  | 'down'
  | 'up'

/** Something at an instant of a lane. */
export interface Mark {
  readonly at: VirtualMs
  readonly seq: number
  readonly kind: MarkKind
  readonly letter: string | undefined
  /** Of syncs: when the Pod is due next, as was known from then on. */
  readonly nextAt: VirtualMs | undefined
  /** In words, without the instant; safe for nothing yet: whoever writes it to a terminal or page makes it so. */
  readonly text: string
}

/** A revision goes from one lane to another. */
export interface Hop {
  readonly kind: 'watch' | 'list' | 'get' | 'mount' | 'bind' | 'start'
  readonly letter: string
  readonly from: { readonly lane: string; readonly at: VirtualMs }
  readonly to: { readonly lane: string; readonly at: VirtualMs }
  /** Record of its arrival. */
  readonly seq: number
  /** Of an update that reached a file: what it waited for. */
  readonly parts: DelayParts | undefined
}

/** Where the time of an update went; the parts add up to the delay. */
export interface DelayParts {
  /** Until the node's copy had it: API server and watch; or, where nobody tells the node, the age that the copy had to reach. */
  readonly toCacheMs: VirtualMs
  /** Until the Pod was synced. */
  readonly toSyncMs: VirtualMs
  /** Until the volume manager had written it. */
  readonly toMountMs: VirtualMs
  /** The first sync came before the copy: the node asks, and what it had was still young enough. */
  readonly isCacheLast: boolean
}

/** Why a place does not follow, until when, and what would cure it. */
export interface Never {
  readonly reason: string
  readonly until: string
  readonly cure: string
}

/** How a container has a Secret. */
export type Way = 'volume' | 'subPath' | 'env' | 'envFrom' | 'pull'

/** One change of the Secret, and one place where a container has it. */
export interface DelayRow {
  /**
   * `update`: the container ran when the Secret changed, and `visibleAt - updatedAt` is a delay. `start`: a Pod that came
   * later began with it, and that time is an age.
   */
  readonly kind: 'update' | 'start'
  readonly letter: string
  readonly resourceVersion: string
  readonly updatedAt: VirtualMs
  readonly node: string
  readonly pod: string
  readonly podUid: string
  readonly container: string
  readonly way: Way
  /** Mount path, name of the variable, or prefix of envFrom. */
  readonly where: string
  /** Lane of the place; undefined: it has none (pulls). */
  readonly lane: string | undefined
  /** Undefined: not yet, or never (see `never`). Of a file when it is written, of a Pod's first content when its container runs. */
  readonly visibleAt: VirtualMs | undefined
  readonly parts: DelayParts | undefined
  readonly never: Never | undefined
  /** When a container that was made anew in the same Pod had it after all. */
  readonly renewedAt: VirtualMs | undefined
  /** When the Pod ended without having seen it. */
  readonly endedAt: VirtualMs | undefined
  /** Sync period plus propagation delay of the node's cache (U3). */
  readonly boundMs: VirtualMs
}

/** An instant worth stopping at. */
export interface Moment {
  readonly at: VirtualMs
  readonly seq: number
  readonly kind: 'write' | 'delete' | 'copy' | 'visible' | 'first' | 'refused' | 'accident' | 'start' | 'exit'
  readonly lane: string
  readonly letter: string | undefined
  readonly text: string
}
