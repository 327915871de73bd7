import type { Latency } from '../client/latency.ts'
import type { LinkLatencies } from '../client/link.ts'
import { networks } from '../cluster/networks.ts'
import { type Duration, millisecondsOf } from './input/formats.ts'
import type { NetworkOptions } from './options.ts'

/** What a `network` of the public API means, once the schema has let it through. */
export function resolveNetwork(network: NetworkOptions): LinkLatencies {
  if (typeof network === 'string') return networks[network]
  const { request, watchEvent, verbs = {} } = network
  return {
    ...(request === undefined ? {} : { request: resolveLatency(request) }),
    verbs: Object.fromEntries(
      Object.entries(verbs).flatMap(([verb, latency]) =>
        latency === undefined ? [] : [[verb, resolveLatency(latency)]],
      ),
    ),
    ...(watchEvent === undefined ? {} : { watchEvent: resolveLatency(watchEvent) }),
  }
}

function resolveLatency(latency: Duration | Latency): Latency {
  return typeof latency === 'object' ? latency : { kind: 'fixed', ms: millisecondsOf(latency) }
}
