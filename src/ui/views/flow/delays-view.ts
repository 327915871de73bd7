import type { DelayRow, Flow } from '../../../flow/flow.ts'
import { flowUntil } from '../../../flow/flow-until.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import { partsInOrder } from '../../../report/export/words.ts'
import { delaysOf, flowIn, flowNow, newestOf, nowIn, secondsText } from '../../model/flowing.ts'
import type { Look } from '../../model/look.ts'
import { comparedWorlds, type PlayState } from '../../model/play-state.ts'
import { folded, type Line, line, type PaneContent, scrolledTo, widthOf, wrapped } from '../lines.ts'

/**
 * How long the newest revision took to each place that ran when it was written, in parts; never, and why; not yet. Of worlds that
 * are compared, of each: that is what they are compared for.
 */
export function delaysView(state: PlayState, look: Look, columns: number, rows: number): PaneContent {
  const now = flowNow(state, look)
  if (now === undefined) return { title: 'delays', lines: [line(' no Secret yet', 'dim')] }
  const { flow, isGuess, followed } = now
  if (isGuess) return { title: 'delays', lines: [line(' told after your answer', 'dim')] }
  const { clock } = state.cursor
  const newest = newestOf(flow)
  if (newest === undefined || newest.index === 0)
    return { title: 'delays', lines: [line(' the Secret was not changed yet: a first mount is no update', 'dim')] }
  const title = `delays of ${newest.letter}`
  const worlds = comparedWorlds(state)
  if (worlds.length > 1) {
    const told = worlds.map((world) => {
      const past = flowUntil(flowIn(world.recording, followed), nowIn(world, state))
      return { name: world.name, rows: toldRows(past, newest.letter, clock) }
    })
    const how: How = {
      clock,
      columns,
      longest: longestOf(
        told.flatMap((each) => each.rows),
        clock,
      ),
    }
    const lines = told.flatMap((each) => [
      line(` ${each.name}`, 'bold'),
      ...each.rows.flatMap((row) => rowLines(row, how)),
      ...boundLines(each.rows, columns),
    ])
    return scrolledTo(title, lines, { scroll: state.scroll.delays, rows })
  }
  const told = toldRows(flow, newest.letter, clock)
  if (told.length === 0) return { title, lines: [line(' nobody used it when it was written', 'dim')] }
  const how: How = { clock, columns, longest: longestOf(told, clock) }
  // Of very many places those in the window are told, a row a key.
  if (told.length > manyRows) {
    const from = Math.max(0, Math.min(state.scroll.delays ?? 0, told.length - 1))
    const lines = told.slice(from, from + rows).flatMap((row) => rowLines(row, how))
    return {
      title,
      lines: lines.slice(0, rows),
      part: `from ${from + 1} of ${told.length}`,
      reach: [0, told.length - 1],
    }
  }
  const lines = [...told.flatMap((row) => rowLines(row, how)), ...boundLines(told, columns)]
  return scrolledTo(title, lines, { scroll: state.scroll.delays, rows })
}

/** Rows about updates, and about Pods that have begun with the revision by now. */
function toldRows(flow: Flow, letter: string, clock: VirtualMs): readonly DelayRow[] {
  return delaysOf(flow, letter).filter(
    ({ kind, visibleAt }) => kind === 'update' || (visibleAt ?? Number.POSITIVE_INFINITY) <= clock,
  )
}

function longestOf(rows: readonly DelayRow[], clock: VirtualMs): VirtualMs {
  return rows.reduce((most, row) => Math.max(most, (row.visibleAt ?? clock) - row.updatedAt), 1)
}

const manyRows = 60

function boundLines(told: readonly DelayRow[], columns: number): readonly Line[] {
  const bound = told.find(({ way, kind }) => way === 'volume' && kind === 'update')?.boundMs
  if (bound === undefined) return []
  const text = `bound of the page ${secondsText(bound)}: sync period and propagation delay of the cache (U3)`
  return wrapped(text, columns - 1).map((part) => line(` ${part}`, 'dim'))
}

interface How {
  readonly clock: VirtualMs
  readonly columns: number
  /** The longest of all: the bars are drawn to its scale. */
  readonly longest: VirtualMs
}

function rowLines(row: DelayRow, how: How): readonly Line[] {
  const name = ` ${row.pod} ${row.where}`.padEnd(20)
  const text = rowText(row, how.clock)
  const bar = barOf(row, how)
  const width = widthOf(name) + bar.reduce((sum, { text: part }) => sum + part.length, 0) + 2 + widthOf(text)
  if (width <= how.columns) return [[{ text: `${name} ` }, ...bar, { text: ` ${text}` }]]
  return [
    ...folded([{ text: `${name} ` }, ...bar], how.columns, 5),
    ...wrapped(text, how.columns - 5).map((part): Line => [{ text: '     ' }, { text: part }]),
  ]
}

function rowText({ kind, never, parts, visibleAt, updatedAt, renewedAt, boundMs }: DelayRow, clock: VirtualMs): string {
  if (kind === 'start')
    return `began with it, ${secondsText((visibleAt ?? updatedAt) - updatedAt)} after it was written`
  if (never !== undefined) {
    const anew = renewedAt !== undefined && renewedAt <= clock ? '; a container made anew has it' : ''
    return `never: ${never.reason}; until ${never.until}${anew}`
  }
  if (visibleAt === undefined || visibleAt > clock)
    return `waits since ${secondsText(clock - updatedAt)}, at most ${secondsText(boundMs)}`
  const told =
    parts === undefined
      ? ''
      : ` = ${partsInOrder(parts)
          .map(({ name, ms }) => `${name} ${(ms / 1000).toFixed(1)}`)
          .join(' + ')}`
  return `${secondsText(visibleAt - updatedAt)}${told}`
}

/** Shades for the parts: waiting for the copy, for a sync, for the mount. */
const shades = {
  cache: { shade: '░', look: 'old' },
  sync: { shade: '▒', look: 'visible' },
  mount: { shade: '▓', look: 'new' },
} as const

function barOf({ parts, visibleAt, never, kind }: DelayRow, { clock, columns, longest }: How): Line {
  if (parts === undefined || never !== undefined || kind === 'start' || (visibleAt ?? Number.POSITIVE_INFINITY) > clock)
    return []
  const room = Math.max(4, Math.min(28, Math.floor(columns * 0.28)))
  const of = (ms: VirtualMs) => (ms === 0 ? 0 : Math.max(1, Math.round((ms / longest) * room)))
  return partsInOrder(parts).map(({ name, ms }) => ({
    text: shades[name].shade.repeat(of(ms)),
    look: shades[name].look,
  }))
}
