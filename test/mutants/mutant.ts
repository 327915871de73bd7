/** A mistake that tests must notice: a text of one source file that is replaced by another. */
export interface Mutant {
  readonly name: string
  readonly file: string
  /** Stands exactly once in the file. */
  readonly from: string
  readonly to: string
  readonly noticedBy: {
    readonly tests: readonly string[]
    /** A pattern of titles: vitest's `-t`. */
    readonly titles?: string
  }
}

/** Noticed by the recorded timelines of v1.18. */
export const timelines = (titles?: string): Mutant['noticedBy'] => ({
  tests: ['test/judge/timelines-v1.18.test.ts', 'test/judge/timelines-v1.18.soak.test.ts'],
  ...(titles === undefined ? {} : { titles }),
})
/** Noticed by times of all recorded timelines together. */
export const together = timelines('are drawn as the real ones were')
/** Noticed by the recorded sessions of kubectl. */
export const sessions = (titles: string): Mutant['noticedBy'] => ({
  tests: ['test/kubectl/sessions.test.ts', 'test/kubectl/sessions.soak.test.ts'],
  titles,
})
/** Noticed by the recorded requests about Secrets. */
export const secrets = (titles: string): Mutant['noticedBy'] => ({
  tests: ['test/apiserver/secrets-vectors.test.ts'],
  titles,
})
