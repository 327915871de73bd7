import { equalJson } from '../../api/json.ts'
import { compare, without } from '../../api/ownership/compare.ts'
import type { FieldSet } from '../../api/ownership/field-set.ts'
import { equalManaged, type Managed, type Manager, nobody, updated } from '../../api/ownership/managed.ts'
import { type ManagedFieldsEntry, managedFieldsOf } from '../../api/ownership/managed-fields.ts'
import type { Shape } from '../../api/ownership/shapes.ts'
import { hasDuplicates } from '../../api/ownership/validate-typed.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { nothingComesBack } from './passing-over.ts'
import { privateMember } from './private-member.ts'

/** Who writes through which endpoint: what a write needs to be accounted for. One for all writes of a manager there. */
export interface Endpoint {
  readonly who: Manager
  readonly shape: () => Shape
  /** An object as the endpoint's version has it, whose fields are counted; absent: as it is stored. */
  inVersion?(object: KubeObject): KubeObject
  /** Fields that this endpoint does not write. Source: apiserver pkg/registry/rest/rest.go, ResetFieldsStrategy. */
  readonly ignored: FieldSet
  /** Whether an object whose lists name an item twice loses its owners. */
  readonly refusesDuplicates: boolean
  /** ms since 1970. */
  timeAt(at: VirtualMs): number
}

/** A write as it is to be accounted for. */
export interface Write {
  readonly previous: Ownership | undefined
  readonly endpoint: Endpoint
  /** Undefined: the object is new. */
  readonly before: KubeObject | undefined
  readonly after: KubeObject
  readonly at: VirtualMs
}

/** Writes that are kept before somebody asks; then the oldest are worked out, so that old versions of the object can go. */
const pendingMax = 3

/**
 * Who owns the fields of one version of an object. Every write leaves one of these, but what it says is worked out when
 * somebody looks: a run in which nobody reads `metadata.managedFields` pays a few words for each write. (Tens of thousands
 * of them rest, so that all is in one object.)
 */
export class Ownership {
  /** What it says, once that is worked out, else who owned the fields before. */
  private behind: Ownership | Managed | undefined
  /** Undefined: nothing is left to be worked out. */
  private endpoint: Endpoint | undefined
  private before: KubeObject | undefined
  private after: KubeObject | undefined
  private readonly at: VirtualMs

  private constructor(write: Partial<Write>, found: Managed | undefined) {
    this.behind = found ?? write.previous
    this.endpoint = write.endpoint
    this.before = write.before
    this.after = write.after
    this.at = write.at ?? 0
  }

  private get previous(): Ownership | undefined {
    return this.behind instanceof Ownership ? this.behind : undefined
  }

  private get found(): Managed | undefined {
    return this.behind instanceof Ownership ? undefined : this.behind
  }

  static known(managed: Managed): Ownership {
    return new Ownership({}, managed)
  }

  /** After a create (`before` is undefined), an update or a patch of whatever kind but apply. */
  static written(write: Write): Ownership {
    const last = write.previous
    if (last?.isPassedOverBy(write) === true) {
      return new Ownership({ ...write, previous: last.previous, before: last.before }, undefined)
    }
    let depth = 0
    for (let at = last; at?.endpoint !== undefined; at = at.previous) depth++
    if (depth >= pendingMax) last?.managed()
    return new Ownership(write, undefined)
  }

  /** Whether one step from before the last write to after this one says the same as the two. */
  private isPassedOverBy({ endpoint, before, after }: Write): boolean {
    if (this.endpoint !== endpoint || this.before === undefined || this.after !== before || before === undefined)
      return false
    return nothingComesBack(this.before, before, after)
  }

  managed(): Managed {
    const { found } = this
    if (found !== undefined) return found
    const made = this.workedOut()
    this.behind = made
    return made
  }

  private workedOut(): Managed {
    const { previous, endpoint, before, after, at } = this
    this.endpoint = undefined
    this.before = undefined
    this.after = undefined
    if (endpoint === undefined || after === undefined) return nobody
    return worked({ previous, endpoint, before, after, at })
  }

  entries(): readonly ManagedFieldsEntry[] {
    return managedFieldsOf(this.managed())
  }

  /** Whether nobody owns anything, as far as that can be told without working it out. */
  get isNobodys(): boolean {
    if (this.found !== undefined) return this.found.size === 0
    return this.endpoint === undefined || (this.before !== undefined && this.previous?.isNobodys !== false)
  }

  /** Whether a write that changed nothing of `existing` that is stored gave fields to somebody all the same. */
  movesFieldsOf(existing: KubeObject): boolean {
    if (this.after === undefined || hasPartsOf(existing, this.after)) return false
    return !equalManaged(this.managed(), ownershipOf(existing)?.managed() ?? nobody)
  }

  /** The object has been stored: where it is what was proposed, it is kept instead, so that there is but one of them. */
  settle(stored: KubeObject): this {
    if (this.after !== undefined && this.after !== stored && hasPartsOf(stored, this.after)) {
      this.after = stored
      this.shareMetadata(stored)
    }
    return this
  }

  /** Of what was before, metadata in which nobody owns anything else are let go. */
  private shareMetadata({ metadata }: KubeObject): void {
    const { before, previous } = this
    if (before === undefined || !ownedMetadata.every((key) => equalJson(before.metadata[key], metadata[key]))) return
    this.before = { ...before, metadata }
    if (previous?.after === before) previous.after = this.before
  }
}

/** Metadata that somebody may own. */
const ownedMetadata = ['labels', 'annotations', 'ownerReferences', 'finalizers', 'generateName'] as const

function hasPartsOf(stored: KubeObject, proposed: KubeObject): boolean {
  const [kept, given] = [stored as Parts, proposed as Parts] // members looked at by name
  for (const key in given) if (key !== 'metadata' && !equalJson(given[key], kept[key])) return false
  for (const key in kept) if (!(key in given)) return false
  for (const key of ownedMetadata) if (!equalJson(stored.metadata[key], proposed.metadata[key])) return false
  return true
}

type Parts = KubeObject & Readonly<Record<string, unknown>>

/** An object that nobody was said to own stays so until it is applied. Source: skipnonapplied.go, Update. */
function worked({ previous, endpoint, before, after, at }: Write): Managed {
  const managed = previous?.managed() ?? nobody
  if (before !== undefined && managed.size === 0) return nobody
  const shape = endpoint.shape()
  // Source: fieldmanager.go, UpdateNoErrors, which forgets all when the object can't be typed.
  if ([before, after].some((object) => hasDuplicates(shape, object, !endpoint.refusesDuplicates))) return nobody
  return updated(
    managed,
    endpoint.who,
    without(compare(shape, seen(endpoint, before) ?? {}, seen(endpoint, after)), endpoint.ignored),
    endpoint.timeAt(at),
  )
}

function seen<T extends KubeObject | undefined>({ inVersion }: Endpoint, object: T): T | KubeObject {
  return object === undefined || inVersion === undefined ? object : inVersion(object)
}

/** Of metadata. */
const ownerships = privateMember<Ownership>()

/** Whoever makes an object of another by changing anything but its metadata keeps its owners. */
export function ownershipOf({ metadata }: KubeObject): Ownership | undefined {
  return ownerships.of(metadata)
}

/** Says who owns this version of an object; returns the object. */
export function setOwnership<T extends KubeObject>(object: T, ownership: Ownership | undefined): T {
  if (ownership !== undefined) ownerships.set(object.metadata, ownership.settle(object))
  return object
}

/** The object as clients see it: with `metadata.managedFields`. */
export function withManagedFields<T extends KubeObject>(object: T): T {
  const entries = ownershipOf(object)?.entries() ?? []
  if (entries.length === 0) return object
  return { ...object, metadata: { ...object.metadata, managedFields: entries } }
}

/** The same; who owns what is worked out when somebody looks at that member. */
export function withManagedFieldsToSee<T extends KubeObject>(object: T): T {
  const ownership = ownershipOf(object)
  if (ownership === undefined || ownership.isNobodys) return object
  const entries = () => {
    const found = ownership.entries()
    return found.length === 0 ? undefined : found
  }
  const metadata = Object.defineProperty({ ...object.metadata }, 'managedFields', { get: entries, enumerable: true })
  return { ...object, metadata }
}
