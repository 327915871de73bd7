import type { VirtualMs } from '../../kernel/time.ts'
import type { AlbumWorld, Entry } from './album.ts'

/**
 * Where somebody is who reads a run: at an instant, of whose lines so many have been told. Much may happen in one instant, a whole
 * lesson even, and a question in the middle of it is asked before the rest is told.
 */
export interface Position {
  readonly at: VirtualMs
  /** Lines of the instant that are told; Infinity: all. */
  readonly told: number
}

/** Of what stands in a world's story. */
type Told = Pick<AlbumWorld, 'story'>

/** The end of an instant. */
export function endOf(at: VirtualMs): Position {
  return { at, told: Number.POSITIVE_INFINITY }
}

/** Negative if `a` comes before `b`. */
export function comparePositions(a: Position, b: Position): number {
  return a.at - b.at || (a.told === b.told ? 0 : a.told - b.told)
}

/** Each line's position: worlds that are compared tell the lines of an instant side by side. */
export function positionsOf({ story }: Told): readonly Position[] {
  let at: VirtualMs | undefined
  let told = 0
  return story.map((entry) => {
    told = entry.at === at ? told + 1 : 1
    at = entry.at
    return { at, told }
  })
}

/** How many lines of a story are told at a position. */
export function toldAt({ story }: Told, position: Position): number {
  const places = positionsOf({ story })
  return places.findLastIndex((place) => comparePositions(place, position) <= 0) + 1
}

/** What the journal had recorded at a position: all of the instant, unless some of its lines are not told yet. */
export function seqAt(world: Told, position: Position): number {
  const told = toldAt(world, position)
  const next = world.story[told]
  if (next === undefined || next.at > position.at) return Number.POSITIVE_INFINITY
  return world.story[told - 1]?.seq ?? next.seq - 1
}

/** Every line of every world, in order, without what stands at one position. */
export function eventsOf(worlds: readonly Told[]): readonly Position[] {
  return inOrder(worlds.flatMap(positionsOf))
}

/** What one goes to next: sentences, questions, answers, accidents, warnings, and what becomes of the Secret. */
export function stopsOf(worlds: readonly Pick<AlbumWorld, 'story' | 'flow'>[]): readonly Position[] {
  const sentences = sentencesOf(worlds)
  const troubles = worlds.flatMap((world) => {
    const places = positionsOf(world)
    return world.story.flatMap(({ tone }, i) => (tone === 'warning' || tone === 'fault' ? (places[i] ?? []) : []))
  })
  const arrivals = inOrder([
    ...troubles,
    ...worlds.flatMap((world) => world.flow.moments.map(({ at, seq }) => lineOf(world, at, seq))),
  ])
  // What comes to several places in one instant is one stop, unless something is said in between.
  const last = arrivals.filter((arrival, i) => {
    const next = arrivals[i + 1]
    const isSaidBetween = (place: Position) =>
      comparePositions(place, arrival) >= 0 && next !== undefined && comparePositions(place, next) < 0
    return next === undefined || next.at !== arrival.at || sentences.some(isSaidBetween)
  })
  return inOrder([...sentences, ...last])
}

/** Where a teacher would pause. */
export function sentencesOf(worlds: readonly Told[]): readonly Position[] {
  return inOrder(
    worlds.flatMap((world) => {
      const places = positionsOf(world)
      return world.story.flatMap(({ kind }, i) =>
        kind === 'say' || kind === 'ask' || kind === 'answer' ? (places[i] ?? []) : [],
      )
    }),
  )
}

/** Where the last line stands that tells what happened from a record on, before anything else is said or done. */
function lineOf(world: Told, at: VirtualMs, seq: number): Position {
  const places = positionsOf(world)
  let found: Position | undefined
  for (const [i, entry] of world.story.entries()) {
    if (entry.at !== at || entry.seq < seq) continue
    if (found !== undefined && entry.kind !== 'story' && entry.kind !== 'output') break
    found = places[i]
  }
  return found ?? endOf(at)
}

/** Each place once. */
function inOrder(positions: readonly Position[]): readonly Position[] {
  return [...positions]
    .sort(comparePositions)
    .filter((each, i, all) => i === 0 || comparePositions(each, all[i - 1] ?? each) !== 0)
}

/** A question that has been asked, and is answered later. */
export interface OpenQuestion {
  /** Place of its world. */
  readonly world: number
  readonly entry: Entry
}

/** Questions that are asked at a position or before, and whose answers are not told yet. */
export function openQuestions(worlds: readonly Told[], position: Position): readonly OpenQuestion[] {
  return worlds.flatMap(({ story }, world) => {
    const told = toldAt({ story }, position)
    return story.slice(0, told).flatMap((entry, i): readonly OpenQuestion[] => {
      if (entry.kind !== 'ask') return []
      const question = entry.text.split('\n').at(-1)?.replace(/^\? /, '') ?? ''
      const answer = story.findIndex(({ kind, text }, n) => n > i && kind === 'answer' && text.startsWith(question))
      return answer >= told ? [{ world, entry }] : []
    })
  })
}
