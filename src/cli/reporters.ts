import { closeSync, openSync, writeSync } from 'node:fs'
import { githubDiagnostic, githubResult, githubTogether } from '../report/github.ts'
import { type InvalidFile, junitXml } from '../report/junit.ts'
import { markdownPage } from '../report/markdown.ts'
import { repeatCommand } from '../report/pretty.ts'
import { tapHeader, tapInvalid, tapPlan, tapResult, tapTogether } from '../report/tap.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import type { RunListener } from '../scenario/run.ts'
import { closest } from '../sim/input/closest.ts'
import { errorCode } from './error-code.ts'
import type { Output } from './output.ts'
import { jsonReport, prettyReport, type Report, type RunFlags, repeatOptions } from './reports.ts'

/** The reporters of `podsim run`: one or several at once, each to standard output or to a file. */

type Maker = (flags: RunFlags, output: Output) => Report

const makers: Readonly<Record<string, Maker>> = {
  pretty: prettyReport,
  plain: (flags, output) => prettyReport(flags, { ...output, isColoured: false }),
  json: jsonReport,
  junit: junitReport,
  tap: tapReport,
  github: githubReport,
  markdown: markdownReport,
}

/** Names that `--reporter` takes. */
export const reporterNames = Object.keys(makers)

/** Reporters that are ready to write, or why they are not. */
export type OpenReports =
  | { readonly ok: true; readonly report: Report; close(): void }
  | { readonly ok: false; readonly message: string }

/** Opens what `--reporter` asks for: `pretty`, `junit=out.xml`. */
export function openReports(flags: RunFlags, output: Output): OpenReports {
  const asked = flags.reporter ?? ['pretty']
  const parsed = asked.map((text) => {
    const at = text.indexOf('=')
    return at === -1 ? { name: text, file: undefined } : { name: text.slice(0, at), file: text.slice(at + 1) }
  })
  for (const { name, file } of parsed) {
    if (!Object.hasOwn(makers, name)) {
      const meant = closest(name, reporterNames)
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`
      return { ok: false, message: `--reporter ${name}: expected one of ${reporterNames.join(', ')}${hint}` }
    }
    if (file === '') return { ok: false, message: `--reporter ${name}=: expected the name of a file behind =` }
  }
  // Annotations may stand between the lines of any other.
  const shown = parsed.filter(({ name, file }) => file === undefined && name !== 'github')
  if (shown.length > 1)
    return {
      ok: false,
      message: `two reporters write to standard output, ${shown.map(({ name }) => name).join(' and ')}; give one a file: --reporter ${shown[1]?.name ?? ''}=FILE`,
    }
  const files: number[] = []
  const reports: Report[] = []
  for (const { name, file } of parsed) {
    const target = file === undefined ? output : fileOutput(file, files)
    if (typeof target === 'string') return { ok: false, message: `--reporter ${name}=${file ?? ''}: ${target}` }
    reports.push((makers[name] ?? prettyReport)(flags, target))
  }
  return { ok: true, report: allOf(reports), close: () => files.forEach((each) => void closeSync(each)) }
}

/** A file that is written anew; why it cannot be. */
function fileOutput(path: string, opened: number[]): Output | string {
  try {
    const file = openSync(path, 'w')
    opened.push(file)
    const write = (text: { toString(): string }): void => void writeSync(file, text.toString())
    return { isColoured: false, out: write, err: write, progress: () => {} }
  } catch (error) {
    const code = errorCode(error)
    return `the file cannot be written (${code})`
  }
}

function allOf(reports: readonly Report[]): Report {
  const [only] = reports
  if (only !== undefined && reports.length === 1) return only
  return {
    invalid: (text, errors) => reports.forEach((each) => void each.invalid(text, errors)),
    story: (scenario, seed) => together(reports.map((each) => each.story(scenario, seed))),
    result: (result, agreeing, wasTold) => reports.forEach((each) => void each.result(result, agreeing, wasTold)),
    end: (all) => reports.forEach((each) => void each.end(all)),
  }
}

/** All listeners as one. */
function together(listeners: readonly RunListener[]): RunListener {
  return {
    started: (...told) => listeners.forEach((each) => void each.started?.(...told)),
    stepping: (...told) => listeners.forEach((each) => void each.stepping?.(...told)),
    acted: (...told) => listeners.forEach((each) => void each.acted?.(...told)),
    asked: (...told) => listeners.forEach((each) => void each.asked?.(...told)),
    judged: (...told) => listeners.forEach((each) => void each.judged?.(...told)),
    stepped: (...told) => listeners.forEach((each) => void each.stepped?.(...told)),
  }
}

function repeatOf(flags: RunFlags): (result: ScenarioResult) => string {
  return (result) => repeatCommand(result, repeatOptions(flags))
}

function junitReport(flags: RunFlags, output: Output): Report {
  const invalid: InvalidFile[] = []
  return {
    invalid: (text, errors) => void invalid.push({ text, errors }),
    story: () => ({}),
    result: () => {},
    end: ({ results, together: judged }) => output.out(junitXml(results, invalid, judged, repeatOf(flags))),
  }
}

function markdownReport(flags: RunFlags, output: Output): Report {
  const invalid: InvalidFile[] = []
  return {
    invalid: (text, errors) => void invalid.push({ text, errors }),
    story: () => ({}),
    result: () => {},
    end: ({ results, together: judged }) => output.out(markdownPage(results, invalid, judged, repeatOf(flags))),
  }
}

function tapReport(flags: RunFlags, output: Output): Report {
  let number = 0
  output.out(tapHeader)
  return {
    invalid: (text, errors) => output.out(tapInvalid({ text, errors }, ++number)),
    story: () => ({}),
    result: (result) => output.out(tapResult(result, ++number, repeatOf(flags)(result))),
    end({ together: judged }) {
      for (const each of judged) {
        output.out(tapTogether(each, number + 1))
        number += each.judged.length
      }
      output.out(tapPlan(number))
    },
  }
}

function githubReport(flags: RunFlags, output: Output): Report {
  return {
    invalid: (text, errors) => errors.forEach((each) => void output.out(githubDiagnostic(each, text))),
    story: () => ({}),
    result: (result) => output.out(githubResult(result, repeatOf(flags)(result))),
    end: ({ together: judged }) => judged.forEach((each) => void output.out(githubTogether(each))),
  }
}
