import { readFileSync } from 'node:fs'
import { readJournal } from '../report/journal/read-journal.ts'
import type { Diagnostic } from '../scenario/diagnostic.ts'
import type { Scenario } from '../scenario/model.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import { kubernetesVersions } from '../versions/version.ts'
import { errorCode } from './error-code.ts'
import { readScenarioFile, type ScenarioFile } from './scenario-files.ts'

/** What a run was made from. */
export interface RunFile extends ScenarioFile {
  /** The journal that was named, and the digest that its run had. */
  readonly journal: { readonly path: string; readonly digest: string } | undefined
}

/** Whether a path names a journal, by its ending. */
export function isJournal(path: string): boolean {
  return path.endsWith('.ndjson')
}

/**
 * Reads a scenario, or a journal that `podsim run --journal` wrote: that of the run it tells of, with its seed and version. Masked as
 * they are, records can't be played; the run can be made again, and its digest says whether it is the same.
 */
export function readRunFile(path: string, settings: Settings = {}): RunFile {
  if (!isJournal(path)) return { ...readScenarioFile(path, settings), journal: undefined }
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return refused(path, `the file cannot be read (${errorCode(error)})`)
  }
  const read = readJournal(text)
  if (!read.ok) return refused(path, `line ${read.line} is no journal's: ${read.problem}`)
  const { header, digest } = read.journal
  const set = { ...read.journal.settings, ...settings }
  const { file, seed, version } = header
  const journal = { path, digest }
  const known = kubernetesVersions.find((each) => each === version)
  if (known === undefined)
    return refused(path, `the header has the version ${JSON.stringify(version)}, which podsim does not know`)
  const found = readScenarioFile(file, set)
  if (!found.loaded.ok) return { ...found, journal }
  const [first, ...others] = found.loaded.value
  const asTold = (scenario: Scenario): Scenario => ({
    ...scenario,
    seed,
    source: { ...scenario.source, cluster: { ...scenario.source.cluster, version: known } },
  })
  return { ...found, journal, loaded: { ...found.loaded, value: [asTold(first), ...others.map(asTold)] } }
}

/** Why what was run is not what a journal tells of; undefined: it is, or no journal was named. */
export function otherThanTold({ journal }: Pick<RunFile, 'journal'>, made: string): string | undefined {
  if (journal === undefined || journal.digest === made) return undefined
  return `${journal.path} tells of a run with digest ${journal.digest}, and this one has ${made}: scenario, settings or podsim have changed since`
}

function refused(file: string, message: string): RunFile {
  const error: Diagnostic = { code: 'NOT_READABLE', message, file, range: [0, 0] }
  return {
    file,
    text: '',
    beside: { files: {}, folders: {} },
    loaded: { ok: false, errors: [error] },
    journal: undefined,
  }
}
