import { recordedWindowRows } from './files/time-windows.ts'
import { togetherRows } from './files/timeline-distributions.ts'
import { oneRunRows } from './one-run.ts'
import { refusalRows } from './refusals.ts'
import { type Together, testVectors } from './test-vectors.ts'

/** What the seed tells that all recordings have in common, whatever the seeds are that show them first (plays.ts). */
export const ofOneSeed: Together = {
  title: 'one seed shows as many streams, and refuses as many first requests, as were recorded',
  rows: (files) => [...oneRunRows(files), ...refusalRows(files)],
}

/** The recorded timelines of one version, each by itself, and the times of all of them, which draws decide, together. */
export function testTimelines(version: string, fits: RegExp, ...more: readonly Together[]): void {
  testVectors(
    `L1 L2 L3 L6 U1 U3 E3 a kubelet does what a real ${version} one did`,
    fits,
    { title: 'gaps and time-outs are drawn as the real ones were', rows: togetherRows },
    { title: 'the recordings keep within their own windows', rows: recordedWindowRows },
    ...more,
  )
}
