import { utf8Bytes } from '../bytes/bytes.ts'
import { createNodeFs } from '../fs/memory-fs.ts'
import type { FileView } from '../fs/node-fs.ts'
import { dirname, joinPath } from '../fs/path.ts'
import type { Calendar } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'

/** Where command lines stand unless they say otherwise. */
export const homeDirectory = '/home/user'

/** Directories that a person's machine has. */
const directories = [homeDirectory, '/tmp', '/etc', '/dev', '/usr/bin', '/bin']
/** More than any scenario writes. */
const diskBytes = 1 << 30

/** The machine of the person in a scenario: files in memory, nothing of the real disk (C1). */
export function createWorkingFiles(
  kernel: Kernel,
  calendar: Calendar,
  given: Readonly<Record<string, string | Uint8Array>> = {},
): FileView {
  const files = createNodeFs({ kernel, calendar, memoryBytes: diskBytes })
  for (const directory of directories) files.mkdirAll(directory, 0o755)
  for (const [path, content] of Object.entries(given)) {
    const at = joinPath(path.startsWith('/') ? path : `${homeDirectory}/${path}`)
    files.mkdirAll(path.endsWith('/') ? at : dirname(at), 0o755)
    if (!path.endsWith('/')) files.writeFile(at, typeof content === 'string' ? utf8Bytes(content) : content)
  }
  return files
}
