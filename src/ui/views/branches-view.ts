import type { ClusterRecord } from '../../cluster/records.ts'
import { objectName } from '../../kernel/journal.ts'
import type { PlayState } from '../model/play-state.ts'
import type { World } from '../world/world.ts'
import { type Line, line, type PaneContent, windowAround, wrapped } from './lines.ts'
import { clockText } from './story-view.ts'

/** The worlds there are, where each leaves its parent and, below it, where the two first differ. */
export function branchesView({ worlds, cursor }: PlayState, columns: number, rows: number): PaneContent {
  const title = `branches (${worlds.length})`
  if (worlds.length === 1) return { title, lines: [line(' one world yet: f forks, : and i change it', 'dim')] }
  const lines: Line[] = []
  let here = 0
  for (const world of worlds) {
    if (world.id === cursor.world) here = lines.length
    lines.push(...branchLines(world, worlds, { isHere: world.id === cursor.world, columns }))
  }
  const { from, to } = windowAround(lines.length, here + 1, rows)
  return { title, lines: lines.slice(from, to) }
}

function branchLines(
  world: World,
  worlds: readonly World[],
  { isHere, columns }: { readonly isHere: boolean; readonly columns: number },
): readonly Line[] {
  const depth = depthOf(world, worlds)
  const indent = '  '.repeat(Math.max(0, depth - 1))
  const name: Line[number] = {
    text: `${isHere ? '▸' : ' '}${indent}${depth === 0 ? '● ' : '╰─ '}${world.name}`,
    look: isHere ? 'bold' : 'plain',
  }
  const { origin, recording } = world
  if (origin === undefined)
    return [[name, { text: `  as the scenario has it, until ${clockText(recording.result.endedAt)}`, look: 'dim' }]]
  const parent = worlds.find(({ id }) => id === origin.parent)?.name ?? ''
  const { difference } = origin
  const told =
    difference === undefined
      ? 'nothing differs yet'
      : `first differs ${clockText(difference.time)}: ${recordText(difference.ours)} | in ${parent}: ${recordText(difference.theirs)}`
  return [
    [name, { text: `  from ${parent} at ${clockText(origin.at)}`, look: 'dim' }],
    ...wrapped(told, columns - indent.length - 4).map(
      (text): Line => [{ text: `    ${indent}` }, { text, look: 'visible' }],
    ),
  ]
}

function depthOf({ origin }: World, worlds: readonly World[]): number {
  const parent = worlds.find(({ id }) => id === origin?.parent)
  return parent === undefined ? 0 : 1 + depthOf(parent, worlds)
}

function recordText(record: ClusterRecord | undefined): string {
  if (record === undefined) return 'nothing'
  return `${record.actor} ${record.type}${record.object === undefined ? '' : ` ${objectName(record.object)}`}`
}
