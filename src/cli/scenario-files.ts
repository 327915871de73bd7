import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { Lru } from '../client/lru.ts'
import type { Diagnostic, Loaded } from '../scenario/diagnostic.ts'
import { loadScenarios } from '../scenario/load.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioSources } from '../scenario/sources.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import { type BesideFiles, rememberingSources } from '../ui/live/live-scenario.ts'
import { errorCode } from './error-code.ts'
import { readStandardInput } from './standard-input.ts'

/** A scenario file as it was found: its text is needed to draw code frames. */
export interface ScenarioFile {
  /** As the user would type it. */
  readonly file: string
  readonly text: string
  readonly loaded: Loaded<readonly [Scenario, ...Scenario[]]>
  /** What was taken from beside it. */
  readonly beside: BesideFiles
}

const nothingBeside: BesideFiles = { files: {}, folders: {} }

/** The path that stands for standard input. */
export const standardInput = '-'

/** All scenario files among the paths: files as they are, folders with all below them, in bytewise order. */
export function findScenarioFiles(paths: readonly string[]): {
  readonly files: readonly string[]
  readonly missing: readonly Diagnostic[]
} {
  const files: string[] = []
  const missing: Diagnostic[] = []
  for (const path of paths) {
    if (path === standardInput) {
      files.push(path)
      continue
    }
    try {
      if (statSync(path).isDirectory()) scenariosBelow(path, { files, missing, seen: new Set() })
      else files.push(path)
    } catch {
      missing.push(notReadable(path, 'there is no such file or folder'))
    }
  }
  return { files: [...new Set(files)], missing }
}

function notReadable(file: string, message: string): Diagnostic {
  return { code: 'NOT_READABLE', message, file, range: [0, 0] }
}

/** What came of loading a file, and all that it hangs on: the file is loaded again where any of it differs. */
interface LoadedBefore {
  readonly found: ScenarioFile
  readonly answers: Answers
}

/** What a scenario asked of the folder that it lies in, and what it was told; undefined: there was nothing. */
interface Answers {
  readonly files: ReadonlyMap<string, Uint8Array | undefined>
  readonly folders: ReadonlyMap<string, readonly string[] | undefined>
}

/** Scenarios that are kept: `run --watch` and a suite load the same files again and again, and mostly one has changed. */
const mostKept = 256
const loadedBefore = new Lru<string, LoadedBefore>(mostKept)

/**
 * Reads and loads one file. What cannot be read is a diagnostic too, and so is a mistake of podsim's own in loading it.
 * `scenarioOf` may make a scenario of what is none.
 */
export function readScenarioFile(
  file: string,
  settings: Settings = {},
  scenarioOf: (text: string) => string = asItIs,
): ScenarioFile {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(
      file === standardInput ? readStandardInput() : readFileSync(file),
    )
  } catch (error) {
    const message =
      error instanceof TypeError ? 'the file is no UTF-8 text' : `the file cannot be read (${errorCode(error)})`
    return { file, text: '', beside: nothingBeside, loaded: { ok: false, errors: [notReadable(file, message)] } }
  }
  const key = JSON.stringify([file, settings])
  const before = scenarioOf === asItIs ? loadedBefore.get(key) : undefined
  const own = sourcesOf(file)
  if (before !== undefined && before.found.text === text && isStillSo(before.answers, own)) return before.found
  const { noting, answers } = notingSources(own)
  const { sources, taken } = rememberingSources(noting)
  try {
    const loaded = loadScenarios(scenarioOf(text), file, sources, settings)
    const found = { file, text, loaded, beside: taken() }
    if (scenarioOf === asItIs) loadedBefore.set(key, { found, answers })
    return found
  } catch (error) {
    const message = `podsim is broken: ${String(error)}; please report it with the file`
    return {
      file,
      text,
      beside: nothingBeside,
      loaded: { ok: false, errors: [{ code: 'PODSIM_BROKEN', message, file, range: [0, 0] }] },
    }
  }
}

const asItIs = (text: string): string => text

/** The same sources, whose answers are noted. */
function notingSources(sources: ScenarioSources): { readonly noting: ScenarioSources; readonly answers: Answers } {
  const files = new Map<string, Uint8Array | undefined>()
  const folders = new Map<string, readonly string[] | undefined>()
  const noting: ScenarioSources = {
    readBeside(path) {
      const bytes = sources.readBeside(path)
      files.set(path, bytes)
      return bytes
    },
    listBeside(path) {
      const names = sources.listBeside?.(path)
      folders.set(path, names)
      return names
    },
  }
  return { noting, answers: { files, folders } }
}

/** Whether the folder would answer now as it did. */
function isStillSo({ files, folders }: Answers, sources: ScenarioSources): boolean {
  for (const [path, before] of files) {
    const now = sources.readBeside(path)
    if (now === undefined || before === undefined ? now !== before : Buffer.compare(now, before) !== 0) return false
  }
  for (const [path, before] of folders) if (sources.listBeside?.(path)?.join('\n') !== before?.join('\n')) return false
  return true
}

/** Whether podsim itself went wrong in loading a file. */
export function isBrokenFile({ loaded }: ScenarioFile): boolean {
  return !loaded.ok && loaded.errors.some(({ code }) => code === 'PODSIM_BROKEN')
}

/** What a scenario may take from the folder that it lies in. */
function sourcesOf(file: string): ScenarioSources {
  let real: string | undefined
  const folder = (): string => {
    real ??= realpathSync.native(dirname(resolve(file)))
    return real
  }
  return { readBeside: (path) => readBeside(folder, path), listBeside: (path) => listBeside(folder, path) }
}

/** Files that are looked at below a folder; a folder of more is no folder of manifests. */
const mostListed = 5000

/** All files below a folder beside a scenario. */
function listBeside(folder: () => string, path: string): readonly string[] | undefined {
  try {
    const target = besideOf(folder, path)
    return target === undefined || !statSync(target).isDirectory() ? undefined : namesBelow(target, folder())
  } catch {
    return undefined
  }
}

/** The real path of what lies below a scenario's folder, links followed; undefined where nothing does. */
function besideOf(folder: () => string, path: string): string | undefined {
  const named = resolve(folder(), path)
  // Most words of commands are no files: that is asked without an error being made of it.
  if (statSync(named, { throwIfNoEntry: false }) === undefined) return undefined
  const target = realpathSync.native(named)
  return target === folder() || target.startsWith(folder() + sep) ? target : undefined
}

/** Names of all files below a folder, bytewise; none where it cannot be read. */
export function filesBelow(folder: string): readonly string[] {
  try {
    const real = realpathSync(folder)
    return namesBelow(real, real)
  } catch {
    return []
  }
}

/** Links are followed inside of `within` only, and no circle is. */
function namesBelow(target: string, within: string): readonly string[] {
  const found: string[] = []
  const visit = (at: string, seen: ReadonlySet<string>): void => {
    for (const entry of readdirSync(join(target, at)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
      if (entry === '.git' || entry === 'node_modules' || found.length >= mostListed) continue
      const name = at === '' ? entry : `${at}/${entry}`
      const real = realpathSync(join(target, name))
      if (!real.startsWith(within + sep) || seen.has(real)) continue
      if (statSync(real).isDirectory()) visit(name, new Set([...seen, real]))
      else found.push(name)
    }
  }
  visit('', new Set([target]))
  return found
}

/** A file of the disk that a scenario declares. */
function readBeside(folder: () => string, path: string): Uint8Array | undefined {
  try {
    const target = besideOf(folder, path)
    return target === undefined || target === folder() ? undefined : new Uint8Array(readFileSync(target))
  } catch {
    return undefined
  }
}

interface Search {
  readonly files: string[]
  readonly missing: Diagnostic[]
  /** Real paths of the folders that were looked into: links may lead in circles. */
  readonly seen: Set<string>
}

function scenariosBelow(folder: string, search: Search): void {
  const real = realpathSync(folder)
  if (search.seen.has(real)) return
  search.seen.add(real)
  const names = readdirSync(folder).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  for (const name of names) {
    if (name.startsWith('.')) continue
    const path = join(folder, name)
    try {
      if (statSync(path).isDirectory()) scenariosBelow(path, search)
      else if (/\.ya?ml$/.test(name)) search.files.push(relative('.', path) || path)
    } catch (error) {
      search.missing.push(notReadable(path, `it cannot be read (${errorCode(error)})`))
    }
  }
}
