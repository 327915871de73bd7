import type { ClusterJournal } from '../../cluster/records.ts'
import type { Flows } from '../../flow/flows.ts'
import { createHistory, type History } from '../../kernel/history.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { CommandResult } from '../../looks/containers.ts'
import type { MachineStep } from '../../looks/machines.ts'
import type { Redaction } from '../../looks/redaction.ts'
import type { VolumeFile } from '../../looks/volume-files.ts'
import { createTeller } from '../../report/story.ts'
import type { Tone } from '../../report/told.ts'
import type { AskedQuestion } from '../../scenario/asking.ts'
import type { ScenarioFacts, Step, StepAction } from '../../scenario/model.ts'
import type { ScenarioResult } from '../../scenario/result.ts'
import type { RunListener } from '../../scenario/run.ts'
import { actionText, type ToldStep, userLead } from '../../scenario/telling.ts'
import type { Sim } from '../../sim/sim.ts'

/** One step of the player: a line of the story, narration, a command or what it printed. */
export interface Moment {
  /** The journal's record after which this stands; the state shown is the state right after it. */
  readonly seq: number
  readonly time: VirtualMs
  readonly kind: 'story' | 'say' | 'command' | 'output' | 'verdict'
  readonly actor: string
  /** As it was; `momentText` masks it. */
  readonly text: string
  readonly tone: Tone
  readonly cause: number
  /** What was done, of a command: the person at the player did it, or the scenario. */
  readonly did?: { readonly action: StepAction; readonly by: 'player' | 'scenario' }
}

/** A step of a machine, with the journal's last record before it. */
export interface RecordedStep extends MachineStep {
  readonly seq: number
}

/** A question of a lesson, put before its step: what the step does, and the time before it, would tell the answer. */
export interface RecordedQuestion extends AskedQuestion {
  /** Moments, and the time, until which one may see without knowing the answer: the end of the step before. */
  readonly gate: { readonly moments: number; readonly time: VirtualMs }
  /** Moments after which the answer is to be seen, and when that is. */
  readonly told: { readonly moments: number; readonly time: VirtualMs }
  /** The step's sentence and what it does, as they are told with the question; masked. */
  readonly say: string | undefined
  readonly action: string | undefined
}

/** A scenario that has run to its end: complete before the first moment is shown, so that one can step both ways. */
export interface Recording {
  readonly scenario: ScenarioFacts
  readonly result: ScenarioResult
  readonly moments: readonly Moment[]
  readonly journal: ClusterJournal
  /** Masks values of Secrets in what the player says. */
  readonly redaction: Redaction
  readonly history: History
  /** How Secrets flow: lanes, delays, where they are. */
  readonly flows: Flows
  /** Each step of a state machine on a node, in order. */
  readonly steps: readonly RecordedStep[]
  /** What lay in a volume right after the record of its set-up, by the record's seq. */
  readonly volumeFiles: ReadonlyMap<number, readonly VolumeFile[]>
  /** Exit codes of commands, by the index of the moment that they were given at. */
  readonly exits: ReadonlyMap<number, number>
  /** What the scenario asks its readers, in order. */
  readonly questions: readonly RecordedQuestion[]
  /** The cluster whose run it is, where that goes on while it is looked at: then the recording grows, and its end is now. */
  readonly live?: LiveCluster
}

/** A cluster in which clients from outside work while somebody watches. */
export interface LiveCluster {
  /** It goes on no more. */
  readonly isOver: boolean
  /** How clients come to it, in words for people. */
  readonly told: string
  /** Why nothing can be done in it from here; undefined: it can. */
  readonly off: string | undefined
  /** Does something in it now, as a client would. */
  act(action: StepAction): void
  /** Lets so much virtual time go by at once. */
  advance(ms: VirtualMs): void
}

/** What a moment says. Outputs of commands stay as they are: a real cluster would have printed them. */
export function momentText({ kind, text }: Moment, redaction: Redaction): string {
  if (kind === 'output') return text
  return kind === 'say' ? redaction.prose(text) : redaction.text(text)
}

/** Listens to a run and makes a recording of it. */
export interface Recorder {
  readonly listener: RunListener
  /** A step that is about to be done is told piece by piece, its sentence and what it does; `between` is called after each. */
  stepping(step: Pick<Step, 'say' | 'action'>, sim: Sim, between: () => void): void
  /** Told before a doing of the player's. */
  doing(action: StepAction, sim: Sim): void
  /** Told after it. */
  did(output: CommandResult | undefined, problem: string | undefined, sim: Sim): void
  /** How many moments there are until now. */
  readonly moments: number
  /** What was recorded, once the run is over; undefined if it never had a simulation. */
  recorded(result: ScenarioResult): Recording | undefined
}

/** A recorder for one run. */
export function createRecorder(): Recorder {
  const moments: Moment[] = []
  const volumeFiles = new Map<number, readonly VolumeFile[]>()
  const steps: RecordedStep[] = []
  const exits = new Map<number, number>()
  const questions: RecordedQuestion[] = []
  let gate: RecordedQuestion['gate'] = { moments: 0, time: 0 }
  let told: ToldStep = { say: undefined, action: undefined }
  let command = -1
  let known: { readonly journal: ClusterJournal; readonly redaction: Redaction; readonly flows: Flows } | undefined
  let lastSeq = 0
  const add = (kind: Moment['kind'], { now }: Pick<Sim, 'now'>, text: string, tone: Tone = 'normal') =>
    void moments.push({ seq: lastSeq, time: now(), kind, actor: '', text, tone, cause: 0 })
  const addCommand = (action: StepAction, by: 'player' | 'scenario', { now }: Pick<Sim, 'now'>): void => {
    const text = actionText(action)
    command = moments.length
    moments.push({
      ...{ seq: lastSeq, time: now(), kind: 'command', actor: actorOf(action), text, tone: 'normal', cause: 0 },
      did: { action, by },
    })
  }
  const addOutput = (output: CommandResult | undefined, sim: Sim): void => {
    if (output !== undefined) exits.set(command, output.exitCode)
    const printed = output === undefined ? '' : (output.stdout + output.stderr).trimEnd()
    if (printed !== '') add('output', sim, printed)
  }
  const listen = (sim: Sim): void => {
    sim.states().subscribe((step) => void steps.push({ ...step, seq: lastSeq }))
    const tell = createTeller()
    sim.journal.records$.subscribe((kept) => {
      lastSeq = kept.seq
      if (kept.type === 'volume.set-up' && kept.object !== undefined) {
        const { name, namespace } = kept.object
        volumeFiles.set(kept.seq, sim.volumeFiles(name, kept.detail.volume, namespace))
      }
      const line = tell(kept)
      if (line === undefined || line.tone === 'chatter') return
      const tone = kept.type === 'fault.end' ? 'good' : line.tone
      moments.push({ kind: 'story', ...line, tone })
    })
  }
  const stepping: Recorder['stepping'] = ({ say, action }, sim, between) => {
    if (say !== undefined) add('say', sim, say.trim())
    between()
    if (action === undefined || isWait({ action })) return
    addCommand(action, 'scenario', sim)
    const own = command
    between()
    // What comes of it is this command's, whatever was done before that.
    command = own
  }
  return {
    get moments() {
      return moments.length
    },
    stepping,
    doing: (action, sim) => addCommand(action, 'player', sim),
    did(output, problem, sim) {
      addOutput(output, sim)
      if (problem !== undefined) add('verdict', sim, problem, 'warning')
    },
    listener: {
      started(sim, redaction) {
        known = { journal: sim.journal, redaction, flows: sim.flows }
        lastSeq = sim.journal.records[sim.journal.records.length - 1]?.seq ?? 0
        listen(sim)
      },
      stepping: (step, sim) => stepping(step, sim, () => {}),
      acted(step, { output, mismatches, problem, say, action }, sim) {
        told = { say, action: action === undefined || isWait(step) ? undefined : `${userLead(step.action)}${action}` }
        addOutput(output, sim)
        for (const { what, expected, found } of mismatches)
          add('verdict', sim, `${what}: expected ${expected}; found: ${found}`, 'warning')
        if (problem !== undefined) add('verdict', sim, problem, 'warning')
      },
      asked(_step, question, { now }) {
        questions.push({ ...question, ...told, gate, told: { moments: moments.length, time: now() } })
      },
      stepped(_step, _result, { now }) {
        gate = { moments: moments.length, time: now() }
      },
      judged(_step, { passed, expected, found }, sim) {
        add('verdict', sim, passed ? expected : `${expected}; found: ${found}`, passed ? 'good' : 'warning')
      },
    },
    recorded(result) {
      if (known === undefined) return undefined
      const { journal, redaction, flows } = known
      return {
        ...{
          scenario: result.scenario,
          result,
          moments,
          journal,
          redaction,
          flows,
          steps,
          volumeFiles,
          exits,
          questions,
        },
        history: createHistory(journal),
      }
    },
  }
}

/** Time that passes is no command. */
function isWait({ action }: Pick<Step, 'action'>): boolean {
  return action?.kind === 'wait' || action?.kind === 'waitFor'
}

/** Who does it: the user as whom a command runs; nobody in the cluster makes an accident. */
function actorOf(action: StepAction): string {
  const user = 'as' in action ? action.as : undefined
  return action.kind === 'fault' ? 'fault' : `user/${user ?? 'admin'}`
}
