import type { Event, EventSource } from '../api/types/core.ts'
import type { KubeObject, ObjectReference } from '../api/types/meta.ts'

/** Who tells: one object for all events of a recorder. */
export interface EventTeller {
  readonly source: EventSource
  /** Whether its events name it as their controller. Source: client-go tools/record/event.go, generateEvent: filled from v1.28 on. */
  readonly namesItself: boolean
}

/**
 * An event as its recorder tells it: a row, for a Pod has five and hardly anybody reads them. A server of the same process takes
 * it as it is; the object is made for who wants to see one.
 */
export class EventRow {
  readonly teller: EventTeller
  /** What it is about; events about the same share it. */
  readonly about: ObjectReference
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly name: string
  readonly first: string | null
  readonly last: string
  readonly count: number

  /** `first` and `last` as timestamps are written. */
  constructor(
    teller: EventTeller,
    about: ObjectReference,
    type: string,
    reason: string,
    message: string,
    name: string,
    first: string | null,
    last: string,
    count: number,
  ) {
    this.teller = teller
    this.about = about
    this.type = type
    this.reason = reason
    this.message = message
    this.name = name
    this.first = first
    this.last = last
    this.count = count
  }

  /** What a server says of an event that it keeps. */
  static of(event: Event): EventRow {
    const { source = {}, involvedObject, type = '', reason = '', message = '', metadata, count = 1 } = event
    const { firstTimestamp = null, lastTimestamp } = event
    const teller = { source, namesItself: (event.reportingComponent ?? '') !== '' }
    const last = lastTimestamp ?? ''
    return new EventRow(teller, involvedObject, type, reason, message, metadata.name, firstTimestamp, last, count)
  }

  get namespace(): string {
    return this.about.namespace || 'default'
  }

  /** A new object at each look. */
  get object(): Event {
    const { source, namesItself } = this.teller
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: this.name, namespace: this.namespace },
      involvedObject: this.about,
      reason: this.reason,
      message: this.message,
      source,
      firstTimestamp: this.first,
      lastTimestamp: this.last,
      count: this.count,
      type: this.type,
      eventTime: null,
      reportingComponent: namesItself ? (source.component ?? '') : '',
      reportingInstance: namesItself ? (source.host ?? '') : '',
    }
  }

  toJSON(): Event {
    return this.object
  }
}

/** Of an answer to who has sent a row: what was taken in. A server that took it as it was has the row itself. */
export function takenIn(answer: Event): EventRow {
  const { said } = answer as KubeObject & { readonly said?: unknown } // a server's own class may have it
  return said instanceof EventRow ? said : EventRow.of(answer)
}
