import type { Snapshot } from './snapshot.ts'

/** All that lies at the end of one way from the roots; ways of one form are one. */
export interface Owner {
  /** The last step of the way: `.member`, `~variable` of a closure or `[]` of a list, and the class of what is there. */
  readonly label: string
  /** Without its parts. */
  bytes: number
  count: number
  readonly parts: Map<string, Owner>
}

/** From this many members on an object is taken for a dictionary, whose keys have one label for all. */
const dictionary = 80

/** Who holds what: each object counts where the shortest way from the roots comes to it. */
export function ownersOf(snapshot: Snapshot): Owner {
  const { types, sizes, firstEdges, targets } = snapshot
  const root = ownerOf('roots')
  const owners: Owner[] = [root]
  const isSeen = new Uint8Array(types.length)
  const queue = new Uint32Array(types.length)
  let end = 1
  isSeen[0] = 1
  for (let at = 0; at < end; at++) {
    const node = queue[at] ?? 0
    const owner = owners[node] ?? root
    owner.bytes += sizes[node] ?? 0
    const last = firstEdges[node + 1] ?? 0
    for (let edge = firstEdges[node] ?? 0; edge < last; edge++) {
      const target = targets[edge] ?? 0
      if (isSeen[target] === 1 || edgeType(snapshot, edge) === 'weak') continue
      isSeen[target] = 1
      queue[end++] = target
      owners[target] = partOf(owner, labelOf(snapshot, node, edge, target))
    }
  }
  return root
}

/** Bytes of each owner with all that its parts have. */
export function totalsOf(owner: Owner, totals = new Map<Owner, number>()): Map<Owner, number> {
  let { bytes } = owner
  for (const part of owner.parts.values()) bytes += totalsOf(part, totals).get(part) ?? 0
  return totals.set(owner, bytes)
}

function ownerOf(label: string): Owner {
  return { label, bytes: 0, count: 0, parts: new Map() }
}

/** Without a label: what is inside of an object belongs to it. */
function partOf(owner: Owner, label: string | undefined): Owner {
  if (label === undefined) return owner
  let part = owner.parts.get(label)
  if (part === undefined) {
    part = ownerOf(label)
    owner.parts.set(label, part)
  }
  part.count++
  return part
}

const inside: ReadonlySet<string | undefined> = new Set(['hidden', 'array', 'native', 'number'])

function labelOf(snapshot: Snapshot, node: number, edge: number, target: number): string | undefined {
  const { edgeNames, strings, firstEdges } = snapshot
  const type = edgeType(snapshot, edge)
  if (type === 'internal' || type === 'hidden')
    return inside.has(nodeType(snapshot, target)) ? undefined : `<${classOf(snapshot, target)}>`
  if (type === 'element' || type === 'shortcut') return `[]${classOf(snapshot, target)}`
  const isDictionary = (firstEdges[node + 1] ?? 0) - (firstEdges[node] ?? 0) > dictionary
  const name = isDictionary ? '{}' : (strings[edgeNames[edge] ?? 0] ?? '').replace(/\d+/g, '#')
  return `${type === 'context' ? '~' : '.'}${name}${classOf(snapshot, target)}`
}

/** Nothing of a plain object. */
function classOf(snapshot: Snapshot, node: number): string {
  const name = snapshot.strings[snapshot.names[node] ?? 0] ?? ''
  const type = nodeType(snapshot, node) ?? ''
  if (type === 'object') return name === 'Object' ? '' : ` ${name.slice(0, 40)}`
  if (type === 'closure') return ` fn ${name}`
  return type.includes('string') ? ' string' : ` (${type})`
}

function nodeType({ nodeTypes, types }: Snapshot, node: number): string | undefined {
  return nodeTypes[types[node] ?? 0]
}

function edgeType({ edgeTypeNames, edgeTypes }: Snapshot, edge: number): string | undefined {
  return edgeTypeNames[edgeTypes[edge] ?? 0]
}
