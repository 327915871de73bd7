/** Hands out the addresses of a node's Pods: the next one after the last, as the host-local IPAM plugin does. */
export interface PodIps {
  /** Undefined when all are in use. */
  take(): string | undefined
  release(ip: string): void
}

/** The network's own address and the bridge's are not given to Pods. */
const firstHost = 2

export function createPodIps(cidr: string): PodIps {
  const [base = '10.244.0.0', bits = '24'] = cidr.split('/')
  const network = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - Number(bits))
  const used = new Set<string>()
  let next = firstHost
  const text = (offset: number) => {
    const address = network + offset
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
  }
  return {
    take() {
      for (let tries = firstHost; tries < size - 1; tries++) {
        const ip = text(next)
        next = next + 1 < size - 1 ? next + 1 : firstHost
        if (used.has(ip)) continue
        used.add(ip)
        return ip
      }
      return undefined
    },
    release: (ip) => void used.delete(ip),
  }
}
