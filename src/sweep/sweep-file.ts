import * as z from 'zod'
import { safeJson } from '../bytes/terminal-text.ts'
import { complaintsOf } from '../sim/input/complaints.ts'
import { keyOf } from './delay-groups.ts'
import type { DelayGroup, Sweep, SweepRow } from './sweep.ts'

/** The file of a sweep or of one of its shards: JSON, a run a line, the same bytes for the same runs wherever they were made. */

/** Counts up when a field changes its meaning. */
const schemaVersion = 1

const count = z.int().min(0)
const settings = z.record(z.string(), z.string())
const place = z.strictObject({ file: z.string().optional(), line: count, column: count })
const statistic = z.enum(['min', 'p50', 'p90', 'p95', 'p99', 'max', 'mean'])
const outcome = z.enum(['passed', 'failed', 'inconclusive', 'broken', 'interrupted'])

const rowSchema = z.strictObject({
  index: count,
  cell: count.optional(),
  seed: z.string(),
  outcome: outcome.optional(),
  digest: z.string(),
  endedAt: count,
  measured: z.array(z.array(z.int())).optional(),
  sometimes: z.array(z.strictObject({ place, expected: z.string(), held: z.boolean() })).optional(),
  /** For groups, by their places in `groups`: delays in ms, how many are open, how many never are seen. */
  delays: z.array(z.tuple([count, z.array(z.int()), count, count])).optional(),
  failures: z.array(z.strictObject({ place, what: z.string(), found: z.string() })).optional(),
})

const fileSchema = z.strictObject({
  podsim: z.string(),
  schema: z.literal(schemaVersion),
  file: z.string(),
  sha256: z.string(),
  cells: z.array(z.strictObject({ title: z.string(), settings })).min(1),
  seeds: z.string(),
  options: z.strictObject({
    version: z.string().optional(),
    maxEvents: count.optional(),
    invariants: z.boolean().optional(),
  }),
  runs: count,
  shard: z.strictObject({ part: z.int().min(1), of: z.int().min(1) }),
  thresholds: z.array(
    z.strictObject({
      place,
      secret: z.string(),
      namespace: z.string().optional(),
      in: z.union([z.string(), settings]).optional(),
      bounds: z.array(z.strictObject({ statistic, operator: z.string(), ms: count })),
    }),
  ),
  groups: z.array(z.tuple([z.string(), z.string(), z.string()])),
  rows: z.array(rowSchema),
})

type FileRow = z.output<typeof rowSchema>

/** What a file holds, or what is wrong with it. */
export type ReadSweep = { readonly ok: true; readonly sweep: Sweep } | { readonly ok: false; readonly message: string }

/** The text of a sweep's file. What is usual is left out of its lines. */
export function sweepText({ rows, shard, ...plan }: Sweep): string {
  const keys = [...new Set(rows.flatMap(({ delays }) => delays.map(keyOf)))].sort()
  const places = new Map(keys.map((key, i) => [key, i]))
  const { podsim, file, sha256, cells, seeds, options, runs, thresholds } = plan
  // The order of the keys is part of what must be the same.
  const head = { podsim, schema: schemaVersion, file, sha256, cells, seeds, options, runs, shard, thresholds }
  const groups: unknown = keys.map((key): unknown => JSON.parse(key))
  const lines = rows.map((row) => safeJson(fileRow(row, places)))
  return `${safeJson({ ...head, groups }).slice(0, -1)},"rows":[\n${lines.join(',\n')}\n]}\n`
}

function fileRow(row: SweepRow, places: ReadonlyMap<string, number>): FileRow {
  const { index, cell, seed, outcome: came, digest, endedAt, measured, sometimes, delays, failures } = row
  return {
    index,
    ...(cell === 0 ? {} : { cell }),
    seed,
    ...(came === 'passed' ? {} : { outcome: came }),
    ...{ digest, endedAt },
    ...(measured.length === 0 ? {} : { measured: measured.map((each) => [...each]) }),
    ...(sometimes.length === 0 ? {} : { sometimes: [...sometimes] }),
    ...(delays.length === 0
      ? {}
      : {
          delays: delays.map((group) => [places.get(keyOf(group)) ?? 0, [...group.seenMs], group.open, group.never]),
        }),
    ...(failures.length === 0 ? {} : { failures: [...failures] }),
  }
}

/** Reads a file of a sweep, which may come from anywhere. */
export function readSweep(text: string): ReadSweep {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, message: 'it is no JSON' }
  }
  const parsed = fileSchema.safeParse(value)
  if (!parsed.success) {
    const [complaint] = complaintsOf(fileSchema, value)
    return { ok: false, message: `it is no file of a sweep: ${complaint?.message ?? 'its shape is another'}` }
  }
  const { schema: _schema, groups, rows, thresholds, ...plan } = parsed.data
  const wrong = rows.find(
    ({ index, cell = 0, delays = [] }) =>
      index >= plan.runs || cell >= plan.cells.length || delays.some(([group]) => group >= groups.length),
  )
  if (wrong !== undefined) return { ok: false, message: `it has a run that it cannot have: ${wrong.index}` }
  const named = groups.map(([strategy, secret, container]) => ({ strategy, secret, container }))
  return {
    ok: true,
    sweep: {
      ...plan,
      // What is absent and what is undefined are the same.
      thresholds: thresholds.map(({ namespace, in: chosen, ...rest }) => ({ ...rest, namespace, in: chosen })),
      rows: rows.map((row) => sweepRow(row, named)),
    } as Sweep, // optional members of places are absent, or texts
  }
}

function sweepRow(
  { cell = 0, outcome: came = 'passed', measured = [], sometimes = [], delays = [], failures = [], ...row }: FileRow,
  named: readonly Pick<DelayGroup, 'strategy' | 'secret' | 'container'>[],
): Omit<SweepRow, 'sometimes' | 'failures'> & Pick<FileRow, 'sometimes' | 'failures'> {
  return {
    ...{ ...row, cell, outcome: came, measured, sometimes, failures },
    delays: delays.flatMap(([group, seenMs, open, never]) => {
      const { [group]: name } = named
      return name === undefined ? [] : [{ ...name, seenMs, open, never }]
    }),
  }
}
