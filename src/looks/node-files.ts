import type { Secret } from '../api/types/core.ts'
import { decodeBase64, utf8Text } from '../bytes/bytes.ts'
import type { Machine } from '../cluster/machine.ts'
import type { ClusterJournal } from '../cluster/records.ts'
import type { FileView } from '../fs/node-fs.ts'

export interface NodeFile {
  readonly path: string
  readonly storage: 'disk' | 'tmpfs'
}

/** Looks at what lies on a node, as root on it could (S2, S6, L5). */

/** Files whose text contains `text`, in bytewise order of their paths; links are not followed. */
export function filesWith({ fs }: Machine, text: string): readonly NodeFile[] {
  return [...filesBelow(fs, '/')].flatMap((path) => {
    const content = fs.readFile(path)
    if (!content.ok || !utf8Text(content.value).includes(text)) return []
    return [{ path, storage: fs.isOnTmpfs(path) ? ('tmpfs' as const) : ('disk' as const) }]
  })
}

function* filesBelow(fs: FileView, directory: string): Generator<string> {
  const names = fs.readdir(directory)
  if (!names.ok) return
  for (const name of names.value) {
    const path = directory === '/' ? `/${name}` : `${directory}/${name}`
    const stat = fs.lstat(path)
    if (!stat.ok) continue
    if (stat.value.type === 'file') yield path
    else if (stat.value.type === 'directory') yield* filesBelow(fs, path)
  }
}

/** Whether the kubelet's cache has the Secret, or a file has exactly one of the values that it has, or had once. */
export function holdsSecret(machine: Machine, journal: ClusterJournal, namespace: string, name: string): boolean {
  if (machine.kubelet.context?.secrets.cachedAt(namespace, name) !== undefined) return true
  const values = everyValue(journal, namespace, name)
  if (values.size === 0) return false
  for (const path of filesBelow(machine.fs, '/')) {
    const content = machine.fs.readFile(path)
    if (content.ok && values.has(utf8Text(content.value))) return true
  }
  return false
}

function everyValue(journal: ClusterJournal, namespace: string, name: string): ReadonlySet<string> {
  const values = new Set<string>()
  for (const { after } of journal.query({ object: { kind: 'Secret', namespace, name } })) {
    for (const base64 of Object.values((after as Secret | undefined)?.data ?? {})) {
      const decoded = decodeBase64(base64)
      if (decoded.ok && decoded.bytes.length > 0) values.add(utf8Text(decoded.bytes))
    }
  }
  return values
}
