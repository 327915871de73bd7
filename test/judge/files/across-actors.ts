import { type KeyedRow, longestCommon, settledStreams } from '../compare-timelines.ts'
import type { RowScore } from '../judge.ts'
import { orderOf } from '../known-differences.ts'
import { minorOfFile, type TimelineFile, type TimelineRow } from '../timeline-format.ts'

/**
 * How far apart two lines of different actors must lie for their order to count. All are dated by one machine's clock; what its load adds
 * was measured: a volume's retry up to 83 ms in nine of ten (README-timelines.md, "Resolution and noise"), an event's way to the watcher
 * 60 to 90 ms in the median on the busy machine (v1.36/README.md). Seconds.
 */
const noise = { quiet: 0.3, busy: 1 } as const
const minorOfBusyMachine = 36
/** Files are looked at every 50 ms, and were seen up to 282 ms late. */
const latePoll = 0.3

interface Line extends KeyedRow {
  readonly stream: string
  /** Place in its stream. */
  readonly at: number
}

/** Two lines of one Pod that the recording has in this order: a step or an actor's line before another actor's. */
interface Before {
  readonly pod: string
  readonly first: Line
  readonly second: Line
}

/** Steps of the user and the operator: these come at the recorded instants. */
const steps = 'user'

type Streams = ReadonlyMap<string, readonly KeyedRow[]>

function streamsWithSteps(file: TimelineFile, rows: readonly TimelineRow[]): Streams {
  const given = rows.filter(({ actor }) => actor === 'user' || actor === 'operator')
  const lines = given.map(({ t, what, detail }) => ({ t, key: `${what} ${String(detail.name ?? detail.node ?? '')}` }))
  return new Map([...settledStreams(file, rows), [steps, lines]])
}

/** Streams of one Pod, by its name. */
function streamsOfPods(file: TimelineFile, streams: Streams): ReadonlyMap<string, readonly string[]> {
  const created = file.timeline.filter(({ actor, what }) => actor === 'user' && what === 'create pod')
  const texts = new Map(created.map(({ detail }) => [String(detail.name), JSON.stringify(detail.object)]))
  const byPod = new Map<string, readonly string[]>()
  for (const pod of texts.keys()) {
    const own = [...streams.keys()].filter((stream) => {
      const [actor, subject = ''] = stream.split(' ')
      if (actor !== 'request') return subject === pod
      const users = [...texts].filter(([, text]) => text.includes(`"${subject}"`))
      return users.length === 1 && users[0]?.[0] === pod
    })
    byPod.set(pod, [steps, ...own])
  }
  return byPod
}

/** For each line of a Pod and each of its other streams: the last line of that which is clearly earlier. The rest follows. */
function recordedOrders(file: TimelineFile): readonly Before[] {
  const streams = streamsWithSteps(file, file.timeline)
  const found: Before[] = []
  for (const [pod, names] of streamsOfPods(file, streams))
    for (const second of linesOf(streams, names))
      for (const stream of names) {
        const rows = streams.get(stream) ?? []
        const at = rows.findLastIndex(({ t }) => t < second.t - windowOf(file, stream, second.stream))
        const first = rows[at]
        if (stream !== second.stream && first !== undefined)
          found.push({ pod, first: { ...first, stream, at }, second })
      }
  return found
}

function linesOf(streams: Streams, names: readonly string[]): readonly Line[] {
  return names.flatMap((stream) => (streams.get(stream) ?? []).map((row, at) => ({ ...row, stream, at })))
}

function windowOf(file: TimelineFile, ...streams: readonly string[]): number {
  const base = minorOfFile(file) < minorOfBusyMachine ? noise.quiet : noise.busy
  return base + (streams.some((stream) => stream.startsWith('files')) ? latePoll : 0)
}

/** Says of each order whether a play keeps it; undefined: it lacks one of the lines. */
function keptIn(file: TimelineFile, played: readonly TimelineRow[]): (order: Before) => boolean | undefined {
  const recorded = streamsWithSteps(file, file.timeline)
  const simulated = streamsWithSteps(file, played)
  const times = new Map<string, ReadonlyMap<number, number>>()
  const timesOf = (stream: string): ReadonlyMap<number, number> => {
    const known = times.get(stream)
    if (known !== undefined) return known
    const rows = simulated.get(stream) ?? []
    const pairs = longestCommon(recorded.get(stream) ?? [], rows)
    const made = new Map(pairs.map(([i, j]) => [i, rows[j]?.t ?? 0]))
    times.set(stream, made)
    return made
  }
  return ({ first, second }) => {
    const [before, after] = [timesOf(first.stream).get(first.at), timesOf(second.stream).get(second.at)]
    return before === undefined || after === undefined ? undefined : before <= after
  }
}

/** Orders of which this is all that is told. */
const shownOrders = 5

/** Of the plays that have both lines: in how many they come as recorded, and in how many the other way round. */
interface Count {
  kept: number
  turned: number
}

/**
 * What one actor did before another, where the recording's clock can tell: each such order must come in `least` of the plays. One
 * row for each Pod. Lines that hardly ever come are what stream-rows.ts tells of: here an order is broken that comes more often the
 * other way round.
 */
export function acrossActorsRows(
  file: TimelineFile,
  seeds: readonly string[],
  least: number,
  play: (seed: string) => readonly TimelineRow[],
  isKnown: (row: string) => boolean,
): readonly RowScore[] {
  const counts = new Map(recordedOrders(file).map((order): [Before, Count] => [order, { kept: 0, turned: 0 }]))
  const openOnes = () => [...counts].filter(([, { kept }]) => kept < least)
  let plays = 0
  for (const seed of seeds) {
    const open = openOnes()
    if (open.every(([{ pod }]) => isKnown(orderOf(pod)))) break
    const isKept = keptIn(file, play(seed))
    for (const [order, count] of open) {
      const kept = isKept(order)
      if (kept === true) count.kept++
      else if (kept === false) count.turned++
    }
    plays++
  }
  const broken = openOnes().filter(([, { kept, turned }]) => turned > kept)
  return [...new Set([...counts.keys()].map(({ pod }) => pod))].map((pod) => {
    const own = broken.filter(([order]) => order.pod === pod)
    const shown = own.slice(0, shownOrders).map(([order, { kept }]) => `${told(order)}: in ${kept} of ${plays} runs`)
    return { row: orderOf(pod), passed: own.length === 0, diff: shown.join('\n') }
  })
}

function told({ first, second }: Before): string {
  return [first, second].map(({ t, stream, key }) => `${t} ${stream}: ${key.slice(0, 100)}`).join('  before  ')
}
