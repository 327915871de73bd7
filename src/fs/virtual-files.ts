import type { FileView } from './node-fs.ts'
import { dirname, joinPath } from './path.ts'

/** The file system that command lines see. Relative paths start at the working directory. */
export interface VirtualFiles {
  /** Absolute, without a slash at the end. */
  readonly workingDirectory: string
  /** Undefined when there is nothing. Links are followed. */
  kind(path: string): 'file' | 'directory' | undefined
  /** Whether it is a symbolic link, wherever that leads. */
  isLink(path: string): boolean
  /** Content of a file; undefined when it is missing or a directory. */
  read(path: string): Uint8Array | undefined
  /** Names in a directory, sorted bytewise; undefined when it is none. */
  list(path: string): readonly string[] | undefined
  /** Writes a file and the directories above it. */
  write(path: string, content: Uint8Array): void
  /** Removes a file or a directory with all in it; nothing when there is none. */
  remove(path: string): void
}

/** One file system's files as command lines see them from a directory. */
export function virtualFiles(files: FileView, workingDirectory: string): VirtualFiles {
  const at = (path: string): string => joinPath(path.startsWith('/') ? path : `${workingDirectory}/${path}`)
  return {
    workingDirectory,
    kind(path) {
      const stat = files.stat(at(path))
      if (!stat.ok) return at(path) === '/dev/null' ? 'file' : undefined
      return stat.value.type === 'directory' ? 'directory' : 'file'
    },
    isLink(path) {
      const stat = files.lstat(at(path))
      return stat.ok && stat.value.type === 'symlink'
    },
    read(path) {
      if (at(path) === '/dev/null') return new Uint8Array()
      const content = files.readFile(at(path))
      return content.ok ? content.value : undefined
    },
    list(path) {
      const names = files.readdir(at(path))
      return names.ok ? names.value : undefined
    },
    write(path, content) {
      files.mkdirAll(dirname(at(path)), 0o777)
      files.writeFile(at(path), content)
    },
    remove(path) {
      files.removeAll(at(path))
    },
  }
}
