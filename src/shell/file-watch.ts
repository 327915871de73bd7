import type { Once } from '../kernel/once.ts'

/** What inotify tells of a file or directory that is watched. Source: inotify(7). */
export interface FileEvent {
  readonly kind:
    | 'modify'
    | 'attrib'
    | 'close-write'
    | 'moved-from'
    | 'moved-to'
    | 'create'
    | 'delete'
    | 'delete-self'
    | 'move-self'
    | 'unmount'
    | 'ignored'
  /** Which of the watched paths, by their order. */
  readonly of: number
  /** What it happened to in a watched directory; absent: to what is watched itself. */
  readonly name?: string
}

/** A queue of events that a process reads; whoever opened it closes it. */
export interface FileWatch {
  /** Answers with the next event, at once where one waits. */
  next(): Once<FileEvent>
  close(): void
}
