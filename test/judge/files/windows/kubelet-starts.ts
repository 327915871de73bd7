import type { RowScore } from '../../judge.ts'
import { minorOfFile, type TimelineFile, type TimelineRow } from '../../timeline-format.ts'
import { judged, type Window } from './window.ts'

/** "first actions 0.8..1.6 s after the start". */
const firstAction: Window = { least: 0.8, most: 1.6 }
/**
 * The machine of these recordings was so busy that the process itself took up to a second to begin (v1.36/README.md, "Resolution
 * and noise"): it is judged from its first event on.
 */
const minorOfBusyMachine = 36

/** Whether a kubelet is started, also that of a node that was down. */
export function isKubeletStart({ actor, what }: TimelineRow): boolean {
  return actor === 'operator' && what.includes('kubelet start')
}

/** When a kubelet that is started again first asks for a Secret and sets up a volume. */
export function kubeletStartRows(file: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  return rows.filter(isKubeletStart).flatMap(({ t, detail: { node } }) => {
    const later = rows.filter((row) => row.t > t)
    const begun = later.find(({ what }) => what === 'Starting')?.t
    const start = minorOfFile(file) < minorOfBusyMachine ? t : (begun ?? t)
    const row = (what: string, first: TimelineRow | undefined) =>
      judged(`${what} after the kubelet's start at ${Math.floor(t)} s`, start, first?.t, firstAction)
    const request = row(
      'first request',
      later.find(({ actor, detail }) => actor === 'request' && detail.node === node),
    )
    // No line says on which node a volume is.
    if (file.nodes.length > 1) return [request]
    return [
      request,
      row(
        'first set-up',
        later.find(({ actor }) => actor === 'volume-manager'),
      ),
    ]
  })
}
