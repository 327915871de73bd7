import type { Output } from '../../src/cli/output.ts'
import { prettyReport } from '../../src/cli/reports.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import { createSim } from '../../src/index.ts'
import { resultLine } from '../../src/report/pretty.ts'
import { createPaint } from '../../src/report/text.ts'
import type { Scenario } from '../../src/scenario/model.ts'
import type { ScenarioResult } from '../../src/scenario/result.ts'
import { runScenario } from '../../src/scenario/run.ts'

/** One run as a golden file has it. */
export interface GoldenRun {
  readonly result: ScenarioResult
  /** Digest and story, as `podsim run` tells it without narration; then how many records of each type there were. */
  readonly text: string
}

const paint = createPaint(false)

/** Runs a scenario with a seed and writes down what a reviewer reads of it. */
export function goldenRun(scenario: Scenario, seed: string): GoldenRun {
  let told = ''
  const write = (text: { toString(): string }): void => {
    told += text.toString()
  }
  const output: Output = { isColoured: false, out: write, err: write, progress: () => {} }
  // Narration is the scenario's own text: it would show here only to make every rewording a change of two files.
  const unnarrated = { ...scenario, steps: scenario.steps.map((step) => ({ ...step, say: undefined })) }
  const story = prettyReport({ story: 'always' }, output).story(unnarrated, seed)
  const records: ClusterRecord[] = []
  const result = runScenario(unnarrated, {
    createSim,
    seed,
    ...story,
    started(sim, redaction) {
      sim.journal.records$.subscribe((record) => void records.push(record))
      story.started?.(sim, redaction)
    },
  })
  return { result, text: `${resultLine(result, 1, paint)}${told}${tally(records)}` }
}

/** What chatter the story leaves out is at least counted: a request more or less is a change too. */
function tally(records: readonly ClusterRecord[]): string {
  const counts = new Map<string, number>()
  for (const { type } of records) counts.set(type, (counts.get(type) ?? 0) + 1)
  const lines = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `${count} ${type}\n`)
  return `\nrecords by type:\n${lines.join('')}`
}
