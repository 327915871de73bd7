import type { Lane } from '../../flow/flow.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Album, AlbumWorld } from './album.ts'
import { partsText } from './words.ts'

/**
 * An album for ui.perfetto.dev: a process for each node, Pod and world, a thread for each lane, slices for segments, arrows for
 * hops. Format: Chrome's trace events (JSON), instants in microseconds.
 */
export function albumPerfetto(album: Album): string {
  const events = album.worlds.flatMap((world, i) => worldEvents(world, i, album.to))
  return `${JSON.stringify({ displayTimeUnit: 'ms', otherData: { title: album.title, about: album.about, seed: album.seed }, traceEvents: events })}\n`
}

interface Place {
  readonly pid: number
  readonly tid: number
}

const micros = (ms: VirtualMs): number => ms * 1000

function worldEvents(world: AlbumWorld, index: number, end: VirtualMs): readonly object[] {
  const { lanes, hops } = world.flow
  const prefix = world.name === '' ? '' : `${world.name}: `
  const places = new Map<string, Place>()
  const heads = lanes.flatMap((lane, i): object[] => {
    const head = headOf(lane, lanes)
    const pid = index * 10_000 + 1 + lanes.indexOf(head)
    places.set(lane.id, { pid, tid: i + 1 })
    const thread = { ph: 'M', pid, tid: i + 1, name: 'thread_name', args: { name: lane.title } }
    return head === lane
      ? [{ ph: 'M', pid, name: 'process_name', args: { name: prefix + lane.title } }, thread]
      : [thread]
  })
  const content = lanes.flatMap((lane) => {
    const place = places.get(lane.id)
    return place === undefined ? [] : laneEvents(lane, place, end)
  })
  const arrows = hops.flatMap(({ from, to, letter, kind, parts }, i): object[] => {
    const [a, b] = [places.get(from.lane), places.get(to.lane)]
    if (a === undefined || b === undefined) return []
    const common = { name: `${letter} by ${kind}`, cat: 'hop', id: index * 1_000_000 + i }
    const args = parts === undefined ? {} : { waited: partsText(parts) }
    return [
      { ...common, ph: 's', ...a, ts: micros(from.at) },
      { ...common, ph: 'f', bp: 'e', ...b, ts: micros(to.at), args },
    ]
  })
  return [...heads, ...content, ...arrows]
}

/** A lane without parent, or a Pod: what its lanes are gathered under. */
function headOf(lane: Lane, lanes: readonly Lane[]): Lane {
  if (lane.kind === 'pod') return lane
  const parent = lanes.find(({ id }) => id === lane.parent)
  return parent === undefined ? lane : headOf(parent, lanes)
}

function laneEvents({ segments, marks, title }: Lane, place: Place, end: VirtualMs): readonly object[] {
  return [
    ...segments.map(({ from, to, letter, note }) => ({
      ...{ ph: 'X', ...place, name: letter ?? note ?? title, cat: 'segment' },
      ...{ ts: micros(from), dur: micros(Math.max((to ?? end) - from, 0)), args: note === undefined ? {} : { note } },
    })),
    ...marks.map(({ at, kind, text }) => ({
      ...{ ph: 'i', ...place, s: 't', name: kind, cat: 'mark', ts: micros(at), args: { text } },
    })),
  ]
}
