import * as z from 'zod'
import type { VirtualMs } from '../kernel/time.ts'
import { formatDuration, parseDuration } from '../sim/duration.ts'
import { complain } from '../sim/input/complaints.ts'
import { durationText, millisecondsOf, objectName } from '../sim/input/formats.ts'
import { withRules } from '../sim/input/rules.ts'
import { words } from '../sim/input/words.ts'
import type { Sim } from '../sim/sim.ts'
import type { Place } from './place.ts'
import { containersOf } from './select/select-pods.ts'
import { containersSchema, type Selection } from './select/selection.ts'

/** What must be true of many runs together: bounds on the delays of updates, over seeds. */

/** Which of many values is meant, and how many there must be for it to mean something. */
const statistics = {
  min: { needs: 1, of: (sorted: readonly number[]) => sorted[0] },
  p50: { needs: 2, of: (sorted: readonly number[]) => quantile(sorted, 0.5) },
  p90: { needs: 10, of: (sorted: readonly number[]) => quantile(sorted, 0.9) },
  p95: { needs: 20, of: (sorted: readonly number[]) => quantile(sorted, 0.95) },
  p99: { needs: 100, of: (sorted: readonly number[]) => quantile(sorted, 0.99) },
  max: { needs: 1, of: (sorted: readonly number[]) => sorted[sorted.length - 1] },
  mean: {
    needs: 2,
    of: (sorted: readonly number[]) => Math.round(sorted.reduce((sum, each) => sum + each, 0) / sorted.length),
  },
} as const

type Statistic = keyof typeof statistics
const statisticNames = Object.keys(statistics) as readonly Statistic[] // its keys are just these

/** The nearest rank: the smallest value that so many are not above. */
export function quantile(sorted: readonly number[], part: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]
}

const bound = z
  .string()
  .regex(/^(<=|<|>=|>)\s*(\d+(\.\d+)?(ms|s|m|h|d))+$/)
  .refine((given) => parseDuration(given.replace(/^[<>=]+\s*/, '')) !== undefined)
  .register(words, {
    expected: 'a bound such as "<= 70s"',
    code: 'BAD_DURATION',
    suggest: (found) => (durationText.safeParse(found).success ? `"<= ${String(found)}"` : undefined),
  })

const thresholdSchema = withRules(
  z.strictObject({
    delay: objectName.meta({
      description: 'How long updates of a Secret took until containers saw them, by name of the Secret',
    }),
    namespace: objectName.optional().meta({ description: 'Namespace of the Secret; default unless given' }),
    in: containersSchema
      .optional()
      .meta({ description: 'Only in these containers: pod, pod/container, deploy/web, { app: web }' }),
    min: bound.optional().meta({ description: 'Bound of the smallest of all values' }),
    p50: bound.optional().meta({ description: 'Bound of the value that half of all are not above' }),
    p90: bound.optional().meta({ description: 'Bound of the value that 90 % of all are not above; needs 10 values' }),
    p95: bound.optional().meta({ description: 'Needs 20 values' }),
    p99: bound.optional().meta({ description: 'Needs 100 values' }),
    max: bound.optional().meta({ description: 'Bound of the largest of all values' }),
    mean: bound.optional().meta({ description: 'Bound of their mean' }),
  }),
  { atLeastOneOf: statisticNames },
)

/** `thresholds` of a scenario. */
export const thresholdsSchema = z.array(thresholdSchema).min(1)

const range = /^(\d+)\.\.(\d+)$/

/** Seeds of a scenario, or of a command: `1..20`, or some of them. */
export const seedsSchema = z
  .union([
    z.string().regex(range),
    z.array(z.union([z.string().min(1), z.int()]).register(words, { expected: 'a text or a whole number' })).min(1),
  ])
  .superRefine((given, context) => {
    const problem = typeof given === 'string' ? rangeProblem(given) : undefined
    if (problem !== undefined) complain(context, [], { message: problem })
  })
  .register(words, { expected: 'a range such as 1..20, or a list of seeds' })

/** Runs of one scenario; more is work for several commands. */
const mostSeeds = 100_000

/** Why a text is no range of seeds; undefined if it is one. */
export function rangeProblem(given: string): string | undefined {
  const [, from, to] = range.exec(given) ?? []
  if (from === undefined || to === undefined) return 'the seeds are no range such as 1..20'
  if (Number(to) < Number(from)) return 'the range of seeds ends before it begins'
  return Number(to) - Number(from) >= mostSeeds ? `there are more than ${mostSeeds} seeds` : undefined
}

/** The seeds that are meant, in order. */
export function seedsIn(given: string | readonly (string | number)[]): readonly string[] {
  if (typeof given !== 'string') return given.map(String)
  const [, from = '1', to = '1'] = range.exec(given) ?? []
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => String(Number(from) + i))
}

type ThresholdSource = z.output<typeof thresholdSchema>

/** A bound on what several runs have measured. Data alone. */
export interface Threshold {
  readonly place: Place
  readonly secret: string
  readonly namespace: string | undefined
  readonly in: Selection | undefined
  readonly bounds: readonly { readonly statistic: Statistic; readonly operator: string; readonly ms: VirtualMs }[]
}

/** A threshold of a scenario, which the schema has taken. */
export function thresholdOf(source: ThresholdSource, place: Place): Threshold {
  const bounds = statisticNames.flatMap((statistic) => {
    const { [statistic]: text } = source
    const [, operator = '<=', duration = '0s'] = /^(<=|<|>=|>)\s*(.*)$/.exec(text ?? '') ?? []
    return text === undefined ? [] : [{ statistic, operator, ms: millisecondsOf(duration) }]
  })
  return { place, secret: source.delay, namespace: source.namespace, in: source.in, bounds }
}

/** What one run measured: every update that a container saw. One that is not seen yet at the end is told as how long it is not. */
export function measure(sim: Sim, { secret, namespace, in: selection }: Threshold): readonly VirtualMs[] {
  const chosen = selection === undefined ? undefined : containersOf(sim, { in: selection, namespace })
  const refs = chosen === undefined ? [] : chosen.kind === 'one' ? [chosen.item] : chosen.items.map(({ item }) => item)
  return sim
    .delays(secret, namespace)
    .filter(({ never }) => never === undefined)
    .filter(
      (each) =>
        chosen === undefined ||
        refs.some(({ pod, container }) => each.pod === pod && (container ?? each.container) === each.container),
    )
    .map(({ updatedAt, visibleAt }) => (visibleAt ?? sim.now()) - updatedAt)
}

/** What a bound comes to over all runs. */
export interface ThresholdResult {
  readonly place: Place
  readonly outcome: 'passed' | 'failed' | 'inconclusive'
  /** `p90 of the delays of db <= 1m10s`. */
  readonly expected: string
  readonly found: string
}

/** Judges a threshold by all values of all runs. */
export function judgeThreshold(
  { place, secret, in: selection, bounds }: Threshold,
  values: readonly VirtualMs[],
): readonly ThresholdResult[] {
  const sorted = [...values].sort((a, b) => a - b)
  const where = selection === undefined ? '' : ` in ${typeof selection === 'string' ? selection : 'what is selected'}`
  return bounds.map(({ statistic, operator, ms }): ThresholdResult => {
    const expected = `${statistic} of the delays of ${secret}${where} ${operator} ${formatDuration(ms)}`
    const { needs, of } = statistics[statistic]
    const value = of(sorted)
    if (value === undefined || sorted.length < needs) {
      const found = `${sorted.length === 1 ? '1 value' : `${sorted.length} values`}; ${needs} are needed: run it with more seeds, such as --seeds 1..${needs}`
      return { place, outcome: 'inconclusive', expected, found }
    }
    const holds = { '<=': value <= ms, '<': value < ms, '>=': value >= ms, '>': value > ms }[operator] === true
    const found = `${formatDuration(value)} of ${sorted.length} values from ${formatDuration(sorted[0] ?? 0)} to ${formatDuration(sorted[sorted.length - 1] ?? 0)}`
    return { place, outcome: holds ? 'passed' : 'failed', expected, found }
  })
}
