import { utf8Bytes } from '../../bytes/bytes.ts'
import { compareBytes, goJson, goJsonIndented, isObject } from '../../go/json.ts'
import { goValueText } from '../../go/value-text.ts'
import { has } from '../../versions/changes.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { type ArrayNode, type Node, parseJsonpath } from './jsonpath-parse.ts'

/** Evaluation of jsonpath templates. Source: k8s.io/client-go util/jsonpath/jsonpath.go. */
export interface JsonpathSettings {
  readonly allowMissingKeys: boolean
  /** Minor version of the client whose library it is. */
  readonly minor: number
  /** The values found, as lists of JSON (`-o jsonpath-as-json`). */
  readonly asJson?: boolean
}

export type JsonpathResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: string }

/** What the template prints for a value; an error in the words of the real library. */
export function executeJsonpath(template: string, data: unknown, settings: JsonpathSettings): JsonpathResult {
  const nodes = parseJsonpath(template)
  if ('error' in nodes) return { ok: false, error: nodes.error }
  try {
    return { ok: true, text: new Evaluation(nodes, settings).print(data) }
  } catch (thrown) {
    if (thrown instanceof EvaluationFailure) return { ok: false, error: thrown.message }
    throw thrown
  }
}

export type FoundValues =
  | { readonly ok: true; readonly values: readonly unknown[] }
  | { readonly ok: false; readonly error: string }

/** The values that a template finds; missing fields find nothing when allowed. */
export function findJsonpath(template: string, data: unknown, allowMissingKeys: boolean): FoundValues {
  const nodes = parseJsonpath(template)
  if ('error' in nodes) return { ok: false, error: nodes.error }
  try {
    return { ok: true, values: new Evaluation(nodes, { allowMissingKeys, minor: 20 }).find(data).flat() }
  } catch (thrown) {
    if (thrown instanceof EvaluationFailure) return { ok: false, error: thrown.message }
    throw thrown
  }
}

class EvaluationFailure extends Error {}

function wrong(text: string): never {
  throw new EvaluationFailure(text)
}

/** One run of a template. The counters of ranges are those of the real library, whose older form has odd ends. */
class Evaluation {
  readonly #settings: JsonpathSettings
  #nodes: readonly Node[]
  #beginRange = 0
  #inRange = 0
  #endRange = 0
  #lastEnd: Node | undefined
  /** Until 1.18: what an `end` goes back to. */
  readonly #stack: (readonly unknown[])[] = []
  #current: readonly unknown[] = []

  constructor(nodes: readonly Node[], settings: JsonpathSettings) {
    this.#nodes = nodes
    this.#settings = settings
  }

  print(data: unknown): string {
    return this.find(data)
      .map((values) => this.#printed(values))
      .join('')
  }

  #printed(values: readonly unknown[]): string {
    if (this.#settings.asJson === true) return `${goJsonIndented(values, '    ')}\n`
    return values.map((value) => this.#text(value)).join(' ')
  }

  #text(value: unknown): string {
    const { minor } = this.#settings
    if (value === null || value === undefined) return has(minor, kubectl.jsonpathPrintsNull) ? 'null' : '<nil>'
    return typeof value === 'object' && has(minor, kubectl.jsonpathPrintsJson) ? goJson(value) : goValueText(value)
  }

  /** What each part of the template finds. */
  find(data: unknown): readonly (readonly unknown[])[] {
    return has(this.#settings.minor, kubectl.jsonpathRangesNest) ? this.#find(data) : this.#findAsOnce(data)
  }

  /** Source: FindResults, 1.19 and later. */
  #find(data: unknown): readonly (readonly unknown[])[] {
    const nodes = this.#nodes
    const found: (readonly unknown[])[] = []
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]
      if (node === undefined) break
      const results = this.values(node, [data])
      if (this.#endRange > 0 && this.#endRange <= this.#inRange) {
        this.#endRange--
        this.#lastEnd = node
        break
      }
      if (this.#beginRange === 0) {
        found.push(results)
        continue
      }
      this.#beginRange--
      this.#inRange++
      for (const value of results) {
        this.#nodes = nodes.slice(i + 1)
        found.push(...this.#find(value))
      }
      if (results.length === 0 && has(this.#settings.minor, kubectl.jsonpathSkipsEmptyRanges)) {
        this.#nodes = nodes.slice(i + 1)
        this.#find(null)
      }
      this.#inRange--
      const end = this.#lastEnd === undefined ? -1 : nodes.indexOf(this.#lastEnd, i + 1)
      if (end >= 0) i = end
    }
    return found
  }

  /** Source: FindResults until 1.18: what follows a range is run with its last item, and not at all if it has none. */
  #findAsOnce(data: unknown): readonly (readonly unknown[])[] {
    this.#current = [data]
    const nodes = this.#nodes
    const found: (readonly unknown[])[] = []
    for (const [i, node] of nodes.entries()) {
      const results = this.values(node, this.#current)
      if (this.#endRange > 0 && this.#endRange <= this.#inRange) {
        this.#endRange--
        break
      }
      if (this.#beginRange > 0) {
        this.#beginRange--
        this.#inRange++
        for (const [k, value] of results.entries()) {
          this.#nodes = nodes.slice(i + 1)
          if (k === results.length - 1) this.#inRange--
          found.push(...this.#findAsOnce(value))
        }
        break
      }
      found.push(results)
    }
    return found
  }

  values(node: Node, input: readonly unknown[]): readonly unknown[] {
    switch (node.kind) {
      case 'text':
        return [node.text]
      case 'value':
        return input.map(() => node.value)
      case 'list':
        return node.nodes.reduce<readonly unknown[]>((current, next) => this.values(next, current), input)
      case 'identifier':
        return this.#identifier(node.name, input)
      case 'field':
        return this.#field(node.name, input)
      case 'wildcard':
        return input.flatMap(contents)
      case 'recursive':
        return input.flatMap(descendants)
      case 'union':
        return node.nodes.flatMap((one) => this.values(one, input))
      case 'array':
        return input.flatMap((value) => slice(node, value))
      case 'filter':
        return input.flatMap((value) =>
          Array.isArray(value)
            ? value.filter((item) => this.#matches(node, item))
            : wrong(`${goValueText(value)} is not array or slice and cannot be filtered`),
        )
    }
  }

  #identifier(name: string, input: readonly unknown[]): readonly unknown[] {
    if (name === 'range') {
      this.#stack.push(this.#current)
      this.#beginRange++
      return input
    }
    if (name !== 'end') return wrong(`unrecognized identifier ${name}`)
    if (has(this.#settings.minor, kubectl.jsonpathRangesNest)) {
      if (this.#inRange === 0) wrong('not in range, nothing to end')
      this.#endRange++
    } else if (this.#endRange < this.#inRange) this.#endRange++
    else this.#current = this.#stack.pop() ?? wrong('not in range, nothing to end')
    return []
  }

  #field(name: string, input: readonly unknown[]): readonly unknown[] {
    if (input.length === 0) return []
    const found = input.flatMap((value) =>
      isObject(value) && Object.hasOwn(value, name) && value[name] !== undefined ? [value[name]] : [],
    )
    if (found.length === 0 && !this.#settings.allowMissingKeys) wrong(`${name} is not found`)
    return found
  }

  #matches(node: Extract<Node, { kind: 'filter' }>, item: unknown): boolean {
    if (node.operator === 'exists') return this.#exists(node.left, item)
    const [left, ...moreLeft] = this.values(node.left, [item])
    if (moreLeft.length > 0) wrong('can only compare one element at a time')
    if (left === undefined) return false
    const [right, ...moreRight] = this.values(node.right, [item])
    if (moreRight.length > 0) wrong('can only compare one element at a time')
    return right === undefined ? false : compare(left, node.operator, right)
  }

  #exists(left: Node, item: unknown): boolean {
    try {
      return this.values(left, [item]).length > 0
    } catch (thrown) {
      if (thrown instanceof EvaluationFailure) return false
      throw thrown
    }
  }
}

/** Source: client-go third_party/forked/golang/template/funcs.go. */
function compare(left: unknown, operator: string, right: unknown): boolean {
  if (!['<', '>', '==', '!=', '<=', '>='].includes(operator)) wrong(`unrecognized filter operator ${operator}`)
  const [a, b] = [basicKind(left), basicKind(right)]
  if (a !== b) wrong('incompatible types for comparison')
  if (operator === '==' || operator === '!=') return (left === right) === (operator === '==')
  if (a === 'bool') wrong('invalid type for comparison')
  const order =
    typeof left === 'string' && typeof right === 'string' ? compareBytes(left, right) : Number(left) - Number(right)
  if (operator === '<') return order < 0
  if (operator === '<=') return order <= 0
  return operator === '>' ? order > 0 : order >= 0
}

function basicKind(value: unknown): string {
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (typeof value !== 'number') return wrong('invalid type for comparison')
  return Number.isInteger(value) ? 'int' : 'float'
}

/** Items of a list, values of a map, bytes of a text. */
function contents(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return [...utf8Bytes(value)]
  if (!isObject(value)) return []
  return Object.keys(value)
    .sort(compareBytes)
    .map((key) => value[key])
}

/** A value that has contents, and those of them that have some. */
function descendants(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  const inner = contents(value)
  return inner.length === 0 ? [] : [value, ...inner.flatMap(descendants)]
}

function slice(node: ArrayNode, value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) return wrong(`${goTypeOf(value)} is not array or slice`)
  const n = value.length
  const start = (node.start ?? 0) < 0 ? (node.start ?? 0) + n : (node.start ?? 0)
  const written = node.end ?? n
  const end = written < 0 || (written === 0 && node.derived) ? written + n : written
  if (start === end) return []
  if (start >= n || start < 0) wrong(`array index out of bounds: index ${start}, length ${n}`)
  if (end > n || end < 0) wrong(`array index out of bounds: index ${end - 1}, length ${n}`)
  if (start > end) wrong(`starting index ${start} is greater than ending index ${end}`)
  const step = node.step ?? 1
  if (step <= 0) wrong('step must be > 0')
  return value.slice(start, end).filter((_, i) => i % step === 0)
}

function goTypeOf(value: unknown): string {
  if (isObject(value)) return 'map[string]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return typeof value === 'boolean' ? 'bool' : 'string'
}

/** A template as the user may write it for `--sort-by` and custom columns: braces and the first dot may be missing. */
export function relaxedTemplate(expression: string): string | undefined {
  if (expression === '') return ''
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(expression)
  if (match === null) return undefined
  return `{.${match[1] ?? match[2] ?? ''}}`
}

export const relaxedTemplateError =
  "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
