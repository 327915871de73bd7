/** Where generators are made and called: one that is called and then dropped has done nothing, and nobody is told. */

/** What is needed of the parser's nodes. */
interface Node {
  readonly type: string
  readonly name?: string
  readonly [key: string]: unknown
}

/** A call whose result nobody takes, or takes for a plain value. Names of members begin with a dot: `.read`, `.#read`. */
export interface DroppedCall {
  readonly name: string
  readonly line: number
}

/** What one file tells of generators. */
export interface GeneratorFile {
  readonly path: string
  /** Files that it imports. */
  readonly imports: readonly string[]
  /** What it imports, by the name that it has here. */
  readonly importedNames: ReadonlyMap<string, string>
  /** Names of functions and methods that give a generator: `function*`, or `Steps` or `Wait` as the type of their result. */
  readonly generators: ReadonlySet<string>
  /** Names of functions and methods that do not. */
  readonly plainFunctions: ReadonlySet<string>
  readonly droppedCalls: readonly DroppedCall[]
}

/** Collects a file's functions and dropped calls, node by node. */
export class GeneratorFinder {
  readonly generators = new Set<string>()
  readonly plainFunctions = new Set<string>()
  readonly importedNames = new Map<string, string>()
  readonly droppedCalls: DroppedCall[] = []

  /** Looks at one node; `parents` from the outermost to the nearest. */
  look(node: Node, parents: readonly Node[], line: () => number): void {
    if (node.type === 'ImportSpecifier') {
      const [local, imported] = [node.local, node.imported] as Node[] // an import has both
      this.importedNames.set(String(local?.name), String(imported?.name))
    }
    if (node.type === 'CallExpression') this.#lookAtCall(node, parents, line)
    if (!functionTypes.has(node.type)) return
    const name = nameOf(node, parents.at(-1))
    if (name === undefined) return
    const names = node.generator === true || givesSteps(node) ? this.generators : this.plainFunctions
    names.add(name)
  }

  #lookAtCall(node: Node, parents: readonly Node[], line: () => number): void {
    if (!isDropped(node, parents)) return
    const callee = node.callee as Node // a call has one
    // A member has a property.
    const name = callee.type === 'MemberExpression' ? memberName(callee.property as Node) : callee.name
    if (name !== undefined) this.droppedCalls.push({ name, line: line() })
  }
}

/**
 * `path:line: name` of each dropped call of a generator: of a function that the file has itself or imports, or of a method whose
 * name only methods have that give generators.
 */
export function droppedGenerators(files: readonly GeneratorFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const plain = new Set(files.flatMap(({ plainFunctions }) => [...plainFunctions]))
  const methods = new Set(files.flatMap(({ generators }) => [...generators]).filter((name) => !plain.has(name)))
  return files.flatMap((file) => {
    const imported = new Set(file.imports.flatMap((path) => [...(byPath.get(path)?.generators ?? [])]))
    const isKnown = (name: string): boolean => {
      // A name that is also another function's is left alone.
      if (file.plainFunctions.has(name)) return false
      const original = file.importedNames.get(name)
      return original === undefined ? file.generators.has(name) : imported.has(original)
    }
    const isWrong = ({ name }: DroppedCall): boolean => (/^\.[^#]/.test(name) ? methods.has(name) : isKnown(name))
    return file.droppedCalls.filter(isWrong).map(({ name, line }) => `${file.path}:${line}: ${name}`)
  })
}

const functionTypes = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'TSMethodSignature',
  'TSFunctionType',
  'TSDeclareFunction',
  'TSEmptyBodyFunctionExpression',
])

/** A function has its own name, or that of the variable, property or signature that holds it. */
function nameOf(node: Node, parent: Node | undefined): string | undefined {
  const [key, id] = [node.key ?? parent?.key, node.id ?? parent?.id] as (Node | null | undefined)[] // nodes or nothing
  return key ? memberName(key) : id?.name
}

function memberName({ type, name }: Node): string | undefined {
  if (name === undefined) return undefined
  return type === 'PrivateIdentifier' ? `.#${name}` : `.${name}`
}

/** Whether the type of the result is `Steps<...>` or `Wait<...>`. */
function givesSteps(node: Node): boolean {
  const annotation = (node.returnType as { readonly typeAnnotation?: Node } | null | undefined)?.typeAnnotation // a node or nothing
  const { name = '' } = (annotation?.typeName as Node | undefined) ?? {} // a reference to a type has a name
  return name === 'Steps' || name === 'Wait'
}

/** What only hands its operand on. */
const passing = /^(?:ParenthesizedExpression|TSNonNullExpression|TSAsExpression|TSSatisfiesExpression|ChainExpression)$/
/** What takes its operand for a value, or throws it away. */
const dropping =
  /^(?:ExpressionStatement|UnaryExpression|BinaryExpression|TemplateLiteral|AwaitExpression|IfStatement|WhileStatement|DoWhileStatement|SwitchStatement)$/

function isDropped(node: Node, parents: readonly Node[]): boolean {
  let child = node
  for (let at = parents.length - 1; at >= 0; at--) {
    const parent = parents[at]
    if (parent === undefined) break
    if (parent.type === 'YieldExpression') return parent.delegate !== true
    if (dropping.test(parent.type)) return true
    if (parent.type === 'LogicalExpression' && parent.left === child) return true
    if (parent.type === 'ConditionalExpression' && parent.test === child) return true
    const goesOn = passing.test(parent.type) || /^(?:Logical|Conditional|Sequence)Expression$/.test(parent.type)
    if (!goesOn) return false
    child = parent
  }
  return false
}
