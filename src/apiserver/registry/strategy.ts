import type { DeleteOptions, KubeObject, ResourceRef, Status } from '../../api/types/meta.ts'
import type { FieldError } from '../../api/validation/field-errors.ts'
import type { UserInfo } from '../../client/client.ts'
import type { Calendar } from '../../kernel/calendar.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { RandomStream } from '../../kernel/random.ts'
import type { FeatureGates } from '../../versions/feature-gates.ts'
import type { ServiceAddresses } from './service-addresses.ts'

/** What strategies and admission plugins may know beside the object: all of it deterministic. */
export interface RegistryContext {
  readonly kernel: Kernel
  readonly calendar: Calendar
  /** Minor version of Kubernetes that the server plays: 18. */
  readonly minor: number
  readonly gates: FeatureGates
  readonly random: RandomStream
  /** The name of a token that is renewed, by all that tells it from others. */
  readonly renewedTokens: (key: string) => string
  readonly addresses: ServiceAddresses
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
  /**
   * The group that a refused object is told under, where it isn't that of the resource: the internal kind is registered
   * in two groups, and the one that comes first names it. Source: apiserver pkg/registry/rest/create.go, objectGVKAndObjectMeta.
   */
  errorGroup?(minor: number): string | undefined
  /** Whether finalizers may be without a domain. Source: who calls pkg/apis/core/validation, ValidateObjectMeta, and who only that of apimachinery. */
  readonly takesAnyFinalizer?: boolean
  /** For resources whose versions differ by more than their name; `version` is the one that the client speaks. */
  readonly converted?: {
    toStored(object: KubeObject, version: string): T
    toServed(object: T, version: string): KubeObject
  }
  /** Applied as the body is decoded, at create and update alike. */
  defaults?(object: T, context: RegistryContext): T
  /**
   * What is drawn for it before all else, or why it cannot be had. `old`: what is stored, at an update. Dry runs look less closely.
   * Source: apiserver pkg/registry/generic/registry/store.go, BeginCreate and BeginUpdate.
   */
  begin?(object: T, old: T | undefined, context: RegistryContext, isDryRun: boolean): T | Status
  /** `user`: who creates it. */
  prepareForCreate?(object: T, context: RegistryContext, user: UserInfo): T
  /** Called when the object has its name, uid and times, before it is validated. */
  completeForCreate?(object: T, context: RegistryContext): T
  prepareForUpdate?(next: T, old: T, context: RegistryContext): T
  /** Metadata has been validated by then. */
  validate?(object: T, context: RegistryContext): readonly FieldError[]
  validateUpdate?(next: T, old: T, context: RegistryContext): readonly FieldError[]
  /**
   * Whether the strategy leaves metadata to the check that all kinds share: it comes when all else is right, takes what fits
   * a path for a name and any finalizer. Source: apiserver pkg/registry/rest/create.go, BeforeCreate.
   */
  readonly leavesMetadata?: boolean
  /** Errors of a name, without the field; default: DNS-1123 subdomain. */
  validateName?(name: string, isPrefix: boolean, context: RegistryContext): readonly string[]
  /** What the caller should be told of an object that was taken; of an update with the one before. */
  warningsOnCreate?(object: T, context: RegistryContext): readonly string[]
  warningsOnDelete?(options: DeleteOptions, context: RegistryContext): readonly string[]
  warningsOnUpdate?(next: T, old: T, context: RegistryContext): readonly string[]
  /** The form in which a valid object is stored. */
  canonicalize?(object: T): T
  /** Fields that a field selector may name beside `metadata.name` and `metadata.namespace`. */
  selectableFields?(object: T): Readonly<Record<string, string>>
  /** What is said of other fields. Default: `field label not supported: FIELD`. */
  unselectable?(field: string): string
  /** Grace period of a deletion in seconds; 0 removes at once. Absent: the resource knows no graceful deletion. */
  gracePeriodSeconds?(object: T, requested: number | undefined): number
  readonly allowsCreateOnUpdate?: boolean
  /** Whether a PUT without resourceVersion is taken. Default true. */
  readonly allowsUnconditionalUpdate?: boolean
  /** Subresources that are updated like the object: `status` keeps all but status, the main path keeps status. */
  readonly hasStatus?: boolean
  /** Subresources that are read, put and patched as the whole object, and of which only a part is taken. */
  readonly parts?: Readonly<Record<string, Part<T>>>
  /** Whether metadata.generation counts changes of the spec; or from which minor version on. */
  readonly countsGeneration?: boolean | number
  /** Of the `status` subresource; default: `next` with all but `status` taken from `old`. */
  prepareForStatusUpdate?(next: T, old: T, context: RegistryContext): T
  /** Of the `status` subresource; default: only metadata is checked. */
  validateStatusUpdate?(next: T, old: T, context: RegistryContext): readonly FieldError[]
  /** Whether DELETE answers with the deleted object rather than a Status. */
  readonly returnsDeletedObject?: boolean
  /** Whether dependents are orphaned when the caller says nothing. Source: DefaultGarbageCollectionPolicy. */
  readonly orphansDependents?: boolean
  /** Whether an object in deletion whose finalizers are empty may go; default yes (Namespaces wait for spec.finalizers). */
  mayDeleteDuringUpdate?(object: T): boolean
  /** Replaces what DELETE does to one object (Namespaces). Undefined: go on as usual. */
  deleteObject?(object: T, options: DeleteOptions, context: RegistryContext): DeleteVerdict<T> | undefined
  /** Seconds that objects live (Events), 0 for ever. */
  timeToLiveSeconds?(object: T): number
  /** Subresources beside `status`, by name: `binding`, `eviction`, `token`, `scale`, `finalize`. */
  readonly subresources?: Readonly<Record<string, Subresource>>
  /** Answers POST itself instead of storing, for kinds that are questions: access and token reviews. */
  answerCreate?(object: T, call: SubresourceCall, registry: RegistryAccess): CallAnswer
  /** Cells of the server-side table, in the order of `columns`. */
  readonly table?: {
    readonly columns: readonly TableColumn[]
    /** Columns that versions tell otherwise. */
    readonly columnsOf?: (minor: number) => readonly TableColumn[]
    row(object: T, context: RegistryContext): readonly (string | number | boolean | null)[]
    /** What is told of the row as a whole. */
    conditions?(object: T): readonly RowCondition[]
  }
}

/** Source: apimachinery pkg/apis/meta/v1/types.go, TableRowCondition. */
export interface RowCondition {
  readonly type: 'Completed'
  readonly status: 'True'
  readonly reason: string
  readonly message: string
}

/** How a subresource that takes a part of the object is updated. */
export interface Part<T extends KubeObject = KubeObject> {
  isServed(minor: number): boolean
  /** The stored object with the part of the proposed one. */
  prepareForUpdate(next: T, old: T, context: RegistryContext): T
  /** Metadata has been validated by then. */
  validate(next: T, old: T, context: RegistryContext): readonly FieldError[]
}

export interface TableColumn {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
}

export type DeleteVerdict<T extends KubeObject> =
  | { readonly kind: 'update'; readonly object: T }
  | { readonly kind: 'remove' }
  /** Answers with the object as it is. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'refuse'; readonly status: Status }

/** A request for a subresource, authorized and with its body decoded. */
export interface SubresourceCall {
  readonly verb: 'get' | 'create' | 'update' | 'patch' | 'delete'
  readonly user: UserInfo
  readonly resource: ResourceRef
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** The body of create and update; of a patch, what the patched subresource looks like. */
  readonly body: unknown
  readonly dryRun: boolean
  /** In whose name the written fields are owned. */
  readonly manager: string
}

export type CallAnswer =
  | { readonly ok: true; readonly code: number; readonly object: KubeObject | Status }
  | { readonly ok: false; readonly status: Status }

/** The store as subresources use it. Writes are journaled and watched like any other. */
export interface RegistryAccess {
  readonly context: RegistryContext
  get<T extends KubeObject>(resource: ResourceRef, namespace: string | undefined, name: string): T | undefined
  list<T extends KubeObject>(resource: ResourceRef, namespace: string | undefined): readonly T[]
  /**
   * Stores what `change` makes of the object; a Status from it refuses. `strategy` says which rules of the resource's
   * strategy run between: those of an update, of a status update, or none.
   */
  update<T extends KubeObject>(
    call: SubresourceCall,
    resource: ResourceRef,
    namespace: string | undefined,
    name: string,
    change: (object: T) => T | Status,
    strategy: 'update' | 'status' | 'none',
  ): CallAnswer
  delete(
    call: SubresourceCall,
    resource: ResourceRef,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions,
  ): CallAnswer
}

export interface Subresource {
  /** Kind of the body, when it is not the resource's own: `Binding`, `Eviction`, `TokenRequest`, `Scale`. */
  readonly kind?: { readonly group: string; readonly version: string; readonly kind: string }
  /** Applied as the body is decoded. */
  defaults?(body: KubeObject): KubeObject
  handle(call: SubresourceCall, registry: RegistryAccess): CallAnswer
}

/** The kind as refusals of an object name it. */
export function refusedKind(
  { errorGroup, kind, resource }: Strategy,
  minor: number,
): {
  readonly group: string
  readonly kind: string
} {
  return { group: errorGroup?.(minor) ?? resource.group, kind }
}

/** The part of an object that a subresource takes, where the version serves it. */
export function partOf({ parts }: Strategy, subresource: string, minor: number): Part | undefined {
  const part = parts !== undefined && Object.hasOwn(parts, subresource) ? parts[subresource] : undefined
  return part?.isServed(minor) === true ? part : undefined
}

/** Whether objects of this kind have a generation in a version. */
export function hasGeneration({ countsGeneration = false }: Strategy, minor: number): boolean {
  return typeof countsGeneration === 'number' ? minor >= countsGeneration : countsGeneration
}
