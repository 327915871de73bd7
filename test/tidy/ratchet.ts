import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceFile } from './source-tree.ts'

/**
 * Where the tree breaks a rule today. Each number may only shrink: `npm run generate ratchet` lowers them to what is found and
 * raises none.
 */
export interface Ratchet {
  /** Own lines of a function, by `file function`. */
  readonly longFunctions: Counts
  /** Lines, by file. */
  readonly longFiles: Counts
  /** Exports without docstring, by folder of the root. */
  readonly undocumented: Counts
  /** Casts without a reason, by folder of the root. */
  readonly unexplainedCasts: Counts
}

type Counts = Readonly<Record<string, number>>

/** Lines of a file. */
export const maxFileLines = 400
/** Lines of a function without those of the functions inside of it. */
export const maxOwnLines = 70
/** Lines of a function with all that is in it, but for groups of tests and factories. */
export const maxFunctionLines = 84
/** A factory (`createX`) holds the functions of what it makes. */
export const maxFactoryLines = 290

const file = join(import.meta.dirname, 'ratchet.json')

/** The committed numbers. */
export function readRatchet(): Ratchet {
  return JSON.parse(readFileSync(file, 'utf8')) as Ratchet // written by writeRatchet
}

/** What breaks a rule in these files, in the form of the committed numbers. */
export function measure(sources: readonly SourceFile[]): Ratchet {
  const counted = (count: (source: SourceFile) => number): Counts => {
    const counts: Record<string, number> = {}
    for (const source of sources) {
      const more = count(source)
      const [folder = ''] = source.path.split('/')
      if (more > 0) counts[folder] = (counts[folder] ?? 0) + more
    }
    return counts
  }
  return {
    longFunctions: Object.fromEntries(
      sources.flatMap(({ path, functions }) =>
        functions
          .filter(({ ownLines }) => ownLines > maxOwnLines)
          .map(({ name, ownLines }) => [`${path} ${name}`, ownLines]),
      ),
    ),
    longFiles: Object.fromEntries(
      sources.filter(({ lineCount }) => lineCount > maxFileLines).map(({ path, lineCount }) => [path, lineCount]),
    ),
    undocumented: counted(({ undocumented }) => undocumented.length),
    unexplainedCasts: counted(({ unexplainedCasts }) => unexplainedCasts.length),
  }
}

/** What is more than allowed: `src/node: 3, allowed 2`. */
export function excess(found: Counts, allowed: Counts): readonly string[] {
  return Object.entries(found)
    .filter(([key, count]) => count > (allowed[key] ?? 0))
    .map(([key, count]) => `${key}: ${count}, allowed ${allowed[key] ?? 0}`)
}

/** Lowers the committed numbers to those found; what is found no more goes. */
export function tighten(found: Ratchet): void {
  const allowed = readRatchet()
  const lower = (some: Counts, most: Counts): Counts =>
    Object.fromEntries(
      Object.entries(most).flatMap(([key, count]) =>
        some[key] === undefined ? [] : [[key, Math.min(count, some[key])]],
      ),
    )
  const lowered: Ratchet = {
    longFunctions: lower(found.longFunctions, allowed.longFunctions),
    longFiles: lower(found.longFiles, allowed.longFiles),
    undocumented: lower(found.undocumented, allowed.undocumented),
    unexplainedCasts: lower(found.unexplainedCasts, allowed.unexplainedCasts),
  }
  writeFileSync(file, `${JSON.stringify(lowered, undefined, 2)}\n`)
}
