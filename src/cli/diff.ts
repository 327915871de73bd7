import { readFileSync } from 'node:fs'
import { compareRuns, type VersionedRun, versionSteps } from '../report/journal/compare-runs.ts'
import { diffJson, diffText } from '../report/journal/diff-text.ts'
import { readJournal } from '../report/journal/read-journal.ts'
import type { RunJournal } from '../report/journal/run-journal.ts'
import { createPaint, plain } from '../report/text.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import { datedRows } from '../sim/dated-rows.ts'
import { type KubernetesVersion, kubernetesVersions, minorOf } from '../versions/version.ts'
import { listenForStop, type StopSignal } from './drive.ts'
import { errorCode } from './error-code.ts'
import { exitCodes } from './exit-codes.ts'
import { oneRun } from './one-run.ts'
import type { Output } from './output.ts'
import { runForJournal } from './run-journal.ts'
import { readScenarioFile } from './scenario-files.ts'
import { readStandardInput } from './standard-input.ts'

/** Flags of `podsim diff`, as commander hands them over. */
export interface DiffFlags {
  readonly seeds?: string
  readonly versions?: string
  readonly seed?: string
  readonly set?: Settings
  readonly version?: KubernetesVersion
  readonly reveal?: boolean
  readonly output: 'text' | 'json'
}

/** Why there is nothing to compare. */
class NoComparison extends Error {
  readonly code: number

  constructor(message: string, code: number = exitCodes.usage) {
    super(message)
    this.code = code
  }
}

/** `podsim diff`: where two runs part, and what they come to. They are two files, or two runs of one scenario. */
export async function diff(paths: readonly string[], flags: DiffFlags, output: Output): Promise<number> {
  const stop = listenForStop(() => process.exit(exitCodes.interrupted))
  try {
    const { left, right, runs } = await bothOf(paths, flags, { output, stop })
    const comparison = compareRuns(left, right)
    const steps = runs === undefined ? undefined : versionSteps(runs, datedRows())
    output.out(
      flags.output === 'json'
        ? diffJson(comparison, steps)
        : diffText(comparison, steps, createPaint(output.isColoured)),
    )
    return comparison.isSame ? exitCodes.passed : exitCodes.failed
  } catch (error) {
    if (!(error instanceof NoComparison)) throw error
    // Empty: it was told.
    if (error.message !== '') output.err(plain`${error.message}\n`)
    return error.code
  } finally {
    stop.close()
  }
}

interface Host {
  readonly output: Output
  readonly stop: StopSignal
}

interface Both {
  readonly left: RunJournal
  readonly right: RunJournal
  /** All versions from one to the other, where versions are compared. */
  readonly runs?: readonly VersionedRun[]
}

async function bothOf(paths: readonly string[], flags: DiffFlags, host: Host): Promise<Both> {
  if (flags.seeds !== undefined && flags.versions !== undefined)
    throw new NoComparison('error: --seeds and --versions are two questions; ask one at a time')
  if (flags.seeds === undefined && flags.versions === undefined) {
    const [left, right] = paths
    if (left === undefined || right === undefined || paths.length > 2)
      throw new NoComparison(
        `error: found ${paths.length} ${paths.length === 1 ? 'path' : 'paths'}; expected two journals, or one scenario with --seeds A,B or --versions A,B`,
      )
    return { left: journalFile(left), right: journalFile(right) }
  }
  const [path] = paths
  if (path === undefined || paths.length > 1)
    throw new NoComparison(`error: found ${paths.length} paths; expected one scenario beside --seeds or --versions`)
  const scenario = oneRun(readScenarioFile(path, flags.set), flags.set, host.output)
  if (scenario === undefined) throw new NoComparison('')
  return flags.seeds === undefined
    ? bothVersions(scenario, flags.versions ?? '', flags, host)
    : bothSeeds(scenario, flags.seeds, flags, host)
}

/** What a run in a file was. `-`: standard input. */
function journalFile(path: string): RunJournal {
  let text: string
  try {
    text = path === '-' ? new TextDecoder().decode(readStandardInput()) : readFileSync(path, 'utf8')
  } catch (error) {
    const code = errorCode(error)
    throw new NoComparison(`error: ${path} cannot be read (${code})`)
  }
  const read = readJournal(text)
  if (read.ok) return read.journal
  const hint = /^\s*(title|steps)\s*:/m.test(text)
    ? '; for two runs of a scenario give --seeds A,B or --versions A,B'
    : ''
  throw new NoComparison(`${path}:${read.line}:1: error: ${read.problem}${hint}`)
}

/** The two of a list with a comma. */
function twoOf(text: string, flag: string): readonly [string, string] {
  const [left, right, ...more] = text.split(',')
  if (left === undefined || left === '' || right === undefined || right === '' || more.length > 0)
    throw new NoComparison(`error: ${flag} ${JSON.stringify(text)}: expected two with a comma between`)
  return [left, right]
}

async function bothSeeds(scenario: Scenario, seeds: string, { version, reveal }: DiffFlags, host: Host): Promise<Both> {
  const [left, right] = twoOf(seeds, '--seeds')
  const options = { ...(version === undefined ? {} : { version }), ...(reveal === undefined ? {} : { reveal }) }
  return {
    left: await ranFor(scenario, { ...options, seed: left }, host),
    right: await ranFor(scenario, { ...options, seed: right }, host),
  }
}

/** Runs all versions from one to the other, so that it is seen at which of them the run changes. */
async function bothVersions(scenario: Scenario, asked: string, flags: DiffFlags, host: Host): Promise<Both> {
  const [from, to] = twoOf(asked, '--versions').map(knownVersion)
  const { seed = scenario.seed, reveal } = flags
  const [first = 0, last = 0] = [from, to].map((each) => kubernetesVersions.indexOf(each ?? 'v1.18'))
  const between = kubernetesVersions.slice(Math.min(first, last), Math.max(first, last) + 1)
  const runs: VersionedRun[] = []
  for (const version of between) {
    const journal = await ranFor(scenario, { seed, version, ...(reveal === undefined ? {} : { reveal }) }, host)
    runs.push({ minor: minorOf(version), journal })
  }
  const [oldest, newest] = [runs.at(0), runs.at(-1)]
  if (oldest === undefined || newest === undefined) throw new NoComparison('error: there is no such version')
  const [left, right] = first <= last ? [oldest, newest] : [newest, oldest]
  return { left: left.journal, right: right.journal, runs }
}

function knownVersion(text: string): KubernetesVersion {
  const found = kubernetesVersions.find((each) => each === text || each === `v${text}`)
  if (found !== undefined) return found
  throw new NoComparison(`error: --versions: there is no ${JSON.stringify(text)}; expected v1.18 to v1.36`)
}

async function ranFor(
  scenario: Scenario,
  options: Parameters<typeof runForJournal>[1],
  host: Host,
): Promise<RunJournal> {
  const ran = await runForJournal(scenario, options, host)
  if ('journal' in ran) return ran.journal
  throw new NoComparison(`${scenario.title}: ${ran.ended.reason ?? ran.ended.outcome}`, codeOf(ran.ended))
}

function codeOf({ outcome }: ScenarioResult): number {
  return outcome === 'interrupted' ? exitCodes.interrupted : exitCodes.internal
}
