import { isObject } from '../json.ts'
import { elementText } from './field-set.ts'
import { elementOf } from './list-items.ts'
import type { ListShape, MapShape, ScalarShape, Shape } from './shapes.ts'

/** What is wrong with a configuration that is to be applied, in one text; undefined: nothing. Source: structured-merge-diff typed/{validate,helpers}.go. */
export function typedError(shape: Shape, value: unknown): string | undefined {
  const errors = [...valueErrors(shape, value)].map(({ path, message }) =>
    path === '' ? message : `${path}: ${message}`,
  )
  if (errors.length < 2) return errors[0]
  return ['errors:', ...errors.map((error) => `  ${error}`)].join('\n')
}

/** Whether a list somewhere has an item without what names it, or (`takesDuplicates`: not) names one twice. */
export function hasDuplicates(shape: Shape, value: unknown, takesDuplicates = false): boolean {
  if (shape.kind === 'list' && !shape.isAtomic && Array.isArray(value)) {
    const elements = value.map((item) => elementOf(shape, item))
    if (elements.some((element) => typeof element !== 'string')) return true
    if (!takesDuplicates && new Set(elements).size < elements.length) return true
    return value.some((item) => hasDuplicates(shape.item, item, takesDuplicates))
  }
  if (shape.kind !== 'map' || shape.isAtomic || !isObject(value)) return false
  return Object.entries(value).some(([key, inner]) => {
    const field = shape.field(key)?.shape ?? shape.values
    return field !== undefined && hasDuplicates(field, inner, takesDuplicates)
  })
}

interface TypedError {
  readonly path: string
  readonly message: string
}

function* valueErrors(shape: Shape, value: unknown): Generator<TypedError> {
  switch (shape.kind) {
    case 'deduced':
      return
    case 'scalar': {
      const message = scalarError(shape, value)
      if (message !== undefined) yield { path: '', message }
      return
    }
    case 'list':
      yield* listErrors(shape, value)
      return
    case 'map':
      yield* mapErrors(shape, value)
  }
}

function* below(prefix: string, errors: Iterable<TypedError>): Generator<TypedError> {
  for (const { path, message } of errors) yield { path: prefix + path, message }
}

function* listErrors(list: ListShape, value: unknown): Generator<TypedError> {
  if (value === null) return
  if (!Array.isArray(value)) {
    yield { path: '', message: `expected list, got ${shown(value)}` }
    return
  }
  const seen = new Set<string>()
  for (const [i, item] of value.entries()) {
    let place = `[${i}]`
    if (!list.isAtomic) {
      const element = elementOf(list, item)
      if (typeof element !== 'string') {
        yield { path: '', message: `element ${i}: ${element.error}` }
        return
      }
      place = elementText(element)
      if (seen.has(element)) yield { path: '', message: `duplicate entries for key ${place}` }
      seen.add(element)
    }
    yield* below(place, valueErrors(list.item, item))
  }
}

function* mapErrors(map: MapShape, value: unknown): Generator<TypedError> {
  if (value === null) return
  if (!isObject(value)) {
    yield { path: '', message: `expected map, got ${shown(value)}` }
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    const shape = map.field(key)?.shape ?? map.values
    if (shape === undefined) {
      yield { path: `.${key}`, message: 'field not declared in schema' }
      return
    }
    yield* below(`.${key}`, valueErrors(shape, inner))
  }
}

function scalarError({ scalar }: ScalarShape, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined
  const type = typeof value
  switch (scalar) {
    case 'numeric':
      return type === 'number' ? undefined : `expected numeric (int or float), got ${goTypeOf(value)}`
    case 'string':
      return type === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`
    case 'boolean':
      return type === 'boolean' ? undefined : `expected boolean, got ${shown(value)}`
    case 'any scalar':
      return type === 'object' ? `expected any scalar, got ${shown(value)}` : undefined
  }
}

/** Go's `%T`. */
function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : 'map[string]interface {}'
}

/** Go's `%#v` of what a JSON value becomes. */
function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isObject(value)) return value === null ? 'interface {}(nil)' : JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${goSyntax(value[key])}`)
  return `map[string]interface {}{${members.join(', ')}}`
}

/** Source: value/value.go, ToString. */
/** As Go's `%v` writes a pointer to what holds it. Source: structured-merge-diff typed/helpers.go, listValue, mapValue; value/valueunstructured.go. */
function shown(value: unknown): string {
  return `&{${plain(value)}}`
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(plain).join(' ')}]`
  if (!isObject(value)) return String(value)
  const members = Object.keys(value).sort()
  return `map[${members.map((key) => `${key}:${plain(value[key])}`).join(' ')}]`
}
