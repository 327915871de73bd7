import { compareQuantities } from '../quantity.ts'
import { differenceScript } from './diff-script.ts'
import {
  type GoType,
  type GoValue,
  goElements,
  goEntries,
  goFieldValue,
  goTarget,
  goType,
  type Structs,
} from './values.ts'

/** Two values compared, part by part. Source: go-cmp v0.3.0, cmp/compare.go and cmp/report_value.go. */
export interface DiffNode {
  readonly type: GoType
  readonly x: GoValue | undefined
  readonly y: GoValue | undefined
  /** Leaves below that are the same, and that differ. */
  readonly same: number
  readonly differing: number
  /** Number of parts below. */
  readonly children: number
  readonly depth: number
  /** Whether equality was asked of the type itself, as it is for quantities. */
  readonly isCompared: boolean
  readonly records: readonly { readonly key: string; readonly node: DiffNode }[]
  /** What a pointer points at. */
  readonly target?: DiffNode
}

/** Compares two values given as JSON. */
export function compareGo(type: string, x: unknown, y: unknown, newer?: Structs): DiffNode {
  const known = goType(type, newer)
  return compare(known, { type: known, json: x }, { type: known, json: y })
}

function leaf(
  type: GoType,
  x: GoValue | undefined,
  y: GoValue | undefined,
  isSame: boolean,
  isCompared = false,
): DiffNode {
  const [same, differing] = isSame ? [1, 0] : [0, 1]
  return { type, x, y, same, differing, children: 0, depth: 0, isCompared, records: [] }
}

function compare(type: GoType, x: GoValue | undefined, y: GoValue | undefined): DiffNode {
  if (x === undefined || y === undefined) return leaf(type, x, y, false)
  switch (type.kind) {
    case 'string':
      return leaf(type, x, y, (x.json ?? '') === (y.json ?? ''))
    case 'bool':
      return leaf(type, x, y, (x.json ?? false) === (y.json ?? false))
    case 'int':
    case 'intOrString':
      return leaf(type, x, y, (x.json ?? 0) === (y.json ?? 0))
    case 'quantity':
      return leaf(type, x, y, compareQuantities(String(x.json ?? '0'), String(y.json ?? '0')) === 0, true)
    case 'struct':
      return branch(
        type,
        x,
        y,
        (type.fields?.() ?? []).map((field) => ({
          key: field.name,
          node: compare(field.type, goFieldValue(x, field), goFieldValue(y, field)),
        })),
      )
    default:
  }
  if (x.json === undefined || y.json === undefined) return leaf(type, x, y, x.json === y.json)
  if (type.kind === 'pointer') {
    const element = type.element ?? type
    const target = compare(element, goTarget(x), goTarget(y))
    return { ...branch(type, x, y, [{ key: '', node: target }]), records: [], target }
  }
  return branch(type, x, y, type.kind === 'map' ? compareMaps(type, x, y) : compareSlices(type, x, y))
}

function compareMaps(type: GoType, x: GoValue, y: GoValue): DiffNode['records'] {
  const left = new Map(goEntries(x))
  const right = new Map(goEntries(y))
  const element = type.element ?? type
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .map((key) => ({ key, node: compare(element, left.get(key), right.get(key)) }))
}

function compareSlices(type: GoType, x: GoValue, y: GoValue): DiffNode['records'] {
  const left = goElements(x)
  const right = goElements(y)
  const element = type.element ?? type
  const script = differenceScript(left.length, right.length, (ix, iy) => compare(element, left[ix], right[iy]))
  let ix = 0
  let iy = 0
  return script.map((edit) => {
    const node = compare(
      element,
      edit === 'uniqueY' ? undefined : left[ix++],
      edit === 'uniqueX' ? undefined : right[iy++],
    )
    return { key: '', node }
  })
}

function branch(type: GoType, x: GoValue, y: GoValue, records: DiffNode['records']): DiffNode {
  let same = 0
  let differing = 0
  let children = 0
  let depth = 0
  let isCompared = false
  for (const { node } of records) {
    same += node.same
    differing += node.differing
    children += node.children + 1
    depth = Math.max(depth, node.depth + 1)
    isCompared ||= node.isCompared
  }
  return { type, x, y, same, differing, children, depth, isCompared, records }
}
