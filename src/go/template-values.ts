import { isObject } from './json.ts'
import { goValueText } from './value-text.ts'

/** What a running template holds. */
export interface Value {
  readonly value: unknown
  /** Whether Go holds it as an interface, as members and elements of JSON are. */
  readonly boxed: boolean
  /** The type where the value does not tell: numbers. */
  readonly goType?: string
}

/** A value, or Go's zero reflect.Value. */
export type Held = Value | typeof missing

/** Stands for what is not there; printed as `<no value>`. */
export const missing: unique symbol = Symbol('no value')

/** A member or element of JSON. */
export function box(value: unknown): Value {
  return { value: value ?? null, boxed: true }
}

/** A value that Go holds by its type. */
export function plain(value: unknown): Value {
  return { value, boxed: false }
}

/** The type as messages name it. */
export function typeOf(held: Value): string {
  return held.boxed ? 'interface {}' : concreteType(held)
}

/** The type of what an interface holds. */
export function concreteType({ value, goType }: Value): string {
  if (goType !== undefined) return goType
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}

/** Source: Go text/template exec.go, isTrue. */
export function isTrue(held: Held): boolean {
  if (held === missing) return false
  const { value } = held
  if (value === null || value === undefined || value === false || value === 0 || value === '') return false
  return Array.isArray(value) ? value.length > 0 : isObject(value) ? Object.keys(value).length > 0 : true
}

/** Source: exec.go, printValue. */
export function textOf(held: Held): string {
  return held === missing ? '<no value>' : goValueText(held.value)
}

/** Source: Go text/template funcs.go, basicKind. */
export function kindOf(held: Held): 'bool' | 'int' | 'float' | 'string' | undefined {
  if (held === missing || held.value === null) return undefined
  const type = concreteType(held)
  if (type === 'int' || type === 'int64') return 'int'
  if (type === 'float64') return 'float'
  return type === 'string' || type === 'bool' ? type : undefined
}
