import { recordedWindowRows } from './files/time-windows.ts'
import { togetherRows } from './files/timeline-distributions.ts'
import { oneRunRows } from './one-run.ts'
import { refusalRows } from './refusals.ts'
import { type Together, testParts, testTogether, testVectors, vectorFiles } from './test-vectors.ts'
import { vectorPaths } from './vectors-folder.ts'

/** What the seed tells that all recordings have in common, whatever the seeds are that show them first (plays.ts). */
export const ofOneSeed: Together = {
  title: 'one seed shows as many streams, and refuses as many first requests, as were recorded',
  rows: (files) => [...oneRunRows(files), ...refusalRows(files)],
}

/** What all recordings of a version say together: times that draws decide, and the windows of the README. */
const ofAll: readonly Together[] = [
  { title: 'gaps and time-outs are drawn as the real ones were', rows: togetherRows },
  { title: 'the recordings keep within their own windows', rows: recordedWindowRows },
]

/** The recorded timelines of one version, each by itself, and all of them together. */
export function testTimelines(version: string, fits: RegExp, ...more: readonly Together[]): void {
  testVectors(titleOf(version), fits, ...ofAll, ...more)
}

const ofFirstVersion = /^timelines\/(?<name>.*)/
/** The same with a TTL between those of two others. */
const betweenOthers: readonly string[] = ['upd-cache-15.json', 'upd-cache-120.json']
const namesOfNewest = new Set(vectorPaths().flatMap((path) => /^v1\.36\/timelines\/(.*)/.exec(path)?.[1] ?? []))

/**
 * Of v1.18 the recordings that `alone` says: those of which there is none like it in v1.36, or those of which there is, and
 * what all of v1.18 say together and the seed of them. A recording is a play of a second in which a kubelet of another version does nearly the same.
 */
export function testFirstTimelines(alone: 'v1.18 alone' | 'v1.36 too'): void {
  const files = vectorFiles(ofFirstVersion)
  const isOfNewest = (path: string): boolean => {
    const { name = '' } = ofFirstVersion.exec(path)?.groups ?? {}
    return namesOfNewest.has(name) || betweenOthers.includes(name)
  }
  testParts(
    titleOf('v1.18'),
    files.filter(({ path }) => isOfNewest(path) === (alone === 'v1.36 too')),
  )
  if (alone === 'v1.36 too') testTogether(titleOf('v1.18'), files, [...ofAll, ofOneSeed])
}

function titleOf(version: string): string {
  return `L1 L2 L3 L6 U1 U3 E3 a kubelet does what a real ${version} one did`
}
