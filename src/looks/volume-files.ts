import type { Machine } from '../cluster/machine.ts'
import type { FileView } from '../fs/node-fs.ts'

/** A file, directory or link in a volume. */
export interface VolumeFile {
  /** Relative to the volume. */
  readonly path: string
  readonly type: 'file' | 'directory' | 'symlink'
  readonly mode: number
  readonly size: number
  /** Target of a link. */
  readonly link: string | undefined
}

/** What lies in a volume of a Pod on its node, links and the time-stamped directory included (V6). Never contents. */
export function filesOfVolume({ fs }: Machine, podUid: string, volume: string): readonly VolumeFile[] {
  const volumes = `/var/lib/kubelet/pods/${podUid}/volumes`
  const plugins = fs.readdir(volumes)
  if (!plugins.ok) return []
  const directory = plugins.value.map((plugin) => `${volumes}/${plugin}/${volume}`).find((path) => fs.stat(path).ok)
  return directory === undefined ? [] : [...filesBelow(fs, directory, '')]
}

function* filesBelow(fs: FileView, directory: string, lead: string): Generator<VolumeFile> {
  const names = fs.readdir(directory)
  for (const name of names.ok ? names.value : []) {
    const stat = fs.lstat(`${directory}/${name}`)
    if (!stat.ok) continue
    const { type, mode, size, target } = stat.value
    yield { path: lead + name, type, mode, size, link: target }
    if (type === 'directory') yield* filesBelow(fs, `${directory}/${name}`, `${lead}${name}/`)
  }
}
