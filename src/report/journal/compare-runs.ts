import type { DatedComponent, DatedRow } from '../../sim/dated-rows.ts'
import { type AlignedPair, aligned, isSame, toldLines } from './align.ts'
import { type EndDifference, endDifferences } from './end-facts.ts'
import { inside, membersOf } from './members.ts'
import type { JournalHeader, JournalLine, RunJournal } from './run-journal.ts'

/** Where two runs part, and what they come to: as data. */
export interface Comparison {
  readonly left: Side
  readonly right: Side
  /** Whether everything was the same, what the story does not tell included. */
  readonly isSame: boolean
  /** The first difference with what was before it and after it; undefined: the stories are the same. */
  readonly parting: Parting | undefined
  /** Where the stories are the same and the runs are not: the first record that differs. */
  readonly untold: Untold | undefined
  readonly end: readonly EndDifference[]
}

/** Which run, and what it was. */
export interface Side extends JournalHeader {
  readonly digest: string
  readonly records: number
}

/** The first difference of two stories. */
export interface Parting {
  readonly time: number
  /** Lines of both, the first difference among them. */
  readonly lines: readonly (AlignedPair & { readonly isSame: boolean })[]
  /** Differences of the stories altogether. */
  readonly differences: number
  /** Who does something otherwise. */
  readonly actors: readonly string[]
}

/** A record that differs though nothing that is told does. */
export interface Untold {
  /** Its place in the journal, from 1. */
  readonly record: number
  /** The way to the first member that differs. */
  readonly path: string
  readonly left: string
  readonly right: string
}

/** Lines of both runs before the first difference, and lines from it on. */
const linesBefore = 4
const linesAfter = 8

/** Lays two runs beside each other. */
export function compareRuns(left: RunJournal, right: RunJournal): Comparison {
  const pairs = aligned(toldLines(left.lines), toldLines(right.lines)).map((pair) => ({
    ...pair,
    isSame: isSame(pair),
  }))
  const at = pairs.findIndex((pair) => !pair.isSame)
  const different = pairs.filter((pair) => !pair.isSame)
  const first = pairs[at]
  const untold = first === undefined ? firstUntold(left.lines, right.lines) : undefined
  return {
    left: sideOf(left),
    right: sideOf(right),
    isSame: first === undefined && untold === undefined,
    parting:
      first === undefined
        ? undefined
        : {
            time: Math.min(first.left?.time ?? Number.POSITIVE_INFINITY, first.right?.time ?? Number.POSITIVE_INFINITY),
            lines: pairs.slice(Math.max(0, at - linesBefore), at + linesAfter),
            differences: different.length,
            actors: [...new Set(different.map(({ actor }) => actor))],
          },
    untold,
    end: endDifferences(left.lines, right.lines),
  }
}

function sideOf({ header, digest, lines }: RunJournal): Side {
  return { ...header, digest, records: lines.length }
}

function firstUntold(left: readonly JournalLine[], right: readonly JournalLine[]): Untold | undefined {
  const length = Math.max(left.length, right.length)
  for (let i = 0; i < length; i++) {
    const [a, b] = [left[i], right[i]]
    if (JSON.stringify(a) === JSON.stringify(b)) continue
    const path = a === undefined || b === undefined ? [] : differingPath(a, b)
    return { record: i + 1, path: path.join('.'), left: shown(a, path), right: shown(b, path) }
  }
  return undefined
}

/** Names that lead to the first member in which two values differ. */
function differingPath(left: unknown, right: unknown): readonly string[] {
  const [a, b] = [membersOf(left), membersOf(right)]
  if (a === undefined || b === undefined) return []
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)]))
    if (JSON.stringify(a[name]) !== JSON.stringify(b[name])) return [name, ...differingPath(a[name], b[name])]
  return []
}

/** Longest value that is shown. */
const longest = 120

function shown(line: unknown, path: readonly string[]): string {
  const text = JSON.stringify(inside(line, path)) ?? 'absent'
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text
}

/** A run on one minor version. */
export interface VersionedRun {
  readonly minor: number
  readonly journal: RunJournal
}

/** Where between two versions a run changes, and what is dated there. */
export interface VersionStep {
  readonly minor: number
  /** Who does something otherwise than on the version before. */
  readonly actors: readonly string[]
  /** The first difference to the version before: what this one does otherwise. */
  readonly first: AlignedPair
  /** Dated rows of this minor in the tables of those who do. */
  readonly rows: readonly DatedRow[]
  /** Rows of the API server, which everybody asks, where they are not among those. */
  readonly ofApiServer: number
}

/** Minor versions at which the story is another than on the one before, oldest first, with the rows that may have made it. */
export function versionSteps(runs: readonly VersionedRun[], rows: readonly DatedRow[]): readonly VersionStep[] {
  return runs.slice(1).flatMap(({ minor, journal }, i) => {
    const before = runs[i]
    if (before === undefined) return []
    const { parting } = compareRuns(before.journal, journal)
    const first = parting?.lines.find((line) => !line.isSame)
    if (parting === undefined || first === undefined) return []
    const components = new Set(parting.actors.flatMap(componentsOf))
    const dated = rows.filter((row) => row.minor === minor)
    const own = dated.filter(({ component }) => components.has(component))
    const ofServer = dated.filter(({ component }) => component === 'API server' && !components.has(component))
    return [{ minor, actors: parting.actors, first, rows: own, ofApiServer: ofServer.length }]
  })
}

/** Tables that say what an actor does. Gates are everybody's. */
function componentsOf(actor: string): readonly DatedComponent[] {
  if (/^(kubelet|runtime)\b/.test(actor)) return ['kubelet', 'clients', 'feature gates']
  if (actor.startsWith('controller')) return ['controllers', 'clients', 'feature gates']
  if (actor.startsWith('scheduler')) return ['scheduler', 'clients', 'feature gates']
  if (actor.startsWith('user/')) return ['API server', 'kubectl', 'feature gates']
  return ['API server', 'feature gates']
}
