/**
 * Files as kustomize reaches them: below a root, never outside of it.
 * Source: sigs.k8s.io/kustomize v2.0.3 pkg/loader/fileloader.go; api internal/loader, kyaml filesys.
 */
import type { Definition, KindRef } from '../api/schema/schema.ts'
import type { VirtualFiles } from '../fs/virtual-files.ts'
import { has } from '../versions/changes.ts'
import { kustomize } from '../versions/kustomize.ts'

/** A build that cannot go on, in kustomize's own words. */
export class KustomizeError extends Error {
  override readonly name = 'KustomizeError'
}

/** Found only when the result is printed, in the real thing: told without the places that it went through. */
export class PrintingError extends Error {
  override readonly name = 'PrintingError'
}

/** Ends the build. */
export function refuse(message: string): never {
  throw new KustomizeError(message)
}

/** Runs `work`, putting words before the message of what it refuses. */
export function wrap<T>(prefix: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof KustomizeError) throw new KustomizeError(`${prefix}: ${error.message}`)
    throw error
  }
}

/** Which kustomize: 2.0.3, or 5. */
export type Generation = 'v2' | 'v5'

/** What a build knows of kinds: one for all of its directories. */
export interface KnownKinds {
  /** How the lists of a kind merge; undefined where nothing is known. */
  definitionOf(gvk: KindRef): Definition | undefined
  /** An object of this kind has been read. */
  meet(gvk: KindRef): void
  /** Takes a schema in place of the builtin one; only the first counts. */
  set(make: () => (gvk: KindRef) => Definition | undefined): void
  /** Whether one was taken. */
  wasSet(): boolean
}

/** A directory that a kustomization lives in. */
export interface Loader {
  /** Absolute. */
  readonly root: string
  /** Whether it is kustomize 4 that builds, which counts as 5 but for some texts and rules. */
  readonly isFour: boolean
  /** Minor version of kubectl. */
  readonly minor: number
  readonly kinds: KnownKinds
  /** Whether files elsewhere may be loaded. Source: api types/loadrestrictions.go. */
  readonly isUnrestricted: boolean
  /** Content of a file at or below the root. */
  load(path: string): Uint8Array
  /** Whether `load` would find a file. */
  has(path: string): boolean
  /** A loader for another directory, relative to this one. */
  open(path: string): Loader
}

/** What all loaders of a build have in common. */
type BuildSettings = Pick<Loader, 'isFour' | 'minor' | 'kinds' | 'isUnrestricted'>

/** A loader for the directory that a build starts in; relative paths start at the working directory. */
export function openLoader(files: VirtualFiles, path: string, generation: Generation, build: BuildSettings): Loader {
  if (generation === 'v5') {
    const isNamed = has(build.minor, kustomize.namesRoots)
    const root = isNamed
      ? wrap('must build at directory', () => confirmDirectory(files, path, 'not a valid directory: '))
      : confirmDirectory(files, path, '')
    return loaderAt(files, root, generation, [], build)
  }
  if (path === '') refuse('loader root cannot be empty')
  const absolute = evaluate(files, path, (reason) => `absolute path error in '${path}' : ${reason}`)
  if (files.kind(absolute) === 'file') {
    refuse(
      `got file '${absolute.slice(absolute.lastIndexOf('/') + 1)}', but '${path}' must be a directory to be a root`,
    )
  }
  return loaderAt(files, absolute, generation, [], build)
}

function loaderAt(
  files: VirtualFiles,
  root: string,
  generation: Generation,
  visited: readonly string[],
  build: BuildSettings,
): Loader {
  return {
    root,
    isFour: build.isFour,
    minor: build.minor,
    kinds: build.kinds,
    isUnrestricted: build.isUnrestricted,
    load: (path) => loadFile(files, build.isUnrestricted ? '/' : root, root, path, generation),
    has: (path) => files.kind(join(root, path)) === 'file',
    open: (path) => openBelow(files, root, path, generation, visited, build),
  }
}

function openBelow(
  files: VirtualFiles,
  root: string,
  path: string,
  generation: Generation,
  /** Nearest first. */
  visited: readonly string[],
  build: BuildSettings,
): Loader {
  if (path === '') refuse('new root cannot be empty')
  if (/^(https?:|git@|git::|ssh:|github\.com)/.test(path)) refuseRemote(path, generation)
  if (path.startsWith('/')) refuse(`new root '${path}' cannot be absolute`)
  const target = join(root, path)
  const opened =
    generation === 'v5'
      ? wrap('must build at directory', () => confirmDirectory(files, target, 'not a valid directory: '))
      : evaluate(files, target, (reason) => `absolute path error in '${target}' : ${reason}`)
  if (files.kind(opened) === 'file') {
    refuse(`got file '${opened.slice(opened.lastIndexOf('/') + 1)}', but '${target}' must be a directory to be a root`)
  }
  for (const seen of [root, ...visited]) {
    if (isBelow(seen, opened)) refuse(`cycle detected: candidate root '${opened}' contains visited root '${seen}'`)
  }
  return loaderAt(files, opened, generation, [root, ...visited], build)
}

/**
 * Nothing is fetched: what is a repository meets a machine without git, what is a file one without a network. The first in the words
 * of kustomize. Source: api internal/git/cloner.go, ClonerUsingGitExec; internal/git/repospec.go, NewRepoSpecFromURL.
 */
function refuseRemote(path: string, generation: Generation): never {
  const isFile = /^https?:/.test(path) && !/\.git\b|github\.com\/[^/]+\/[^/]+\/?(?:\?|\/\/|$)/.test(path)
  return refuse(
    isFile || generation === 'v2'
      ? `podsim does not fetch remote bases: '${path}'`
      : `no 'git' program on path: exec: "git": executable file not found in $PATH (podsim fetches nothing: put what '${path}' holds beside the kustomization)`,
  )
}

function confirmDirectory(files: VirtualFiles, path: string, prefix: string): string {
  if (path === '') refuse('directory path cannot be empty')
  const absolute = evaluate(files, path, (reason) => prefix + reason)
  if (files.kind(absolute) === 'file') refuse(`'${path}': file is not directory`)
  return absolute
}

/** `limit`: nothing outside of it is loaded. */
function loadFile(files: VirtualFiles, limit: string, root: string, path: string, generation: Generation): Uint8Array {
  const joined = path.startsWith('/') ? path : join(root, path)
  const absolute = evaluate(files, joined, (reason) => reason)
  if (files.kind(absolute) === 'directory') {
    if (generation === 'v5') refuse(`'${joined}' must resolve to a file`)
    refuse(`'${path}' must be a file (got d='${absolute}')`)
  }
  const directory = absolute.slice(0, absolute.lastIndexOf('/')) || '/'
  if (!isBelow(directory, limit)) {
    refuse(`security; file '${generation === 'v5' ? joined : path}' is not in or below '${root}'`)
  }
  return files.read(absolute) ?? new Uint8Array()
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root === '/' ? root : `${root}/`)
}

/** Go's filepath.Join of a directory and a relative path. */
function join(root: string, path: string): string {
  return clean(`${root}/${path}`)
}

function clean(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** The absolute path of what exists; otherwise refuses in the words of filepath.EvalSymlinks. */
function evaluate(files: VirtualFiles, path: string, words: (reason: string) => string): string {
  const absolute = path.startsWith('/') ? clean(path) : join(files.workingDirectory, path)
  let at = ''
  for (const part of absolute.split('/').filter(Boolean)) {
    if (at !== '' && files.kind(at) === 'file') refuse(words(`evalsymlink failure on '${path}' : not a directory`))
    at += `/${part}`
    if (files.kind(at) === undefined) {
      refuse(words(`evalsymlink failure on '${path}' : lstat ${at}: no such file or directory`))
    }
  }
  return absolute
}
