import { writeSync } from 'node:fs'
import type { ClusterRecord } from '../cluster/records.ts'
import { type Redaction, revealed } from '../looks/redaction.ts'
import {
  createJournalFile,
  type JournalFile,
  type JournalHeader,
  journalFormat,
  type RunJournal,
  runJournal,
} from '../report/journal/run-journal.ts'
import { isCommand } from '../scenario/act.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import type { RunListener } from '../scenario/run.ts'
import { createSim } from '../sim/create-sim.ts'
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
function keepJournal(scenario: Scenario, asked: KubernetesVersion | undefined): JournalKeeper {
  let records: readonly ClusterRecord[] = []
  let redaction: Redaction = revealed
  return {
    listener: {
      started(sim, given) {
        records = sim.journal.records
        redaction = given
      },
    },
    journal({ seed, digest }) {
      return runJournal(headerOf(scenario, asked, seed, redaction), records, digest, redaction)
    },
  }
}

/** Lines that are written at once. */
const linesAWrite = 200

/** Writes a run's journal into an open file as it grows; nothing of it stays in memory but what the run itself keeps. */
export interface JournalWriter {
  readonly listener: RunListener
  /** The run is over. */
  end(result: ScenarioResult): void
}

/**
 * A writer for one run of a scenario. While a command is carried out its records wait: what of its words are values of Secrets is known
 * once they are stored.
 */
export function writeJournal(fd: number, scenario: Scenario, asked: KubernetesVersion | undefined): JournalWriter {
  const waiting: ClusterRecord[] = []
  let isHolding = false
  let file: JournalFile | undefined
  const flush = (): void => {
    if (file === undefined) return
    const { record } = file
    if (waiting.length > 0)
      writeSync(
        fd,
        waiting
          .splice(0)
          .map((each) => record(each).toString())
          .join(''),
      )
  }
  return {
    listener: {
      started(sim, redaction) {
        // Run again, it is the same journal.
        if (file !== undefined) return
        file = createJournalFile(redaction)
        writeSync(fd, file.header(headerOf(scenario, asked, sim.seed, redaction)).toString())
        waiting.push(...sim.journal.records)
        sim.journal.records$.subscribe((record) => {
          waiting.push(record)
          if (!isHolding && waiting.length >= linesAWrite) flush()
        })
      },
      stepping(step) {
        flush()
        isHolding = step.action !== undefined && isCommand(step.action)
      },
      acted() {
        isHolding = false
      },
    },
    end({ digest }) {
      flush()
      if (file !== undefined) writeSync(fd, file.end(digest, scenario.settings).toString())
    },
  }
}

function headerOf(
  { file, title, source }: Scenario,
  asked: KubernetesVersion | undefined,
  seed: string,
  redaction: Redaction,
): JournalHeader {
  const version = asked ?? source.cluster?.version ?? 'v1.18'
  return { format: journalFormat, podsim, file, title: redaction.prose(title), seed, version }
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
