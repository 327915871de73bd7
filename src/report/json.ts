import { safeJson } from '../bytes/terminal-text.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import type { Redaction } from '../looks/redaction.ts'
import type { Diagnostic } from '../scenario/diagnostic.ts'
import { lineAndColumn } from '../scenario/diagnostic.ts'
import { type ScenarioResult, stepPassed } from '../scenario/result.ts'
import type { Together } from './aggregate.ts'
import { placeText } from './failures.ts'
import { plain, type TerminalText } from './text.ts'

/** NDJSON for programs: one object a line, each with `type`; `schema` counts up when a field changes its meaning. */
const jsonSchemaVersion = 1

export function headerJson(podsim: string): TerminalText {
  return line({ type: 'header', schema: jsonSchemaVersion, podsim })
}

/** A record of the journal, Secrets' values masked. */
export function recordJson(file: string, record: ClusterRecord, redaction: Redaction): TerminalText {
  return line({ type: 'record', file, record: redaction.value(record) })
}

/** What a scenario came to; `agreeing` runs had its digest. */
export function resultJson(result: ScenarioResult, agreeing: number): TerminalText {
  const { scenario, seed, digest, outcome, reason, endedAt, records, assumed } = result
  return line({
    type: 'result',
    file: scenario.file,
    title: scenario.title,
    covers: scenario.covers,
    ...(Object.keys(scenario.settings).length === 0 ? {} : { settings: scenario.settings }),
    seed,
    digest,
    ...(agreeing < 2 ? {} : { runs: agreeing }),
    outcome,
    ...(reason === undefined ? {} : { reason }),
    virtualMs: endedAt,
    records,
    ...(assumed === undefined ? {} : { assumed }),
    failures: result.steps
      .filter((step) => !stepPassed(step))
      .flatMap(({ place, action, mismatches, expectations, problem }) => [
        ...(problem === undefined
          ? []
          : [{ at: placeText(scenario.file, place), action, what: 'step', found: problem }]),
        ...mismatches.map((mismatch) => ({ at: placeText(scenario.file, place), action, ...mismatch })),
        ...expectations
          .filter(({ passed }) => !passed)
          .map(({ place: at, expected, found, because, at: timeMs, lesson }) => ({
            at: placeText(scenario.file, at),
            expected,
            found,
            timeMs,
            ...(because === undefined ? {} : { because }),
            ...(lesson === undefined ? {} : { why: lesson.why, touched: lesson.touched }),
          })),
      ]),
  })
}

/** What several runs of a scenario say together. */
export function togetherJson({ file, title, runs, judged }: Together): TerminalText {
  return line({
    type: 'together',
    file,
    title,
    runs,
    judged: judged.map(({ place, outcome, expected, found }) => ({
      at: placeText(file, place),
      outcome,
      expected,
      found,
    })),
  })
}

/** A scenario that does not load. */
export function diagnosticJson(diagnostic: Diagnostic, loaded: string): TerminalText {
  const { code, message, file, range, suggestion, text = loaded } = diagnostic
  const place = lineAndColumn(text, range[0])
  return line({
    type: 'diagnostic',
    code,
    message,
    at: `${file}:${place.line}:${place.column}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}

function line(value: object): TerminalText {
  return plain`${safeJson(value)}\n`
}
