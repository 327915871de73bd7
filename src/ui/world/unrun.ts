import { EMPTY } from 'rxjs'
import type { ClusterJournal } from '../../cluster/records.ts'
import type { FlowFacts } from '../../flow/flow-query.ts'
import { createFlows } from '../../flow/flows.ts'
import { createHistory } from '../../kernel/history.ts'
import { createRedaction } from '../../looks/redaction.ts'
import { secretsOf } from '../../scenario/known-secrets.ts'
import type { ScenarioResult } from '../../scenario/result.ts'
import type { Recipe } from './recipe.ts'
import type { Recording } from './recording.ts'

const emptyJournal: ClusterJournal = {
  level: 'full',
  records: [],
  record: () => undefined,
  query: () => [],
  causes: () => [],
  records$: EMPTY,
  forgotten: undefined,
  forgetting$: EMPTY,
  digest: () => '',
  [Symbol.iterator]: () => [].values(),
}

/** What stands for a recipe's recording before it has run: nothing has happened in it. */
export function unrun({ scenario, seed }: Recipe): Recording {
  const { file, title, description, covers, tags, settings } = scenario
  const result: ScenarioResult = {
    scenario: { file, title, description, covers, tags, settings },
    ...{ seed, digest: '', outcome: 'interrupted', reason: undefined, steps: [], measured: [], endedAt: 0, records: 0 },
  }
  const redaction = createRedaction({ seed, reveal: false, journal: emptyJournal, secrets: () => [] })
  for (const secret of secretsOf(scenario)) redaction.learn(secret)
  const facts: FlowFacts = {
    renewsSubPaths: false,
    strategyOf: () => 'Watch',
    freezesImmutable: () => false,
    boundMs: () => 0,
    now: () => 0,
  }
  return {
    ...{ scenario: result.scenario, result, redaction, journal: emptyJournal, history: createHistory(emptyJournal) },
    flows: createFlows(emptyJournal, facts),
    ...{ moments: [], steps: [], questions: [], volumeFiles: new Map(), exits: new Map() },
  }
}
