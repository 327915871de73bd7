import { safeLine } from '../../bytes/terminal-text.ts'
import type { Hop, Lane } from '../../flow/flow.ts'
import type { Album, AlbumWorld } from './album.ts'
import { clock, delayText, partsText, placeText } from './words.ts'

/** Whom a lane belongs to in a sequence: people and API server themselves, of nodes and Pods all that is theirs. */
function actorOf(lane: Lane | undefined, lanes: readonly Lane[]): Lane | undefined {
  if (lane === undefined || lane.kind === 'pod' || lane.kind === 'node') return lane
  const parent = lanes.find(({ id }) => id === lane.parent)
  return parent === undefined ? lane : actorOf(parent, lanes)
}

/** The hops of an album as a Mermaid sequence diagram, one for each world. */
export function albumMermaid(album: Album): string {
  return album.worlds.map((world) => sequence(album, world)).join('\n')
}

function sequence(album: Album, world: AlbumWorld): string {
  const { lanes, hops, revisions, delays } = world.flow
  const byId = new Map(lanes.map((lane) => [lane.id, lane] as const))
  const used = new Map<string, string>([
    ['people', 'people'],
    ['api', 'API server'],
  ])
  const nameOf = (id: string): string => {
    const lane = actorOf(byId.get(id), lanes)
    const key = lane?.id ?? id
    used.set(key, lane?.title ?? id)
    return key
  }
  const messages = [
    ...revisions.map(({ at, seq, letter, by, index }) => ({
      ...{ at, seq },
      text: `P0->>P1: ${clock(at)} ${words(by)} ${index === 0 ? 'creates' : 'changes'} it (${letter})`,
    })),
    ...hops.map((hop) => ({ at: hop.to.at, seq: hop.seq, ...messageOf(hop, byId, nameOf) })),
  ].sort((a, b) => a.at - b.at || a.seq - b.seq)
  const numbers = new Map([...used.keys()].map((key, i) => [key, `P${i}`] as const))
  const body = messages.map((message) =>
    'text' in message ? message.text : `${numbers.get(message.from)}->>${numbers.get(message.to)}: ${message.label}`,
  )
  const never = delays.filter((row) => row.never !== undefined)
  const notes = never.map((row) => {
    const lane = row.lane === undefined ? undefined : actorOf(byId.get(row.lane), lanes)
    return lane === undefined || !numbers.has(lane.id)
      ? ''
      : `Note over ${numbers.get(lane.id)}: ${words(`${placeText(row)} keeps what it has: ${delayText(row)}`)}`
  })
  return [
    '---',
    `title: ${JSON.stringify(safeLine(`${album.title}${world.name === '' ? '' : ` - ${world.name}`}`))}`,
    '---',
    'sequenceDiagram',
    ...[...used].map(([, title], i) => `participant P${i} as ${words(title)}`),
    ...body,
    ...notes.filter((note) => note !== ''),
    '',
  ].join('\n')
}

function messageOf(
  { from, to, letter, kind, parts }: Hop,
  byId: ReadonlyMap<string, Lane>,
  nameOf: (id: string) => string,
): { readonly from: string; readonly to: string; readonly label: string } {
  const place = byId.get(to.lane)?.title ?? ''
  const took = parts === undefined ? '' : ` after ${partsText(parts)}`
  return {
    from: nameOf(from.lane),
    to: nameOf(to.lane),
    label: `${clock(to.at)} ${words(`${kind}: ${place} is ${letter}${took}`)}`,
  }
}

/** Text without what Mermaid would take for its own. */
function words(text: string): string {
  return safeLine(text)
    .replace(/[;#<>"`%{}]/g, ' ')
    .replace(/->>/g, ' ')
}
