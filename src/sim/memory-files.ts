import { utf8Bytes } from '../bytes/bytes.ts'
import type { VirtualFiles } from '../fs/virtual-files.ts'

/** Where command lines stand unless they say otherwise. */
export const homeDirectory = '/home/user'

/** The working directory of a scenario: files in memory, nothing of the real disk (C1). */
export function createMemoryFiles(given: Readonly<Record<string, string | Uint8Array>> = {}): VirtualFiles {
  const files = new Map<string, Uint8Array>()
  const directories = new Set<string>(['/', '/home', homeDirectory, '/tmp'])
  const resolve = (path: string): string => normalPath(path.startsWith('/') ? path : `${homeDirectory}/${path}`)
  const addDirectories = (path: string): void => {
    for (let parent = parentOf(path); !directories.has(parent); parent = parentOf(parent)) directories.add(parent)
  }
  const write = (path: string, content: Uint8Array): void => {
    const target = resolve(path)
    addDirectories(target)
    if (path.endsWith('/')) directories.add(target)
    else files.set(target, content)
  }
  for (const [path, content] of Object.entries(given)) {
    write(path, typeof content === 'string' ? utf8Bytes(content) : content)
  }
  return {
    workingDirectory: homeDirectory,
    kind(path) {
      const target = resolve(path)
      return files.has(target) ? 'file' : directories.has(target) ? 'directory' : undefined
    },
    read: (path) => files.get(resolve(path)),
    list(path) {
      const target = resolve(path)
      if (!directories.has(target)) return undefined
      const children = [...files.keys(), ...directories].filter((each) => each !== '/' && parentOf(each) === target)
      return children.map((child) => child.slice(child.lastIndexOf('/') + 1)).sort()
    },
    write,
    remove(path) {
      const target = resolve(path)
      const isWithin = (each: string) => each === target || each.startsWith(`${target}/`)
      for (const file of files.keys()) if (isWithin(file)) files.delete(file)
      for (const directory of directories) if (isWithin(directory)) directories.delete(directory)
    },
  }
}

/** Absolute, without `.`, `..`, doubled slashes or one at the end. */
function normalPath(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}
