import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileText } from '../bytes/bytes.ts'
import type { ManifestFile } from '../check/given.ts'
import { kustomizeBuild, kustomizeYaml } from '../kustomize/kustomize.ts'
import { hostFiles } from './host-files.ts'
import { readStandardInput } from './standard-input.ts'

/** What `-f` and `-k` name, read; `problems` are told to the user, and then nothing is checked. */
export interface FoundManifests {
  readonly files: readonly ManifestFile[]
  readonly problems: readonly string[]
}

export interface ManifestArguments {
  /** Files, folders, `-`. */
  readonly filename?: readonly string[]
  /** Folders with a kustomization. */
  readonly kustomize?: readonly string[]
  /** Whether folders are read with all below them. */
  readonly recursive?: boolean
  /** Minor version of the kubectl whose kustomize builds. */
  readonly minor: number
}

/** Reads manifests as kubectl finds them: of a folder its .yaml, .yml and .json files, in bytewise order. */
export function findManifests({
  filename = [],
  kustomize = [],
  recursive = false,
  minor,
}: ManifestArguments): FoundManifests {
  const files: ManifestFile[] = []
  const problems: string[] = []
  for (const path of filename) {
    if (path === '-') add(files, problems, path, readStandardInput)
    else if (/^https?:\/\//.test(path)) problems.push(`${path}: podsim reaches no network; save it to a file first`)
    else addPath(path, recursive, files, problems)
  }
  for (const path of kustomize) addKustomization(path, minor, files, problems)
  if (files.length === 0 && problems.length === 0)
    problems.push('there is nothing to check: name manifests with -f, or a kustomization with -k')
  return { files, problems }
}

function addPath(path: string, recursive: boolean, files: ManifestFile[], problems: string[]): void {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) problems.push(`${path}: there is no such file or folder`)
  else if (!stat.isDirectory()) add(files, problems, path, () => readFileSync(path))
  else {
    const found = filesIn(path, recursive)
    for (const file of found) add(files, problems, file, () => readFileSync(file))
    if (found.length === 0)
      problems.push(
        `${path}: the folder holds no .yaml, .yml or .json file${recursive ? '' : '; -R looks into the folders below it too'}`,
      )
  }
}

/** A kustomization is no manifest, and the files that it takes may be only parts. */
const kustomizations = /^(kustomization\.ya?ml|Kustomization)$/

function filesIn(folder: string, recursive: boolean): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return recursive && !entry.name.startsWith('.') ? filesIn(path, true) : []
    return /\.(ya?ml|json)$/.test(entry.name) && !kustomizations.test(entry.name) ? [relative('.', path) || path] : []
  })
}

function add(files: ManifestFile[], problems: string[], name: string, read: () => Uint8Array): void {
  try {
    files.push({ name, text: fileText(read()) })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    problems.push(`${name}: it cannot be read (${code})`)
  }
}

function addKustomization(path: string, minor: number, files: ManifestFile[], problems: string[]): void {
  const built = kustomizeBuild(path, { files: hostFiles('.'), env: new Map(), minor })
  if (built.ok) files.push({ name: `${path} (kustomize build)`, text: kustomizeYaml(built.objects) })
  else {
    const [remote] = /https?:\/\/[^\s'"]+|git@[^\s'"]+/.exec(built.error) ?? []
    const cure = remote === undefined ? '' : ` (podsim reaches no network: put ${remote} beside it)`
    problems.push(`${path}: ${built.error}${cure}`)
  }
}
