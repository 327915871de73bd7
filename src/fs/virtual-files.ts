/** The file system that command lines see. Relative paths start at the working directory. */
export interface VirtualFiles {
  /** Absolute, without a slash at the end. */
  readonly workingDirectory: string
  /** Undefined when there is nothing. Links are followed. */
  kind(path: string): 'file' | 'directory' | undefined
  /** Content of a file; undefined when it is missing or a directory. */
  read(path: string): Uint8Array | undefined
  /** Names in a directory, sorted bytewise; undefined when it is none. */
  list(path: string): readonly string[] | undefined
  /** Writes a file and the directories above it. */
  write(path: string, content: Uint8Array): void
  /** Removes a file or a directory with all in it; nothing when there is none. */
  remove(path: string): void
}
