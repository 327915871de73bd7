import type { VirtualMs } from '../kernel/time.ts'
import type { Fault, Sim } from '../sim/sim.ts'
import type { OutputSource } from './actions.ts'
import type { Finding } from './expect/finding.ts'
import type { ExpectationSource, SubjectName } from './expect/subjects.ts'
import type { ScenarioSource } from './schema.ts'
import type { Selection } from './select/selection.ts'

/** A scenario that has been loaded: durations are numbers, every step has one action and knows its place in the file. */

export interface Scenario {
  readonly file: string
  readonly source: ScenarioSource
  readonly title: string
  readonly covers: readonly string[]
  /** As written in the file; the run may be given another. */
  readonly seed: string
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly steps: readonly Step[]
}

export interface Place {
  readonly line: number
  readonly column: number
}

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
}

export type StepAction =
  | {
      readonly kind: 'kubectl'
      readonly line: string
      readonly as: string | undefined
      readonly editor: string | undefined
    }
  | { readonly kind: 'run'; readonly script: string; readonly as: string | undefined }
  /** `shown`: the manifest as people write it, where `manifest` is what was written as a map. */
  | { readonly kind: 'apply'; readonly manifest: string; readonly shown: string; readonly as: string | undefined }
  | {
      readonly kind: 'exec'
      readonly line: string
      readonly in: Selection
      readonly container: string | undefined
      readonly namespace: string | undefined
    }
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
  /** Looks at the cluster as it is now. */
  readonly look: (sim: Sim) => Finding
}

/** A question to who reads along: exactly one of its answers must hold. */
export interface Question {
  readonly text: string
  readonly choices: readonly { readonly text: string; readonly expectation: Expectation }[]
  readonly because: string | undefined
}
