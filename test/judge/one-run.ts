import { compareTimelines } from './compare-timelines.ts'
import type { RowScore, VectorFile } from './judge.ts'
import { judgeSeeds, rowsOfPlay } from './plays.ts'
import type { TimelineFile } from './timeline-format.ts'

/** Share of the streams that two runs with different seeds have in common: a cluster's own variety. By folder. */
const inCommon: Readonly<Record<string, number>> = { '': 0.966, 'v1.26/': 0.957, 'v1.36/': 0.884 }

/**
 * Streams of one recording share its draws, so that they come out together or not at all: as much may be lost to that; more where
 * the recorded machine was busy (v1.36/README.md, Resolution and noise).
 */
const slack: Readonly<Record<string, number>> = { 'v1.36/': 0.04 }
const sharedDraws = 0.012

/**
 * That a recorded order comes out in one of many runs says that it is possible, not that it is as likely as it was. This says so of
 * all of them together: of the streams of the recordings of one version, as many come out in a single run as do between two
 * runs of podsim, but for what draws that several streams share make of it.
 */
export function oneRunRows(files: readonly VectorFile[]): readonly RowScore[] {
  const [seed = ''] = judgeSeeds
  let [agreeing, all] = [0, 0]
  for (const { content } of files) {
    const file = content as TimelineFile // those of timelines are given
    // Bursts are raced on purpose, and judged by a law of their own.
    if (file.category === 'burst') continue
    for (const { differences } of compareTimelines(file, rowsOfPlay(file, seed)).streams) {
      all++
      if (differences.length === 0) agreeing++
    }
  }
  if (all === 0) return []
  const folder = /^v1\.\d+\//.exec(files[0]?.path ?? '')?.[0] ?? ''
  const least = (inCommon[folder] ?? 0) - (slack[folder] ?? sharedDraws)
  const share = agreeing / all
  const diff = `${agreeing} of ${all} streams, ${share.toFixed(4)}, at least ${least.toFixed(4)} were expected`
  return [{ row: 'streams that come out in one run', passed: share >= least, diff: share >= least ? '' : diff }]
}
