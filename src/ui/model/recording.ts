import { createHistory, type History } from '../../kernel/history.ts'
import type { Journal } from '../../kernel/journal.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { VolumeFile } from '../../looks/volume-files.ts'
import { createTeller } from '../../report/story.ts'
import { safeText } from '../../report/text.ts'
import type { Tone } from '../../report/told.ts'
import type { Scenario } from '../../scenario/model.ts'
import type { ScenarioResult } from '../../scenario/result.ts'
import { actionText, type RunOptions, runScenario } from '../../scenario/run.ts'
import { SimUsageError } from '../../sim/options.ts'

/** One step of the player: a line of the story, narration, a command or what it printed. */
export interface Moment {
  /** The journal's record after which this stands; the state shown is the state right after it. */
  readonly seq: number
  readonly time: VirtualMs
  readonly kind: 'story' | 'say' | 'command' | 'output' | 'verdict'
  readonly actor: string
  readonly text: string
  readonly tone: Tone
  readonly cause: number
}

/** A scenario that has run to its end: complete before the first moment is shown, so that one can step both ways. */
export interface Recording {
  readonly scenario: Scenario
  readonly result: ScenarioResult
  readonly moments: readonly Moment[]
  readonly journal: Journal
  readonly history: History
  /** What lay in a volume right after the record of its set-up, by the record's seq. */
  readonly volumeFiles: ReadonlyMap<number, readonly VolumeFile[]>
}

export function record(scenario: Scenario, options: Pick<RunOptions, 'createSim' | 'seed'>): Recording {
  const moments: Moment[] = []
  let journal: Journal | undefined
  let lastSeq = 0
  const volumeFiles = new Map<number, readonly VolumeFile[]>()
  const add = (kind: Moment['kind'], time: VirtualMs, text: string, tone: Tone = 'normal', actor = '') =>
    moments.push({ seq: lastSeq, time, kind, actor, text: safeText(text), tone, cause: 0 })
  const result = runScenario(scenario, {
    ...options,
    started(sim) {
      journal = sim.journal
      lastSeq = sim.journal.records[sim.journal.records.length - 1]?.seq ?? 0
      const tell = createTeller()
      sim.journal.observe((kept) => {
        lastSeq = kept.seq
        if (kept.type === 'volume.set-up' && kept.object !== undefined) {
          const { name, namespace } = kept.object
          volumeFiles.set(kept.seq, sim.volumeFiles(name, String(kept.detail?.volume), namespace))
        }
        const line = tell(kept)
        if (line === undefined || line.tone === 'chatter') return
        const { seq, time, actor, text, tone, cause } = line
        moments.push({ kind: 'story', seq, time, actor, text: safeText(text), tone, cause })
      })
    },
    stepping(step, sim) {
      if (step.say !== undefined) add('say', sim.now(), step.say.trim())
      const { action } = step
      if (action !== undefined && action.kind !== 'wait' && action.kind !== 'waitFor')
        add('command', sim.now(), actionText(action))
    },
    stepped(_step, done, sim) {
      const printed = done.output === undefined ? '' : (done.output.stdout + done.output.stderr).trimEnd()
      if (printed !== '') add('output', sim.now(), printed)
      if (done.problem !== undefined) add('verdict', sim.now(), done.problem, 'warning')
      for (const { passed, expected, found } of done.expectations) {
        add('verdict', sim.now(), passed ? expected : `${expected}; found: ${found}`, passed ? 'good' : 'warning')
      }
    },
  })
  // Without a simulation there is nothing to play: what made it impossible is all there is to say.
  if (journal === undefined) throw result.crash ?? new SimUsageError(result.reason ?? 'the simulation did not begin')
  return { scenario, result, moments, journal, history: createHistory(journal), volumeFiles }
}
