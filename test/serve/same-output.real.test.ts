import { describe, expect, test } from 'vitest'
import type { KubernetesVersion } from '../../src/versions/version.ts'
import { hasAllPairs, type InstalledKubectl, installedKubectls, isThorough } from './clients.ts'
import { changingLines, mayDiffer, readingLines } from './command-lines.ts'
import { compareChanging, compareReading, type Differences } from './compare.ts'

/** The real kubectl prints what the one inside of the simulation prints for the same cluster: a table of lines, for kubectls and versions of clusters. */

const versions = ['v1.36', 'v1.26', 'v1.18'] as const

interface Pair {
  readonly kubectl: InstalledKubectl
  readonly version: KubernetesVersion
}

/** All pairs; otherwise each kubectl has one version, the first the newest. */
const pairs: readonly Pair[] = installedKubectls().flatMap((kubectl, at) =>
  (hasAllPairs ? versions : versions.slice(at % versions.length).slice(0, 1)).map((version) => ({ kubectl, version })),
)

/** Every second line is enough between two thorough runs with all pairs; of the kubectls next to each other each has the lines that the other has not. */
function linesFor({ kubectl }: Pair): readonly string[] {
  if (hasAllPairs) return readingLines
  const first = pairs.findIndex((pair) => pair.kubectl === kubectl) % 2
  return readingLines.filter((_, at) => at % 2 === first)
}

/** What changes a cluster is one story, of which no line can be left out: where time is short the oldest and the newest tell it. */
function changingPairs(): readonly Pair[] {
  if (hasAllPairs) return pairs
  const ends = isThorough ? [pairs[0], pairs.at(-1)] : [pairs[0]]
  return pairs.filter((pair) => ends.includes(pair))
}

const minutes = 10 * 60_000

/** Lines of the changing table come with their number. */
function bare(line: string): string {
  return line.replace(/^\d+: /, '')
}

function isKnown(line: string, { minor }: InstalledKubectl): boolean {
  return mayDiffer.some((row) => row.line === bare(line) && minor >= (row.since ?? 0))
}

function told(differing: Differences, kubectl: InstalledKubectl): string {
  const unknown = [...differing].filter(([line]) => !isKnown(line, kubectl))
  return unknown.map(([line, text]) => `kubectl ${line}\n${text}`).join('\n\n')
}

test('there are as many lines as are asked for', () => {
  expect(readingLines.length + changingLines.length).toBeGreaterThanOrEqual(179)
})

describe.skipIf(pairs.length === 0)('what the real kubectl prints, the simulated one prints', () => {
  const seen = new Set<string>()

  describe.concurrent('of a cluster that stays as it is', () => {
    test.each(pairs)('kubectl $kubectl.version, a cluster of $version', { timeout: minutes }, async (pair) => {
      const { kubectl, version } = pair
      const differing = await compareReading(kubectl, version, linesFor(pair))
      for (const line of differing.keys()) seen.add(line)
      expect(told(differing, kubectl)).toBe('')
    })
  })

  describe.concurrent('of a cluster that it changes', () => {
    test.each(changingPairs())(
      'kubectl $kubectl.version, a cluster of $version',
      { timeout: minutes },
      async ({ kubectl, version }) => {
        const differing = await compareChanging(kubectl, version, changingLines)
        for (const line of differing.keys()) seen.add(bare(line))
        expect(told(differing, kubectl)).toBe('')
      },
    )
  })

  test.runIf(hasAllPairs)('what may differ does, somewhere', () => {
    expect(mayDiffer.map(({ line }) => line).filter((line) => !seen.has(line))).toEqual([])
  })
})
