import type { KubeObject } from '../api/types/meta.ts'
import { extended } from '../kernel/extended.ts'
import { ownershipOf, setOwnership } from './ownership/ownership.ts'
import type { StoreEvent } from './store-event.ts'

/**
 * What a collection holds in place of an object that is made when somebody looks at it, and stays the same from then on. It is
 * itself what watches and histories are told of its creation.
 */
export abstract class HeldRow implements StoreEvent {
  /** Set when it is stored. */
  revision = 0
  abstract readonly namespace: string
  abstract readonly name: string
  /** The first part of its name, which few others have; its own name is not kept. */
  abstract readonly stem: string
  /** Whether its name is this one, which has its stem. */
  abstract isNamed(name: string): boolean
  abstract get object(): KubeObject

  get type(): 'ADDED' {
    return 'ADDED'
  }

  get old(): undefined {
    return undefined
  }
}

/** What is stored: most of it as objects. */
export type Held = KubeObject | HeldRow

export function objectOf(held: Held): KubeObject {
  return held instanceof HeldRow ? held.object : held
}

/** What is stored after a change; of a deletion: what was. */
export function heldOf(event: StoreEvent): Held {
  if (event instanceof HeldRow) return event
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

/** A change other than its creation in a collection that holds rows: who is told of it and does not look makes no object. */
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
}

/** An object as its deletion tells it: with the revision of that. */
export function goneAt(old: KubeObject, revision: number): KubeObject {
  const metadata = extended(old.metadata, { resourceVersion: String(revision) })
  return setOwnership({ ...old, metadata }, ownershipOf(old))
}
