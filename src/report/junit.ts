import { safeText } from '../bytes/terminal-text.ts'
import type { Diagnostic } from '../scenario/diagnostic.ts'
import { lineAndColumn } from '../scenario/diagnostic.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import type { Together } from './aggregate.ts'
import { failuresOf, failureText, placeText } from './failures.ts'
import { plain, type TerminalText } from './text.ts'

/** JUnit's XML: a suite for each file, a case for each run; times are virtual seconds. */

/** A file that does not load. */
export interface InvalidFile {
  readonly text: string
  readonly errors: readonly Diagnostic[]
}

interface Case {
  readonly suite: string
  readonly name: string
  readonly seconds: number
  /** Elements inside. */
  readonly inside: readonly string[]
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped'
}

/** All of a run. */
export function junitXml(
  results: readonly ScenarioResult[],
  invalid: readonly InvalidFile[],
  together: readonly Together[],
  repeat: (result: ScenarioResult) => string,
): TerminalText {
  const cases = [
    ...invalid.flatMap(invalidCases),
    ...results.map((result) => caseOf(result, repeat(result))),
    ...together.flatMap(togetherCases),
  ]
  const suites = [...new Set(cases.map(({ suite }) => suite))].map((suite) =>
    suiteXml(
      suite,
      cases.filter((each) => each.suite === suite),
    ),
  )
  return plain`${`<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="podsim"${counts(cases)}>\n${suites.join('')}</testsuites>\n`}`
}

function suiteXml(suite: string, cases: readonly Case[]): string {
  const inside = cases.map(({ name, seconds, inside: elements }) => {
    const head = `    <testcase classname="${xml(suite)}" name="${xml(name)}" file="${xml(suite)}" time="${seconds.toFixed(3)}"`
    return elements.length === 0 ? `${head}/>\n` : `${head}>\n${elements.join('')}    </testcase>\n`
  })
  return `  <testsuite name="${xml(suite)}"${counts(cases)}>\n${inside.join('')}  </testsuite>\n`
}

function counts(cases: readonly Case[]): string {
  const count = (kind: Case['kind']) => cases.filter((each) => each.kind === kind).length
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0)
  return ` tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="${seconds.toFixed(3)}"`
}

function caseOf(result: ScenarioResult, repeat: string): Case {
  const { scenario, seed, digest, outcome, endedAt } = result
  const properties = `      <properties>\n        <property name="seed" value="${xml(seed)}"/>\n        <property name="digest" value="${xml(digest)}"/>\n      </properties>\n`
  const kind = (
    { passed: 'passed', failed: 'failure', inconclusive: 'skipped', broken: 'error', interrupted: 'skipped' } as const
  )[outcome]
  const elements = failuresOf(result).map((failure) => {
    const where = placeText(scenario.file, failure.place)
    if (kind === 'skipped') return `      <skipped message="${xml(failure.found)}"/>\n`
    const tag = kind === 'error' ? 'error' : 'failure'
    return `      <${tag} message="${xml(failure.what)}" type="${outcome}">${xml(`${where}\n${failureText(failure)}\nrepeat with: ${repeat}`)}</${tag}>\n`
  })
  return {
    suite: scenario.file,
    name: `${scenario.title} (seed ${seed})`,
    seconds: endedAt / 1000,
    inside: [properties, ...elements],
    kind,
  }
}

function invalidCases({ text, errors }: InvalidFile): readonly Case[] {
  return errors.map((error) => {
    const { line, column } = lineAndColumn(error.text ?? text, error.range[0])
    const inside = [
      `      <error message="${xml(error.message)}" type="${error.code}">${xml(`${error.file}:${line}:${column}`)}</error>\n`,
    ]
    return { suite: error.file, name: `loads (${error.code} at ${line}:${column})`, seconds: 0, inside, kind: 'error' }
  })
}

function togetherCases({ file, title, runs, judged }: Together): readonly Case[] {
  return judged.map(({ place, expected, found, outcome }) => {
    const text = `${placeText(file, place)}\nfound ${found}`
    const inside = {
      passed: [],
      failed: [`      <failure message="${xml(expected)}" type="failed">${xml(text)}</failure>\n`],
      inconclusive: [`      <skipped message="${xml(found)}"/>\n`],
    }[outcome]
    const kind = ({ passed: 'passed', failed: 'failure', inconclusive: 'skipped' } as const)[outcome]
    return { suite: file, name: `${title}: ${expected} (${runs} runs)`, seconds: 0, inside, kind }
  })
}

/** Text inside XML 1.0, which has no control characters at all. */
function xml(text: string): string {
  return safeText(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/\n/g, '&#10;')
}
