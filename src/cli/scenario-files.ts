import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Diagnostic, Loaded } from '../scenario/diagnostic.ts'
import { loadScenario } from '../scenario/load.ts'
import type { Scenario } from '../scenario/model.ts'

/** A scenario file as it was found: its text is needed to draw code frames. */
export interface ScenarioFile {
  /** As the user would type it. */
  readonly file: string
  readonly text: string
  readonly loaded: Loaded<Scenario>
}

/** All scenario files among the paths: files as they are, folders with all below them, in bytewise order. */
export function findScenarioFiles(paths: readonly string[]): {
  readonly files: readonly string[]
  readonly missing: readonly Diagnostic[]
} {
  const files: string[] = []
  const missing: Diagnostic[] = []
  for (const path of paths) {
    try {
      if (statSync(path).isDirectory()) files.push(...scenariosBelow(path))
      else files.push(path)
    } catch {
      missing.push({ code: 'NOT_READABLE', message: 'there is no such file or folder', file: path, range: [0, 0] })
    }
  }
  return { files: [...new Set(files)], missing }
}

/** Reads and loads one file. What cannot be read is a diagnostic too. */
export function readScenarioFile(file: string): ScenarioFile {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(readFileSync(file))
  } catch (error) {
    const message =
      error instanceof TypeError ? 'the file is no UTF-8 text' : `the file cannot be read (${codeOf(error)})`
    return { file, text: '', loaded: { ok: false, errors: [{ code: 'NOT_READABLE', message, file, range: [0, 0] }] } }
  }
  return { file, text, loaded: loadScenario(text, file, { readBeside: (path) => readBeside(file, path) }) }
}

/** A file of the disk that a scenario declares: only below the scenario's own folder, links followed. */
function readBeside(file: string, path: string): Uint8Array | undefined {
  try {
    const folder = realpathSync(dirname(resolve(file)))
    const target = realpathSync(resolve(folder, path))
    return target.startsWith(folder + sep) ? new Uint8Array(readFileSync(target)) : undefined
  } catch {
    return undefined
  }
}

function scenariosBelow(folder: string): string[] {
  const names = readdirSync(folder).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return names.flatMap((name) => {
    if (name.startsWith('.')) return []
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return scenariosBelow(path)
    return /\.ya?ml$/.test(name) ? [relative('.', path) || path] : []
  })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
}
