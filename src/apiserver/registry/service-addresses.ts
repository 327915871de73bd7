import type { Service } from '../../api/types/services.ts'
import type { RandomStream } from '../../kernel/random.ts'
import type { StoreEvent } from '../store-event.ts'

/** Which cluster addresses and node ports Services hold, so that none is given twice. */
export interface ServiceAddresses {
  /** Another Service than this one has it. */
  isTaken(value: string | number, uid: string | undefined): boolean
  /** A free address. */
  drawAddress(random: RandomStream): string
  /** A free node port. */
  drawPort(random: RandomStream): number
  /** To be told of every write of Services. */
  observe(event: StoreEvent): void
}

/** 10.96.0.0/12, as kubeadm has it. Source: cmd/kubeadm/app/apis/kubeadm/v1beta2/defaults.go, DefaultServicesSubnet. */
const network = { second: 96, size: 2 ** 20 } as const
/** Source: kube-apiserver flag --service-node-port-range. */
const nodePorts = { first: 30_000, last: 32_767 } as const

/** The network as the server's errors name it. */
export const networkText = '10.96.0.0/12'
/** The ports as the server's errors name them. */
export const nodePortsText = `${nodePorts.first}-${nodePorts.last}`

/** Whether an address (one of IPv4 as parseIp takes it) is one that Services may have: not the network's own, nor its last. Source: ipallocator/allocator.go, contains. */
export function isInNetwork(ip: string): boolean {
  const [first, second = 0, third = 0, fourth = 0] = ip.split('.').map(Number)
  const offset = (second - network.second) * 65_536 + third * 256 + fourth
  return first === 10 && offset > 0 && offset < network.size - 1
}

/** Whether a port is one that nodes open for Services. */
export function isNodePort(port: number): boolean {
  return port >= nodePorts.first && port <= nodePorts.last
}

export function createServiceAddresses(): ServiceAddresses {
  const holders = new Map<string | number, string>()
  const draw = <T extends string | number>(next: () => T): T => {
    // Ranges are far from full: after so many misses in a row the last one is given all the same.
    let drawn = next()
    for (let tries = 1; tries < 1000 && holders.has(drawn); tries++) drawn = next()
    return drawn
  }
  return {
    isTaken(value, uid) {
      const holder = holders.get(value)
      return holder !== undefined && holder !== uid
    },
    drawAddress: (random) => draw(() => addressAt(random.integer(2, network.size - 1))),
    drawPort: (random) => draw(() => random.integer(nodePorts.first, nodePorts.last + 1)),
    observe({ type, object, old }) {
      if (old !== undefined) for (const value of heldBy(old as Service)) holders.delete(value)
      if (type === 'DELETED') return
      for (const value of heldBy(object as Service)) holders.set(value, object.metadata.uid ?? '')
    },
  }
}

function addressAt(offset: number): string {
  return `10.${network.second + (offset >> 16)}.${(offset >> 8) & 255}.${offset & 255}`
}

function heldBy({ spec }: Service): readonly (string | number)[] {
  const address = spec?.clusterIP ?? ''
  const ports = (spec?.ports ?? []).flatMap(({ nodePort }) => (nodePort ? [nodePort] : []))
  if (spec?.healthCheckNodePort) ports.push(spec.healthCheckNodePort)
  return address === '' || address === 'None' ? ports : [address, ...ports]
}
