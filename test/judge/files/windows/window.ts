import type { RowScore } from '../../judge.ts'

/** Within how many seconds of its cause something comes. */
export interface Window {
  readonly least: number
  readonly most: number
}

/** Windows are told to a tenth of a second. */
const rounding = 0.05

/** Whether something came that many seconds after its cause, as a window has it. */
export function isWithin(seconds: number, { least, most }: Window): boolean {
  return seconds >= least - rounding && seconds <= most + rounding
}

/** A row that is passed when something came (`at`) within the window after its cause (`from`). Seconds. */
export function judged(what: string, from: number, at: number | undefined, window: Window): RowScore {
  const seconds = at === undefined ? undefined : at - from
  const passed = seconds !== undefined && isWithin(seconds, window)
  const diff = passed
    ? ''
    : `expected within ${window.least} to ${window.most} s, got ${seconds?.toFixed(3) ?? 'nothing'}`
  return { row: `window ${what}`, passed, diff }
}
