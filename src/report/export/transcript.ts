import type { ClusterJournal } from '../../cluster/records.ts'
import type { Flows } from '../../flow/flows.ts'
import type { Redaction } from '../../looks/redaction.ts'
import type { VolumeFile } from '../../looks/volume-files.ts'
import type { RunListener } from '../../scenario/run.ts'
import { actionText, type ToldStep, userLead } from '../../scenario/telling.ts'
import type { Sim } from '../../sim/sim.ts'
import { createTeller } from '../story.ts'
import type { Tone } from '../told.ts'
import type { Entry } from './album.ts'
import { askedEntries } from './asked.ts'

/** What was heard of a run while it went on: what can't be read from the journal afterwards. */
export interface Transcript {
  readonly journal: ClusterJournal
  readonly flows: Flows
  readonly redaction: Redaction
  /** Not masked yet: what made a Secret's value may be told after it was used. */
  readonly entries: readonly Entry[]
  /** What lay in a volume right after its set-up, by the record's seq. */
  readonly files: ReadonlyMap<number, readonly VolumeFile[]>
}

/** Listens to a run. `heard` is undefined if the run never had a simulation. */
export function createTranscript(): { readonly listener: RunListener; heard(): Transcript | undefined } {
  const entries: Entry[] = []
  const files = new Map<number, readonly VolumeFile[]>()
  let sim: Sim | undefined
  let redaction: Redaction | undefined
  let lastSeq = 0
  let told: ToldStep = { say: undefined, action: undefined }
  /** The end of the last step. */
  let gate = { index: 0, at: 0, seq: 0 }
  const add = (kind: Entry['kind'], at: number, text: string, tone: Tone = 'normal'): void => {
    if (text !== '') entries.push({ seq: lastSeq, at, kind, actor: '', text, tone })
  }
  const listen = (started: Sim): void => {
    const tell = createTeller()
    started.journal.records$.subscribe((record) => {
      lastSeq = record.seq
      if (record.type === 'volume.set-up' && record.object !== undefined) {
        const { name, namespace } = record.object
        files.set(record.seq, started.volumeFiles(name, record.detail.volume, namespace))
      }
      const line = tell(record)
      if (line === undefined || line.tone === 'chatter') return
      const { seq, time, actor, text } = line
      const tone = record.type === 'fault.end' ? 'good' : line.tone
      entries.push({ seq, at: time, kind: 'story', actor, text, tone })
    })
  }
  return {
    listener: {
      started(made, masking) {
        sim = made
        redaction = masking
        lastSeq = made.journal.records.at(-1)?.seq ?? 0
        listen(made)
      },
      stepping({ say = '', action }, { now }) {
        add('say', now(), say.trim())
        if (action !== undefined && action.kind !== 'wait' && action.kind !== 'waitFor')
          add('command', now(), `${userLead(action)}${actionText(action)}`)
      },
      acted(step, { output, mismatches, problem, say, action }, { now }) {
        told = { say, action: action === undefined ? undefined : `${userLead(step.action)}${action}` }
        add('output', now(), output === undefined ? '' : (output.stdout + output.stderr).trimEnd())
        for (const { what, expected, found } of mismatches)
          add('verdict', now(), `${what}: expected ${expected}; found: ${found}`, 'warning')
        if (problem !== undefined) add('verdict', now(), problem, 'warning')
      },
      asked(_step, question, { now }) {
        const { index, ...place } = gate
        const { ask, answer } = askedEntries(question, told, { gate: place, told: { at: now(), seq: lastSeq } })
        entries.splice(index, 0, ask)
        entries.push(answer)
      },
      stepped(_step, _result, { now }) {
        gate = { index: entries.length, at: now(), seq: lastSeq }
      },
      judged(_step, { passed, expected, found }, { now }) {
        add('verdict', now(), passed ? expected : `${expected}; found: ${found}`, passed ? 'good' : 'warning')
      },
    },
    heard() {
      if (sim === undefined || redaction === undefined) return undefined
      return { journal: sim.journal, flows: sim.flows, redaction, entries, files }
    },
  }
}
