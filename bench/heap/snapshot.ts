import { closeSync, openSync, readSync } from 'node:fs'

/** A heap as V8 writes it, in typed arrays: an entry for each node, those of edges behind one another as nodes have them. */
export interface Snapshot {
  readonly strings: readonly string[]
  /** Of nodes: type, name and bytes; where their edges begin. */
  readonly types: Uint8Array
  readonly names: Uint32Array
  readonly sizes: Uint32Array
  readonly firstEdges: Uint32Array
  /** Of edges: type, name or index, the node that they lead to. */
  readonly edgeTypes: Uint8Array
  readonly edgeNames: Uint32Array
  readonly targets: Uint32Array
  readonly nodeTypes: readonly string[]
  readonly edgeTypeNames: readonly string[]
}

interface Head {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[]
      readonly node_types: readonly (readonly string[])[]
      readonly edge_fields: readonly string[]
      readonly edge_types: readonly (readonly string[])[]
    }
    readonly node_count: number
    readonly edge_count: number
  }
}

/** Reads the file that `writeHeapSnapshot` made. It may be longer than a string can be. */
export function readSnapshot(file: string): Snapshot {
  const bytes = new Bytes(file)
  const head = `${bytes.textUntil('"nodes":[').trimEnd().replace(/,$/, '')}}`
  const { snapshot }: Head = JSON.parse(head)
  const { meta, node_count: nodeCount, edge_count: edgeCount } = snapshot
  const types = new Uint8Array(nodeCount)
  const names = new Uint32Array(nodeCount)
  const sizes = new Uint32Array(nodeCount)
  const firstEdges = new Uint32Array(nodeCount + 1)
  const [type = 0, name = 0, size = 0, edges = 0] = ['type', 'name', 'self_size', 'edge_count'].map((field) =>
    meta.node_fields.indexOf(field),
  )
  const width = meta.node_fields.length
  const row = new Float64Array(Math.max(width, meta.edge_fields.length))
  for (let i = 0; i < nodeCount; i++) {
    bytes.numbers(row, width)
    types[i] = row[type] ?? 0
    names[i] = row[name] ?? 0
    sizes[i] = row[size] ?? 0
    firstEdges[i + 1] = (firstEdges[i] ?? 0) + (row[edges] ?? 0)
  }
  bytes.textUntil('"edges":[')
  const edgeTypes = new Uint8Array(edgeCount)
  const edgeNames = new Uint32Array(edgeCount)
  const targets = new Uint32Array(edgeCount)
  for (let i = 0; i < edgeCount; i++) {
    bytes.numbers(row, 3)
    edgeTypes[i] = row[0] ?? 0
    edgeNames[i] = row[1] ?? 0
    targets[i] = (row[2] ?? 0) / width
  }
  bytes.textUntil('"strings":')
  const strings: readonly string[] = JSON.parse(bytes.rest().replace(/}\s*$/, ''))
  return {
    strings,
    types,
    names,
    sizes,
    firstEdges,
    edgeTypes,
    edgeNames,
    targets,
    nodeTypes: meta.node_types[0] ?? [],
    edgeTypeNames: meta.edge_types[0] ?? [],
  }
}

const blockSize = 2 ** 22
const [zero, nine] = [48, 57]

/** A file, byte by byte. */
class Bytes {
  readonly #file: number
  readonly #block = Buffer.alloc(blockSize)
  #at = 0
  #end = 0

  constructor(file: string) {
    this.#file = openSync(file, 'r')
  }

  /** -1 at the end. */
  #next(): number {
    if (this.#at === this.#end) {
      this.#end = readSync(this.#file, this.#block, 0, blockSize, null)
      this.#at = 0
      if (this.#end === 0) return -1
    }
    return this.#block[this.#at++] ?? -1
  }

  /** What stands before `mark`, which is read too. */
  textUntil(mark: string): string {
    const letters: number[] = []
    const last = mark.charCodeAt(mark.length - 1)
    for (;;) {
      const byte = this.#next()
      if (byte < 0) throw new Error(`no ${mark}`)
      letters.push(byte)
      if (byte !== last || String.fromCharCode(...letters.slice(-mark.length)) !== mark) continue
      return Buffer.from(letters.slice(0, -mark.length)).toString('utf8')
    }
  }

  numbers(into: Float64Array, count: number): void {
    for (let i = 0; i < count; i++) {
      let byte = this.#next()
      while (byte < zero || byte > nine) byte = this.#next()
      let value = 0
      for (; byte >= zero && byte <= nine; byte = this.#next()) value = value * 10 + byte - zero
      into[i] = value
    }
  }

  rest(): string {
    const parts: Buffer[] = []
    do {
      parts.push(Buffer.from(this.#block.subarray(this.#at, this.#end)))
      this.#at = 0
      this.#end = readSync(this.#file, this.#block, 0, blockSize, null)
    } while (this.#end > 0)
    closeSync(this.#file)
    return Buffer.concat(parts).toString('utf8')
  }
}
