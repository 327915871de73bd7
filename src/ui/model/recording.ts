import { safeText } from '../../bytes/terminal-text.ts'
import { createHistory, type History } from '../../kernel/history.ts'
import type { JournalReader } from '../../kernel/journal.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { MachineStep } from '../../looks/machines.ts'
import type { Redaction } from '../../looks/redaction.ts'
import type { VolumeFile } from '../../looks/volume-files.ts'
import { createTeller } from '../../report/story.ts'
import type { Tone } from '../../report/told.ts'
import type { Scenario } from '../../scenario/model.ts'
import type { ScenarioResult } from '../../scenario/result.ts'
import { type RunListener, type RunOptions, runScenario } from '../../scenario/run.ts'
import { actionText } from '../../scenario/telling.ts'
import type { Sim } from '../../sim/sim.ts'
import { SimUsageError } from '../../sim/usage-error.ts'

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

/** A step of a machine, with the journal's last record before it. */
export interface RecordedStep extends MachineStep {
  readonly seq: number
}

/** A scenario that has run to its end: complete before the first moment is shown, so that one can step both ways. */
export interface Recording {
  readonly scenario: Scenario
  readonly result: ScenarioResult
  readonly moments: readonly Moment[]
  readonly journal: JournalReader
  /** Masks values of Secrets in what the player says. */
  readonly redaction: Redaction
  readonly history: History
  /** Each step of a state machine on a node, in order. */
  readonly steps: readonly RecordedStep[]
  /** What lay in a volume right after the record of its set-up, by the record's seq. */
  readonly volumeFiles: ReadonlyMap<number, readonly VolumeFile[]>
}

/** Listens to a run and makes a recording of it. */
export interface Recorder {
  readonly listener: RunListener
  /** What was recorded, once the run is over; undefined if it never had a simulation. */
  recorded(result: ScenarioResult): Recording | undefined
}

export function createRecorder(): Recorder {
  const moments: Moment[] = []
  const volumeFiles = new Map<number, readonly VolumeFile[]>()
  const steps: RecordedStep[] = []
  let known: { readonly journal: JournalReader; readonly redaction: Redaction } | undefined
  let lastSeq = 0
  const add = (kind: Moment['kind'], { now }: Pick<Sim, 'now'>, text: string, tone: Tone = 'normal') =>
    void moments.push({ seq: lastSeq, time: now(), kind, actor: '', text, tone, cause: 0 })
  const listen = (sim: Sim): void => {
    sim.states().subscribe((step) => void steps.push({ ...step, seq: lastSeq }))
    const tell = createTeller()
    sim.journal.records$.subscribe((kept) => {
      lastSeq = kept.seq
      if (kept.type === 'volume.set-up' && kept.object !== undefined) {
        const { name, namespace } = kept.object
        volumeFiles.set(kept.seq, sim.volumeFiles(name, String(kept.detail?.volume), namespace))
      }
      const line = tell(kept)
      if (line !== undefined && line.tone !== 'chatter') moments.push({ kind: 'story', ...line })
    })
  }
  return {
    listener: {
      started(sim, redaction) {
        known = { journal: sim.journal, redaction }
        lastSeq = sim.journal.records[sim.journal.records.length - 1]?.seq ?? 0
        listen(sim)
      },
      stepping({ say, action }, sim) {
        if (say !== undefined) add('say', sim, say.trim())
        if (action !== undefined && action.kind !== 'wait' && action.kind !== 'waitFor')
          add('command', sim, actionText(action))
      },
      acted(_step, { output, mismatches, problem }, sim) {
        const printed = output === undefined ? '' : (output.stdout + output.stderr).trimEnd()
        if (printed !== '') add('output', sim, printed)
        for (const { what, expected, found } of mismatches)
          add('verdict', sim, `${what}: expected ${expected}; found: ${found}`, 'warning')
        if (problem !== undefined) add('verdict', sim, problem, 'warning')
      },
      judged(_step, { passed, expected, found }, sim) {
        add('verdict', sim, passed ? expected : `${expected}; found: ${found}`, passed ? 'good' : 'warning')
      },
    },
    recorded(result) {
      if (known === undefined) return undefined
      const { journal, redaction } = known
      const told = moments.map((moment) => ({ ...moment, text: safeText(masked(moment, redaction)) }))
      return {
        scenario: result.scenario,
        result,
        moments: told,
        journal,
        redaction,
        history: createHistory(journal),
        steps,
        volumeFiles,
      }
    },
  }
}

/** Outputs of commands stay as they are: a real cluster would have printed them. */
function masked({ kind, text }: Moment, redaction: Redaction): string {
  if (kind === 'output') return text
  return kind === 'say' ? redaction.prose(text) : redaction.text(text)
}

/** All of a run at once. Throws where there is nothing to play: what made it impossible is all there is to say. */
export function record(scenario: Scenario, options: Pick<RunOptions, 'createSim' | 'seed'>): Recording {
  const recorder = createRecorder()
  const result = runScenario(scenario, { ...options, ...recorder.listener })
  const recording = recorder.recorded(result)
  if (recording === undefined) throw result.crash ?? new SimUsageError(result.reason ?? 'the simulation did not begin')
  return recording
}
