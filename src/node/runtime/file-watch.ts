import type { FileView, FsChange, NodeFs } from '../../fs/node-fs.ts'
import { basename, dirname } from '../../fs/path.ts'
import type { Once, Receiver } from '../../kernel/once.ts'
import { onceOf } from '../../kernel/once-of.ts'
import type { FileEvent, FileWatch } from '../../shell/file-watch.ts'

type Told = Omit<FileEvent, 'of'>

/** What a watch on `at` tells of a change: the same change may be several events. Source: Linux fs/namei.c, fs/open.c, fs/notify/fsnotify.h. */
function eventsOf({ op, path, detail }: FsChange, at: string): readonly Told[] {
  const isOwn = path === at
  const isInside = dirname(path) === at
  if (!isOwn && !isInside && op !== 'rename' && op !== 'unmount') return []
  const name = isOwn ? {} : { name: basename(path) }
  switch (op) {
    case 'mkdir':
    case 'create':
    case 'symlink':
      return isInside ? [{ kind: 'create', ...name }] : []
    case 'write':
      return [
        { kind: 'modify', ...name },
        { kind: 'close-write', ...name },
      ]
    case 'chmod':
    case 'chown':
      return [{ kind: 'attrib', ...name }]
    case 'unlink':
      return isInside
        ? [{ kind: 'delete', ...name }]
        : [{ kind: 'attrib' }, { kind: 'delete-self' }, { kind: 'ignored' }]
    case 'rmdir':
      return isInside ? [{ kind: 'delete', ...name }] : [{ kind: 'delete-self' }, { kind: 'ignored' }]
    case 'rename': {
      const to = String(detail?.to)
      return [
        ...(isInside ? [{ kind: 'moved-from', ...name } as const] : []),
        ...(dirname(to) === at ? [{ kind: 'moved-to', name: basename(to) } as const] : []),
        ...(isOwn ? [{ kind: 'move-self' } as const] : []),
      ]
    }
    case 'unmount':
      return isOwn || at.startsWith(`${path}/`) ? [{ kind: 'unmount' }, { kind: 'ignored' }] : []
    case 'mount':
      return []
  }
}

/** A watch on paths of a container, whose mounts are files of the node. */
export function watchFiles(fs: NodeFs, files: FileView, paths: readonly string[]): FileWatch {
  const watched = paths.map((path) => files.nodePath(path))
  const waiting: FileEvent[] = []
  let receiver: Receiver<FileEvent, never> | undefined
  const tell = (event: FileEvent): void => {
    const whoever = receiver
    receiver = undefined
    if (whoever === undefined) waiting.push(event)
    else whoever.answered(event)
  }
  const stop = fs.observe((change) => {
    for (const [of, at] of watched.entries())
      if (at !== undefined) for (const event of eventsOf(change, at)) tell({ ...event, of })
  })
  const next = (): Once<FileEvent> =>
    onceOf((asking) => {
      const event = waiting.shift()
      if (event !== undefined) asking.answered(event)
      else receiver = asking
      return {
        unsubscribe() {
          receiver = undefined
        },
      }
    })
  return { next, close: stop }
}
