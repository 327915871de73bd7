import { diffArrays } from 'diff'
import type { JournalLine } from './run-journal.ts'

/** What the story tells of a record. */
export interface ToldLine {
  readonly seq: number
  readonly time: number
  readonly actor: string
  readonly text: string
}

/** What two runs told of the same thing, or what only one of them told. */
export interface AlignedPair {
  readonly actor: string
  readonly left?: ToldLine
  readonly right?: ToldLine
}

/** What the story of a run tells: from its start on, without what only a close look asks for. */
export function toldLines(lines: readonly JournalLine[]): readonly ToldLine[] {
  return lines.flatMap(({ seq, time, story }) =>
    story === undefined || story.tone === 'chatter' || time < 0
      ? []
      : [{ seq, time, actor: story.actor, text: story.text }],
  )
}

/**
 * The stories of two runs side by side, in the order of time: each actor's lines are laid beside each other by what they
 * say, whatever numbers, times and drawn names are in them, so that a delay of one does not tear the others apart.
 */
export function aligned(left: readonly ToldLine[], right: readonly ToldLine[]): readonly AlignedPair[] {
  const actors = [...new Set([...left, ...right].map(({ actor }) => actor))]
  const pairs = actors.flatMap((actor) => {
    const of = (told: readonly ToldLine[]) => told.filter((line) => line.actor === actor)
    return alignedOf(actor, of(left), of(right))
  })
  // An array keeps the order of what compares equal: that of the actors.
  return pairs.sort((a, b) => timeOf(a) - timeOf(b) || seqOf(a) - seqOf(b))
}

/** Stories of one actor that differ in more lines are not compared: the effort grows with its square. */
const mostEdits = 1000

function alignedOf(actor: string, left: readonly ToldLine[], right: readonly ToldLine[]): readonly AlignedPair[] {
  const pairs: AlignedPair[] = []
  let i = 0
  let j = 0
  const keys = (lines: readonly ToldLine[]) => lines.map(({ text }) => essence(text))
  const nothingAlike = [
    { removed: true, added: false, count: left.length },
    { removed: false, added: true, count: right.length },
  ]
  const parts = diffArrays(keys(left), keys(right), { maxEditLength: mostEdits }) ?? nothingAlike
  for (const { added, removed, count = 0 } of parts) {
    for (let n = 0; n < count; n++) {
      const a = added ? undefined : left[i++]
      const b = removed ? undefined : right[j++]
      pairs.push({ actor, ...(a === undefined ? {} : { left: a }), ...(b === undefined ? {} : { right: b }) })
    }
  }
  return swapped(pairs)
}

/** What both did at one instant, if in another order, is one pair. */
function swapped(pairs: readonly AlignedPair[]): readonly AlignedPair[] {
  const keyOf = ({ time, text }: ToldLine) => `${time} ${essence(text)}`
  const rights = new Map<string, AlignedPair[]>()
  for (const pair of pairs) {
    if (pair.left !== undefined || pair.right === undefined) continue
    const key = keyOf(pair.right)
    rights.set(key, [...(rights.get(key) ?? []), pair])
  }
  const taken = new Set<AlignedPair>()
  const all = pairs.map((pair): AlignedPair => {
    const { left } = pair
    if (left === undefined || pair.right !== undefined) return pair
    const other = rights.get(keyOf(left))?.shift()
    if (other?.right === undefined) return pair
    taken.add(other)
    return { ...pair, right: other.right }
  })
  return all.filter((pair) => !taken.has(pair))
}

function timeOf({ left, right }: AlignedPair): number {
  return Math.min(left?.time ?? Number.POSITIVE_INFINITY, right?.time ?? Number.POSITIVE_INFINITY)
}

function seqOf({ left, right }: AlignedPair): number {
  return left?.seq ?? right?.seq ?? 0
}

/** Whether both runs told the same, at the same time, in the same words but for drawn names and masks. */
export function isSame({ left, right }: AlignedPair): boolean {
  return (
    left !== undefined && right !== undefined && left.time === right.time && unnamed(left.text) === unnamed(right.text)
  )
}

/** What a line says without what is drawn or measured: names that end in random letters, masks, counts, durations, addresses. */
export function essence(text: string): string {
  return unnamed(text)
    .replace(/\b(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+\b/g, '#')
    .replace(/\(x\d+\)/g, '(x#)')
    .replace(/\b\d+(?:\.\d+){3}\b/g, '#')
}

/**
 * Without random ends of names and digests of masks, which differ by the seed. The letters are those that Kubernetes draws
 * names from: no vowels, no 0, 1 and 3. Source: apimachinery pkg/util/rand/rand.go.
 */
export function unnamed(text: string): string {
  return text
    .replace(/-[bcdfghjklmnpqrstvwxz2456789]{5,10}(?![\w-])|-[bcdfghjklmnpqrstvwxz2456789]{8,10}(?=-\*)/g, '-*')
    .replace(/-[bcdfghjklmnpqrstvwxz2456789]{8,10}(?=-\*)/g, '-*')
    .replace(/(<\d+ bytes?), [0-9a-f]{8}>/g, '$1>')
}
