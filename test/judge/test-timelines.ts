import { recordedWindowRows } from './files/time-windows.ts'
import { togetherRows } from './files/timeline-distributions.ts'
import { oneRunRows } from './one-run.ts'
import { refusalRows } from './refusals.ts'
import { testVectors } from './test-vectors.ts'

/** The recorded timelines of one version, each by itself, and the times of all of them, which draws decide, together. */
export function testTimelines(version: string, fits: RegExp): void {
  testVectors(
    `L1 L2 L3 L6 U1 U3 E3 a kubelet does what a real ${version} one did`,
    fits,
    {
      title: 'gaps and time-outs are drawn as the real ones were',
      rows: (files) => [...togetherRows(files), ...oneRunRows(files), ...refusalRows(files)],
    },
    { title: 'the recordings keep within their own windows', rows: recordedWindowRows },
  )
}
