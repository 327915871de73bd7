/** What every judge of recorded vectors has in common. */

/** A JSON file of a folder of vectors. */
export interface VectorFile {
  /** Below the folder, with `/`: `authz.json`, `v1.26/timelines/crash.json`. */
  readonly path: string
  readonly content: unknown
}

/** One row: the smallest thing that is right or wrong. */
export interface RowScore {
  /** Unique within the file. */
  readonly row: string
  readonly passed: boolean
  /** What differed, empty when nothing did. */
  readonly diff: string
}

/** What one file scores. */
export interface FileScore {
  readonly path: string
  readonly rows: readonly RowScore[]
  /** Why nothing was judged. */
  readonly notJudged?: string
  /** Figures beside the rows: samples, statistics. */
  readonly figures?: readonly Figure[]
}

/** A measured sample beside the recorded one. */
export interface Figure {
  readonly what: string
  readonly recorded: string
  readonly simulated: string
  /** Chance that two samples of one distribution differ as much. */
  readonly probability: number
}

/** What one part of a file (a vector, a session, a timeline) scores. */
export interface PartScore {
  readonly rows: readonly RowScore[]
  readonly figures?: readonly Figure[]
}

export interface Part {
  /** Unique within the file. */
  readonly name: string
  score(): PartScore
}

/**
 * How many seeds are tried where draws decide: as many as the tests need to notice a change, or (the default) as many as it
 * takes to say how close podsim comes.
 */
export type Effort = 'quick' | 'thorough'

export interface Judge {
  /** By shape; the name decides only where two kinds have the same shape. */
  claims(file: VectorFile): boolean
  /** Parts share nothing: each may be scored alone. */
  parts(file: VectorFile, effort?: Effort): readonly Part[]
  /** Why a file cannot be judged here, if so. */
  notJudged?(file: VectorFile): string | undefined
}

/** `authz` of `authz.json`, `crash` of `v1.26/timelines/crash.json`. */
export function stemOf(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.json$/, '')
}

/** Whether the content is a list whose members all are objects that have these fields. */
export function isListOf(content: unknown, ...fields: readonly string[]): boolean {
  return (
    Array.isArray(content) &&
    content.length > 0 &&
    content.every(
      (item: unknown) =>
        typeof item === 'object' && item !== null && fields.every((field) => Object.hasOwn(item, field)),
    )
  )
}
