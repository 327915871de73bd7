import type { Calendar } from '../../kernel/calendar.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { RandomStream } from '../../kernel/random.ts'
import type { FieldError } from '../../objects/field-errors.ts'
import type { KubeObject, ResourceRef } from '../../objects/meta.ts'
import type { FeatureGates } from '../../versions/feature-gates.ts'

/** What strategies and admission plugins may know beside the object: all of it deterministic. */
export interface RegistryContext {
  readonly kernel: Kernel
  readonly calendar: Calendar
  /** Minor version of Kubernetes that the server plays: 18. */
  readonly minor: number
  readonly gates: FeatureGates
  readonly random: RandomStream
}

/**
 * How one resource is created and updated: pure functions over whole objects, called by the request pipeline in the order
 * defaults, (mutating admission), prepare, validate, (validating admission), store. A function that changes nothing
 * returns the object it was given. Source: k8s.io/apiserver pkg/registry/rest/create.go, update.go.
 */
export interface Strategy<T extends KubeObject = KubeObject> {
  readonly resource: ResourceRef
  readonly kind: string
  readonly namespaced: boolean
  /** Applied as the body is decoded, at create and update alike. */
  defaults?(object: T, context: RegistryContext): T
  prepareForCreate?(object: T, context: RegistryContext): T
  prepareForUpdate?(next: T, old: T, context: RegistryContext): T
  /** Metadata has been validated by then. */
  validate?(object: T, context: RegistryContext): readonly FieldError[]
  validateUpdate?(next: T, old: T, context: RegistryContext): readonly FieldError[]
  /** Errors of a name, without the field; default: DNS-1123 subdomain. */
  validateName?(name: string, isPrefix: boolean, context: RegistryContext): readonly string[]
  /** Fields that a field selector may name beside `metadata.name` and `metadata.namespace`. */
  selectableFields?(object: T): Readonly<Record<string, string>>
  /** Grace period of a deletion in seconds; 0 removes at once. Absent: the resource knows no graceful deletion. */
  gracePeriodSeconds?(object: T, requested: number | undefined): number
  readonly allowsCreateOnUpdate?: boolean
  /** Whether a PUT without resourceVersion is taken. Default true. */
  readonly allowsUnconditionalUpdate?: boolean
  /** Subresources that are updated like the object: `status` keeps all but status, the main path keeps status. */
  readonly hasStatus?: boolean
  /** Whether metadata.generation counts changes of the spec. */
  readonly countsGeneration?: boolean
  /** Cells of the server-side table, in the order of `columns`. */
  readonly table?: {
    readonly columns: readonly TableColumn[]
    row(object: T, context: RegistryContext): readonly (string | number)[]
  }
}

export interface TableColumn {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
}
