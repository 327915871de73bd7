import type { ClusterRecord } from '../../cluster/records.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { formatDuration } from '../../sim/duration.ts'
import type { Sim } from '../../sim/sim.ts'
import type { Expectation } from '../model.ts'
import type { ExpectationResult } from '../result.ts'
import { pass, passUntil, type SliceEnd, type Slices } from '../slices.ts'
import type { Finding } from './finding.ts'

/** Decides an expectation: at this instant, or by letting virtual time pass. Every event is looked at, not a sample. */
export function* decide(sim: Sim, expectation: Expectation, isOver: SliceEnd): Slices<ExpectationResult> {
  const { timing } = expectation
  const now = lookout(sim, expectation)
  const done = (finding: Finding, words: string) => result(sim, expectation, finding, words)
  if (timing.kind === 'now') return done(now(), '')
  const { kind, ms } = timing
  const long = formatDuration(ms)
  switch (kind) {
    case 'within':
      yield* passUntil(sim, () => now().holds, ms, isOver)
      return done(now(), ` within ${long}`)
    case 'always':
      yield* passUntil(sim, () => !now().holds, ms, isOver)
      return done(now(), ` for all of ${long}`)
    case 'never': {
      yield* passUntil(sim, () => now().holds, ms, isOver)
      const finding = now()
      return done({ ...finding, holds: !finding.holds, expected: `never that ${finding.expected}` }, ` for ${long}`)
    }
    case 'at':
      if (ms < sim.now()) return done(missed(sim, now(), ms), ` at ${long}`)
      yield* pass(sim, ms - sim.now(), isOver)
      return done(now(), ` at ${long}`)
    case 'by':
      if (ms < sim.now()) return done(missed(sim, now(), ms), ` by ${long}`)
      yield* passUntil(sim, () => now().holds, ms - sim.now(), isOver)
      return done(now(), ` by ${long}`)
    case 'exactly':
      return done(yield* becomeTrue(sim, now, ms, isOver), ` at ${long} and not before`)
  }
}

/** Looks at the cluster as it is now; not again while nothing has been written, where that is all that could make a difference. */
function lookout(sim: Sim, { readsObjectsAlone, look }: Expectation): () => Finding {
  if (!readsObjectsAlone) return () => look(sim)
  const { records } = sim.journal
  let seen = 0
  let finding: Finding | undefined
  return () => {
    if (finding === undefined || hasWriteSince(seen, records)) finding = look(sim)
    seen = records[records.length - 1]?.seq ?? 0
    return finding
  }
}

/** Whether an object was written behind the record `seq`; yes, too, where the journal has no more to say of that time. */
function hasWriteSince(seq: number, records: readonly ClusterRecord[]): boolean {
  for (let i = records.length - 1; i >= 0; i--) {
    const record = records[i]
    if (record === undefined || record.seq <= seq) return false
    if (record.type.startsWith('object.')) return true
  }
  return true
}

/** It must begin to hold at `ms`, the end of that instant included. */
function* becomeTrue(sim: Sim, now: () => Finding, ms: VirtualMs, isOver: SliceEnd): Slices<Finding> {
  if (ms < sim.now()) return missed(sim, now(), ms)
  yield* passUntil(sim, () => now().holds, ms - sim.now(), isOver)
  const finding = now()
  if (sim.now() === ms || !finding.holds) return finding
  return { ...finding, holds: false, found: `it held at ${formatDuration(sim.now())} already: ${finding.found}` }
}

/** Whether it held at a time that has gone by nobody can say any more. */
function missed(sim: Sim, finding: Finding, ms: VirtualMs): Finding {
  const found = `${formatDuration(ms)} had gone by: it was ${formatDuration(sim.now())} when it was its turn`
  return { ...finding, holds: false, found }
}

function result(sim: Sim, expectation: Expectation, finding: Finding, timing: string): ExpectationResult {
  const { place, source, isSometimes } = expectation
  return {
    place,
    // Whether it ever holds is for all runs together to say.
    passed: finding.holds || isSometimes,
    ...(isSometimes ? { sometimes: finding.holds } : {}),
    expected: `${isSometimes ? 'sometimes ' : ''}${finding.expected}${timing}`,
    found: finding.found,
    because: source.because,
    at: sim.now(),
  }
}
