import type { VirtualMs } from '../kernel/time.ts'

/** What the client's parts of a cluster know while nothing happens: copies of the cluster begin with it, and nobody changes it. */

/**
 * Where a watch stands that ends by its time and is asked for again from where it stopped, over and over: each stage
 * lasts until `due`. `marked` is an open watch whose bookmark has been sent.
 */
export type WatchStage = 'opening' | 'open' | 'marked' | 'closing' | 'requesting'

/** An open watch to whom nothing is on its way: what both of its ends know. */
export interface RestingWatch {
  readonly server: RestingServerWatch
  readonly cycle: RestingCycle
}

/** Where a `WatchCycle` stands. */
export interface RestingCycle {
  readonly stage: WatchStage
  readonly due: VirtualMs
  readonly end: VirtualMs
  readonly notBefore: VirtualMs
  readonly backMs: VirtualMs
  readonly lifetimeMs: VirtualMs
}

/** What the API server knows of it. */
export interface RestingServerWatch {
  /** Watches were opened in the order of these numbers. */
  readonly order: number
  readonly seenRevision: number
  /** What else the server keeps of it, and never changes; nobody else looks into it. */
  readonly kept: unknown
}

/** What a reflector knows whose watch is open. */
export interface RestingReflector {
  readonly lastSyncResourceVersion: string
  readonly began: VirtualMs
  readonly timeoutSeconds: number
  readonly isOpen: boolean
  readonly hasReceived: boolean
  readonly madeAt: VirtualMs
  readonly watch: RestingWatch
}
