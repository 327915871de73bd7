import { Subject } from 'rxjs'
import type { FileView, NodeFs } from '../../fs/node-fs.ts'
import { dirname } from '../../fs/path.ts'
import type { Once } from '../../kernel/once.ts'
import { onceOf } from '../../kernel/once-of.ts'

/** Tells of names in directories that change. */
export interface DirectoryWatch {
  /** Answers at the next change, within it. */
  change(files: FileView, directory: string): Once<void>
}

/** One listener on the node's files for all processes that wait: a change costs one lookup, not one call each. */
export function createDirectoryWatch(fs: NodeFs): DirectoryWatch {
  const waiting = new Map<string, Subject<void>>()
  let isObserving = false

  const tell = (directory: string): void => {
    const waiters = waiting.get(directory)
    if (waiters === undefined) return
    waiting.delete(directory)
    waiters.next()
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

  const open = (files: FileView, directory: string): Subject<void> => {
    observe()
    const at = files.nodePath(directory) ?? directory
    const waiters = waiting.get(at) ?? new Subject<void>()
    waiting.set(at, waiters)
    return waiters
  }
  const left = (waiters: Subject<void>): void => {
    if (waiters.observed) return
    for (const [at, others] of waiting) if (others === waiters) waiting.delete(at)
  }
  return {
    change: (files, directory) =>
      onceOf((receiver) => {
        const waiters = open(files, directory)
        const hearing = waiters.subscribe(() => {
          hearing.unsubscribe()
          receiver.answered()
        })
        return {
          unsubscribe() {
            hearing.unsubscribe()
            left(waiters)
          },
        }
      }),
  }
}
