import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { isObject, type JsonObject } from '../json.ts'
import {
  type Definition,
  type FieldSchema,
  type FieldType,
  type KindRef,
  type ScalarType,
  schemaOf,
} from '../schema/schema.ts'
import { isAtomicDefinition, isAtomicField, isGranularField } from './atomic-maps.ts'

/**
 * How values of a type merge: what is one piece and what has parts with owners of their own.
 * Source: kube-openapi pkg/schemaconv/smd.go; structured-merge-diff schema/elements.go.
 */
export type Shape = ScalarShape | ListShape | MapShape | DeducedShape

/** A value without parts. */
export interface ScalarShape {
  readonly kind: 'scalar'
  /** As errors call it; `any scalar` may be of every type. */
  readonly scalar: 'string' | 'numeric' | 'boolean' | 'any scalar'
}

/** A list: one piece, a set, or items with keys. */
export interface ListShape {
  readonly kind: 'list'
  readonly isAtomic: boolean
  /** Fields that tell items apart; none: the items themselves do. */
  readonly keys: readonly string[]
  /** What a key is that is not given. */
  readonly defaults?: Readonly<Record<string, string>>
  readonly item: Shape
}

/** A struct or a map. */
export interface MapShape {
  readonly kind: 'map'
  readonly isAtomic: boolean
  /** Fields with a name and a type of their own. */
  field(name: string): MapField | undefined
  readonly names: readonly string[]
  /** Of other keys; undefined: there are none. */
  readonly values: Shape | undefined
}

/** A field of a struct. */
export interface MapField {
  readonly shape: Shape
  /** What Go makes of a value when the struct that holds it is written: undefined, left out. */
  written(value: unknown): unknown
}

/** Whatever it is: maps have parts, lists are one piece. Source: typed/parser.go, DeducedParseableType. */
export interface DeducedShape {
  readonly kind: 'deduced'
}

/** The one deduced shape. */
export const deduced: DeducedShape = { kind: 'deduced' }

const anyScalar: ScalarShape = { kind: 'scalar', scalar: 'any scalar' }
const text: ScalarShape = { kind: 'scalar', scalar: 'string' }
const numeric: ScalarShape = { kind: 'scalar', scalar: 'numeric' }
const truth: ScalarShape = { kind: 'scalar', scalar: 'boolean' }

const byMinor = new Map<number, WeakMap<Definition, MapShape>>()

/** The shape of a kind in a version; kinds that the schema lacks are deduced. */
export function shapeOfKind(kind: KindRef, minor: number): Shape {
  const definition = schemaOf(minor).kind(kind)
  return definition === undefined ? deduced : shapeOf(definition, minor)
}

function shapeOf(definition: Definition, minor: number): MapShape {
  let shapes = byMinor.get(minor)
  if (shapes === undefined) {
    shapes = new WeakMap()
    byMinor.set(minor, shapes)
  }
  const known = shapes.get(definition)
  if (known !== undefined) return known
  const shape = structShape(definition, minor, false)
  shapes.set(definition, shape)
  return shape
}

function structShape(definition: Definition, minor: number, isGranular: boolean): MapShape {
  // Definitions refer to each other in circles, so that fields are made when first asked for.
  const made = new Map<string, MapField>()
  const field = (name: string): MapField | undefined => {
    const known = made.get(name)
    const schema = definition.fields.get(name)
    if (known !== undefined || schema === undefined) return known
    const fresh = fieldOf(definition, schema, minor)
    made.set(name, fresh)
    return fresh
  }
  return {
    kind: 'map',
    isAtomic: !isGranular && isAtomicDefinition(definition.name, minor),
    names: [...definition.fields.keys()],
    field,
    values: undefined,
  }
}

function fieldOf({ name: owner }: Definition, schema: FieldSchema, minor: number): MapField {
  const { name, type } = schema
  const isGranular = isGranularField(owner, name, minor)
  const shape =
    isGranular && type.kind === 'object'
      ? structShape(type.definition, minor, true)
      : isRevisionData(owner, name)
        ? openMap(deduced, true)
        : typeShape(type, minor, schema, isAtomicField(owner, name, minor))
  return { shape, written: writer(schema, minor) }
}

/** What a ControllerRevision holds is one piece, whatever it is. Source: recorded v1.23. */
function isRevisionData(owner: string, name: string): boolean {
  return name === 'data' && owner.endsWith('.ControllerRevision')
}

function typeShape(type: FieldType, minor: number, field: FieldSchema | undefined, isAtomic: boolean): Shape {
  switch (type.kind) {
    case 'object':
      return shapeOf(type.definition, minor)
    case 'map':
      return openMap(typeShape(type.values, minor, undefined, false), isAtomic)
    case 'list':
      return {
        kind: 'list',
        ...listRelation(field),
        ...keyDefaults(type.items, minor),
        item: typeShape(type.items, minor, undefined, false),
      }
    case 'scalar':
      return scalarShape(type.scalar)
  }
}

/** Source: k8s.io/api core/v1/types.go, ContainerPort and ServicePort, `+default="TCP"`; LocalObjectReference, `+default=""`. */
function keyDefaults(items: FieldType, minor: number): Pick<ListShape, 'defaults'> {
  if (items.kind !== 'object') return {}
  const isReference = items.definition.name.endsWith('.LocalObjectReference')
  if (isReference) return has(minor, apiServer.referencesNameNothing) ? { defaults: { name: '' } } : {}
  return items.definition.fields.has('protocol') ? { defaults: { protocol: 'TCP' } } : {}
}

function scalarShape(scalar: ScalarType): Shape {
  switch (scalar) {
    case 'string':
    case 'bytes':
    case 'time':
    case 'microTime':
      return text
    case 'int32':
    case 'int64':
    case 'double':
      return numeric
    case 'boolean':
      return truth
    case 'quantity':
    case 'intOrString':
      return anyScalar
    case 'any':
      return deduced
  }
}

function openMap(values: Shape, isAtomic: boolean): MapShape {
  return { kind: 'map', isAtomic, names: [], field: () => undefined, values }
}

/** Lists are one piece unless their type, or how patches merge them, says otherwise. Source: schemaconv/smd.go, parseListRelation. */
function listRelation(field: FieldSchema | undefined): Pick<ListShape, 'isAtomic' | 'keys'> {
  switch (field?.listType) {
    case 'atomic':
      return { isAtomic: true, keys: [] }
    case 'set':
      return { isAtomic: false, keys: [] }
    case 'map':
      return { isAtomic: false, keys: field.listMapKeys }
    default:
      if (field?.patchStrategies.includes('merge') !== true) return { isAtomic: true, keys: [] }
      return { isAtomic: false, keys: field.mergeKey === '' ? [] : [field.mergeKey] }
  }
}

/** From v1.34 on an empty creationTimestamp is not written. Source: apimachinery pkg/apis/meta/v1/types.go, omitzero (commit 503b9897). */
function writer(schema: FieldSchema, minor: number): MapField['written'] {
  if (schema.name === 'creationTimestamp' && has(minor, apiServer.omitsEmptyTimes)) return (value) => value ?? undefined
  return (value) => writtenValue(value, schema)
}

/** Source: encoding/json, omitempty; structured-merge-diff value/reflectcache.go, CanOmit. */
function writtenValue(value: unknown, { type, pointer, omitEmpty }: FieldSchema): unknown {
  const isAbsent = value === undefined || value === null || (omitEmpty && !pointer && isZero(value, type))
  if (!isAbsent) return value
  if (pointer) return omitEmpty ? undefined : null
  // Structs are always written, and so are times, as null.
  if (type.kind === 'object') return value ?? {}
  if (type.kind === 'scalar' && (type.scalar === 'time' || type.scalar === 'microTime')) return null
  if (omitEmpty) return undefined
  return type.kind === 'scalar' ? zeros[type.scalar] : null
}

function isZero(value: unknown, type: FieldType): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (isObject(value)) return type.kind === 'map' && Object.keys(value).length === 0
  return value === '' || value === 0 || value === false
}

const zeros: Readonly<Partial<Record<ScalarType, unknown>>> = {
  string: '',
  bytes: null,
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
  quantity: '0',
  intOrString: 0,
}

/** Members of every custom object, which schemas can't change. */
const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

/** The shape of a custom resource. Source: apiextensions-apiserver pkg/controller/openapi/builder; schemaconv/smd.go. */
export function customShape(schema: JsonObject | undefined, minor: number): Shape {
  const metadata = schemaOf(minor).definition(objectMeta)
  if (schema === undefined || metadata === undefined) return deduced
  const own = new Map<string, MapField>([
    ['apiVersion', plainField(text)],
    ['kind', plainField(text)],
    ['metadata', plainField(shapeOf(metadata, minor))],
  ])
  const root = structuralShape(schema)
  if (root.kind !== 'map') return deduced
  return {
    ...root,
    names: [...own.keys(), ...root.names],
    field: (name) => own.get(name) ?? root.field(name),
  }
}

function plainField(shape: Shape): MapField {
  return { shape, written: (value) => value }
}

function structuralShape(schema: JsonObject): Shape {
  if (schema['x-kubernetes-int-or-string'] === true) return anyScalar
  switch (schema.type) {
    case 'string':
      return text
    case 'integer':
    case 'number':
      return numeric
    case 'boolean':
      return truth
    case 'array':
      return {
        kind: 'list',
        ...structuralRelation(schema),
        item: isObject(schema.items) ? structuralShape(schema.items) : deduced,
      }
    case 'object':
      return structuralMap(schema)
    default:
      return deduced
  }
}

function structuralRelation(schema: JsonObject): Pick<ListShape, 'isAtomic' | 'keys'> {
  const type = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys']
  if (type === 'set') return { isAtomic: false, keys: [] }
  if (type === 'map') return { isAtomic: false, keys: Array.isArray(keys) ? keys.map(String) : [] }
  return { isAtomic: true, keys: [] }
}

function structuralMap(schema: JsonObject): Shape {
  const { properties, additionalProperties } = schema
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic'
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true
  const values = isObject(additionalProperties)
    ? structuralShape(additionalProperties)
    : isOpen || additionalProperties === true
      ? deduced
      : undefined
  if (!isObject(properties)) return values === undefined ? deduced : openMap(values, isAtomic)
  const fields = new Map(
    Object.entries(properties).map(([name, inner]) => [
      name,
      plainField(isObject(inner) ? structuralShape(inner) : deduced),
    ]),
  )
  return { kind: 'map', isAtomic, names: [...fields.keys()], field: (name) => fields.get(name), values }
}
