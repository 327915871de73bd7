import { type Steps, sleep } from '../../kernel/steps.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { ContainerNetwork, Route, WireReply, WireRequest } from './network.ts'

/**
 * How long Linux tries to connect where nothing comes back: it asks seven times, after 1, 2, 4, ... seconds.
 * Source: Documentation/networking/ip-sysctl.rst, tcp_syn_retries.
 */
const connectTimeoutMs: VirtualMs = 127_000

/**
 * How long it takes until a node tells that nobody has an address: three questions, a second apart. Source: Linux
 * Documentation/networking/ip-sysctl.rst, neigh/default: mcast_solicit, retrans_time.
 */
const noHostMs: VirtualMs = 3000

/** A connection, or how the attempt ended. `gave up`: the time that its program gives it is over. */
export type Dialled = Route | { readonly kind: 'gave up' }

/** Connects. `withinMs`: the program's own limit. */
export function* dial(network: ContainerNetwork, ip: string, port: number, withinMs?: VirtualMs): Steps<Dialled> {
  const route = network.connect(ip, port)
  const ms = { open: network.hopMs, refused: network.hopMs, unreachable: noHostMs, silent: connectTimeoutMs }[
    route.kind
  ]
  if (withinMs !== undefined && ms >= withinMs) {
    yield* sleep(withinMs)
    return { kind: 'gave up' }
  }
  if (ms > 0) yield* sleep(ms)
  return route
}

/** Sends a request over an open connection; undefined: the other end closes it without a word. */
export function* exchange(
  network: ContainerNetwork,
  route: Extract<Route, { kind: 'open' }>,
  request: Omit<WireRequest, 'port' | 'from'>,
): Steps<WireReply | undefined> {
  const reply = route.ask(request)
  if (network.hopMs > 0) yield* sleep(network.hopMs)
  return reply
}

/** What the C library calls an error: musl, which alpine has, has words of its own. Source: glibc sysdeps/gnu/errlist.h; musl src/errno/__strerror.h. */
export function connectErrorText({ image }: ContainerNetwork, kind: 'refused' | 'silent' | 'unreachable'): string {
  if (kind === 'refused') return 'Connection refused'
  const isMusl = /(?:^|\/)(?:alpine|curlimages\/curl)(?:[:@]|$)|alpine/.test(image)
  if (kind === 'silent') return isMusl ? 'Operation timed out' : 'Connection timed out'
  return isMusl ? 'Host is unreachable' : 'No route to host'
}
