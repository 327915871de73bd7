import type { RowScore } from '../../judge.ts'

/** Within how many seconds of its cause something comes. */
export interface Window {
  readonly least: number
  readonly most: number
}

/** Windows are told to a tenth of a second. */
const rounding = 0.05

/** A row that is passed when something came (`at`) within the window after its cause (`from`). Seconds. */
export function judged(what: string, from: number, at: number | undefined, { least, most }: Window): RowScore {
  const seconds = at === undefined ? undefined : at - from
  const passed = seconds !== undefined && seconds >= least - rounding && seconds <= most + rounding
  const diff = passed ? '' : `expected within ${least} to ${most} s, got ${seconds?.toFixed(3) ?? 'nothing'}`
  return { row: `window ${what}`, passed, diff }
}
