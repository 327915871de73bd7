import { safeLine } from '../bytes/terminal-text.ts'
import { type Diagnostic, lineAndColumn } from '../scenario/diagnostic.ts'
import type { Place } from '../scenario/place.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import type { Together } from './aggregate.ts'
import { type Failure, failuresOf, failureText } from './failures.ts'
import { joined, plain, type TerminalText } from './text.ts'

/** Annotations of GitHub Actions: `::error file=...,line=...::message`, on the lines of the pull request. */

/** Everything that went wrong in a run. */
export function githubResult(result: ScenarioResult, repeat: string): TerminalText {
  if (result.outcome === 'passed') return plain``
  const level = result.outcome === 'inconclusive' || result.outcome === 'interrupted' ? 'warning' : 'error'
  return joined(
    failuresOf(result).map((failure) =>
      annotation(level, result.scenario.file, failure.place, failure.what, messageOf(failure, repeat)),
    ),
  )
}

function messageOf(failure: Failure, repeat: string): string {
  return `${failureText(failure)}\nrepeat with: ${repeat}`
}

/** A mistake in a file, or a warning about it. */
export function githubDiagnostic(
  diagnostic: Diagnostic,
  loaded: string,
  level: 'error' | 'warning' = 'error',
): TerminalText {
  const { code, message, file, range, suggestion, text = loaded } = diagnostic
  const hint = suggestion === undefined ? '' : `\ndid you mean ${suggestion}?`
  return annotation(level, file, lineAndColumn(text, range[0]), code, `${message}${hint}`)
}

/** What is not true of all runs together. */
export function githubTogether({ file, judged }: Together): TerminalText {
  return joined(
    judged
      .filter(({ outcome }) => outcome !== 'passed')
      .map(({ place, expected, found, outcome }) =>
        annotation(outcome === 'failed' ? 'error' : 'warning', file, place, expected, `found ${found}`),
      ),
  )
}

function annotation(
  level: 'error' | 'warning',
  scenarioFile: string,
  place: Place,
  title: string,
  message: string,
): TerminalText {
  const { file = scenarioFile, line, column } = place
  return plain`::${level} file=${property(file)},line=${line},col=${column},title=${property(title)}::${data(message)}\n`
}

/** Source: actions/toolkit packages/core/src/command.ts, escapeData and escapeProperty. */
function data(text: string): string {
  return text.split('\n').map(safeLine).join('\n').replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
}
