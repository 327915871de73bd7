import { dirname, isWithin } from '../fs/path.ts'
import { type ByteText, fromByteText } from './byte-text.ts'
import type { Whereabouts } from './program.ts'

/** Files of an image of which nothing is known: what commands read there, and where they write. */

/** What a tool does with its operands: it reads them, makes them, or makes the last of what it reads in the others. */
const fileTools: Readonly<Record<string, 'reads' | 'looks' | 'makes' | 'copies'>> = {
  ...{ cp: 'copies', mv: 'copies', ln: 'copies', install: 'copies' },
  ...{ touch: 'makes', mkdir: 'makes', tee: 'makes' },
  ...{ chmod: 'reads', chown: 'reads', tar: 'reads', rm: 'reads', envsubst: 'reads', jq: 'reads', openssl: 'reads' },
  ...{ cat: 'looks', grep: 'looks', sed: 'looks', awk: 'looks', head: 'looks', tail: 'looks', base64: 'looks' },
}

/** Options of openssl that name what it writes. */
const outputFlags: ReadonlySet<string> = new Set(['-out', '-keyout'])

interface Operands {
  readonly reads: readonly string[]
  readonly makes: readonly string[]
}

function operandsOf(name: string, args: readonly string[]): Operands {
  const isOutput = (i: number) => name === 'openssl' && outputFlags.has(args[i - 1] ?? '')
  const given = args.filter((arg, i) => !arg.startsWith('-') && !isOutput(i))
  const written = args.filter((_arg, i) => isOutput(i))
  const kind = fileTools[name]
  if (kind === 'makes' || (name === 'install' && args.includes('-d'))) return { reads: [], makes: given }
  if (kind !== 'copies') return { reads: given, makes: written }
  // What a symbolic link leads to need not be there.
  const isLink = name === 'ln' && args.some((arg) => /^-\w*s|^--symbolic$/.test(arg))
  return { reads: isLink ? [] : given.slice(0, -1), makes: given.slice(-1) }
}

/**
 * Whether a tool that podsim has is to read what the image may have. What is asked of mounts is never taken for granted, and of
 * what is only looked at no more than lies where images keep their own.
 */
export function readsOfImage(name: string, args: readonly string[], files: Whereabouts): boolean {
  const kind = fileTools[name]
  if (kind === undefined || kind === 'makes') return false
  const { reads } = operandsOf(name, args)
  if (reads.some((path) => isMounted(path, files) && !files.stat(path).ok)) return false
  const isEdit = name === 'sed' && args.some((arg) => /^-\w*i|^--in-place/.test(arg))
  return reads.some((path) => (kind === 'looks' && !isEdit ? isInputOfImage(path, files) : isOfImage(path, files)))
}

/** Directories of the image that a command is to write into: it has them. `>`: a redirection. */
export function placesOfImage(command: ByteText, args: readonly ByteText[], files: Whereabouts): readonly string[] {
  const path = fromByteText(command)
  const name = path.slice(path.lastIndexOf('/') + 1)
  const texts = args.map(fromByteText)
  const { makes } = name === '>' ? { makes: texts } : operandsOf(name, texts)
  const isMaker = name === '>' || Object.hasOwn(fileTools, name)
  return isMaker ? makes.map(dirname).filter((directory) => isOfImage(directory, files)) : []
}

/** An absolute path that is not there and lies in no volume. */
export function isOfImage(path: string, files: Whereabouts): boolean {
  return path.startsWith('/') && !files.stat(path).ok && !isMounted(path, files)
}

/**
 * The same that a command may read: a template, or what lies where images keep their own; not what programs make or mounts bring,
 * whose absence means something.
 */
export function isInputOfImage(path: string, files: Whereabouts): boolean {
  return (
    isOfImage(path, files) &&
    (/\.(?:tpl|tmpl|template|dist)$/.test(path) ||
      !/^\/(?:tmp|var|run|proc|sys|dev|mnt|etc|secrets?|vault)\//.test(path))
  )
}

/** Whether a path lies in a volume. */
export function isMounted(path: string, files: Whereabouts): boolean {
  return files.mounts().some((mount) => mount.path !== '/' && isWithin(path, mount.path))
}
