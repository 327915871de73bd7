import { coreStructs } from './structs.ts'

/** API objects as values of the Go types that the API server's texts print. */

export type GoKind = 'struct' | 'slice' | 'map' | 'pointer' | 'string' | 'bool' | 'int' | 'quantity' | 'intOrString'

export interface GoType {
  /** As Go writes it: `[]core.Container`, `*int32`, `core.DNSPolicy`. */
  readonly name: string
  readonly kind: GoKind
  /** What a slice, map or pointer is of. */
  readonly element?: GoType
  fields?(): readonly GoField[]
}

interface GoField {
  readonly name: string
  readonly type: GoType
  /** Empty for an embedded struct, whose members are its owner's own in JSON. */
  readonly json: string
}

/** Fields of structs by their types' names, as `coreStructs` writes them. */
export type Structs = Readonly<Record<string, string>>

const typesOf = new WeakMap<Structs, Map<string, GoType>>()

/** The type that an expression of the table of structs stands for; `newer` has what differs from the table. */
export function goType(expression: string, newer: Structs = coreStructs): GoType {
  const types = typesOf.get(newer) ?? new Map<string, GoType>()
  typesOf.set(newer, types)
  let type = types.get(expression)
  if (type === undefined) {
    type = parseType(expression, newer)
    types.set(expression, type)
  }
  return type
}

function parseType(expression: string, newer: Structs): GoType {
  if (expression.startsWith('*')) {
    const element = goType(expression.slice(1), newer)
    return { name: `*${element.name}`, kind: 'pointer', element }
  }
  if (expression.startsWith('[]')) {
    const element = goType(expression.slice(2), newer)
    return { name: `[]${element.name}`, kind: 'slice', element }
  }
  if (expression.startsWith('map[')) {
    return { name: expression, kind: 'map', element: goType(expression.slice(expression.indexOf(']') + 1), newer) }
  }
  const [name = '', underlying] = expression.split('=')
  if (underlying !== undefined) return { ...goType(underlying, newer), name }
  if (name === 'string' || name === 'bool') return { name, kind: name }
  if (name === 'resource.Quantity') return { name, kind: 'quantity' }
  if (name === 'intstr.IntOrString') return { name, kind: 'intOrString' }
  const fields = newer[name] ?? coreStructs[name]
  if (fields === undefined) return { name, kind: name.startsWith('int') ? 'int' : 'string' }
  let parsed: readonly GoField[] | undefined
  return {
    name,
    kind: 'struct',
    fields: () => {
      parsed ??= fields === '' ? [] : fields.split(' ').map((field) => parseField(field, newer))
      return parsed
    },
  }
}

function parseField(text: string, newer: Structs): GoField {
  const [name = '', json = '', ...rest] = text.split(':')
  const type = goType(rest.join(':'), newer)
  if (name.startsWith('+')) return { name: name.slice(1), json: '', type }
  return { name, json: json === '' ? name.charAt(0).toLowerCase() + name.slice(1) : json, type }
}

/** A value of a Go type, made from JSON; absent is the zero value. */
export interface GoValue {
  readonly type: GoType
  readonly json: unknown
}

export function goValueOf(type: string, json: unknown, newer?: Structs): GoValue {
  return { type: goType(type, newer), json: json ?? undefined }
}

/** The value of a struct's field. */
export function goFieldValue(struct: GoValue, field: GoField): GoValue {
  if (field.json === '') return { type: field.type, json: struct.json }
  const json = struct.json as Readonly<Record<string, unknown>> | undefined // the JSON of a struct is an object
  return { type: field.type, json: json?.[field.json] ?? undefined }
}

/** Elements of a slice. An absent slice is nil and has none. */
export function goElements({ type, json }: GoValue): readonly GoValue[] {
  const element = type.element ?? goType('string')
  return Array.isArray(json) ? json.map((item: unknown) => ({ type: element, json: item ?? undefined })) : []
}

/** Entries of a map in byte order of their keys. */
export function goEntries({ type, json }: GoValue): readonly (readonly [string, GoValue])[] {
  if (typeof json !== 'object' || json === null) return []
  const map = json as Readonly<Record<string, unknown>> // the JSON of a map is an object
  const element = type.element ?? goType('string')
  return Object.keys(map)
    .sort()
    .map((key) => [key, { type: element, json: map[key] ?? undefined }] as const)
}

/** What a pointer points at, undefined for nil. */
export function goTarget({ type, json }: GoValue): GoValue | undefined {
  return json === undefined || type.element === undefined ? undefined : { type: type.element, json }
}

/** Whether a value is the zero value of its type. An empty slice that is there is not: it isn't nil. */
export function isGoZero(value: GoValue): boolean {
  const { type, json } = value
  switch (type.kind) {
    case 'struct':
      return (type.fields?.() ?? []).every((field) => isGoZero(goFieldValue(value, field)))
    case 'slice':
    case 'map':
    case 'pointer':
      return json === undefined
    case 'string':
    case 'quantity':
      return json === undefined || json === ''
    case 'bool':
      return json !== true
    case 'int':
      return json === undefined || json === 0
    case 'intOrString':
      return json === undefined || json === 0
  }
}

/** The members that v1 keeps beside the security context and the internal type within it. Source: pkg/apis/core/v1/conversion.go. */
const hostMembers = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'] as const

/** A Pod's spec as the internal type has it. */
export function internalPodSpec(spec: object): Readonly<Record<string, unknown>> {
  const external = spec as Readonly<Record<string, unknown>> // read member by member
  const context: Record<string, unknown> = { ...(external.securityContext as object | undefined) }
  for (const member of hostMembers) if (external[member] !== undefined) context[member] = external[member]
  return { ...external, securityContext: context }
}
