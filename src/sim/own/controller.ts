import type { Observable } from 'rxjs'
import type { KubeObject } from '../../api/types/meta.ts'
import type { Change } from '../../client/informer.ts'
import type { Once } from '../../kernel/once.ts'
import type { RandomStream } from '../../kernel/random.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Duration } from '../input/formats.ts'
import type { Resource, SimClient } from '../resources.ts'

/** What a controller of one's own is made of: types alone, for the library's face. */

/**
 * A controller of one's own: a generator that reads from top to bottom while virtual time passes, or an Observable that
 * goes on as long as somebody listens. It is called anew at each start, and remembers what its cluster remembers.
 */
export type ControllerBody = (context: ControllerContext) => Steps<unknown> | Observable<unknown>

/** What a controller has to do with the world. All of it takes virtual time only, and ends with the controller. */
export interface ControllerContext {
  readonly name: string
  /** Acts as the controller's own user; its requests are in the journal under the controller's name. */
  readonly client: SimClient
  /** A cache of a resource that follows the API server, as client-go's: it lists, watches, and starts again when a watch breaks. */
  informer<T extends KubeObject>(resource: Resource<T>, selection?: InformerSelection): SimInformer<T>
  /** Writes a line into the journal. */
  log(text: string): void
  /** Records an Event about an object, as controllers do; what is alike is counted. */
  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void
  /** Milliseconds of virtual time since the start. */
  now(): VirtualMs
  /** What the clock says, in milliseconds since 1970. */
  epochNow(): number
  /** Draws that depend on the seed and the controller's name alone. */
  readonly random: RandomStream
}

/** What an informer looks at; all of the resource unless given. */
export interface InformerSelection {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

/** A cache of a resource that follows the API server. */
export interface SimInformer<T extends KubeObject> {
  /** Answers once the first list is in the cache. */
  readonly synced: Once<void>
  get(namespace: string | undefined, name: string): T | undefined
  /** In the order in which the cache learnt of them. */
  list(): readonly T[]
  /** Each change, once the cache holds it; what is there already comes as added. */
  readonly changes: Observable<Change<T>>
  /** The next change; those that came meanwhile were kept. What was there when it was first asked comes as added. */
  next(): Once<Change<T>>
}

/** Who a controller is. */
export interface ControllerOptions {
  /**
   * `name` or `namespace/name` of the ServiceAccount that it acts as: then it may do what roles allow. It has to be there.
   * Absent: a user of the controller's name that may do everything.
   */
  readonly serviceAccount?: string
}

/** How a controller came to stand still. */
export type ControllerHow = 'ended' | 'stopped' | 'crashed' | 'failed'

/** A controller that was started. */
export interface OwnController {
  readonly name: string
  /** `ended`: its body came to its end; `failed`: it made a mistake, which ended the call in which it was made. */
  readonly state: 'running' | ControllerHow
  /** Ends it in order. */
  stop(): void
  /** Ends it where it stands: what it asked for last arrives, but nobody takes the answer. Starts again after a time, if one is given. */
  crash(options?: { readonly restartAfter?: Duration }): void
  /** Starts it again, remembering nothing. Nothing happens while it runs. */
  start(): void
}
