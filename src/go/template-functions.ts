import { fromBase64, utf8Bytes, utf8Text } from '../bytes/bytes.ts'
import { compareBytes, isObject } from './json.ts'
import { sprint, sprintf } from './sprintf.ts'
import { concreteType, type Held, isTrue, kindOf, missing, plain, textOf, type Value } from './template-values.ts'

/** What a function says against its arguments; `isOfArgument`: an argument could not be given at all. */
interface FunctionError {
  readonly error: string
  readonly isOfArgument?: boolean
}

interface Arity {
  readonly fixed: number
  readonly isVariadic: boolean
}

/** Sources: Go text/template funcs.go; exists and base64decode: cli-runtime pkg/printers/template.go. */
const arities: Readonly<Record<string, Arity>> = {
  and: { fixed: 1, isVariadic: true },
  base64decode: { fixed: 1, isVariadic: false },
  call: { fixed: 1, isVariadic: true },
  eq: { fixed: 1, isVariadic: true },
  exists: { fixed: 1, isVariadic: true },
  ge: { fixed: 2, isVariadic: false },
  gt: { fixed: 2, isVariadic: false },
  html: { fixed: 0, isVariadic: true },
  index: { fixed: 1, isVariadic: true },
  js: { fixed: 0, isVariadic: true },
  le: { fixed: 2, isVariadic: false },
  len: { fixed: 1, isVariadic: false },
  lt: { fixed: 2, isVariadic: false },
  ne: { fixed: 2, isVariadic: false },
  not: { fixed: 1, isVariadic: false },
  or: { fixed: 1, isVariadic: true },
  print: { fixed: 0, isVariadic: true },
  printf: { fixed: 1, isVariadic: true },
  println: { fixed: 0, isVariadic: true },
  slice: { fixed: 1, isVariadic: true },
  urlquery: { fixed: 0, isVariadic: true },
}

/** What templates may call. */
export const functionNames: ReadonlySet<string> = new Set(Object.keys(arities))

/** How many arguments a function wants. */
export function arityOf(name: string): Arity {
  return arities[name] ?? { fixed: 0, isVariadic: true }
}

/** What a function makes of its arguments; `and` and `or` are not called, for they do not look at all of theirs. */
export function callFunction(name: string, given: readonly Held[]): Value | FunctionError {
  const [a = missing, b = missing] = given
  switch (name) {
    case 'not':
      return plain(!isTrue(a))
    case 'len':
      return lengthOf(a)
    case 'index':
      return indexed(a, given.slice(1))
    case 'slice':
      return sliced(a, given.slice(1))
    case 'eq':
      return given.length < 2 ? { error: 'missing argument for comparison' } : equalsAny(a, given.slice(1))
    case 'ne':
      return negated(equalsAny(a, [b]))
    case 'lt':
    case 'ge':
      return name === 'lt' ? isLess(a, b) : negated(isLess(a, b))
    case 'gt':
    case 'le':
      return name === 'gt' ? isLess(b, a) : negated(isLess(b, a))
    case 'exists':
      return exists(a, given.slice(1))
    case 'base64decode':
      return decoded(a)
    default:
      return printedBy(name, given)
  }
}

function valueOfHeld(held: Held): unknown {
  return held === missing ? undefined : held.value
}

function lengthOf(held: Held): ReturnType<typeof callFunction> {
  const value = valueOfHeld(held)
  if (held === missing) return { error: 'reflect: call of reflect.Value.Type on zero Value' }
  if (value === null) return { error: 'len of nil pointer' }
  if (typeof value === 'string') return { value: utf8Bytes(value).length, boxed: false, goType: 'int' }
  if (Array.isArray(value)) return { value: value.length, boxed: false, goType: 'int' }
  if (isObject(value)) return { value: Object.keys(value).length, boxed: false, goType: 'int' }
  return { error: `len of type ${concreteType(held)}` }
}

function indexed(item: Held, keys: readonly Held[]): ReturnType<typeof callFunction> {
  if (item === missing) return { error: 'index of untyped nil' }
  let value = item.value
  for (const key of keys) {
    if (value === null || value === undefined) return { error: 'index of nil pointer' }
    if (Array.isArray(value) || typeof value === 'string') {
      const list: ArrayLike<unknown> = typeof value === 'string' ? utf8Bytes(value) : value
      if (kindOf(key) !== 'int')
        return {
          error:
            key === missing
              ? 'cannot index slice/array with nil'
              : `cannot index slice/array with type ${concreteType(key)}`,
        }
      const at = Number(valueOfHeld(key))
      if (at < 0 || at >= list.length) return { error: `index out of range: ${at}` }
      value = list[at]
    } else if (isObject(value)) {
      if (key === missing) return { error: 'value is nil; should be of type string' }
      if (typeof key.value !== 'string') return { error: `value has type ${concreteType(key)}; should be string` }
      value = Object.hasOwn(value, key.value) ? value[key.value] : null
    } else return { error: `can't index item of type ${concreteType(plain(value))}` }
  }
  return { value: value ?? null, boxed: true }
}

function sliced(item: Held, bounds: readonly Held[]): ReturnType<typeof callFunction> {
  const value = valueOfHeld(item)
  if (item === missing || value === null) return { error: 'slice of untyped nil' }
  if (bounds.length > 3) return { error: `too many slice indexes: ${bounds.length}` }
  if (typeof value !== 'string' && !Array.isArray(value))
    return { error: `can't slice item of type ${concreteType(item)}` }
  const list = typeof value === 'string' ? utf8Bytes(value) : value
  const [from = 0, to = list.length] = bounds.map((bound) => Number(valueOfHeld(bound)))
  for (const at of [from, to]) if (at < 0 || at > list.length) return { error: `index out of range: ${at}` }
  if (from > to) return { error: `invalid slice index: ${from} > ${to}` }
  return plain(list instanceof Uint8Array ? utf8Text(list.subarray(from, to)) : list.slice(from, to))
}

const unlike = 'incompatible types for comparison'

function equalsAny(a: Held, others: readonly Held[]): ReturnType<typeof callFunction> {
  const kind = kindOf(a)
  if (kind === undefined && isComposite(a)) return { error: `non-comparable type${told(a)}` }
  for (const other of others) {
    if (isComposite(other)) return { error: `non-comparable type${told(other)}` }
    const otherKind = kindOf(other)
    if (kind !== otherKind && kind !== undefined && otherKind !== undefined) return { error: unlike }
    const same =
      kind === undefined || otherKind === undefined ? kind === otherKind : valueOfHeld(a) === valueOfHeld(other)
    if (same) return yes(true)
  }
  return yes(false)
}

function isComposite(held: Held): boolean {
  return typeof valueOfHeld(held) === 'object' && valueOfHeld(held) !== null
}

/** Source: funcs.go, eq: `non-comparable type %s: %v`. */
function told(held: Held): string {
  return held === missing ? '' : ` ${textOf(held)}: ${concreteType(held)}`
}

function yes(value: boolean): Value {
  return { value, boxed: false }
}

function negated(result: ReturnType<typeof callFunction>): ReturnType<typeof callFunction> {
  return 'error' in result ? result : yes(result.value !== true)
}

function isLess(a: Held, b: Held): ReturnType<typeof callFunction> {
  const [left, right] = [kindOf(a), kindOf(b)]
  if (left === undefined || right === undefined) return { error: 'invalid type for comparison' }
  if (left !== right) return { error: unlike }
  if (left === 'bool') return { error: 'invalid type for comparison' }
  const [x, y] = [valueOfHeld(a), valueOfHeld(b)]
  return yes(left === 'string' ? compareBytes(String(x), String(y)) < 0 : Number(x) < Number(y))
}

function exists(item: Held, keys: readonly Held[]): Value {
  let value = valueOfHeld(item)
  for (const key of keys) {
    const at = valueOfHeld(key)
    if (Array.isArray(value) && typeof at === 'number' && at >= 0 && at < value.length) value = value[at]
    else if (isObject(value) && typeof at === 'string' && Object.hasOwn(value, at)) value = value[at]
    else return yes(false)
  }
  return yes(true)
}

function decoded(held: Held): ReturnType<typeof callFunction> {
  if (held === missing) return { error: 'invalid value; expected string', isOfArgument: true }
  if (typeof held.value !== 'string')
    return { error: `wrong type for value; expected string; got ${concreteType(held)}`, isOfArgument: true }
  const bytes = fromBase64(held.value)
  return bytes === undefined
    ? { error: `base64 decode failed: illegal base64 data at input byte ${firstIllegal(held.value)}` }
    : { value: utf8Text(bytes), boxed: false }
}

/** Where Go's decoder stops. Source: Go encoding/base64, CorruptInputError. */
function firstIllegal(text: string): number {
  const at = text.replace(/[\r\n]/g, '').search(/[^A-Za-z0-9+/]/)
  return at < 0 ? text.length - (text.length % 4) : at
}

function printedBy(name: string, given: readonly Held[]): ReturnType<typeof callFunction> {
  const values = given.map(valueOfHeld)
  switch (name) {
    case 'print':
      return { value: sprint(values), boxed: false }
    case 'println':
      return { value: `${given.map((one) => (one === missing ? '<nil>' : textOf(one))).join(' ')}\n`, boxed: false }
    case 'printf': {
      const [format] = values
      if (typeof format === 'string') return { value: sprintf(format, values.slice(1)), boxed: false }
      const [first = missing] = given
      const error =
        first === missing
          ? 'invalid value; expected string'
          : `wrong type for value; expected string; got ${concreteType(first)}`
      return { error, isOfArgument: true }
    }
    case 'urlquery':
      return {
        value: encodeURIComponent(sprint(values))
          .replaceAll('%20', '+')
          .replace(/[!'()*]/g, hex),
        boxed: false,
      }
    case 'html':
      return {
        value: sprint(values)
          .replace(/["'&<>]/g, (char) => `&#${char.charCodeAt(0)};`)
          .replaceAll('&#38;', '&amp;')
          .replaceAll('&#60;', '&lt;')
          .replaceAll('&#62;', '&gt;'),
        boxed: false,
      }
    default:
      return { error: `podsim does not simulate ${name} in templates`, isOfArgument: true }
  }
}

function hex(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`
}
