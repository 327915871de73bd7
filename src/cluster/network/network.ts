import type { NodeNetwork } from '../../node/runtime/runtime-options.ts'
import type { Ending, ResolverConfig, Wanted } from '../../shell/net/network.ts'

/** A port of which it was taken for granted that a program listens there. */
export interface AssumedPort {
  readonly image: string
  readonly port: number
  /** `namespace/name` */
  readonly pod: string
}

/** How a wish of a container's program ended last. */
export interface LastWish {
  readonly wanted: Wanted
  readonly ending: Ending
  readonly resolver: ResolverConfig
}

/**
 * What connects the containers of a cluster: names as CoreDNS gives them, addresses of Services as kube-proxy treats them, Pods by
 * their addresses. It looks at the objects as they are stored: what news takes to reach CoreDNS and kube-proxy is not simulated.
 */
export interface ClusterNetwork {
  /** As a node's containers see it. */
  onNode(node: string, isDocker: boolean): NodeNetwork
  /** What a container's programs last wanted of others; undefined: nothing, or the container is not known. */
  lastWish(container: object): LastWish | undefined
  /** Why a wish of a Pod of the namespace ends as it does, by the objects as they are now; undefined: they do not tell. */
  reason(namespace: string, wish: LastWish): string | undefined
  /** Ports on which programs that nobody knows were taken to listen. */
  assumedPorts(): readonly AssumedPort[]
}
