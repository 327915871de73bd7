import { eventName } from '../../compare-timelines.ts'
import type { RowScore } from '../../judge.ts'
import { minorOfFile, type TimelineFile, type TimelineRow } from '../../timeline-format.ts'

/** "After 25 accepted occurrences per pod only one passes each 300 s". */
const burst = 25
const refillSeconds = 300
/** From here on there is a budget for each type (client-go, tools/record/events_cache.go, getSpamKey). */
const minorByType = 32
/**
 * What was counted and not told came at most one attempt before what is told: a volume is tried again after up to 2m2s, all else with the
 * next sync of a Pod in error.
 */
const attemptSeconds = { FailedMount: 125, others: 17 } as const
/** Events are dated when a watcher saw them: as tokens of the bucket, some seconds on their way. */
const noise = 0.02

interface Bucket {
  tokens: number
  at: number
}

/**
 * The spam filter by what passes it: never more than it has room for, and nothing is kept back while it has. So counts go up one by one
 * until the burst is used up, and by as many as were dropped from then on. One row for each Pod of which something was told more than once.
 */
export function spamRows(file: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  const isByType = minorOfFile(file) >= minorByType
  const buckets = new Map<string, Bucket>()
  const counts = new Map<string, number>()
  const problems = new Map<string, string[]>()
  for (const row of rows) {
    const { t, actor, what, detail } = row
    // A kubelet that starts anew has forgotten what it told.
    if (actor === 'operator') return told(problems)
    if (actor === 'user' && what === 'create pod') for (const of of [buckets, counts]) forget(of, String(detail.name))
    if (actor !== 'event' || detail.source !== 'kubelet' || detail.pod === undefined) continue
    const pod = String(detail.pod)
    const key = isByType ? `${pod} ${String(detail.type)}` : pod
    const bucket = refilled(buckets.get(key), t)
    buckets.set(key, bucket)
    const count = Number(detail.count)
    const before = counts.get(eventName(row)) ?? 0
    counts.set(eventName(row), count)
    const own = problems.get(pod) ?? []
    if (count > 1) problems.set(pod, own)
    const event = `${what} at ${t} s, no. ${count} after ${before}`
    if (bucket.tokens < 1 - noise) own.push(`${event}: the budget was used up`)
    const attempt = what === 'FailedMount' ? attemptSeconds.FailedMount : attemptSeconds.others
    const isSpared = bucket.tokens > 1 + noise + attempt / refillSeconds
    if (count > before + 1 && isSpared) own.push(`${event}: ${bucket.tokens.toFixed(2)} more had been let through`)
    bucket.tokens -= 1
  }
  return told(problems)
}

function refilled(bucket: Bucket | undefined, t: number): Bucket {
  if (bucket === undefined) return { tokens: burst, at: t }
  return { tokens: Math.min(burst, bucket.tokens + (t - bucket.at) / refillSeconds), at: t }
}

/** Of a new Pod of that name. */
function forget(of: Map<string, unknown>, pod: string): void {
  for (const key of [...of.keys()]) if (key === pod || key.startsWith(`${pod} `)) of.delete(key)
}

function told(problems: ReadonlyMap<string, readonly string[]>): readonly RowScore[] {
  return [...problems].map(([pod, own]) => ({
    row: `window events of ${pod} that are let through`,
    passed: own.length === 0,
    diff: own.join('\n'),
  }))
}
