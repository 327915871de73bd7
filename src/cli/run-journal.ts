import { createSim, type JournalRecord } from '../index.ts'
import { type Redaction, revealed } from '../looks/redaction.ts'
import { journalFormat, type RunJournal, runJournal } from '../report/journal/run-journal.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import type { RunListener } from '../scenario/run.ts'
import type { KubernetesVersion } from '../versions/version.ts'
import { drive, type StopSignal } from './drive.ts'
import type { Output } from './output.ts'
import { version as podsim } from './version.ts'

/** Keeps what a run puts into its journal, until it is over and all values of Secrets are known. */
export interface JournalKeeper {
  readonly listener: RunListener
  /** The journal of the run that is over. */
  journal(result: ScenarioResult): RunJournal
}

/** A keeper for one run of a scenario. `asked`: the version of Kubernetes that it was asked to run on. */
export function keepJournal(scenario: Scenario, asked: KubernetesVersion | undefined): JournalKeeper {
  let records: readonly JournalRecord[] = []
  let redaction: Redaction = revealed
  return {
    listener: {
      started(sim, given) {
        records = sim.journal.records
        redaction = given
      },
    },
    journal({ seed, digest }) {
      const { file, title } = scenario
      const version = asked ?? scenario.source.cluster?.version ?? 'v1.18'
      const header = { format: journalFormat, podsim, file, title: redaction.prose(title), seed, version } as const
      return runJournal(header, records, digest, redaction)
    },
  }
}

/** How a run is made that is to be compared. */
export interface JournalRunOptions {
  readonly seed: string
  readonly version?: KubernetesVersion
  readonly reveal?: boolean
}

/** Runs a scenario for its journal; why it has none, where it was stopped or podsim broke. */
export async function runForJournal(
  scenario: Scenario,
  { seed, version, reveal }: JournalRunOptions,
  host: { readonly output: Output; readonly stop: StopSignal },
): Promise<{ readonly journal: RunJournal } | { readonly ended: ScenarioResult }> {
  const keeper = keepJournal(scenario, version)
  const options = {
    createSim,
    seed,
    ...(version === undefined ? {} : { version }),
    ...(reveal === undefined ? {} : { reveal }),
    ...keeper.listener,
  }
  const result = await drive(scenario, options, host)
  if (result.outcome === 'interrupted' || result.outcome === 'broken') return { ended: result }
  return { journal: keeper.journal(result) }
}
