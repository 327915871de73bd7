import { utf8Text } from '../bytes/bytes.ts'
import { quoted } from '../sim/input/words.ts'
import type { Step } from './model.ts'
import type { ScenarioSources } from './sources.ts'
import { readYaml } from './yaml-text.ts'

/**
 * Files that a scenario takes from its own folder: those that it declares, and those that its commands name (`-f m/`, `-k overlay`,
 * `--from-file=cert.pem`) with what kustomizations among them refer to. Nothing above the scenario's folder is ever looked at.
 */

/** Files that one scenario may bring along; more are a mistake. */
const mostFiles = 2000
const mostBytes = 16 * 1024 * 1024

/** Collects files by the path that they have beside the scenario, which is that in the working directory too. */
export class BesideFiles {
  readonly files: Record<string, Uint8Array>
  private readonly sources: ScenarioSources
  private bytes = 0

  /** `files`: those that are there already; they win over files of the disk. */
  constructor(files: Record<string, Uint8Array>, sources: ScenarioSources) {
    this.files = files
    this.sources = sources
  }

  /** Why no more files are taken; undefined as long as they are. */
  get problem(): string | undefined {
    if (Object.keys(this.files).length > mostFiles) return `there are more than ${mostFiles} files`
    return this.bytes > mostBytes ? `the files are larger than ${mostBytes / 1024 / 1024} MiB together` : undefined
  }

  /** Takes a file, or a folder with all that is below it, as `target`. Says whether there is one. */
  add(path: string, target = path): boolean {
    const from = normalized(path)
    const to = normalized(target)
    if (from === undefined || to === undefined) return false
    const below = this.sources.listBeside?.(from)
    if (below === undefined) return this.addFile(from, to)
    for (const name of below) {
      if (this.problem !== undefined) break
      this.addFile(joined(from, name), joined(to, name))
    }
    return true
  }

  private addFile(from: string, to: string): boolean {
    if (Object.hasOwn(this.files, to)) return true
    const bytes = this.sources.readBeside(from)
    if (bytes === undefined) return false
    this.files[to] = bytes
    this.bytes += bytes.length
    if (isKustomization(to)) this.addReferences(to, bytes)
    return true
  }

  /** What a kustomization refers to may lie outside its folder: bases, patches, files of generators. */
  private addReferences(path: string, bytes: Uint8Array): void {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    const read = readYaml(utf8Text(bytes), path)
    if (!read.ok) return
    for (const text of textsIn(read.value)) {
      // `name=file` of generators.
      const reference = normalized(joined(folder, text.slice(text.indexOf('=') + 1)))
      if (reference !== undefined && reference !== '' && /^[\w./-]+$/.test(reference)) this.add(reference)
    }
  }

  /** Takes all that the commands of some steps name and that is there. */
  addNamed(steps: readonly Step[]): void {
    for (const word of steps.flatMap(({ action }) => namedIn(action))) this.add(word)
  }
}

/** Words of a command that may be paths. */
function namedIn(action: Step['action']): readonly string[] {
  const line = action?.kind === 'kubectl' ? action.line : action?.kind === 'run' ? action.script : undefined
  if (line === undefined) return []
  const flagged = [
    ...line.matchAll(
      /(?:^|\s)(?:-f|-k|--filename|--kustomize|--from-file|--from-env-file|--patch-file|--cert|--key)[=\s]\s*(?:[\w.-]+=)?['"]?([\w./-]+)/g,
    ),
  ]
  const others = line.split(/[\s'"=,;|&<>()]+/).filter((word) => /^[\w./-]+$/.test(word) && /[./]/.test(word))
  return [...new Set([...flagged.map(([, path = '']) => path), ...others])].filter((word) => !word.startsWith('/'))
}

/** Absolute paths that commands read manifests from, each with what to write instead. */
export function absolutePathsIn(
  line: string,
): readonly { readonly at: number; readonly path: string; readonly hint: string }[] {
  return [...line.matchAll(/(?:-f|-k|--filename|--kustomize|--from-file)[=\s]\s*(?:[\w.-]+=)?(\/[\w./-]+)/g)].map(
    (match) => {
      const [whole, path = ''] = match
      const hint = `a scenario has a working directory of its own, with the files beside it; write a path from there, such as ${quoted(path.split('/').pop() ?? path)}`
      return { at: match.index + whole.length - path.length, path, hint }
    },
  )
}

function isKustomization(path: string): boolean {
  return /(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(path)
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function joined(folder: string, name: string): string {
  return folder === '' || folder === '.' ? name : `${folder}/${name}`
}

/** Without `.` and `..`; undefined: it leads out of the scenario's folder. */
function normalized(path: string): string | undefined {
  if (path.startsWith('/') || path.includes('\u0000')) return undefined
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}
