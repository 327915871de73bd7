import type { RequestHandler } from '../apiserver/create-api-server.ts'
import type { ApiRequest, Verb } from '../client/server.ts'

/** Which write is the last that a process makes before it crashes; what is absent is any. */
export interface CrashRule {
  readonly verb?: Verb
  readonly resource?: string
  readonly name?: string
  /** The how manieth of them; 1 unless given. */
  readonly count?: number
}

interface Entry {
  readonly rule: CrashRule
  readonly isVictim: (userName: string) => boolean
  readonly crash: (userName: string) => void
  left: number
}

/**
 * Crashes between two writes: the server has carried one out, and whoever sent it is gone before it hears of it. Sieve
 * calls what is left behind an intermediate state. Source: Sun et al., "Automatic Reliability Testing for Cluster
 * Management Controllers", OSDI 2022, 3.1.
 */
export class CrashRules {
  readonly #entries = new Set<Entry>()

  /** Waits for the write; `crash` is told who sent it, at that instant, once. Returns how to wait no longer. */
  await(rule: CrashRule, isVictim: Entry['isVictim'], crash: Entry['crash']): () => void {
    const entry = { rule, isVictim, crash, left: rule.count ?? 1 }
    this.#entries.add(entry)
    return () => void this.#entries.delete(entry)
  }

  /** Around the request pipeline. */
  around(handle: RequestHandler): RequestHandler {
    return (request) => {
      const answer = handle(request)
      if (this.#entries.size > 0 && answer.ok) this.#written(request)
      return answer
    }
  }

  #written(request: ApiRequest): void {
    for (const entry of [...this.#entries]) {
      if (!entry.isVictim(request.user.name) || !concerns(entry.rule, request) || --entry.left > 0) continue
      this.#entries.delete(entry)
      entry.crash(request.user.name)
    }
  }
}

/** Signs of life are no step of any work: they count only where they are named. */
function concerns({ verb, resource, name }: CrashRule, request: ApiRequest): boolean {
  if (request.verb === 'get' || request.verb === 'list') return false
  const { resource: written } = request.resource
  if (resource === undefined ? written === 'leases' || written === 'nodes' : written !== resource) return false
  return (verb === undefined || request.verb === verb) && (name === undefined || request.name === name)
}
