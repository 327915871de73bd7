import type { KubeObject } from '../api/types/meta.ts'
import { extended } from '../kernel/extended.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { ownershipOf, setOwnership } from './ownership/ownership.ts'
import type { StoreEvent } from './store-event.ts'

/**
 * A look at what a collection holds in place of an object that is made when somebody asks for it, and stays the same from then on. Who
 * keeps rows keeps their places, which are numbers, and has them made again by the book that they stand in.
 */
export abstract class HeldRow {
  abstract readonly book: RowBook
  /** Rising with each row of a book. */
  abstract readonly place: number
  /** Set when it is stored. */
  abstract revision: number
  abstract readonly namespace: string
  abstract readonly name: string
  /** The first part of its name, which few others have. */
  abstract readonly stem: string
  abstract get object(): KubeObject
}

/** Where the rows of a collection are written down. */
export interface RowBook {
  at(place: number): HeldRow
  revisionAt(place: number): number
  writtenAt(place: number): VirtualMs
  /** Whether the name of the row there is this one, which has its stem. */
  isNamed(place: number, name: string): boolean
  /** The write by which the row came there. */
  changeAt(place: number): HeldChange
  /** Somebody keeps the place: what stands there stays until as many have let it go. */
  hold(place: number): void
  letGo(place: number): void
  /** The same for the write by which the row came there, with the row that was written over. */
  holdChange(place: number): void
  letGoOfChange(place: number): void
}

/** What is stored: most of it as objects. */
export type Held = KubeObject | HeldRow

export function objectOf(held: Held): KubeObject {
  return held instanceof HeldRow ? held.object : held
}

/** What is stored after a change; of a deletion: what was. */
export function heldOf(event: StoreEvent): Held {
  return event instanceof HeldChange ? event.held : event.object
}

/** What was stored before a change. */
export function oldHeldOf(event: StoreEvent): Held | undefined {
  return event instanceof HeldChange ? event.oldHeld : event.old
}

/** Of what is stored: when that was written. */
export function revisionOf(held: Held): number {
  return held instanceof HeldRow ? held.revision : Number(held.metadata.resourceVersion)
}

/** A change in a collection that holds rows: who is told of it and does not look makes no object. */
export class HeldChange implements StoreEvent {
  readonly type: StoreEvent['type']
  /** As it is stored; of a deletion: as it was stored. */
  readonly held: Held
  readonly oldHeld: Held | undefined
  readonly revision: number
  private gone: KubeObject | undefined

  constructor(type: StoreEvent['type'], held: Held, oldHeld: Held | undefined, revision: number) {
    this.type = type
    this.held = held
    this.oldHeld = oldHeld
    this.revision = revision
  }

  get object(): KubeObject {
    if (this.type !== 'DELETED') return objectOf(this.held)
    this.gone ??= goneAt(objectOf(this.held), this.revision)
    return this.gone
  }

  get old(): KubeObject | undefined {
    return this.oldHeld === undefined ? undefined : objectOf(this.oldHeld)
  }

  /** The row that came by it, whose book knows all of the change; undefined: it was another change. */
  get row(): HeldRow | undefined {
    const { type, held, oldHeld } = this
    if (type === 'DELETED' || !(held instanceof HeldRow)) return undefined
    return oldHeld === undefined || oldHeld instanceof HeldRow ? held : undefined
  }
}

/** An object as its deletion tells it: with the revision of that. */
export function goneAt(old: KubeObject, revision: number): KubeObject {
  const metadata = extended(old.metadata, { resourceVersion: String(revision) })
  return setOwnership({ ...old, metadata }, ownershipOf(old))
}
