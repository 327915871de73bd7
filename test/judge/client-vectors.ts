/** Runs the vectors that need no server: `create secret ... --dry-run=client` and `kubectl kustomize`. */
import type { VirtualFiles } from '../../src/fs/virtual-files.ts'

export const clientVersions = ['1.32.5', '1.18.2', '1.20.2', '1.35.2'] as const
export type ClientVersionName = (typeof clientVersions)[number]

interface Expected {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

export interface ClientVector extends Expected {
  readonly name: string
  readonly argv: readonly string[]
  readonly files: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly variants?: Readonly<Record<string, Expected>>
}

/** One case as one version must answer it. */
export interface ClientRow {
  readonly name: string
  readonly version: ClientVersionName
  readonly argv: readonly string[]
  readonly files: VirtualFiles
  readonly env: ReadonlyMap<string, string>
  readonly expected: Expected
}

/** Every case in every version: the main fields hold where a version has no variant of its own. */
export function clientRows(vectors: readonly ClientVector[]): readonly ClientRow[] {
  return vectors.flatMap((vector) =>
    clientVersions.map((version) => ({
      name: vector.name,
      version,
      argv: vector.argv,
      files: virtualFiles(vector.files),
      env: new Map(Object.entries(vector.env ?? {})),
      expected: vector.variants?.[version] ?? { stdout: vector.stdout, stderr: vector.stderr, exit: vector.exit },
    })),
  )
}

const workingDirectory = '/work'

/** Files given as base64 by path; a path that ends in a slash is an empty directory. */
export function virtualFiles(given: Readonly<Record<string, string>>): VirtualFiles {
  const files = new Map<string, Uint8Array>()
  const directories = new Set<string>(['/', workingDirectory])
  const addParents = (path: string): void => {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) directories.add(path.slice(0, at))
  }
  for (const [path, content] of Object.entries(given)) {
    const absolute = resolvePath(path)
    addParents(absolute)
    if (path.endsWith('/')) directories.add(absolute)
    else files.set(absolute, Uint8Array.from(Buffer.from(content, 'base64')))
  }
  return {
    workingDirectory,
    kind: (path) =>
      files.has(resolvePath(path)) ? 'file' : directories.has(resolvePath(path)) ? 'directory' : undefined,
    isLink: () => false,
    read: (path) => files.get(resolvePath(path)),
    list: (path) => {
      const directory = resolvePath(path)
      if (!directories.has(directory)) return undefined
      const names = [...files.keys(), ...directories]
        .filter(
          (name) => name !== directory && name.slice(0, name.lastIndexOf('/')) === (directory === '/' ? '' : directory),
        )
        .map((name) => name.slice(name.lastIndexOf('/') + 1))
      return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    },
    write: (path, content) => {
      const absolute = resolvePath(path)
      addParents(absolute)
      files.set(absolute, content)
    },
    remove: (path) => {
      const absolute = resolvePath(path)
      for (const name of [...files.keys()]) if (name === absolute || name.startsWith(`${absolute}/`)) files.delete(name)
      for (const name of [...directories])
        if (name === absolute || name.startsWith(`${absolute}/`)) directories.delete(name)
    },
  }
}

function resolvePath(path: string): string {
  const parts: string[] = path.startsWith('/') ? [] : workingDirectory.split('/').filter(Boolean)
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** The answer with what differs from run to run masked as in the vectors. */
export function masked(text: string): string {
  return text.replaceAll(workingDirectory, '<CWD>').replace(/0x[0-9a-f]{10}/g, '<PTR>')
}
