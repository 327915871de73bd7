import type { Effort, RowScore } from '../judge.ts'
import { rowsOfPlay } from '../plays.ts'
import { minorOfFile, type TimelineFile, type TimelineRow } from '../timeline-format.ts'

const runsOf = { quick: 2, thorough: 4 } as const
const manyRuns = 14
const syncFailure = 'failed to sync secret cache'

/**
 * Category burst: "shape only": requests per second, which Pods see `failed to sync secret cache`, when the last Pod runs
 * (+-20 %); and every Pod must come to its recorded end.
 */
export function burstRows(file: TimelineFile, seeds: readonly string[], effort: Effort): readonly RowScore[] {
  const runs = seeds.slice(0, runsOf[effort]).map((seed) => rowsOfPlay(file, seed))
  // How many Pods are late by the authorizer differs most where one run is enough: as many are played as it takes.
  const most = minorOfFile(file) < minorOfBusyMachine ? runs.length : manyRuns
  const ofMany = (compare: typeof compareRates) => (): string => {
    for (let count = runs.length; ; count++) {
      const diff = compare(
        file,
        seeds.slice(0, count).map((seed) => rowsOfPlay(file, seed)),
      )
      if (diff === '' || count >= most) return diff
    }
  }
  return [
    row('requests per second', ofMany(compareRates)),
    row(`Pods that see "${syncFailure}"`, () => compareFailures(file.timeline, runs)),
    row('when the last Pod runs', ofMany(compareLast)),
    ...[...lastStatus(file.timeline)].map(([pod, status]) =>
      row(`end of ${pod}`, () => {
        const found = runs.map((rows) => lastStatus(rows).get(pod))
        return found.includes(status) ? '' : `expected ${status}, got ${found[0]}`
      }),
    ),
  ]
}

function row(name: string, compare: () => string): RowScore {
  const diff = compare()
  return { row: name, passed: diff === '', diff }
}

/** From here on the recorded machine was so busy (v1.36/README.md, "Resolution and noise") that one run that comes close is enough. */
const minorOfBusyMachine = 36

/** Each run must be close to the recording. */
function isMet(file: TimelineFile, found: readonly number[], isClose: (value: number) => boolean): boolean {
  return minorOfFile(file) < minorOfBusyMachine ? found.every(isClose) : found.some(isClose)
}

/** How many requests have been made by each second: within 20 % and two requests of the recording. */
function compareRates(file: TimelineFile, runs: readonly (readonly TimelineRow[])[]): string {
  const times = (rows: readonly TimelineRow[]) =>
    rows.flatMap(({ t, actor, what }) => (actor === 'request' && what !== 'watch closed' ? [t] : []))
  const by = (all: readonly number[], second: number) => all.filter((t) => t <= second).length
  const wanted = times(file.timeline)
  const until = Math.ceil(Math.max(...wanted.filter((t) => t < 60)))
  const problems: string[] = []
  for (let second = 1; second <= until; second++) {
    const expected = by(wanted, second)
    const found = runs.map((rows) => by(times(rows), second))
    const isClose = isMet(file, found, (count) => Math.abs(count - expected) <= 2 + 0.2 * expected)
    if (!isClose) problems.push(`by ${second} s: expected ${expected}, got ${found.join(', ')}`)
  }
  return problems.join('\n')
}

/** Those that see it in every run must have seen it in the recording, and the other way round, but for one in ten. */
function compareFailures(recorded: readonly TimelineRow[], runs: readonly (readonly TimelineRow[])[]): string {
  const of = (rows: readonly TimelineRow[]) =>
    new Set(rows.flatMap(({ detail }) => (JSON.stringify(detail).includes(syncFailure) ? [String(detail.pod)] : [])))
  const wanted = of(recorded)
  const found = runs.map(of)
  const pods = new Set(recorded.flatMap(({ detail }) => (detail.pod === undefined ? [] : [String(detail.pod)])))
  const always = [...pods].filter((pod) => found.every((set) => set.has(pod)) && !wanted.has(pod))
  const never = [...pods].filter((pod) => found.every((set) => !set.has(pod)) && wanted.has(pod))
  if (always.length + never.length <= Math.ceil(pods.size / 10)) return ''
  return `only in podsim: ${always.join(', ')}; only recorded: ${never.join(', ')}`
}

function compareLast(file: TimelineFile, runs: readonly (readonly TimelineRow[])[]): string {
  const last = (rows: readonly TimelineRow[]) =>
    Math.max(...rows.flatMap(({ t, what, detail }) => (what === 'StartContainer' && detail.attempt === 0 ? [t] : [])))
  const wanted = last(file.timeline)
  const found = runs.map(last)
  return isMet(file, found, (t) => Math.abs(t - wanted) <= 0.2 * wanted)
    ? ''
    : `expected ${wanted} s, got ${found.join(', ')} s`
}

function lastStatus(rows: readonly TimelineRow[]): ReadonlyMap<string, string> {
  const last = new Map<string, string>()
  for (const { what, detail } of rows)
    if (what === 'pod status') last.set(String(detail.pod), `${String(detail.phase)} ${readiness(detail.conditions)}`)
  return last
}

function readiness(conditions: unknown): string {
  const { Ready = '' } = (conditions ?? {}) as { readonly Ready?: string } // written by the observer
  return Ready
}
