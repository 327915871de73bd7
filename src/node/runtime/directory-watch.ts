import type { FileView, NodeFs } from '../../fs/node-fs.ts'
import { dirname } from '../../fs/path.ts'
import type { DirectoryWatch } from './container-task.ts'

/** One listener on the node's files for all processes that wait: a change costs one lookup, not one call each. */
export function createDirectoryWatch(fs: NodeFs): DirectoryWatch {
  const waiting = new Map<string, Set<() => void>>()
  let isObserving = false

  const tell = (directory: string): void => {
    const waiters = waiting.get(directory)
    if (waiters === undefined) return
    waiting.delete(directory)
    for (const changed of waiters) changed()
  }
  const observe = (): void => {
    if (isObserving) return
    isObserving = true
    fs.observe(({ op, path, detail }) => {
      if (waiting.size === 0 || op === 'chmod' || op === 'chown') return
      tell(dirname(path))
      if (op === 'rename') tell(dirname(String(detail?.to)))
    })
  }

  return {
    once(files: FileView, directory: string, changed: () => void) {
      observe()
      const at = files.nodePath(directory) ?? directory
      const waiters = waiting.get(at) ?? new Set()
      waiting.set(at, waiters)
      waiters.add(changed)
      return () => {
        waiters.delete(changed)
        if (waiters.size === 0 && waiting.get(at) === waiters) waiting.delete(at)
      }
    },
  }
}
