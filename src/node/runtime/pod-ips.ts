import { SparseSet } from '../../kernel/sparse.ts'

/** The network's own address and the bridge's are not given to Pods. */
const firstHost = 2

/** Hands out the addresses of a node's Pods: the next one after the last, as the host-local IPAM plugin does. */
export class PodIps {
  readonly #used = new SparseSet<string>()
  readonly #network: number
  readonly #size: number
  #next = firstHost

  constructor(cidr: string) {
    const [base = '10.244.0.0', bits = '24'] = cidr.split('/')
    this.#network = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
    this.#size = 2 ** (32 - Number(bits))
  }

  /** Undefined when all are in use. */
  take(): string | undefined {
    const last = this.#size - 1
    for (let tries = firstHost; tries < last; tries++) {
      const ip = textOf(this.#network + this.#next)
      this.#next = this.#next + 1 < last ? this.#next + 1 : firstHost
      if (this.#used.has(ip)) continue
      this.#used.add(ip)
      return ip
    }
    return undefined
  }

  release(ip: string): void {
    this.#used.delete(ip)
  }
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}
