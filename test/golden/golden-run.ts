import { createSim } from '../../src/index.ts'
import type { JournalRecord } from '../../src/kernel/journal.ts'
import { outputText, resultLine, stepText, storyText, verdictText } from '../../src/report/pretty.ts'
import { createTeller } from '../../src/report/story.ts'
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
  const told: string[] = []
  const records: JournalRecord[] = []
  const result = runScenario(scenario, {
    createSim,
    seed,
    started(sim) {
      const tell = createTeller()
      sim.journal.observe((record) => {
        records.push(record)
        const line = tell(record)
        if (line !== undefined && line.tone !== 'chatter') told.push(storyText(line, paint))
      })
    },
    // Narration is the scenario's own text: it would show here only to make every rewording a change of two files.
    stepping: (step, sim) => void told.push(stepText({ ...step, say: undefined }, sim.now(), paint)),
    stepped: (_step, done) => void told.push(outputText(done, paint) + verdictText(scenario.file, done, paint)),
  })
  return { result, text: [resultLine(result, paint), ...told, tally(records)].join('') }
}

/** What chatter the story leaves out is at least counted: a request more or less is a change too. */
function tally(records: readonly JournalRecord[]): string {
  const counts = new Map<string, number>()
  for (const { type } of records) counts.set(type, (counts.get(type) ?? 0) + 1)
  const lines = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `${count} ${type}\n`)
  return `\nrecords by type:\n${lines.join('')}`
}
