import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync, visitorKeys } from 'oxc-parser'
import { filesBelow, root } from '../../tidy/source-tree.ts'

/** Which reasons the simulated cluster can give, read in its own sources: what podsim says must be explained. */

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [member: string]: unknown
}

/** Reasons, as far as sources tell them. */
export interface Told {
  /** Reasons that stand in the sources as they are. */
  readonly names: ReadonlySet<string>
  /** `file: expression` of reasons of events that only a run knows. */
  readonly computed: ReadonlySet<string>
}

/** Rooms in which events, conditions and states of containers are made. */
const rooms = ['src/node', 'src/controllers', 'src/scheduler', 'src/cluster', 'src/apiserver']

/** `FailedMount`, `OutOfpods`; single words count where they stand for a reason. */
const reasonName = /^[A-Z][A-Za-z]+$/

/** Most files have none of what is looked for, and need no parsing. */
const mayTell = /'(?:Warning|Normal)'|\b(?:reason|error):\s+(?!string\b)/

/** Reasons of events (what stands behind the type), and of conditions and states (members called `reason` or `error`). */
export function toldReasons(): Told {
  const names = new Set<string>()
  const computed = new Set<string>()
  for (const path of rooms
    .flatMap(filesBelow)
    .filter((each) => each.endsWith('.ts') && !each.includes('/generated/'))) {
    const text = readFileSync(join(root, path), 'utf8')
    if (!mayTell.test(text)) continue
    const look = (value: Node | undefined, isEvent: boolean): void => {
      if (value === undefined) return
      if (value.type === 'Literal') {
        if (typeof value.value === 'string' && reasonName.test(value.value)) names.add(value.value)
      } else if (value.type === 'ConditionalExpression') {
        look(member(value, 'consequent'), isEvent)
        look(member(value, 'alternate'), isEvent)
      } else if (value.type === 'LogicalExpression') {
        look(member(value, 'left'), isEvent)
        look(member(value, 'right'), isEvent)
      } else if (isEvent) computed.add(`${path}: ${text.slice(value.start, value.end)}`)
    }
    walk(asNode(parseSync(path, text, { lang: 'ts' }).program), (node) => {
      if (node.type === 'CallExpression') {
        const given = list(node, 'arguments')
        const at = given.findIndex(
          ({ type, value }) => type === 'Literal' && (value === 'Warning' || value === 'Normal'),
        )
        if (at >= 0) look(given[at + 1], true)
      }
      if (node.type === 'Property' && (nameOf(node) === 'reason' || nameOf(node) === 'error'))
        look(member(node, 'value'), false)
    })
  }
  return { names, computed }
}

function nameOf(node: Node): unknown {
  return member(node, 'key')?.name
}

function walk(node: Node, see: (node: Node) => void): void {
  see(node)
  for (const key of visitorKeys[node.type] ?? []) {
    const inner = node[key]
    for (const each of Array.isArray(inner) ? inner : [inner]) if (isNode(each)) walk(each, see)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}

function asNode(value: unknown): Node {
  if (!isNode(value)) throw new Error('no syntax tree')
  return value
}

function member(node: Node, name: string): Node | undefined {
  const inner = node[name]
  return isNode(inner) ? inner : undefined
}

function list(node: Node, name: string): readonly Node[] {
  const inner = node[name]
  return Array.isArray(inner) ? inner.filter(isNode) : []
}
