import type { Latency } from '../client/latency.ts'
import { type NetworkLatencies, networks, usualAuthorizer } from '../cluster/networks.ts'
import { type Duration, millisecondsOf } from './input/formats.ts'
import type { NetworkOptions } from './options.ts'

/** What a `network` of the public API means, once the schema has let it through, and how late its authorizer is unless told. */
export function resolveNetwork(network: NetworkOptions, minor: number): NetworkLatencies {
  return { authorizer: usualAuthorizer(minor), ...latenciesOf(network) }
}

/** What a `network` says itself: a node's says nothing of the API server's authorizer. */
export function latenciesOf(network: NetworkOptions): NetworkLatencies {
  if (typeof network === 'string') return networks[network]
  const { request, watchEvent, verbs = {}, authorizer } = network
  return {
    ...(authorizer === undefined ? {} : { authorizer: resolveLatency(authorizer) }),
    ...(request === undefined ? {} : { request: resolveLatency(request) }),
    verbs: Object.fromEntries(
      Object.entries(verbs).flatMap(([verb, latency]) =>
        latency === undefined ? [] : [[verb, resolveLatency(latency)]],
      ),
    ),
    ...(watchEvent === undefined ? {} : { watchEvent: resolveLatency(watchEvent) }),
  }
}

/** How long something takes, as the public API says it. */
export function resolveLatency(latency: Duration | Latency): Latency {
  return typeof latency === 'object' ? latency : { kind: 'fixed', ms: millisecondsOf(latency) }
}
