import type { JournalLevel } from '../kernel/journal.ts'
import { revealed } from '../looks/redaction.ts'
import type { Together } from '../report/aggregate.ts'
import { diagnosticJson, headerJson, recordJson, resultJson, togetherJson } from '../report/json.ts'
import {
  failuresText,
  mismatchText,
  outputText,
  questionText,
  type RepeatOptions,
  repeatText,
  resultLine,
  stepText,
  storyText,
  summaryText,
  titleText,
  togetherText,
  verdictText,
} from '../report/pretty.ts'
import { createTeller } from '../report/story.ts'
import { createPaint, joined, type Paint, plain, type TerminalText } from '../report/text.ts'
import { isCommand } from '../scenario/act.ts'
import { type Diagnostic, drawDiagnostic } from '../scenario/diagnostic.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import type { RunListener } from '../scenario/run.ts'
import { toldStep } from '../scenario/telling.ts'
import type { KubernetesVersion } from '../versions/version.ts'
import type { Output } from './output.ts'
import type { Choice } from './plan.ts'
import { version } from './version.ts'

/** Options of `podsim run` as main.ts declares them to the argument parser. */
export interface RunFlags extends Choice {
  /** `pretty`, `junit=out.xml`: several at once. */
  readonly reporter?: readonly string[]
  readonly story: 'auto' | 'always' | 'never'
  readonly verbose?: boolean
  readonly reveal?: boolean
  readonly bail?: boolean
  /** Threads that run scenarios, this one among them; `auto`: as many as pay. */
  readonly jobs?: number | 'auto'
  readonly passWithNoTests?: boolean
  /** True: twice; a number: so often. */
  readonly verifyDeterminism?: true | number
  readonly maxEvents?: number
  /** Run again whenever a file changes. */
  readonly watch?: boolean
  /** File for the journal of the run. */
  readonly journal?: string
  readonly journalLevel?: JournalLevel
  /** How many records stay in memory. */
  readonly keep?: number
  /** Of Kubernetes, in place of the scenarios'. */
  readonly version?: KubernetesVersion
}

/** What a command came to. */
export interface RunEnd {
  readonly results: readonly ScenarioResult[]
  /** Files that did not load. */
  readonly invalid: number
  /** Runs that did not take place. */
  readonly left: number
  /** What several runs of a scenario say together. */
  readonly together: readonly Together[]
  /** Whether it was one run of one file that was named. */
  readonly isOne: boolean
}

/** How a run is reported. */
export interface Report {
  /** A file that does not load; `text` is what it holds, for the code frame. */
  invalid(text: string, errors: readonly Diagnostic[]): void
  story(scenario: Scenario, seed: string): RunListener
  /** `agreeing` runs of it had the same digest. */
  result(result: ScenarioResult, agreeing: number, wasTold: boolean): void
  /** After all. */
  end(end: RunEnd): void
}

/** For people, in a terminal or a pipe. */
export function prettyReport(flags: RunFlags, output: Output): Report {
  const paint = createPaint(output.isColoured)
  const story = createHeldText(output)
  return {
    invalid(text, errors) {
      for (const error of errors) output.err(plain`${drawDiagnostic(error, text)}\n`)
    },
    story: (scenario, seed) => prettyStory(scenario, seed, flags.verbose === true, { paint, story }),
    result(result, agreeing, wasTold) {
      story.release()
      output.out(plain`${wasTold ? '\n' : ''}${resultLine(result, agreeing, paint)}`)
      if (result.outcome === 'passed') return
      if (!wasTold) output.out(failuresText(result, paint))
      output.out(repeatText(result, repeatOptions(flags)))
      if (result.crash !== undefined) output.out(crashText(result.crash))
    },
    end({ results, invalid, left, together, isOne }) {
      output.out(togetherText(together, paint))
      if (!isOne) output.out(summaryText(results, invalid, left, paint))
    },
  }
}

/** Text that waits until it is known which of its words are values of Secrets. */
interface HeldText {
  hold(): void
  write(text: () => TerminalText): void
  release(): void
}

function createHeldText(output: Output): HeldText {
  const held: (() => TerminalText)[] = []
  let isHolding = false
  return {
    hold() {
      isHolding = true
    },
    write(text) {
      if (isHolding) held.push(text)
      else output.out(text())
    },
    release() {
      isHolding = false
      for (const text of held.splice(0)) output.out(text())
    },
  }
}

/** The story of a scenario as it goes on; what a command does, and its line, once it is done. */
function prettyStory(
  { title, file }: Scenario,
  seed: string,
  isVerbose: boolean,
  { paint, story }: { readonly paint: Paint; readonly story: HeldText },
): RunListener {
  let redaction = revealed
  return {
    started(sim, given) {
      redaction = given
      story.write(() => titleText({ title: redaction.prose(title), file }, seed, paint))
      const tell = createTeller()
      sim.journal.records$.subscribe((record) => {
        const line = tell(record)
        if (line === undefined || (line.tone === 'chatter' && !isVerbose)) return
        story.write(() => storyText({ ...line, text: redaction.text(line.text) }, paint))
      })
    },
    stepping(step, sim) {
      const at = sim.now()
      if (step.action !== undefined && isCommand(step.action)) story.hold()
      story.write(() => stepText(step, toldStep(step, redaction), at, paint))
    },
    acted(step, told) {
      story.release()
      story.write(() => joined([outputText(told, paint), mismatchText(file, { ...told, place: step.place }, paint)]))
    },
    asked: (_step, question) => story.write(() => questionText(question, paint)),
    judged: (_step, result) => story.write(() => verdictText(file, result, paint)),
  }
}

/** What of the flags decides how a run goes. */
export function repeatOptions({ maxEvents, reveal, verifyDeterminism, version: asked }: RunFlags): RepeatOptions {
  return {
    ...(maxEvents === undefined ? {} : { maxEvents }),
    ...(reveal === undefined ? {} : { reveal }),
    ...(asked === undefined ? {} : { version: asked }),
    ...(verifyDeterminism === undefined ? {} : { runs: verifyDeterminism === true ? 2 : verifyDeterminism }),
  }
}

/** For programs: one object a line. */
export function jsonReport({ verbose }: RunFlags, output: Output): Report {
  output.out(headerJson(version))
  return {
    invalid(text, errors) {
      for (const error of errors) output.out(diagnosticJson(error, text))
    },
    story: ({ file }) =>
      verbose === true
        ? {
            started: (sim, redaction) =>
              void sim.journal.records$.subscribe((record) => output.out(recordJson(file, record, redaction))),
          }
        : {},
    result: (result, agreeing) => output.out(resultJson(result, agreeing)),
    end: ({ together }) => together.forEach((each) => void output.out(togetherJson(each))),
  }
}

/** What to do about a mistake of podsim's own; where it is only for who asks. */
function crashText(crash: Error): TerminalText {
  if (process.env.PODSIM_DEBUG !== undefined) return plain`${crash.stack ?? ''}\n`
  return plain`  please report it with the file; PODSIM_DEBUG=1 shows where (podsim ${version}, Node.js ${process.version})\n`
}
