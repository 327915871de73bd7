/** What a kind's definition says: its fields, their types, and how patches merge them. Source: the recorded OpenAPI structure, k8s.io/api. */

export type ScalarType =
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  /** Base64 in JSON. */
  | 'bytes'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  /** Whatever JSON holds: raw extensions, fieldsV1, JSON schemas. */
  | 'any'

export type FieldType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  | { readonly kind: 'list'; readonly items: FieldType }
  /** Keys are strings. */
  | { readonly kind: 'map'; readonly values: FieldType }
  | { readonly kind: 'object'; readonly definition: Definition }

export interface FieldSchema {
  readonly name: string
  readonly type: FieldType
  /** Name as Go's decoder prints it, inlined structs before it: `VolumeSource: Secret`. */
  readonly goName: string
  /** Whether Go holds a pointer, so that absent and empty differ. */
  readonly pointer: boolean
  /** Whether the field is left out of JSON when empty (a struct never is). */
  readonly omitEmpty: boolean
  readonly required: boolean
  readonly mergeKey: string
  /** `merge`, `replace`, `retainKeys`. */
  readonly patchStrategies: readonly string[]
  /** `map`, `set`, `atomic` or nothing. */
  readonly listType: string
  readonly listMapKeys: readonly string[]
  /** The type as Go prints it where its name says more than its structure (`v1.SecretType`), else empty. */
  readonly goType: string
  /** Its gate is off in this version: what is given is read and forgotten. */
  readonly isOff?: boolean
}

export interface Definition {
  /** `io.k8s.api.core.v1.PodSpec`. */
  readonly name: string
  /** As Go prints the type: `v1.PodSpec`. */
  readonly goType: string
  /** In the order of the Go struct. */
  readonly fields: ReadonlyMap<string, FieldSchema>
}
