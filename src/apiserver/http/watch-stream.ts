import type { Status, WatchEvent } from '../../api/types/meta.ts'
import type { UserInfo, WatchHandle, WatchOptions } from '../../client/client.ts'
import type {
  ApiAnswer,
  ApiServer,
  HttpAnswer,
  HttpReading,
  HttpStream,
  PodServers,
  StreamHandlers,
} from '../../client/server.ts'
import type { Authorizer } from '../auth/authorizer.ts'
import type { EncodedRequest } from '../encoded-request.ts'
import type { RegistryCore } from '../registry/core.ts'
import type { ServedResource } from '../registry/resource-table.ts'
import { encodeAnswer, escapeHtml, onWire } from './encode.ts'
import { type Output, protobufType } from './negotiate.ts'
import { protobufEvent } from './protobuf-answer.ts'
import type { Route } from './route.ts'
import { inStructOrder } from './struct-order.ts'
import { tableOf, transformed } from './transform.ts'

/** What the HTTP side needs of the server. */
export interface HttpParts {
  readonly core: RegistryCore
  readonly handle: (request: EncodedRequest) => ApiAnswer
  readonly watch: ApiServer['watch']
  readonly authorizer: Authorizer | undefined
  /** Who answers for Pods; undefined: there are no kubelets. */
  readonly pods: () => PodServers | undefined
}

/** A path that names a resource. */
export type ResourceRoute = Extract<Route, { kind: 'resource' }>

/** A Status as an answer. */
export function statusAnswer(status: Status): HttpAnswer {
  return encodeAnswer(status.code ?? 500, status, 'json')
}

/** An event as it goes out: a line of JSON, or a frame of protobuf. */
type Part = string | Uint8Array

interface WrittenEvent {
  readonly object: object
  readonly type: string
  readonly part: Part
}

/** The event that each server wrote out last, by the form that it was written in. */
const lastWritten = new WeakMap<RegistryCore, Map<Output['format'], WrittenEvent>>()

function tell(reader: StreamHandlers, part: Part): void {
  if (typeof part === 'string') reader.chunk(part)
  else reader.bytes?.(part)
}

/** A watch over HTTP. It is opened at the request; what it tells is kept until somebody reads it. */
export class WatchStream {
  private readonly waiting: Part[] = []
  private reader: StreamHandlers | undefined
  private isOver = false
  private refused: Status | undefined
  private isFirst = true
  private readonly parts: HttpParts
  private readonly served: ServedResource
  private readonly output: Output
  private readonly includeObject: string | undefined
  private readonly handle: WatchHandle

  constructor(
    parts: HttpParts,
    user: UserInfo,
    route: ResourceRoute,
    options: WatchOptions,
    served: ServedResource,
    output: Output,
    includeObject: string | undefined,
  ) {
    this.parts = parts
    this.served = served
    this.output = output
    this.includeObject = includeObject
    this.handle = parts.watch(user, route.resource, options, {
      event: (event) => this.send(event),
      closed: (error) => {
        this.isOver = true
        if (error?.kind === 'status') this.refused = error.status
        this.reader?.end()
      },
    })
  }

  answer(): HttpAnswer | HttpStream {
    if (this.refused !== undefined) return statusAnswer(this.refused)
    return {
      code: 200,
      headers: {
        // Source: apiserver pkg/endpoints/handlers/watch.go, serveWatchHandler.
        'content-type': this.output.format === 'protobuf' ? `${protobufType};stream=watch` : 'application/json',
        'transfer-encoding': 'chunked',
      },
      read: (reader) => this.read(reader),
    }
  }

  private read(reader: StreamHandlers): HttpReading {
    this.reader = reader
    for (const part of this.waiting.splice(0)) tell(reader, part)
    if (this.isOver) reader.end()
    const { handle, parts } = this
    return { stop: () => handle.stop(), bookmark: () => handle.sendBookmark?.(parts.core.store.revision) }
  }

  private send(event: WatchEvent): void {
    const part = this.part(event)
    if (this.reader === undefined) this.waiting.push(part)
    else tell(this.reader, part)
  }

  /** An event goes to all its watchers one after the other: for those of the plain form it is written out once. */
  private part(event: WatchEvent): Part {
    const { core } = this.parts
    const { format, as } = this.output
    if (as !== undefined) return this.written(event)
    const known = lastWritten.get(core) ?? new Map<Output['format'], WrittenEvent>()
    lastWritten.set(core, known)
    const last = known.get(format)
    if (last?.object === event.object && last.type === event.type) return last.part
    const part = this.written(event)
    known.set(format, { object: event.object, type: event.type, part })
    return part
  }

  private written(event: WatchEvent): Part {
    const shown = this.shown(event)
    if (this.output.format === 'protobuf') return protobufEvent(event.type, shown, this.parts.core.context.minor)
    const object = inStructOrder(shown, this.parts.core.context.minor)
    return `${escapeHtml(JSON.stringify({ type: event.type, object }))}\n`
  }

  private shown(event: WatchEvent): object {
    if (event.type === 'ERROR') return event.object
    const { as } = this.output
    if (as === undefined) return onWire(event.object)
    const { context } = this.parts.core
    if (as.kind === 'Table') {
      const withColumns = this.isFirst
      this.isFirst = false
      return tableOf(event.object, as.version, this.served.strategy, context, this.includeObject, withColumns)
    }
    return transformed(event.object, as, this.served, context, this.includeObject)
  }
}
