import type { Scenario } from '../scenario/model.ts'
import type { Place } from '../scenario/place.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import { judgeThreshold, type ThresholdResult } from '../scenario/thresholds.ts'

/** What several runs of one scenario come to together. */
export interface Together {
  readonly file: string
  readonly title: string
  readonly runs: number
  readonly judged: readonly TogetherResult[]
}

/** `sometimes` that never was, a threshold that is not kept. */
export type TogetherResult = ThresholdResult

/** Judges what only all runs together can say; scenarios of which nothing is to be said are left out. */
export function judgeTogether(scenarios: readonly Scenario[], results: readonly ScenarioResult[]): readonly Together[] {
  const groups = new Map<string, { readonly scenario: Scenario; readonly results: ScenarioResult[] }>()
  const keyOf = ({ file, title }: { readonly file: string; readonly title: string }) => JSON.stringify([file, title])
  for (const scenario of scenarios) groups.set(keyOf(scenario), { scenario, results: [] })
  for (const result of results) groups.get(keyOf(result.scenario))?.results.push(result)
  return [...groups.values()].flatMap(({ scenario, results: of }) => {
    const judged = [...sometimesOf(of), ...thresholdsOf(scenario, of)]
    const { file, title } = scenario
    return judged.length === 0 || of.length === 0 ? [] : [{ file, title, runs: of.length, judged }]
  })
}

function thresholdsOf({ thresholds }: Scenario, results: readonly ScenarioResult[]): readonly TogetherResult[] {
  return thresholds.flatMap((threshold, i) =>
    judgeThreshold(
      threshold,
      results.flatMap(({ measured }) => measured[i] ?? []),
    ),
  )
}

function sometimesOf(results: readonly ScenarioResult[]): readonly TogetherResult[] {
  const seen = new Map<string, { readonly place: Place; readonly expected: string; times: number }>()
  for (const { steps } of results) {
    for (const { place, sometimes, expected } of steps.flatMap(({ expectations }) => expectations)) {
      if (sometimes === undefined) continue
      const key = JSON.stringify(place)
      const entry = seen.get(key) ?? { place, expected, times: 0 }
      if (sometimes) entry.times++
      seen.set(key, entry)
    }
  }
  return [...seen.values()].map(({ place, expected, times }) => ({
    place,
    expected,
    outcome: times > 0 ? 'passed' : 'inconclusive',
    found: `true in ${times} of ${results.length === 1 ? '1 run' : `${results.length} runs`}`,
  }))
}
