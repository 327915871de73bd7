import type { Observable } from 'rxjs'
import type { ConfigMap, Pod, Secret } from '../../api/types/core.ts'
import type { KubeObject, ResourceRef } from '../../api/types/meta.ts'
import { base64Length, utf8Length } from '../../bytes/bytes.ts'
import type { RequestError } from '../../client/client.ts'
import type { Once } from '../../kernel/once.ts'
import type { VirtualMs } from '../../kernel/time.ts'

/** Why an object could not be had, with the text that reaches events and statuses. */
export interface ObjectError {
  readonly message: string
  readonly isNotFound: boolean
}

export type ObjectResult<T> =
  | { readonly ok: true; readonly object: T }
  | { readonly ok: false; readonly error: ObjectError }

/** Secrets and ConfigMaps: what tells them apart. */
export interface ObjectKind {
  readonly resource: ResourceRef
  /** As the kubelet's own messages say it: `secret`, `configmap`. */
  readonly singular: string
  namesOf(pod: Pod): readonly string[]
}

/** How far one object got on this node, for `inspect` and the UI. */
export interface ObjectView {
  readonly namespace: string
  readonly name: string
  readonly references: number
  /** Reflector's state for Watch; `cached`, `absent`, `invalid` for Cache. */
  readonly state: string
  readonly resourceVersion: string | undefined
  /** Of the values that the node's copy holds, keys not counted; 0 without a copy. */
  readonly bytes: number
}

/** Size of an object's values, `data` of a Secret decoded. */
export function valueBytes(object: KubeObject | undefined): number {
  const { kind, data = {} } = (object ?? {}) as Partial<Secret & ConfigMap>
  const sizeOf = (value: string) => (kind === 'ConfigMap' ? utf8Length(value) : (base64Length(value) ?? 0))
  return Object.values(data).reduce((sum, value) => sum + sizeOf(value), 0)
}

/** The node's copy of an object is another. */
export interface ObjectChange {
  readonly namespace: string
  readonly name: string
}

/** How a copy came to the node, and what took the place of what. */
export interface Arrival {
  readonly by: 'list' | 'watch' | 'get'
  /** Undefined: there is no such object. */
  readonly found: KubeObject | undefined
  /** Version of the copy before, if there was one. */
  readonly was: string | undefined
  readonly changed: boolean
}

/** Tells how copies of objects come to the node and are used again. */
export interface CopyReports {
  arrived(kind: ObjectKind, about: ObjectChange, arrival: Arrival): void
  /** `error`: why what a reading was tried for could not be had. */
  reused(kind: ObjectKind, about: ObjectChange, copy: KubeObject, ageMs: VirtualMs, error?: string): void
}

/** What was asked of the API server for one object by this node. */
export interface ObjectTraffic {
  requests: number
  openWatches: number
}

/**
 * Gives the kubelet the Secrets (or ConfigMaps) of its Pods. One of three: Watch, Cache, Get (facts/kubelet.md 1.1).
 * What is not registered by a Pod is not given, except by Get.
 */
export interface ObjectManager<T extends KubeObject = KubeObject> {
  readonly strategy: 'Watch' | 'Cache' | 'Get'
  registerPod(pod: Pod): void
  unregisterPod(pod: Pod): void
  /** Whether Pods read an object at each sync may be another matter than before. */
  readersMayHaveGone?(): void
  /** Answers within the call that begins it where the node has the object: with Watch nearly always. */
  get(namespace: string, name: string): Once<ObjectResult<T>>
  /** What `get` would answer within the call, with all that it does; undefined: it would not, and nothing was done. Absent: never. */
  getNow?(namespace: string, name: string): ObjectResult<T> | undefined
  /**
   * What `get` would answer now without asking anybody; undefined if it cannot say. Reads nothing and changes nothing:
   * for deciding whether an idle refresh would find anything new.
   */
  peek(namespace: string, name: string): ObjectResult<T> | undefined
  /** Told after the node's copy of an object changed (Watch only: the others learn of changes only by asking). */
  readonly changes: Observable<ObjectChange>
  /** When the copy that `get` would give came to the node; undefined if there is none. */
  cachedAt(namespace: string, name: string): VirtualMs | undefined
  traffic(namespace: string, name: string): ObjectTraffic | undefined
  inspect(): readonly ObjectView[]
  /** What `registerPod` at a sync that was not carried out leaves behind; absent: nothing. */
  registerUnseen?(pod: Pod): void
  /** What `get` at an instant of the past comes to, where each finds what the one before it found; absent: that can't be said. */
  getUnseen?(namespace: string, name: string, at: VirtualMs, take: TakeToken): UnseenGet
  /** The kubelet stops: watches are closed, everything is forgotten. */
  stop(): void
}

/** Takes a token of the client's limiter at an instant of the past; says how long it was waited for. */
export type TakeToken = (at: VirtualMs) => VirtualMs

/** A reading that was not carried out. */
export type UnseenGet =
  /** The copy was used again. */
  | { readonly kind: 'fresh' }
  /** Another was under way until then: whoever waited for it looked again. */
  | { readonly kind: 'busy'; readonly until: VirtualMs }
  | { readonly kind: 'read'; readonly doneAt: VirtualMs; arrive(): void; undo(): void }

export function objectKey(namespace: string, name: string): string {
  return `${namespace}/${name}`
}

export function notRegistered(namespace: string, name: string): ObjectError {
  return { message: `object ${JSON.stringify(namespace)}/${JSON.stringify(name)} not registered`, isNotFound: false }
}

export function errorOfRequest(error: RequestError): ObjectError {
  if (error.kind === 'network') return { message: error.message, isNotFound: false }
  return {
    message: error.status.message ?? error.status.reason ?? 'unknown',
    isNotFound: error.status.reason === 'NotFound',
  }
}
