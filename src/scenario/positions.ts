import { type Document, isMap, isPair, isScalar, isSeq, type Node } from 'yaml'

/** Where things stand in a YAML text: offsets, end exclusive. */
export type Range = readonly [start: number, end: number]

export type YamlPath = readonly (string | number)[]

/** Range of the value at `path`; of the nearest value around it where there is none. */
export function valueRange(document: Document, path: YamlPath): Range {
  let node: unknown = document.contents
  let range = rangeOfNode(node) ?? [0, 0]
  for (const part of path) {
    node = childOf(node, part)
    range = rangeOfNode(node) ?? range
  }
  return range
}

/** Range of the key `path` ends in; of the value where it is an index. */
export function keyRange(document: Document, path: YamlPath): Range {
  const parent = path.slice(0, -1).reduce(childOf, document.contents as unknown)
  const key = path[path.length - 1]
  if (isMap(parent)) {
    const pair = parent.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
    )
    const range = rangeOfNode(pair?.key)
    if (range !== undefined) return range
  }
  return valueRange(document, path)
}

/** The scalar node at `path`, for offsets inside block texts. */
export function nodeAt(document: Document, path: YamlPath): unknown {
  return path.reduce(childOf, document.contents as unknown)
}

function childOf(node: unknown, part: string | number): unknown {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part))
    return pair?.value
  }
  return isSeq(node) && typeof part === 'number' ? node.items[part] : undefined
}

function rangeOfNode(node: unknown): Range | undefined {
  const range = (node as Node | undefined)?.range
  if (range === undefined || range === null) return undefined
  // A map's or list's own range may reach to the line after it: its beginning is what matters.
  return [range[0], Math.max(range[0] + 1, range[1])]
}
