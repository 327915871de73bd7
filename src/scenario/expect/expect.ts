import { formatDuration } from '../../sim/duration.ts'
import type { Sim } from '../../sim/sim.ts'
import type { Expectation } from '../model.ts'
import type { ExpectationResult } from '../result.ts'
import { passUntil, type SliceEnd, type Slices } from '../slices.ts'
import type { Finding } from './finding.ts'

/** Decides an expectation: at this instant, or by letting virtual time pass. Every event is looked at, not a sample. */
export function* decide(sim: Sim, expectation: Expectation, isOver: SliceEnd): Slices<ExpectationResult> {
  const { timing } = expectation
  const now = () => expectation.look(sim)
  switch (timing.kind) {
    case 'now':
      return result(sim, expectation, now(), '')
    case 'within': {
      yield* passUntil(sim, () => now().holds, timing.ms, isOver)
      return result(sim, expectation, now(), ` within ${formatDuration(timing.ms)}`)
    }
    case 'always': {
      yield* passUntil(sim, () => !now().holds, timing.ms, isOver)
      return result(sim, expectation, now(), ` for all of ${formatDuration(timing.ms)}`)
    }
    case 'never': {
      yield* passUntil(sim, () => now().holds, timing.ms, isOver)
      const finding = now()
      return result(
        sim,
        expectation,
        { ...finding, holds: !finding.holds, expected: `never that ${finding.expected}` },
        ` for ${formatDuration(timing.ms)}`,
      )
    }
  }
}

function result(sim: Sim, expectation: Expectation, finding: Finding, timing: string): ExpectationResult {
  return {
    place: expectation.place,
    passed: finding.holds,
    expected: finding.expected + timing,
    found: finding.found,
    because: expectation.source.because,
    at: sim.now(),
  }
}
