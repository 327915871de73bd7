import type { Status, WatchEvent } from '../../api/types/meta.ts'
import type { UserInfo, WatchHandle, WatchOptions } from '../../client/client.ts'
import type { ApiAnswer, ApiServer, HttpAnswer, HttpReading, HttpStream, LogServer } from '../../client/server.ts'
import type { Authorizer } from '../auth/authorizer.ts'
import type { EncodedRequest } from '../encoded-request.ts'
import type { RegistryCore } from '../registry/core.ts'
import type { ServedResource } from '../registry/resource-table.ts'
import { encodeAnswer, escapeHtml, onWire } from './encode.ts'
import type { Output } from './negotiate.ts'
import type { Route } from './route.ts'
import { tableOf, transformed } from './transform.ts'

/** What the HTTP side needs of the server. */
export interface HttpParts {
  readonly core: RegistryCore
  readonly handle: (request: EncodedRequest) => ApiAnswer
  readonly watch: ApiServer['watch']
  readonly authorizer: Authorizer | undefined
  /** Where logs of containers come from; undefined: there are no kubelets. */
  readonly logs: () => LogServer | undefined
}

/** A path that names a resource. */
export type ResourceRoute = Extract<Route, { kind: 'resource' }>

/** A Status as an answer. */
export function statusAnswer(status: Status, format: Output['format'] = 'json'): HttpAnswer {
  return encodeAnswer(status.code ?? 500, status, format)
}

/** The event that each server wrote out last. */
const lastLines = new WeakMap<RegistryCore, { readonly object: object; readonly type: string; readonly line: string }>()

/** A watch over HTTP. It is opened at the request; what it tells is kept until somebody reads it. */
export class WatchStream {
  private readonly waiting: string[] = []
  private reader: { chunk(text: string): void; end(): void } | undefined
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
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
      read: (reader) => this.read(reader),
    }
  }

  private read(reader: { chunk(text: string): void; end(): void }): HttpReading {
    this.reader = reader
    for (const chunk of this.waiting.splice(0)) reader.chunk(chunk)
    if (this.isOver) reader.end()
    const { handle, parts } = this
    return { stop: () => handle.stop(), bookmark: () => handle.sendBookmark?.(parts.core.store.revision) }
  }

  private send(event: WatchEvent): void {
    const line = this.line(event)
    if (this.reader === undefined) this.waiting.push(line)
    else this.reader.chunk(line)
  }

  /** An event goes to all its watchers one after the other: for those of the plain form it is written out once. */
  private line(event: WatchEvent): string {
    const { core } = this.parts
    const isPlain = this.output.as === undefined
    const last = isPlain ? lastLines.get(core) : undefined
    if (last?.object === event.object && last.type === event.type) return last.line
    const line = `${escapeHtml(JSON.stringify({ type: event.type, object: this.shown(event) }))}\n`
    if (isPlain) lastLines.set(core, { object: event.object, type: event.type, line })
    return line
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
