import { defineHandler } from '../kernel/handler.ts'
import type { Kernel, Ticket } from '../kernel/kernel.ts'
import type { RandomStream } from '../kernel/random.ts'
import { SparseMap, SparseSet } from '../kernel/sparse.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { RequestError, WatchRenewal } from './client.ts'
import { checkLatency, drawLatencyMs, instant, type Latency } from './latency.ts'
import { type RequestLine, urlError } from './request-url.ts'
import type { RestingWatch } from './resting.ts'
import type { ApiRequest, CacheState, Verb } from './server.ts'

/** How long things take on a link. What is absent takes no time. */
export interface LinkLatencies {
  /** From request to answer, for verbs without a row of their own. */
  readonly request?: Latency
  readonly verbs?: Readonly<Partial<Record<Verb | 'watch', Latency>>>
  /** From the change in the store to the watcher's handler. */
  readonly watchEvent?: Latency
}

export interface LinkOptions {
  readonly kernel: Kernel
  /** Latencies are drawn from it: give every link a stream of its own. */
  readonly random: RandomStream
  readonly latencies?: LinkLatencies
  /** `host:port` of the API server, as URLs in errors show it. Default `10.96.0.1:443`. */
  readonly server?: string
  /**
   * Whether a watch that is asked for on a connection that is just dying comes back empty instead of refused. So it was
   * recorded of v1.18 (corrections.md, Kubelet 3), not of v1.26. Default false.
   */
  readonly emptyWatchOnDyingConnection?: boolean
  /** Every renewal of a watch is a request, though nothing came in its way. Default false: it is only computed. */
  readonly explicitWatches?: boolean
}

/** Why a watch delivers nothing for now: bits that add up. */
export const holds = { partition: 1, stall: 2, stale: 4, missing: 8 } as const
export type Hold = (typeof holds)[keyof typeof holds]

/** What travels over a link and may be held up. */
export interface Passenger {
  /** The way is free. */
  pass(): void
  /** It has waited too long. */
  late(): void
}

/** A watch as its link sees it. */
export interface WatchOnLink {
  catchUp(): void
  realise(): boolean
  hold(reason: Hold): void
  release(reason: Hold): void
  break(message: string): void
  /** The server no longer has what comes next: its client has to list again. */
  expire(): void
  /** Undefined: something is on its way, or will happen by itself. */
  atRest(): WatchAtRest | undefined
}

/** An open watch that nothing happens to, and who renews it. */
export interface WatchAtRest {
  readonly renewal: WatchRenewal
  readonly watch: RestingWatch
}

/** Where podsim's API server listens unless a cluster says otherwise. */
const defaultServer = '10.96.0.1:443'

/** Source: client-go transport/cache.go, net.Dialer{Timeout: 30 * time.Second}. */
const dialTimeoutMs: VirtualMs = 30_000

/** A passenger that waits for a partition to heal. */
interface Held {
  readonly link: Link
  readonly passenger: Passenger
  giveUp: Ticket
}

const giveUp = defineHandler('a dial times out', (held: Held) => held.link.giveUp(held))
const proceed = defineHandler('a partition has healed', (held: Held) => held.link.proceed(held))

export function createLink(options: LinkOptions): Link {
  return new Link(options)
}

/**
 * The way between one component (or all components of a node) and the API server; faults are its methods. What goes over
 * it asks it where it stands: `LinkedRequest` and `LinkedWatch`.
 */
export class Link {
  readonly kernel: Kernel
  /** Of the requests' latencies. */
  readonly random: RandomStream
  readonly server: string
  /** Counts connections: what began on an earlier one than the present breaks when it is looked at again. */
  connection = 0
  isDown = false
  /** The server takes nobody on this link for who they are: credentials have expired. What is open stays open. */
  isDenied = false
  isRefusing = false
  readonly #options: LinkOptions
  #latencies: LinkLatencies
  #extra: Latency = instant
  #extraOfStore: Latency = instant
  readonly #extraOf = new SparseMap<Verb | 'watch', Latency>()
  #downSince: VirtualMs = -1
  #isPartitioned = false
  #answersToLose = 0
  /** Present reads are answered from this cache, and watches deliver nothing. */
  #asOf: CacheState | undefined
  #isMissingEvents = false
  readonly #held = new SparseSet<Held>()
  readonly #watches = new Set<WatchOnLink>()

  constructor(options: LinkOptions) {
    this.#options = options
    this.kernel = options.kernel
    this.random = options.random
    this.server = options.server ?? defaultServer
    this.#latencies = checked(options.latencies ?? {})
  }

  get isPartitioned(): boolean {
    return this.#isPartitioned
  }

  setLatencies(next: LinkLatencies): void {
    for (const watch of this.#watches) watch.catchUp()
    this.#latencies = checked(next)
  }

  /** Time that every answer (or only those to one verb) takes on top, `instant` for none. */
  slowDown(extra: Latency, verb?: Verb): void {
    checkLatency(extra)
    for (const watch of this.#watches) watch.catchUp()
    if (verb === undefined) this.#extra = extra
    else if (extra === instant) this.#extraOf.delete(verb)
    else this.#extraOf.set(verb, extra)
  }

  /** Time that what needs etcd takes on top: writes, and reads that the server's cache may not answer. `instant` for none. */
  slowStore(extra: Latency): void {
    checkLatency(extra)
    this.#extraOfStore = extra
  }

  /** Requests and new watches are answered with 401 until `admit`; open watches go on until they end. */
  deny(): void {
    this.#realiseAll()
    this.isDenied = true
  }

  admit(): void {
    this.isDenied = false
  }

  /** New connections are refused; what is open goes on. */
  refuse(): void {
    this.#realiseAll()
    this.isRefusing = true
  }

  accept(): void {
    this.isRefusing = false
  }

  /** The server is gone: what is under way breaks, open watches end at once, what comes is refused. */
  beginOutage(): void {
    if (this.isDown) return
    this.isDown = true
    this.#downSince = this.kernel.now()
    this.connection++
    this.dropWatches()
  }

  endOutage(): void {
    this.isDown = false
  }

  /**
   * Nothing passes: requests and events wait, as TCP resends them. A request that has waited `dialTimeoutMs` fails. On
   * `heal` what still waits goes on in its order.
   */
  partition(): void {
    this.#realiseAll()
    this.#isPartitioned = true
    for (const watch of this.#watches) watch.hold(holds.partition)
  }

  heal(): void {
    this.#isPartitioned = false
    for (const watch of this.#watches) watch.release(holds.partition)
    const waiting = [...this.#held]
    this.#held.clear()
    for (const held of waiting) this.kernel.post(0, proceed, held)
  }

  /** Breaks every open watch; events on their way to it are lost. */
  dropWatches(): void {
    this.#realiseAll()
    for (const watch of [...this.#watches]) watch.break('unexpected EOF')
  }

  /** Open watches stay open but deliver nothing until `resumeWatches`. */
  stallWatches(): void {
    this.#realiseAll()
    for (const watch of this.#watches) watch.hold(holds.stall)
  }

  resumeWatches(): void {
    for (const watch of this.#watches) watch.release(holds.stall)
  }

  /** A cache that is behind answers: reads that it may answer are as old as it is, watches deliver nothing. */
  fallBehind(asOf: CacheState): void {
    this.#realiseAll()
    this.#asOf = asOf
    for (const watch of this.#watches) watch.hold(holds.stale)
  }

  /** The cache has caught up: watches deliver what came meanwhile, in its order. */
  catchUp(): void {
    this.#asOf = undefined
    for (const watch of this.#watches) watch.release(holds.stale)
  }

  /** Watches deliver nothing, and what happens until `beginAgain` is lost to them. */
  missEvents(): void {
    this.#realiseAll()
    this.#isMissingEvents = true
    for (const watch of this.#watches) watch.hold(holds.missing)
  }

  /** Watches end as too old: who watched lists again, and sees only what is there now. */
  beginAgain(): void {
    this.#isMissingEvents = false
    for (const watch of [...this.#watches]) watch.expire()
  }

  /** The server carries out the next `count` writes, but their answers never come: the client sees the connection end. */
  loseAnswers(count: number): void {
    this.#answersToLose = count
  }

  get openWatches(): number {
    return this.#watches.size
  }

  /** Its watches by who renews them; undefined unless all of them rest. */
  watchesAtRest(): ReadonlyMap<WatchRenewal, RestingWatch> | undefined {
    const resting = new Map<WatchRenewal, RestingWatch>()
    for (const open of this.#watches) {
      const rest = open.atRest()
      if (rest === undefined) return undefined
      resting.set(rest.renewal, rest.watch)
    }
    return resting
  }

  // What follows is for what goes over the link.

  /** `needsStore`: whether the answer has to come from etcd. */
  requestMs(verb: Verb | 'watch', from: RandomStream, needsStore = false): VirtualMs {
    const latency = this.#latencies.verbs?.[verb] ?? this.#latencies.request ?? instant
    const store = needsStore ? drawLatencyMs(this.#extraOfStore, from) : 0
    const own = drawLatencyMs(latency, from) + drawLatencyMs(this.#extra, from) + store
    const extra = this.#extraOf.get(verb)
    return extra === undefined ? own : own + drawLatencyMs(extra, from)
  }

  eventMs(from: RandomStream): VirtualMs {
    const { watchEvent } = this.#latencies
    return watchEvent === undefined ? 0 : drawLatencyMs(watchEvent, from)
  }

  /** Lets it go on now, or when the partition has healed, unless that lasts too long. */
  pass(passenger: Passenger): void {
    if (!this.#isPartitioned) passenger.pass()
    else {
      const held: Held = { link: this, passenger, giveUp: 0 }
      held.giveUp = this.kernel.post(dialTimeoutMs, giveUp, held)
      this.#held.add(held)
    }
  }

  giveUp(held: Held): void {
    this.#held.delete(held)
    held.passenger.late()
  }

  proceed({ passenger, giveUp: ticket }: Held): void {
    this.kernel.cancel(ticket)
    passenger.pass()
  }

  /** The request as it reaches the server. */
  asSeen(request: ApiRequest): ApiRequest {
    return this.#asOf === undefined ? request : { ...request, asOf: this.#asOf }
  }

  /** Whether the answer to this request is one of those that get lost. */
  losesAnswerTo(verb: Verb): boolean {
    if (this.#answersToLose <= 0 || verb === 'get' || verb === 'list') return false
    this.#answersToLose--
    return true
  }

  /** Whether a watch that is asked for just now comes back empty. */
  get givesEmptyWatches(): boolean {
    return this.#options.emptyWatchOnDyingConnection === true && this.isDown && this.#downSince === this.kernel.now()
  }

  /** Whether the renewal of a watch could be told from one that is only computed. */
  get isHindered(): boolean {
    return (
      this.#options.explicitWatches === true || this.isDown || this.isDenied || this.isRefusing || this.#isPartitioned
    )
  }

  enter(watch: WatchOnLink): void {
    this.#watches.add(watch)
    if (this.#isPartitioned) watch.hold(holds.partition)
    if (this.#asOf !== undefined) watch.hold(holds.stale)
    if (this.#isMissingEvents) watch.hold(holds.missing)
  }

  leave(watch: WatchOnLink): void {
    this.#watches.delete(watch)
  }

  refused(line: RequestLine): RequestError {
    return this.#network(line, `dial tcp ${this.server}: connect: connection refused`, 'refused')
  }

  broken(line: RequestLine): RequestError {
    return this.#network(line, 'EOF', 'broken')
  }

  dialTimedOut(line: RequestLine): RequestError {
    return this.#network(line, `dial tcp ${this.server}: i/o timeout`, 'timeout')
  }

  timedOut(line: RequestLine): RequestError {
    const text = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
    return this.#network(line, text, 'timeout')
  }

  #network(line: RequestLine, text: string, cause: 'refused' | 'timeout' | 'broken'): RequestError {
    return { kind: 'network', message: urlError(line, this.server, text), cause }
  }

  #realiseAll(): void {
    for (const watch of [...this.#watches]) watch.realise()
  }
}

function checked(latencies: LinkLatencies): LinkLatencies {
  for (const latency of [latencies.request, latencies.watchEvent, ...Object.values(latencies.verbs ?? {})])
    if (latency !== undefined) checkLatency(latency)
  return latencies
}
