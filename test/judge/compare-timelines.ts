import { minorOfFile, type TimelineFile, type TimelineRow } from './timeline-format.ts'

/** How one stream of lines (one Pod and actor, one Secret's requests) compares. */
export interface StreamScore {
  readonly stream: string
  readonly recorded: number
  readonly simulated: number
  readonly matched: number
  /** Recorded lines without a counterpart, and simulated ones without, in order, as `- t line` and `+ t line`. */
  readonly differences: readonly string[]
  /** Seconds by which matched lines came later than in the recording. */
  readonly delays: readonly number[]
}

export interface TimelineScore {
  readonly name: string
  readonly category: string
  /** Lines that have a counterpart in the same order of their stream, both sides counted. */
  readonly matched: number
  readonly total: number
  readonly streams: readonly StreamScore[]
}

/** Lines whose number is up to chance: idle refreshes of a volume come every 61..90 s. */
function isIdleRepeat(previous: string | undefined, key: string): boolean {
  return previous === key && key.startsWith('volume-manager set-up ok')
}

/** Compares by stream: what came in which order. Times are not compared here: most hang on random draws. */
export function compareTimelines(file: TimelineFile, simulated: readonly TimelineRow[]): TimelineScore {
  const recordedStreams = settledStreams(file, file.timeline)
  const simulatedStreams = settledStreams(file, simulated)
  const names = [...new Set([...recordedStreams.keys(), ...simulatedStreams.keys()])].sort()
  const streams = names.map((name) =>
    compareStream(name, recordedStreams.get(name) ?? [], simulatedStreams.get(name) ?? []),
  )
  const sum = (pick: (score: StreamScore) => number) => streams.reduce((total, score) => total + pick(score), 0)
  return {
    name: file.name,
    category: file.category,
    matched: sum(({ matched }) => 2 * matched),
    total: sum(({ recorded, simulated: made }) => recorded + made),
    streams,
  }
}

/**
 * In update-delay, the revisions that a Pod sees and its reads hang on when it looks: compared as distributions
 * (distributions.ts).
 */
function isOfSample({ actor, what }: TimelineRow, category: string): boolean {
  return category === 'update-delay' && (what === 'content' || (actor === 'request' && what === 'get'))
}

/** Lines of one stream as they are compared. */
export interface KeyedRow {
  readonly t: number
  readonly key: string
}

/** The lines of a play (or of the recording itself) by stream, without what hangs on random draws. */
export function settledStreams(
  file: TimelineFile,
  rows: readonly TimelineRow[],
): ReadonlyMap<string, readonly KeyedRow[]> {
  // Up to v1.20 each event travels by itself, so those of one instant come in any order (v1.26/README.md row 18).
  const streams = streamsOf(rows, file.category, minorOfFile(file) >= 21)
  return new Map([...streams].map(([name, lines]) => [name, withoutDraws(name, lines)]))
}

function streamsOf(rows: readonly TimelineRow[], category: string, eventsAreOrdered: boolean): Map<string, KeyedRow[]> {
  const streams = new Map<string, KeyedRow[]>()
  for (const row of rows) {
    // File operations within one update are compared by update-order.ts, answers to the user by answers.ts.
    if (['user', 'operator', 'inotify', 'syscall', 'answer'].includes(row.actor)) continue
    if (isOfSample(row, category)) continue
    const name = streamName(row, eventsAreOrdered)
    const key = keyOf(row)
    const stream = streams.get(name) ?? []
    streams.set(name, stream)
    if (!isIdleRepeat(stream.at(-1)?.key, key)) stream.push({ t: row.t, key })
  }
  return streams
}

/**
 * What hangs on random draws and is compared as a distribution elsewhere: how often a loop is passed (retries come every
 * 11..15 s, so their number varies), and watches that end by their drawn time-out and are opened again.
 */
function withoutDraws(stream: string, rows: readonly KeyedRow[]): readonly KeyedRow[] {
  const kept = stream.startsWith('request') ? withoutRenewals(rows) : rows
  return stream.startsWith('volume-manager') || stream.startsWith('files') ? kept : withoutLoops(kept)
}

function withoutRenewals(rows: readonly KeyedRow[]): readonly KeyedRow[] {
  const isRenewal = (at: number): boolean =>
    rows[at]?.key.startsWith('request watch closed rv=<rv> 200') === true &&
    rows[at + 1]?.key.startsWith('request watch opened') === true &&
    (rows[at + 1]?.t ?? 0) - (rows[at]?.t ?? 0) < 0.1
  return rows.filter((_, at) => !isRenewal(at) && !isRenewal(at - 1))
}

/** Longest loop that is looked for, in lines: an attempt, its error, the back-off. */
const maxLoop = 4

/** Blocks of lines that follow upon themselves count once. */
function withoutLoops(rows: readonly KeyedRow[]): readonly KeyedRow[] {
  const kept: KeyedRow[] = []
  for (const row of rows) {
    kept.push(row)
    for (let length = 1; length <= maxLoop && 2 * length <= kept.length; length++) {
      const start = kept.length - 2 * length
      const isLoop = kept.slice(start, start + length).every(({ key }, at) => key === kept[start + length + at]?.key)
      if (isLoop) kept.length -= length
    }
  }
  return kept
}

function streamName({ actor, what, detail }: TimelineRow, eventsAreOrdered: boolean): string {
  const subject = plain(String(detail.pod ?? detail.onNode ?? detail.node ?? ''))
  if (actor === 'request') return `request ${plain(String(detail.secret))} ${String(detail.node)}`
  if (actor === 'event' && !eventsAreOrdered) return `event ${subject} ${what} ${plain(String(detail.message))}`
  if (actor === 'volume-manager' || actor === 'files')
    return `${actor} ${subject} ${plain(String(detail.volume ?? ''))}`
  return `${actor} ${subject}`
}

/** An event without what differs from cluster to cluster: its Pod, reason and message. */
export function eventName({ what, detail }: TimelineRow): string {
  return `${plain(String(detail.pod ?? detail.node ?? ''))} ${what} ${plain(String(detail.message))}`
}

/** Random parts of names and texts are taken out. */
function plain(text: string): string {
  return text
    .replace(/(default-token|kube-api-access)-[a-z0-9]{5}/g, '$1-*')
    .replace(/\b(web)-[a-z0-9]{5}\b/g, '$1-*')
    .replace(/<?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}>?/g, '<uid>')
    .replace(/ in [0-9.]+m?s \([0-9.]+m?s including waiting\)/, ' in <duration>')
    .replaceAll('10.96.0.1:443', '<server>')
    .replace(/boot-\d+-/, 'boot-*-')
    .replace(/(?<=unattached volumes=\[)[^\]]*/, fromTheFirst)
}

/** Names come in a rotation that starts at random (README-timelines.md): turned so that the bytewise first is in front. */
function fromTheFirst(names: string): string {
  const words = names.split(' ')
  const at = words.indexOf([...words].sort()[0] ?? '')
  return [...words.slice(at), ...words.slice(0, at)].join(' ')
}

function keyOf({ actor, what, detail }: TimelineRow): string {
  switch (actor) {
    case 'event': {
      const { type, message, fieldPath = '', source = '' } = detail
      return plain(`event ${what} ${String(type)} ${String(fieldPath)} ${String(source)} ${String(message)}`)
    }
    case 'request': {
      const { resourceVersion = '-', code = '', sendInitialEvents } = detail
      const initial = sendInitialEvents === true ? ' with initial events' : ''
      return `request ${what} rv=${String(resourceVersion)} ${String(code)}${initial}`
    }
    case 'files':
      return what === 'content'
        ? contentKey(detail)
        : plain(`files ${what} ${String(detail.mode ?? detail.content ?? '')}`)
    default: {
      const { pod: _pod, ...rest } = detail
      return plain(`${actor} ${what} ${stable(rest)}`)
    }
  }
}

/** Content of an account's token differs from cluster to cluster. */
function contentKey(detail: TimelineRow['detail']): string {
  const files = Object.entries(
    (detail.files ?? {}) as Record<string, { content?: string; mode?: string; owner?: string }>,
  )
  const shown = files.map(([path, { content, mode, owner }]) => {
    const isOwn = path === 'token' || path === 'ca.crt'
    return [path, isOwn ? '*' : content, mode, owner ?? ''].join(':')
  })
  return `files content ${stable(detail.links)} ${shown.sort().join(' ')}`
}

function stable(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${key}:${stable(item)}`).join(',')}}`
}

function compareStream(stream: string, recorded: readonly KeyedRow[], simulated: readonly KeyedRow[]): StreamScore {
  const pairs = longestCommon(recorded, simulated)
  const differences: string[] = []
  let r = 0
  let s = 0
  for (const [i, j] of [...pairs, [recorded.length, simulated.length] as const]) {
    for (; r < i; r++) differences.push(`- ${recorded[r]?.t} ${recorded[r]?.key}`)
    for (; s < j; s++) differences.push(`+ ${simulated[s]?.t} ${simulated[s]?.key}`)
    r = i + 1
    s = j + 1
  }
  const delays = pairs.map(([i, j]) => (simulated[j]?.t ?? 0) - (recorded[i]?.t ?? 0))
  return { stream, recorded: recorded.length, simulated: simulated.length, matched: pairs.length, differences, delays }
}

/** Pairs of indexes of a longest common subsequence. */
export function longestCommon(a: readonly KeyedRow[], b: readonly KeyedRow[]): readonly (readonly [number, number])[] {
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        a[i]?.key === b[j]?.key
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0)
  const pairs: [number, number][] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i]?.key === b[j]?.key) pairs.push([i++, j++])
    else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i++
    else j++
  }
  return pairs
}
