import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { VirtualFiles } from '../fs/virtual-files.ts'

/** The host's own files, to read: what kustomize needs of them. Nothing is ever written or removed. */
export function hostFiles(workingDirectory: string): VirtualFiles {
  const real = (path: string) => resolve(workingDirectory, path)
  return {
    workingDirectory: resolve(workingDirectory),
    kind(path) {
      const stat = statSync(real(path), { throwIfNoEntry: false })
      return stat === undefined ? undefined : stat.isDirectory() ? 'directory' : 'file'
    },
    isLink: (path) => lstatSync(real(path), { throwIfNoEntry: false })?.isSymbolicLink() === true,
    read: (path) => attempt(() => new Uint8Array(readFileSync(real(path)))),
    list: (path) => attempt(() => readdirSync(real(path)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))),
    write: (path) => refuse(path),
    remove: (path) => refuse(path),
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

function refuse(path: string): never {
  throw new Error(`podsim writes nothing: ${path}`)
}
