import { checkLatency, type Latency } from '../client/latency.ts'
import type { LinkLatencies } from '../client/link.ts'
import { networks } from '../cluster/networks.ts'
import type { Duration, NetworkOptions } from './options.ts'
import { durationMs, onlyKnown, wrong } from './wrong-input.ts'

const verbs = ['get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection', 'watch'] as const
const kinds = { fixed: ['ms'], uniform: ['minMs', 'maxMs'], exponential: ['meanMs', 'maxMs'] } as const
const latencyWords =
  'a duration, or {kind: fixed, ms}, {kind: uniform, minMs, maxMs} or {kind: exponential, meanMs, maxMs}'

/** What a `network` of the public API means. */
export function resolveNetwork(network: NetworkOptions, where: string): LinkLatencies {
  if (typeof network === 'string') {
    if (Object.hasOwn(networks, network)) return networks[network]
    return wrong(where, network, `${Object.keys(networks).join(', ')}, or latencies by request, verbs and watchEvent`)
  }
  onlyKnown(network, ['request', 'verbs', 'watchEvent'], where)
  const { request, watchEvent } = network
  const given = network.verbs ?? {}
  onlyKnown(given, verbs, `${where}.verbs`)
  return {
    ...(request === undefined ? {} : { request: resolveLatency(request, `${where}.request`) }),
    verbs: Object.fromEntries(
      Object.entries(given).map(([verb, latency]) => [verb, resolveLatency(latency, `${where}.verbs.${verb}`)]),
    ),
    ...(watchEvent === undefined ? {} : { watchEvent: resolveLatency(watchEvent, `${where}.watchEvent`) }),
  }
}

function resolveLatency(latency: Duration | Latency, name: string): Latency {
  if (typeof latency !== 'object') return { kind: 'fixed', ms: durationMs(latency, name) }
  if (!Object.hasOwn(kinds, latency.kind)) wrong(name, latency, latencyWords)
  onlyKnown(latency, ['kind', ...kinds[latency.kind]], name)
  try {
    checkLatency(latency)
  } catch {
    wrong(name, latency, latencyWords)
  }
  return latency
}
