import type { KubeObject } from '../api/types/meta.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStream } from '../kernel/random.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { RequestError, WatchHandle, WatchHandlers } from './client.ts'
import { checkLatency, drawLatencyMs, instant, type Latency } from './latency.ts'
import { LinkedWatch, type Renewal, type WatchWay } from './linked-watch.ts'
import { type RequestLine, urlError } from './request-url.ts'
import type { Verb } from './server.ts'

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

/** How a renewed watch tells its request: each renewal asks for another time, and from another version. */
export interface RenewedLine extends Renewal {
  line(): RequestLine
  /** Of the request that is under way, or the watch that is open. */
  lifetimeMs(): VirtualMs
}

/** The way between one component (or all components of a node) and the API server; faults are its methods. */
export interface Link {
  readonly server: string
  setLatencies(latencies: LinkLatencies): void
  /** Time that every answer takes on top, `instant` for none. */
  slowDown(extra: Latency): void
  /** New connections are refused; what is open goes on. */
  refuse(): void
  accept(): void
  /** The server is gone: what is under way breaks, open watches end at once, what comes is refused. */
  beginOutage(): void
  endOutage(): void
  /**
   * Nothing passes: requests and events wait, as TCP resends them. A request that has waited `dialTimeoutMs` fails. On
   * `heal` what still waits goes on in its order.
   */
  partition(): void
  heal(): void
  /** Breaks every open watch; events on their way to it are lost. */
  dropWatches(): void
  /** Open watches stay open but deliver nothing until `resumeWatches`. */
  stallWatches(): void
  resumeWatches(): void
  /** The server carries out the next `count` writes, but their answers never come: the client sees the connection end. */
  loseAnswers(count: number): void
  readonly openWatches: number
  /** Takes a request over the link: `call` runs at the server's instant, exactly one of the last two at the client's. */
  request<A>(
    verb: Verb,
    line: RequestLine,
    call: () => A,
    answered: (answer: A) => void,
    failed: (error: RequestError) => void,
    timeoutMs?: VirtualMs,
  ): void
  watch<T extends KubeObject>(
    line: RequestLine,
    open: (handlers: WatchHandlers<T>) => WatchHandle,
    handlers: WatchHandlers<T>,
    renewal?: RenewedLine,
  ): WatchHandle
}

/** Where podsim's API server listens unless a cluster says otherwise. */
export const defaultServer = '10.96.0.1:443'

/** Source: client-go transport/cache.go, net.Dialer{Timeout: 30 * time.Second}. */
const dialTimeoutMs: VirtualMs = 30_000

interface Held {
  readonly proceed: () => void
}

export function createLink(options: LinkOptions): Link {
  const { kernel, random, server = defaultServer } = options
  let latencies = checked(options.latencies ?? {})
  let extra: Latency = instant
  let isRefusing = false
  let isDown = false
  let downSince: VirtualMs = -1
  let isPartitioned = false
  let answersToLose = 0
  /** Counts connections: what began on an earlier one than the present breaks when it is looked at again. */
  let connection = 0
  const held = new Set<Held>()
  const watches = new Set<LinkedWatch>()

  const requestMs = (verb: Verb | 'watch', from: RandomStream): VirtualMs => {
    const latency = latencies.verbs?.[verb] ?? latencies.request ?? instant
    return drawLatencyMs(latency, from) + drawLatencyMs(extra, from)
  }
  const network = (line: RequestLine, text: string, cause: 'refused' | 'timeout' | 'broken'): RequestError => ({
    kind: 'network',
    message: urlError(line, server, text),
    cause,
  })
  const refused = (line: RequestLine) => network(line, `dial tcp ${server}: connect: connection refused`, 'refused')
  const broken = (line: RequestLine) => network(line, 'EOF', 'broken')
  const dialTimedOut = (line: RequestLine) => network(line, `dial tcp ${server}: i/o timeout`, 'timeout')
  const deadlineText = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'

  /** Runs `work` now, or when the partition has healed; `late` instead if that lasts too long. */
  const whenPassable = (work: () => void, late: () => void): void => {
    if (!isPartitioned) {
      work()
      return
    }
    const timer = kernel.schedule(dialTimeoutMs, () => {
      held.delete(entry)
      late()
    })
    const entry: Held = {
      proceed: () => {
        timer.cancel()
        work()
      },
    }
    held.add(entry)
  }

  const realiseAll = (): void => {
    for (const watch of [...watches]) watch.realise()
  }
  const watchWay = {
    eventMs: (from: RandomStream) =>
      latencies.watchEvent === undefined ? 0 : drawLatencyMs(latencies.watchEvent, from),
    requestMs: (from: RandomStream) => requestMs('watch', from),
    forget: (watch: LinkedWatch) => watches.delete(watch),
    isHindered: () => options.explicitWatches === true || isDown || isRefusing || isPartitioned,
  }

  const link: Link = {
    server,
    get openWatches() {
      return watches.size
    },
    setLatencies(next) {
      for (const watch of watches) watch.catchUp()
      latencies = checked(next)
    },
    slowDown(latency) {
      checkLatency(latency)
      for (const watch of watches) watch.catchUp()
      extra = latency
    },
    refuse() {
      realiseAll()
      isRefusing = true
    },
    accept() {
      isRefusing = false
    },
    beginOutage() {
      if (isDown) return
      isDown = true
      downSince = kernel.now()
      connection++
      link.dropWatches()
    },
    endOutage() {
      isDown = false
    },
    partition() {
      realiseAll()
      isPartitioned = true
      for (const watch of watches) watch.hold('partition')
    },
    heal() {
      isPartitioned = false
      for (const watch of watches) watch.release('partition')
      const waiting = [...held]
      held.clear()
      for (const entry of waiting) kernel.schedule(0, entry.proceed)
    },
    dropWatches() {
      realiseAll()
      for (const watch of [...watches]) watch.break('unexpected EOF')
    },
    stallWatches() {
      realiseAll()
      for (const watch of watches) watch.hold('stall')
    },
    resumeWatches() {
      for (const watch of watches) watch.release('stall')
    },
    loseAnswers(count) {
      answersToLose = count
    },
    request(verb, line, call, answered, failed, timeoutMs) {
      const totalMs = requestMs(verb, random)
      const thereMs = totalMs >> 1
      const onConnection = connection
      let isOver = false
      const deadline =
        timeoutMs === undefined
          ? undefined
          : kernel.schedule(timeoutMs, () => {
              isOver = true
              failed(network(line, deadlineText, 'timeout'))
            })
      const finish = (work: () => void): void => {
        if (isOver) return
        isOver = true
        deadline?.cancel()
        work()
      }
      const timedOut = () => finish(() => failed(dialTimedOut(line)))
      const atClient = (isLost: boolean, answer: () => void): void => {
        const isBroken = isLost || onConnection !== connection
        finish(isBroken ? () => failed(broken(line)) : answer)
      }
      const atServer = (): void => {
        if (isOver) return
        if (onConnection !== connection && !isDown) {
          finish(() => failed(broken(line)))
          return
        }
        if (isDown || isRefusing) {
          finish(() => failed(refused(line)))
          return
        }
        const answer = call()
        const isLost = answersToLose > 0 && isWrite(verb)
        if (isLost) answersToLose--
        const backMs = totalMs - thereMs
        const deliver = () => whenPassable(() => atClient(isLost, () => answered(answer)), timedOut)
        if (backMs === 0) deliver()
        else kernel.schedule(backMs, deliver)
      }
      kernel.schedule(thereMs, () => whenPassable(atServer, timedOut))
    },
    watch(line, open, handlers, renewal) {
      const lineNow = () => renewal?.line() ?? line
      const atServer = (watch: LinkedWatch, backMs: VirtualMs, isOnDyingConnection = false): void => {
        if (watch.isOver) return
        if (isOnDyingConnection) {
          watch.closeEmpty()
          return
        }
        if (isDown || isRefusing) {
          watch.fail(refused(lineNow()))
          return
        }
        watches.add(watch)
        if (isPartitioned) watch.hold('partition')
        watch.connect(
          // The watch itself does not care for the kind: it passes on what it gets.
          open as (handlers: WatchHandlers<KubeObject>) => WatchHandle,
          backMs,
          renewal?.lifetimeMs(),
        )
      }
      const ask = (asked: LinkedWatch, backMs: VirtualMs, isOnDyingConnection?: boolean): void =>
        whenPassable(
          () => atServer(asked, backMs, isOnDyingConnection),
          () => asked.fail(dialTimedOut(lineNow())),
        )
      const way: WatchWay = { ...watchWay, ask }
      const watch = new LinkedWatch(
        kernel,
        handlers as WatchHandlers<KubeObject>,
        way,
        renewal?.random ?? random,
        renewal,
      )
      const totalMs = watch.requestMs()
      const isOnDyingConnection = options.emptyWatchOnDyingConnection === true && isDown && downSince === kernel.now()
      kernel.schedule(totalMs >> 1, () => ask(watch, totalMs - (totalMs >> 1), isOnDyingConnection))
      return watch
    },
  }
  return link
}

function isWrite(verb: Verb): boolean {
  return verb !== 'get' && verb !== 'list'
}

function checked(latencies: LinkLatencies): LinkLatencies {
  for (const latency of [latencies.request, latencies.watchEvent, ...Object.values(latencies.verbs ?? {})])
    if (latency !== undefined) checkLatency(latency)
  return latencies
}
