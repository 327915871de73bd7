import type { ClusterJournal } from '../cluster/records.ts'
import type { Flow } from './flow.ts'
import { FlowIndex } from './flow-index.ts'
import { flowOf } from './flow-of.ts'
import type { FlowFacts, FlowQuery } from './flow-query.ts'
import { type UpdateDelay, updateDelays } from './update-delays.ts'

/** A Secret that can be followed. */
export interface FlowingSecret {
  readonly namespace: string
  readonly name: string
  /** Times that it was written. */
  readonly writes: number
  /** Pods that refer to it, gone ones too. */
  readonly pods: number
}

/** The flows of a run: asked at any time, also when the run is over. The index behind it is made when it is asked first. */
export interface Flows {
  readonly index: FlowIndex
  /** Namespace `default` unless given. Asked again for the same of an unchanged journal, it gives the same object. */
  of(query: Omit<FlowQuery, 'namespace'> & { readonly namespace?: string }): Flow
  /** Every update of a Secret, and every place of it. */
  delays(namespace: string, secret: string): readonly UpdateDelay[]
  /** Secrets worth following, the best first: those that people wrote and Pods use, most written first. */
  readonly secrets: readonly FlowingSecret[]
}

/** The flows of what a journal tells. `forgets`: it lets records go, so that they are read before. */
export function createFlows(journal: ClusterJournal, facts: FlowFacts, forgets = false): Flows {
  const flows = new JournalFlows(journal, facts)
  return forgets ? flows.readOn() : flows
}

class JournalFlows implements Flows {
  readonly #journal: ClusterJournal
  readonly #facts: FlowFacts
  #index: FlowIndex | undefined
  readonly #made = new Map<string, { readonly size: number; readonly now: number; readonly flow: Flow }>()

  constructor(journal: ClusterJournal, facts: FlowFacts) {
    this.#journal = journal
    this.#facts = facts
  }

  /** From now on what the journal lets go is read before. */
  readOn(): this {
    void this.index
    return this
  }

  get index(): FlowIndex {
    this.#index ??= new FlowIndex(this.#journal)
    return this.#index
  }

  of({ namespace = 'default', ...query }: Parameters<Flows['of']>[0]): Flow {
    const { index } = this
    const { size } = index
    const now = this.#facts.now()
    const name = JSON.stringify([namespace, query.secret, query.key, query.from, query.to, query.pods])
    const known = this.#made.get(name)
    if (known?.size === size && known.now === now) return known.flow
    const flow = flowOf(index, this.#facts, { namespace, ...query })
    this.#made.set(name, { size, now: this.#facts.now(), flow })
    return flow
  }

  delays(...[namespace, secret]: Parameters<Flows['delays']>): ReturnType<Flows['delays']> {
    return updateDelays(this.index, this.#facts, { namespace, secret })
  }

  get secrets(): readonly FlowingSecret[] {
    const all = [...this.index.secrets].flatMap(({ namespace, name, writes }): FlowingSecret[] => {
      const isByPeople = writes.some(({ by }) => by.startsWith('user/'))
      const pods = [...this.index.podsOf(namespace, name)].length
      return isByPeople ? [{ namespace, name, writes: writes.length, pods }] : []
    })
    return all.sort((a, b) => Number(b.pods > 0) - Number(a.pods > 0) || b.writes - a.writes)
  }
}
