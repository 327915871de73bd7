import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { type Comment, parseSync, visitorKeys } from 'oxc-parser'
import { type GeneratorFile, GeneratorFinder } from './generators.ts'

/** The repository's own sources, parsed once: what the rules of tidy.test.ts look at. */

/** A part of a file that a rule talks about. Lines count from 1. */
export interface Spot {
  readonly name: string
  readonly line: number
}

/** A function, method or accessor with a body. */
export interface FunctionSpot extends Spot {
  /** From its first line to its last, without those of the functions inside of it that are longer than a line. */
  readonly ownLines: number
  readonly lines: number
}

/** One file of TypeScript. */
export interface SourceFile extends GeneratorFile {
  /** From the root of the repository: `src/kernel/kernel.ts`. */
  readonly path: string
  /** `src/kernel` of a source, `test`, `scripts` or `bench` of others. */
  readonly room: string
  readonly text: string
  readonly lineCount: number
  /** Files of the repository that it imports or exports from, types too, however the statement is laid out. */
  readonly imports: readonly string[]
  /** Packages and builtins that it imports: `rxjs`, `node:fs`. */
  readonly packages: readonly string[]
  readonly functions: readonly FunctionSpot[]
  /** What it exports without a docstring. */
  readonly undocumented: readonly Spot[]
  /** `as T` (not `as const`) with no comment on its line, or right above its statement or its line. */
  readonly unexplainedCasts: readonly Spot[]
  /** Names that nothing in the file binds: globals. */
  readonly globals: readonly Spot[]
  /** Static texts of titles of tests and groups. */
  readonly titles: readonly Spot[]
}

/** Root of the repository. */
export const root = join(import.meta.dirname, '../..')

/** All files below a folder of the repository, relative to its root, in bytewise order. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder))
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => {
      const path = join(folder, name)
      return statSync(join(root, path)).isDirectory() ? filesBelow(path) : [path]
    })
}

/** Parses all TypeScript below a folder but for generated files and fixtures. */
export function readSources(folder: string): readonly SourceFile[] {
  return filesBelow(folder)
    .filter((path) => /\.tsx?$/.test(path) && !/\/(generated|fixtures)\//.test(path))
    .map(readSource)
}

function readSource(path: string): SourceFile {
  return parseSource(path, readFileSync(join(root, path), 'utf8'))
}

/** A file as the rules see it. Throws when it is no TypeScript. */
export function parseSource(path: string, text: string): SourceFile {
  const { program, module, comments, errors } = parseSync(path, text, { lang: path.endsWith('x') ? 'tsx' : 'ts' })
  if (errors.length > 0) throw new Error(`${path}: ${errors.map(({ message }) => message).join(', ')}`)
  const specifiers = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    ...module.dynamicImports.map(({ moduleRequest }) =>
      text.slice(moduleRequest.start, moduleRequest.end).replace(/^['"]|['"]$/g, ''),
    ),
  ]
  const layout = new Layout(text, comments)
  const found = new Finder(layout)
  found.visit(program as unknown as Node) // every node of the tree has these fields
  return {
    path,
    room: path.startsWith('src/') ? path.split('/').slice(0, 2).join('/') : (path.split('/')[0] ?? ''),
    text,
    lineCount: text.split('\n').length,
    imports: specifiers.filter((name) => name.startsWith('.')).map((name) => normalize(join(dirname(path), name))),
    packages: specifiers.filter((name) => !name.startsWith('.')),
    functions: found.functions,
    undocumented: found.undocumented,
    unexplainedCasts: found.casts,
    globals: found.references
      .filter(({ name = '' }) => !found.bound.has(name))
      .map(({ name = '', start }) => ({ name, line: layout.lineOf(start) })),
    titles: found.titles,
    generators: found.generators.generators,
    importedNames: found.generators.importedNames,
    plainFunctions: found.generators.plainFunctions,
    droppedCalls: found.generators.droppedCalls,
  }
}

/** What this file needs of the parser's nodes, whose union has two hundred members. */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly name?: string
  readonly [key: string]: unknown
}

/** Lines and comments by offset. */
class Layout {
  readonly #lineStarts: readonly number[]
  readonly #text: string
  readonly #comments: readonly Comment[]
  readonly #commentLines: ReadonlySet<number>

  constructor(text: string, comments: readonly Comment[]) {
    this.#text = text
    this.#comments = comments
    this.#lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
    this.#commentLines = new Set(
      comments.flatMap(({ start, end }) => {
        const [first, last] = [this.lineOf(start), this.lineOf(end)]
        return Array.from({ length: last - first + 1 }, (_, i) => first + i)
      }),
    )
  }

  lineOf(offset: number): number {
    let [low, high] = [0, this.#lineStarts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }

  text({ start, end }: Node): string {
    return this.#text.slice(start, end)
  }

  hasCommentOn(line: number): boolean {
    return this.#commentLines.has(line)
  }

  /** Whether nothing but blank space lies between a docstring and this offset. */
  isDocumented(start: number): boolean {
    return this.#comments.some(
      (comment) =>
        comment.type === 'Block' &&
        comment.value.startsWith('*') &&
        comment.end <= start &&
        this.#text.slice(comment.end, start).trim() === '',
    )
  }
}

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])
const testCalls = /^(?:test|it|describe)\b/

class Finder {
  readonly functions: FunctionSpot[] = []
  readonly undocumented: Spot[] = []
  readonly casts: Spot[] = []
  readonly titles: Spot[] = []
  readonly references: Node[] = []
  readonly bound = new Set<string>()
  readonly generators = new GeneratorFinder()
  readonly #layout: Layout
  /** Of the node that is visited, from the outermost to the nearest. */
  readonly #parents: Node[] = []
  /** An overload or the second part of a merged declaration is documented with its first. */
  readonly #exported = new Set<string>()

  constructor(layout: Layout) {
    this.#layout = layout
  }

  /** Visits a node and what is in it. Returns how many lines the functions in it take. */
  visit(node: Node): number {
    const parents = this.#parents
    this.#look(node, parents)
    parents.push(node)
    let nested = 0
    for (const key of visitorKeys[node.type] ?? []) {
      // Children are nodes, lists of nodes with holes, or absent: so the parser's table of keys says.
      const value = node[key] as Node | readonly (Node | null)[] | null | undefined
      if (value === null || value === undefined) continue
      if (!isList(value)) nested += this.visit(value)
      else for (const child of value) if (child !== null) nested += this.visit(child)
    }
    parents.pop()
    if (!functionTypes.has(node.type) || node.body === null) return nested
    const lines = this.#layout.lineOf(node.end) - this.#layout.lineOf(node.start) + 1
    this.functions.push({ ...this.#spot(node, nameOf(node, parents.at(-1))), lines, ownLines: lines - nested })
    return lines > 1 ? lines : 0
  }

  #look(node: Node, parents: readonly Node[]): void {
    const parent = parents.at(-1)
    this.generators.look(node, parents, () => this.#layout.lineOf(node.start))
    if (node.type === 'Identifier' && node.name !== undefined) {
      if (isBinding(node, parents)) this.bound.add(node.name)
      else if (!isPropertyName(node, parent)) this.references.push(node)
    }
    if (node.type === 'ExportNamedDeclaration' && isNode(node.declaration)) this.#lookAtExport(node, node.declaration)
    if (node.type === 'TSAsExpression' && this.#layout.text(node.typeAnnotation as Node) !== 'const') {
      // The parser's word for what stands behind `as`.
      if (!this.#isExplained(node, parents)) this.casts.push(this.#spot(node, this.#layout.text(node).slice(-60)))
    }
    if (node.type === 'CallExpression' && testCalls.test(this.#layout.text(node.callee as Node))) {
      // A call has a callee and arguments.
      const [title] = node.arguments as readonly Node[]
      if (title !== undefined && (title.type === 'Literal' || title.type === 'TemplateLiteral'))
        this.titles.push(this.#spot(title, this.#layout.text(title).slice(1, -1)))
    }
  }

  #lookAtExport(node: Node, declaration: Node): void {
    const names = isNode(declaration.id)
      ? [String(declaration.id.name)]
      : ((declaration.declarations ?? []) as readonly Node[]).map(({ id }) => this.#layout.text(id as Node)) // variables
    const name = names.join(', ')
    if (!this.#exported.has(name) && !this.#layout.isDocumented(node.start))
      this.undocumented.push(this.#spot(node, name))
    this.#exported.add(name)
  }

  #isExplained(node: Node, parents: readonly Node[]): boolean {
    const [first, last] = [this.#layout.lineOf(node.start), this.#layout.lineOf(node.end)]
    const statement = parents.findLast(
      ({ type }) => /Statement$|Declaration$|Definition$/.test(type) && type !== 'BlockStatement',
    )
    const above = statement === undefined ? first : this.#layout.lineOf(statement.start)
    return [first - 1, first, last, above - 1].some((line) => this.#layout.hasCommentOn(line))
  }

  #spot(node: Node, name: string): Spot {
    return { name, line: this.#layout.lineOf(node.start) }
  }
}

const isList = (value: Node | readonly (Node | null)[]): value is readonly (Node | null)[] => Array.isArray(value)

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}

/** `create` of `create() {}`, `const create = () => {}`, `{ create: () => {} }`; `test(...)` of a callback. */
function nameOf(node: Node, parent: Node | undefined): string {
  if (isNode(node.id)) return String(node.id.name)
  if (isNode(parent?.key)) return String(parent.key.name ?? '')
  if (isNode(parent?.id)) return String(parent.id.name)
  if (parent?.type === 'CallExpression' && isNode(parent.callee)) return `callback of ${calleeName(parent.callee)}`
  return 'a function'
}

function calleeName(callee: Node): string {
  if (callee.name !== undefined) return callee.name
  if (isNode(callee.callee)) return calleeName(callee.callee)
  return isNode(callee.object) ? calleeName(callee.object) : 'a call'
}

const bindingParents =
  /^(?:VariableDeclarator|Import\w*Specifier|Function\w*|ArrowFunctionExpression|Class\w+|CatchClause|RestElement|AssignmentPattern|ArrayPattern|TS\w+Declaration|TSParameterProperty|FormalParameter\w*|TSTypeParameter)$/

/** Whether the name is given here: a variable, a parameter, a part of a pattern, an import, a function, a class. */
function isBinding(node: Node, parents: readonly Node[]): boolean {
  const parent = parents.at(-1)
  if (parent === undefined) return false
  if (parent.type === 'Property') return parents.at(-2)?.type === 'ObjectPattern' && parent.value === node
  if (!bindingParents.test(parent.type)) return false
  return ![parent.init, parent.right, parent.superClass, parent.body].includes(node)
}

/** Whether it is a name inside of something else: `now` of `x.now`, a key, a label, part of a type. */
function isPropertyName(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined) return false
  if (parent.type.startsWith('TS') && !/^TS(?:As|Satisfies|NonNull)Expression$/.test(parent.type)) return true
  if (parent.type === 'MemberExpression') return parent.property === node && parent.computed !== true
  if (parent.type === 'ImportSpecifier' || parent.type === 'ExportSpecifier') return true
  return parent.key === node && parent.computed !== true && parent.shorthand !== true
}
