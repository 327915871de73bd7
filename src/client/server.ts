import type { Pod } from '../api/types/core.ts'
import type { DeleteOptions, KubeObject, ResourceRef, Status } from '../api/types/meta.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { ListOptions, PatchType, UserInfo, WatchHandle, WatchHandlers, WatchOptions } from './client.ts'

/**
 * The API server as its callers see it. It answers at the instant of the call: the way there and back is the link's
 * business (client/link.ts). Requests of components come as objects (`handle`, `watch`); `http` takes bytes and
 * goes through the same pipeline.
 */

export type Verb = 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'

export interface ApiRequest {
  readonly user: UserInfo
  readonly verb: Verb
  readonly resource: ResourceRef
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly list?: ListOptions
  readonly delete?: DeleteOptions
  /** Of create and update: the object, in the request's version. Of patch: the decoded patch. */
  readonly body?: unknown
  readonly patchType?: PatchType
  readonly fieldManager?: string
  readonly dryRun?: boolean
  /** Of an apply: takes fields from their owners. */
  readonly force?: boolean
  /** Takes warnings for the caller. */
  readonly warn?: (text: string) => void
  /** Read: `'0'` allows the server's cache. */
  readonly resourceVersion?: string
  /** The server's cache is behind: what a read may take from it is as it was then. */
  readonly asOf?: CacheState
}

/** What a server's cache held at one moment. Nothing of it changes any more. */
export interface CacheState {
  readonly revision: number
  /** Objects of a resource as the server stores it (`pods`, `deployments.apps`). */
  collection(resource: string): PastCollection
}

/** The objects of one resource as they were. */
export interface PastCollection {
  get(namespace: string, name: string): KubeObject | undefined
  /** In the order of etcd's keys; undefined is all namespaces. */
  list(namespace: string | undefined): readonly KubeObject[]
}

export type ApiAnswer =
  | { readonly ok: true; readonly code: number; readonly object: KubeObject | Status }
  | { readonly ok: false; readonly status: Status; readonly held?: Held<ApiAnswer> }

/** The server is still at a request: it looks for something that may come. Who does not wait takes the refusal beside it. */
export interface Held<T> {
  readonly ms: VirtualMs
  /** To be called once, when that time has passed. */
  goOn(): T
}

export interface HttpRequest {
  /** Undefined: no credentials. */
  readonly user: UserInfo | undefined
  readonly method: string
  /** Path with query. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
  /** What the body is the JSON text of, from a caller in this process: the text need not be made then, nor read. */
  readonly tree?: BodyTree
  /** A watch that it opens has no end of its own: whoever reads it ends it. */
  readonly lasting?: boolean
}

/** An object and how its text orders the members of maps; those of structs are in no order that counts. */
export interface BodyTree {
  readonly value: object
  readonly maps: 'sorted' | 'as given'
}

export interface HttpAnswer {
  readonly code: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The body, where it is no text. */
  readonly bytes?: Uint8Array
  readonly held?: Held<HttpAnswer>
}

/** An HTTP answer that goes on: a watch. Each chunk is one line of JSON with its newline; frames of protobuf come as `bytes`. */
export interface HttpStream {
  readonly code: number
  readonly headers: Readonly<Record<string, string>>
  /** Starts delivery. `end` is called once. */
  read(handlers: StreamHandlers): HttpReading
}

/** Who reads a stream. */
export interface StreamHandlers {
  chunk(text: string): void
  /** A part that is no text; who asks for JSON needs none. */
  bytes?(part: Uint8Array): void
  end(): void
}

/** A stream that is being read. */
export interface HttpReading {
  stop(): void
  /** Tells how far the stream has come, where its reader asked to be told (`allowWatchBookmarks`). */
  bookmark?(): void
}

/** What a client asks of a container: the API server has allowed it, and knows where the container is. */
export interface ContainerCall {
  readonly subresource: 'log' | 'exec' | 'attach' | 'portforward'
  readonly pod: Pod
  /** Empty for ports, which belong to the Pod. */
  readonly container: string
  /** Parameters of the query; those that come several times (`command`) with all their values. */
  readonly query: ReadonlyMap<string, readonly string[]>
}

/** What kubelets answer for the API server. */
export type LogServer = (call: ContainerCall) => HttpAnswer | HttpStream

/** A request of HTTP to a port of a Pod. */
export interface ProgramRequest {
  readonly pod: Pod
  readonly port: number
  /** Path with query. */
  readonly path: string
  /** What else is known of it; absent: a GET without headers. */
  readonly method?: string
  /** By names in lower case. */
  readonly headers?: ReadonlyMap<string, string>
}

/** What the programs of Pods answer; undefined: nobody listens on that port. */
export type ProgramServer = (request: ProgramRequest) => HttpAnswer | undefined

/** Those in Pods that the API server passes requests on to. */
export interface PodServers {
  readonly logs: LogServer
  readonly programs: ProgramServer
}

export interface ApiServer {
  handle(request: ApiRequest): ApiAnswer
  watch(user: UserInfo, resource: ResourceRef, options: WatchOptions, handlers: WatchHandlers<KubeObject>): WatchHandle
  http(request: HttpRequest): HttpAnswer | HttpStream
}
