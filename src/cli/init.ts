import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { safeJson } from '../bytes/terminal-text.ts'
import { plain } from '../report/text.ts'
import { scenarioJsonSchema } from '../scenario/json-schema.ts'
import { shellQuoted } from '../scenario/shell-quote.ts'
import { errorCode } from './error-code.ts'
import { exitCodes } from './exit-codes.ts'
import { firstScenario, firstTest } from './init-files.ts'
import type { Output } from './output.ts'

/** What became of a file. */
type Written =
  | { readonly path: string; readonly kind: 'written' | 'kept' }
  | { readonly path: string; readonly kind: 'failed'; readonly code: string }

/** `podsim init`: a first scenario with what editors need to complete it, and a test where there is a package. Nothing is overwritten. */
export function init(folder: string, output: Output): number {
  const manifest = manifestIn(folder)
  const files: readonly (readonly [path: string, text: string])[] = [
    ['scenarios/rotation.yaml', firstScenario],
    ['scenarios/podsim.schema.json', `${safeJson(scenarioJsonSchema(), 2)}\n`],
    ...(manifest === undefined ? [] : [['scenarios/scenarios.test.ts', firstTest] as const]),
  ]
  const all = files.map(([path, text]) => writtenNew(join(folder, path), text))
  for (const each of all) {
    if (each.kind === 'written') output.out(plain`${each.path}\n`)
    else if (each.kind === 'kept') output.out(plain`${each.path}  is there already: kept as it is\n`)
    else if (each.kind === 'failed') output.err(plain`error: ${each.path} cannot be written (${each.code})\n`)
  }
  if (all.some(({ kind }) => kind === 'failed')) return exitCodes.usage
  output.out(plain`\nNext:\n  podsim run ${shellQuoted(join(folder, 'scenarios'))}\n`)
  const missing = ['podsim', 'vitest'].filter((name) => manifest !== undefined && !manifest.includes(name))
  if (missing.length > 0) output.out(plain`  npm install --save-dev ${missing.join(' ')}\n`)
  if (manifest !== undefined) output.out(plain`  npx vitest run\n`)
  return exitCodes.passed
}

/** A file that was not there; its folders are made. */
function writtenNew(path: string, text: string): Written {
  try {
    makeFolder(dirname(path))
    writeFileSync(path, text, { flag: 'wx' })
    return { path, kind: 'written' }
  } catch (error) {
    const code = errorCode(error)
    return code === 'EEXIST' && isFile(path) ? { path, kind: 'kept' } : { path, kind: 'failed', code }
  }
}

/** Makes a folder and those above it. `mkdirSync` with `recursive` never comes back where a file system takes no folders. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    makeFolder(dirname(path))
    mkdirSync(path)
  }
}

function isFile(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}

/** Names of the packages that a folder's package.json asks for; undefined: there is none. */
function manifestIn(folder: string): readonly string[] | undefined {
  let text: string
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8')
  } catch {
    return undefined
  }
  try {
    const manifest: unknown = JSON.parse(text)
    return [
      ...namesIn(manifest, 'dependencies'),
      ...namesIn(manifest, 'devDependencies'),
      ...namesIn(manifest, 'peerDependencies'),
    ]
  } catch {
    // It is there, whatever is wrong with it: npm will say so.
    return []
  }
}

function namesIn(manifest: unknown, member: string): readonly string[] {
  if (typeof manifest !== 'object' || manifest === null) return []
  const found: unknown = Object.entries(manifest).find(([name]) => name === member)?.[1]
  return typeof found === 'object' && found !== null ? Object.keys(found) : []
}
