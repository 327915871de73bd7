import type { VirtualMs } from '../kernel/time.ts'
import type { CommandResult } from '../looks/containers.ts'
import type { AskedQuestion } from './asking.ts'
import type { ScenarioFacts } from './model.ts'
import type { Place } from './place.ts'

export interface ExpectationResult {
  readonly place: Place
  readonly passed: boolean
  /** Of what need hold in one of several runs alone: whether it did in this one. */
  readonly sometimes?: boolean
  readonly expected: string
  readonly found: string
  readonly because: string | undefined
  /** When it was decided. */
  readonly at: VirtualMs
  /** What helps to understand a failure. */
  readonly lesson?: Lesson
}

/** What is known of the objects of an expectation that failed, when it did. Values of Secrets are masked. */
export interface Lesson {
  /** The lines of the file around what failed, with a caret; none where its text is not at hand. */
  readonly frame: readonly string[]
  /** What is the matter with them, a line each: as `why` tells it. */
  readonly why: readonly string[]
  /** The last that happened to them and to what they use, oldest first. */
  readonly touched: readonly LessonLine[]
}

/** Something that happened, in the words of the story. */
export interface LessonLine {
  readonly time: VirtualMs
  readonly actor: string
  readonly text: string
}

/** What was wrong with a command's output. */
export interface OutputMismatch {
  readonly what: string
  readonly expected: string
  readonly found: string
}

export interface StepResult {
  readonly place: Place
  readonly startedAt: VirtualMs
  readonly endedAt: VirtualMs
  /** The command line or what else was done. */
  readonly action: string | undefined
  readonly say: string | undefined
  /** A question, with the answer that the run found. */
  readonly asked: AskedQuestion | undefined
  readonly output: CommandResult | undefined
  readonly mismatches: readonly OutputMismatch[]
  readonly expectations: readonly ExpectationResult[]
  /** Which of the scenario's lists it stands in. */
  readonly part: 'steps' | 'catch' | 'finally' | 'faults'
  /** Why the step could not be carried out or judged: what only the run could know. Undefined when it could. */
  readonly problem: string | undefined
  /** Where a command that failed stands. */
  readonly lesson?: Lesson
}

/** `broken`: podsim itself went wrong, which says nothing about the scenario. `interrupted`: stopped from outside. */
export type Outcome = 'passed' | 'failed' | 'inconclusive' | 'broken' | 'interrupted'

export interface ScenarioResult {
  readonly scenario: ScenarioFacts
  readonly seed: string
  readonly digest: string
  readonly outcome: Outcome
  /** Why it is inconclusive, broken or interrupted. */
  readonly reason: string | undefined
  /** Id of podsim's own invariant that did not hold; undefined: none. */
  readonly invariant?: string
  /** What podsim stumbled over, for its developers; undefined unless it is broken. */
  readonly crash?: Error
  readonly steps: readonly StepResult[]
  /** For each threshold of the scenario what this run measured, in ms. */
  readonly measured: readonly (readonly VirtualMs[])[]
  /** Virtual time at the end. */
  readonly endedAt: VirtualMs
  readonly records: number
  /** What was taken for granted of images that nobody knows, in sentences; undefined: nothing. */
  readonly assumed?: readonly string[]
}

/** Whether a step went well, as far as it counts: what is done to show a failure decides nothing. */
export function stepPassed(step: StepResult): boolean {
  if (step.part === 'catch') return true
  return step.problem === undefined && step.mismatches.length === 0 && step.expectations.every(({ passed }) => passed)
}
