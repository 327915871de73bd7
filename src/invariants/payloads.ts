import type { KeyToPath, Pod, Volume } from '../api/types/core.ts'
import type { FileView } from '../fs/node-fs.ts'
import { joinPath } from '../fs/path.ts'
import { secretBytes } from '../node/volumes/plugins/payload.ts'
import type { SecretHistory, SecretRevision, SecretStory } from './secret-history.ts'

/** What a volume's files must be, told from the Pod's spec and the history of Secrets, not from what the kubelet did. */

type Content = ReadonlyMap<string, Uint8Array>

/** One source of a volume. What is no Secret counts only by the paths that it may fill; undefined: any. */
export type Source =
  | {
      readonly kind: 'secret'
      readonly name: string
      readonly items: readonly KeyToPath[]
      readonly optional: boolean
    }
  | { readonly kind: 'other'; readonly paths: ReadonlySet<string> | undefined }

/** The sources of a volume that takes something from a Secret; undefined for any other volume. */
export function sourcesOf({ secret, projected }: Volume): readonly Source[] | undefined {
  if (secret !== undefined)
    return [
      {
        kind: 'secret',
        name: secret.secretName ?? '',
        items: cleaned(secret.items),
        optional: secret.optional ?? false,
      },
    ]
  const all = projected?.sources
  if (all?.some((source) => source.secret !== undefined) !== true) return undefined
  return all.map((source): Source => {
    if (source.secret !== undefined) {
      const { name = '', items = [], optional = false } = source.secret
      return { kind: 'secret', name, items: cleaned(items), optional }
    }
    if (source.serviceAccountToken !== undefined)
      return { kind: 'other', paths: new Set([source.serviceAccountToken.path]) }
    const items: readonly { readonly path: string }[] = source.downwardAPI?.items ?? source.configMap?.items ?? []
    return { kind: 'other', paths: items.length === 0 ? undefined : new Set(items.map(({ path }) => path)) }
  })
}

/** Items with the paths that their files get: `./leaf` is `leaf`. Source: atomic_writer.go, validatePayload, filepath.Clean. */
function cleaned(items: readonly KeyToPath[] = []): readonly KeyToPath[] {
  return items.map((item) => ({ ...item, path: joinPath(item.path) }))
}

/** Which mode a file of the volume has without a group of its own; undefined where the spec does not tell. */
export function modeOf({ secret, projected }: Volume, path: string): number | undefined {
  const sources = projected?.sources ?? []
  const items = cleaned(secret?.items ?? sources.flatMap((source) => source.secret?.items ?? []))
  const isOther = sources.some((source) => source.secret === undefined)
  const own = items.findLast((item) => item.path === path)
  if (own === undefined && isOther) return undefined
  // Another source that takes all keys may own this path: only its Secret's keys would tell.
  if (own !== undefined && sources.some((source) => source.secret?.items === undefined)) return undefined
  return own?.mode ?? secret?.defaultMode ?? projected?.defaultMode ?? 0o644
}

/** Files of one revision; undefined if a listed key is missing and must not be. */
function filesOf(source: Source & { kind: 'secret' }, revision: SecretRevision): Content | undefined {
  const values = secretBytes(revision.secret)
  if (source.items.length === 0) return values
  const files = new Map<string, Uint8Array>()
  for (const { key, path } of source.items) {
    const bytes = values.get(key)
    if (bytes !== undefined) files.set(path, bytes)
    else if (!source.optional) return undefined
  }
  return files
}

/**
 * The revisions, one of each Secret source, that make up exactly this content; the oldest that are not older than
 * `floors`. 0 stands for a Secret that is not there. Undefined: none do.
 */
export function matchingRevisions(
  content: Content,
  sources: readonly Source[],
  storyOf: (name: string) => SecretStory | undefined,
  floors: readonly number[],
): readonly number[] | undefined {
  const found: number[] = sources.map(() => 0)
  const match = (index: number, covered: ReadonlySet<string>, isOpen: boolean): boolean => {
    const source = sources[index]
    if (source === undefined) return isOpen || [...content.keys()].every((path) => covered.has(path))
    if (source.kind === 'other')
      return match(index - 1, new Set([...covered, ...(source.paths ?? [])]), isOpen || source.paths === undefined)
    for (const { revision, files } of candidates(source, storyOf(source.name), floors[index] ?? 0)) {
      if (![...files].every(([path, bytes]) => covered.has(path) || sameBytes(content.get(path), bytes))) continue
      found[index] = revision
      if (match(index - 1, new Set([...covered, ...files.keys()]), isOpen)) return true
    }
    return false
  }
  return match(sources.length - 1, new Set(), false) ? found : undefined
}

function* candidates(
  source: Source & { kind: 'secret' },
  story: SecretStory | undefined,
  floor: number,
): Generator<{ readonly revision: number; readonly files: Content }> {
  for (const revision of story?.revisions ?? []) {
    if (revision.revision < floor) continue
    const files = filesOf(source, revision)
    if (files !== undefined) yield { revision: revision.revision, files }
  }
  // Whether it was ever away is not asked: an optional Secret was, before it was made.
  if (source.optional) yield { revision: floor, files: new Map() }
}

/** Regular files below a directory by their relative path; undefined if it is not there. */
export function readFiles(fs: FileView, directory: string): Map<string, Uint8Array> | undefined {
  const files = new Map<string, Uint8Array>()
  const visit = (path: string, prefix: string): boolean => {
    const names = fs.readdir(path)
    if (!names.ok) return false
    for (const name of names.value) {
      const at = `${path}/${name}`
      const stat = fs.lstat(at)
      if (stat.ok && stat.value.type === 'directory') visit(at, `${prefix}${name}/`)
      else if (stat.ok && stat.value.type === 'file') {
        const content = fs.readFile(at)
        if (content.ok) files.set(prefix + name, content.value)
      }
    }
    return true
  }
  return visit(directory, '') ? files : undefined
}

export function sameBytes(a: Uint8Array | undefined, b: Uint8Array): boolean {
  if (a === undefined || a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** How a namespace's Secrets are found by name. */
export function storiesOf(secrets: SecretHistory, pod: Pod): (name: string) => SecretStory | undefined {
  return (name) => secrets.get(pod.metadata.namespace ?? '', name)
}
