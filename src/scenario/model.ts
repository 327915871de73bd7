import type { VirtualMs } from '../kernel/time.ts'
import type { Fault, Sim } from '../sim/sim.ts'
import type { OutputSource, RequestSource } from './actions.ts'
import type { Finding } from './expect/finding.ts'
import type { ExpectationSource, SubjectName } from './expect/subjects.ts'
import type { Place } from './place.ts'
import type { PopulationSource } from './population.ts'
import type { ScenarioSource } from './schema.ts'
import type { Selection } from './select/selection.ts'
import type { Threshold } from './thresholds.ts'
import type { CaptureSource } from './variables/capture.ts'
import type { Settings } from './variables/parameters.ts'
import type { Values } from './variables/substitute.ts'

/** What a scenario is known by: data alone, which other threads and files can have. */
export interface ScenarioFacts {
  readonly file: string
  readonly title: string
  /** What it is about; undefined if it does not say. */
  readonly description: string | undefined
  readonly covers: readonly string[]
  readonly tags: readonly string[]
  /** What was set from outside, or by the matrix: it makes this run of the file, and no other. */
  readonly settings: Settings
}

/** A scenario that has been loaded: durations are numbers, every step has one action and knows its place in the file. */

export interface Scenario extends ScenarioFacts {
  readonly source: ScenarioSource
  /** As written in the file; the run may be given another. */
  readonly seed: string
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly thresholds: readonly Threshold[]
  /** Seeds that it runs with unless others are asked for; empty: the one above. */
  readonly seeds: readonly string[]
  /** Accidents at times of their own. */
  readonly faults: readonly TimedFault[]
  readonly judge: Judge
  readonly steps: readonly Step[]
  /** Steps for when one has failed. */
  readonly catch: readonly Step[]
  /** Steps for the end, however it went. */
  readonly finally: readonly Step[]
}

/** An accident at a time of its own, whatever the steps do then. */
export interface TimedFault {
  readonly place: Place
  readonly atMs: VirtualMs
  readonly fault: Fault
}

/** What decides a run: all that is expected, or only what must never be. */
export type Judge = 'all' | 'nevers'

export type StepTime = { readonly kind: 'at' | 'after'; readonly ms: VirtualMs }

export interface Step {
  readonly place: Place
  readonly time: StepTime
  readonly say: string | undefined
  /** Asked after the action, before anything is waited for. */
  readonly ask: Question | undefined
  readonly action: StepAction | undefined
  readonly output: OutputSource | undefined
  readonly expectations: readonly Expectation[]
  readonly capture: CaptureSource
  /** Whether the steps after it run though its action failed. */
  readonly continues: boolean
  /** The step with what was captured put in; undefined where it asks for nothing. */
  readonly resolve?: (values: Values) => ResolvedStep
}

/** A step whose variables are known, or why it means nothing with them. */
export type ResolvedStep = { readonly ok: true; readonly step: Step } | { readonly ok: false; readonly problem: string }

/** What all that runs kubectl has. */
interface CommandAction {
  /** User who runs it; undefined: admin. */
  readonly as: string | undefined
  /** What its kubectl lines take of their own; undefined: what the cluster's `commandTime` says. */
  readonly commandTime?: VirtualMs | undefined
}

export type StepAction =
  | (CommandAction & { readonly kind: 'kubectl'; readonly line: string; readonly editor: string | undefined })
  | (CommandAction & { readonly kind: 'run'; readonly script: string })
  /** `shown`: the manifest as people write it, where `manifest` is what was written as a map. */
  | (CommandAction & { readonly kind: 'apply'; readonly manifest: string; readonly shown: string })
  | {
      readonly kind: 'exec'
      readonly line: string
      readonly in: Selection
      readonly container: string | undefined
      readonly namespace: string | undefined
    }
  | { readonly kind: 'request'; readonly request: RequestSource }
  | { readonly kind: 'populate'; readonly population: PopulationSource }
  | { readonly kind: 'wait'; readonly ms: VirtualMs }
  | { readonly kind: 'waitFor'; readonly expectation: Expectation }
  | { readonly kind: 'fault'; readonly fault: Fault }

/** `now` at this instant; `at`, `by`, `exactly` a time of the run; `within`, `always`, `never` for some time from now on. */
export type ExpectationTiming =
  | { readonly kind: 'now' }
  | { readonly kind: 'at' | 'by' | 'exactly' | 'within' | 'always' | 'never'; readonly ms: VirtualMs }

export interface Expectation {
  readonly place: Place
  readonly subject: SubjectName
  readonly source: ExpectationSource
  readonly timing: ExpectationTiming
  /** It need hold in one of several runs alone. */
  readonly isSometimes: boolean
  /** Whether what a look finds can only change with an object that is written. */
  readonly readsObjectsAlone: boolean
  /** Looks at the cluster as it is now. */
  readonly look: (sim: Sim) => Finding
}

/** A question to who reads along: exactly one of its answers must hold. */
export interface Question {
  readonly text: string
  readonly choices: readonly { readonly text: string; readonly expectation: Expectation }[]
  readonly because: string | undefined
}
