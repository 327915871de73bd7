import type { Pod, Secret } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { StoredResource, StoreEvent } from '../apiserver/store.ts'
import type { ApiAnswer, ApiRequest } from '../client/server.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import type { FsChange } from '../fs/node-fs.ts'
import type { JournalObject } from '../kernel/journal.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { RuntimeContainer } from '../node/runtime/cri.ts'
import type { ObjectResult } from '../node/secrets/object-manager.ts'
import type { ObservedNode, World } from './world.ts'

/** Something that holds in every run. What breaks it is a mistake in podsim, never the user's. */
export interface Invariant {
  /** As docs/architecture.md lists it: S for safety, L for bounds and liveness, E for the engine. */
  readonly id: string
  readonly sentence: string
  /** Clauses of the requirements that it guards. */
  readonly clauses: readonly string[]
  /** Begins to look. `violated` notes what was found; the run ends after the event under way. */
  watch(world: World, violated: Violated): Looks
}

export type Violated = (found: string, objects?: readonly JournalObject[]) => void

/** A request for a Secret that a node's kubelet sent. */
export interface SecretRequest {
  readonly node: ObservedNode
  readonly verb: 'get' | 'list' | 'watch'
  readonly key: string
}

/** What an invariant wants to be told of. Each is called at the instant of the change, and looks only at what changed. */
export interface Looks {
  written?(resource: StoredResource, event: StoreEvent): void
  /** `before`: the named object as it was when the request came. */
  requested?(request: ApiRequest, answer: ApiAnswer, before: KubeObject | undefined, body: unknown): void
  fileChanged?(node: ObservedNode, change: FsChange): void
  /** A container was created (`isStart` false) or begins to run. `pod` is undefined if the API server never had it. */
  containerChanged?(node: ObservedNode, container: RuntimeContainer, pod: Pod | undefined, isStart: boolean): void
  registered?(node: ObservedNode, pod: Pod): void
  unregistered?(node: ObservedNode, pod: Pod): void
  /** The kubelet got an answer from its manager of Secrets. */
  given?(node: ObservedNode, key: string, result: ObjectResult<Secret>): void
  secretRequested?(request: SecretRequest): void
  /** A kubelet began anew: it remembers nothing. */
  forgot?(node: ObservedNode): void
  told?(record: ClusterRecord): void
  /** Everything had time to come to rest: no fault is on, nothing was changed for longer than any bound. */
  settled?(): void
}

/** An invariant did not hold. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation'
  readonly id: string
  readonly sentence: string
  readonly found: string
  /** From the start of the scenario. */
  readonly time: VirtualMs
  readonly objects: readonly JournalObject[]
  /** What led there, newest first. */
  readonly records: readonly ClusterRecord[]

  constructor(invariant: Invariant, found: string, at: Pick<InvariantViolation, 'time' | 'objects' | 'records'>) {
    super(`invariant ${invariant.id} does not hold: ${invariant.sentence}; found: ${found}`)
    this.id = invariant.id
    this.sentence = invariant.sentence
    this.found = found
    this.time = at.time
    this.objects = at.objects
    this.records = at.records
  }
}
