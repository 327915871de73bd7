import { plain, type TerminalText } from '../report/text.ts'
import type { Scenario } from '../scenario/model.ts'

/** How many cells a bar has. */
const barCells = 20

/** A bar for what is done, from 0 to 1, with its share: `██████░░░░  60 %`. */
export function bar(done: number): TerminalText {
  const share = Math.min(1, Math.max(0, done))
  const full = Math.floor(share * barCells)
  return plain`${'█'.repeat(full)}${'░'.repeat(barCells - full)} ${Math.floor(share * 100)} %`
}

/** How long it may still take, at the rate until now: `12 s left`, `3 min left`. */
export function left(done: number, elapsedMs: number): string {
  const seconds = (elapsedMs / 1000) * (1 / Math.max(done, 1e-6) - 1)
  return seconds < 100 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`
}

/** The virtual time that a scenario's steps take at least, in ms: pauses and times that it names. What is waited for comes on top. */
export function leastMs({ steps }: Pick<Scenario, 'steps'>): number {
  return steps.reduce((at, { time, action }) => {
    const begins = time.kind === 'at' ? Math.max(at, time.ms) : at + time.ms
    return begins + (action?.kind === 'wait' ? action.ms : 0)
  }, 0)
}
