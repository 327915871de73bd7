import type { VirtualMs } from '../../kernel/time.ts'
import type { NodeLease } from '../lease/node-lease.ts'
import type { NodeRegistrar, StatusReport } from './node-registrar.ts'

/** The parts of one life of a kubelet that tell that it lives. */
export interface TellingParts {
  readonly lease: NodeLease
  readonly registrar: NodeRegistrar
}

/**
 * What a node's kubelet has told of itself, or would have: while nothing is in the way of its signs of life they are computed
 * when somebody looks. Spans all lives of the kubelet.
 */
export class SignsOfLife {
  #parts: TellingParts | undefined
  #lastReport: StatusReport | undefined

  begin(parts: TellingParts): void {
    this.#parts = parts
  }

  /** The process is about to end. */
  end(): void {
    this.#lastReport = this.report()
    this.#parts = undefined
  }

  /** The last report of the Node's status; undefined before the first. */
  report(): StatusReport | undefined {
    return this.#parts?.registrar.lastReport() ?? this.#lastReport
  }

  /** Something that it had to tell is not told yet: somebody may still think that it does not live. */
  get areBehind(): boolean {
    return this.#parts?.lease.isBehind ?? false
  }

  /** The last renewal of the lease, if the API server was not told of it. */
  unseenRenewal(): VirtualMs | undefined {
    return this.#parts?.lease.unseenRenewal()
  }

  /** When the status will be reported next without the API server being told; undefined if it will be told. */
  nextUnseenReport(): VirtualMs | undefined {
    return this.#parts?.registrar.nextReport()
  }

  nextUnseenRenewal(): VirtualMs | undefined {
    return this.#parts?.lease.nextUnseen()
  }

  /** Somebody acts on updates of Nodes: the next report is told though nothing changes. */
  tellNextReport(): void {
    this.#parts?.registrar.tellNextReport()
  }

  /** The lease was taken away: the next renewal is told, and makes it anew. */
  tellNextRenewal(): void {
    this.#parts?.lease.tellNextRenewal()
  }
}
