import { goQuote } from '../../objects/field-errors.ts'
import { compareBytes, goJson, isObject } from '../json.ts'
import { goValueText } from './go-value.ts'
import { type Node, parseJsonpath } from './jsonpath-parse.ts'

/** Evaluation of jsonpath templates. Source: k8s.io/client-go util/jsonpath/jsonpath.go. */
export interface JsonpathSettings {
  readonly allowMissingKeys: boolean
  /** Maps and lists as JSON (client-go from 1.19) or as Go prints them. */
  readonly printJson: boolean
}

export type JsonpathResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: string }

/** What the template prints for a value; an error in the words of the real library. */
export function executeJsonpath(template: string, data: unknown, settings: JsonpathSettings): JsonpathResult {
  const nodes = parseJsonpath(template)
  if ('error' in nodes) return { ok: false, error: nodes.error }
  try {
    return { ok: true, text: new Evaluation(settings).print(nodes, data) }
  } catch (thrown) {
    if (thrown instanceof EvaluationFailure) return { ok: false, error: thrown.message }
    throw thrown
  }
}

export type FoundValues =
  | { readonly ok: true; readonly values: readonly unknown[] }
  | { readonly ok: false; readonly error: string }

/** The values that the first part of a template finds; missing fields find nothing when allowed. */
export function findJsonpath(template: string, data: unknown, allowMissingKeys: boolean): FoundValues {
  const nodes = parseJsonpath(template)
  if ('error' in nodes) return { ok: false, error: nodes.error }
  try {
    const first = nodes.find(({ kind }) => kind === 'list')
    const evaluation = new Evaluation({ allowMissingKeys, printJson: true })
    return { ok: true, values: first === undefined ? [] : evaluation.values(first, [data]) }
  } catch (thrown) {
    if (thrown instanceof EvaluationFailure) return { ok: false, error: thrown.message }
    throw thrown
  }
}

class EvaluationFailure extends Error {}

function wrong(text: string): never {
  throw new EvaluationFailure(text)
}

class Evaluation {
  readonly #settings: JsonpathSettings
  constructor(settings: JsonpathSettings) {
    this.#settings = settings
  }

  print(nodes: readonly Node[], data: unknown): string {
    let text = ''
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i]
      if (node === undefined) break
      if (isIdentifier(node, 'end')) wrong('not in range, nothing to end')
      if (!isIdentifier(node, 'range')) {
        text += this.#texts(this.values(node, [data]))
        continue
      }
      const end = endOfRange(nodes, i)
      const inner = nodes.slice(i + 1, end)
      const range: Node = { kind: 'list', nodes: node.kind === 'list' ? node.nodes.slice(1) : [] }
      for (const item of this.values(range, [data])) text += this.print(inner, item)
      i = end
    }
    return text
  }

  #texts(values: readonly unknown[]): string {
    return values.map((value) => this.#text(value)).join(' ')
  }

  #text(value: unknown): string {
    if (value === null || value === undefined) return this.#settings.printJson ? '' : '<nil>'
    if (typeof value === 'object' && this.#settings.printJson) return goJson(value)
    return goValueText(value)
  }

  values(node: Node, input: readonly unknown[]): readonly unknown[] {
    switch (node.kind) {
      case 'text':
        return [node.text]
      case 'value':
        return [node.value]
      case 'list':
        return node.nodes.reduce<readonly unknown[]>((current, next) => this.values(next, current), input)
      case 'identifier':
        return wrong(`unrecognized identifier ${node.name}`)
      case 'field':
        return this.#field(node.name, input)
      case 'wildcard':
        return input.flatMap((value) => (Array.isArray(value) ? value : isObject(value) ? sortedValues(value) : []))
      case 'recursive':
        return input.flatMap(descendants)
      case 'union':
        return node.nodes.flatMap((one) => this.values(one, input))
      case 'array':
        return input.flatMap((value) => slice(node, value))
      case 'filter':
        return input.flatMap((value) =>
          (Array.isArray(value)
            ? value
            : isObject(value)
              ? sortedValues(value)
              : wrong(`${goValueText(value)} is not array or slice and cannot be filtered`)
          ).filter((item) => this.#matches(node, item)),
        )
    }
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
    const lenient = new Evaluation({ ...this.#settings, allowMissingKeys: true })
    const left = lenient.values(node.left, [item])
    if (node.operator === 'exists') return left.length > 0
    const right = lenient.values(node.right, [item])
    if (left.length > 1 || right.length > 1) wrong(`can only compare one element at a time`)
    if (left.length === 0 || right.length === 0) return false
    return compare(left[0], node.operator, right[0])
  }
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '==' || operator === '!=') return (left === right) === (operator === '==')
  if (typeof left !== typeof right || (typeof left !== 'number' && typeof left !== 'string')) {
    wrong('incompatible types for comparison')
  }
  const order =
    typeof left === 'string' && typeof right === 'string' ? compareBytes(left, right) : Number(left) - Number(right)
  if (operator === '<') return order < 0
  if (operator === '<=') return order <= 0
  return operator === '>' ? order > 0 : order >= 0
}

/** `range` and `end` stand alone or first between braces. */
function isIdentifier(node: Node, name: string): boolean {
  const first = node.kind === 'list' ? node.nodes[0] : undefined
  return first?.kind === 'identifier' && first.name === name
}

function endOfRange(nodes: readonly Node[], start: number): number {
  let depth = 0
  for (let i = start; i < nodes.length; i++) {
    const node = nodes[i]
    if (node === undefined) break
    if (isIdentifier(node, 'range')) depth++
    if (isIdentifier(node, 'end') && --depth === 0) return i
  }
  // A range that nobody ends takes in all that follows.
  return nodes.length
}

function sortedValues(value: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.keys(value)
    .sort(compareBytes)
    .map((key) => value[key])
}

function descendants(value: unknown): readonly unknown[] {
  const children = Array.isArray(value) ? value : isObject(value) ? sortedValues(value) : []
  return [value, ...children.flatMap(descendants)]
}

function slice(node: Extract<Node, { kind: 'array' }>, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) return wrong(`${goValueText(value)} is not array or slice`)
  const n = value.length
  const from = node.start ?? 0
  if (node.single) {
    const index = from < 0 ? from + n : from
    if (index < 0 || index >= n) return wrong(`array index out of bounds: index ${from}, length ${n}`)
    return [value[index]]
  }
  const start = from < 0 ? from + n : from
  const to = node.end ?? n
  const end = Math.min(to < 0 ? to + n : to, n)
  return value.filter((_, i) => i >= start && i < end && (i - start) % (node.step ?? 1) === 0)
}

/** A template as the user may write it for `--sort-by` and custom columns: braces and the first dot may be missing. */
export function relaxedTemplate(expression: string): string | undefined {
  if (expression === '') return ''
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(expression)
  if (match === null) return undefined
  return `{.${match[1] ?? match[2] ?? ''}}`
}

export function relaxedTemplateError(expression: string): string {
  return `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}' but got ${goQuote(expression)}`
}
