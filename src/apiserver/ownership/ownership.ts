import { equalJson } from '../../api/json.ts'
import { compare, without } from '../../api/ownership/compare.ts'
import { equalManaged, type Managed, nobody, updated } from '../../api/ownership/managed.ts'
import { type ManagedFieldsEntry, managedFieldsOf } from '../../api/ownership/managed-fields.ts'
import { hasDuplicates } from '../../api/ownership/validate-typed.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { parseRfc3339 } from '../../kernel/calendar.ts'
import { extended } from '../../kernel/extended.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Endpoint } from './endpoint.ts'
import { nothingComesBack } from './passing-over.ts'
import { privateMember } from './private-member.ts'

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
  /**
   * What it says, once that is worked out, else who owned the fields before. An endpoint: it created the object as it was before the
   * write, when that says it was created.
   */
  private behind: Ownership | Managed | Endpoint | undefined
  /** Undefined: nothing is left to be worked out. */
  private endpoint: Endpoint | undefined
  private before: KubeObject | undefined
  private after: KubeObject | undefined
  private readonly at: VirtualMs

  private constructor(write: Partial<Write>, behind: Ownership | Managed | Endpoint | undefined) {
    this.behind = behind
    this.endpoint = write.endpoint
    this.before = write.before
    this.after = write.after
    this.at = write.at ?? 0
  }

  private get previous(): Ownership | undefined {
    return this.behind instanceof Ownership ? this.behind : undefined
  }

  private get found(): Managed | undefined {
    return this.endpoint === undefined && isManaged(this.behind) ? this.behind : undefined
  }

  static known(managed: Managed): Ownership {
    return new Ownership({}, managed)
  }

  /** After a create (`before` is undefined), an update or a patch of whatever kind but apply. */
  static written(write: Write): Ownership {
    const last = write.previous
    if (last?.isPassedOverBy(write) === true) return new Ownership({ ...write, before: last.before }, last.behind)
    let depth = 0
    for (let at = last; at?.endpoint !== undefined; at = at.previous) depth++
    if (depth >= pendingMax) last?.managed()
    return new Ownership(write, last?.creatorOf(write.before) ?? last?.found ?? last)
  }

  /** Who created an object, if nobody has come to own anything of it since: all that this says can be told by the object then. */
  private creatorOf(object: KubeObject | undefined): Endpoint | undefined {
    const { behind, endpoint, before, after } = this
    const isCreation = behind === undefined && before === undefined
    return isCreation && after === object && object?.metadata.creationTimestamp !== undefined ? endpoint : undefined
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
    const { behind, endpoint, before, after, at } = this
    this.endpoint = undefined
    this.before = undefined
    this.after = undefined
    if (endpoint === undefined || after === undefined) return nobody
    return worked(managedBehind(behind, before), { endpoint, before, after, time: endpoint.timeAt(at) })
  }

  entries(): readonly ManagedFieldsEntry[] {
    return managedFieldsOf(this.managed())
  }

  /** Whether nobody owns anything, as far as that can be told without working it out. */
  get isNobodys(): boolean {
    const { behind } = this
    const wasNobodys = behind instanceof Ownership ? behind.isNobodys : behind === undefined || isEmpty(behind)
    return wasNobodys && (this.endpoint === undefined || this.before !== undefined)
  }

  /** Whether a write that changed nothing of `existing` that is stored gave fields to somebody all the same. */
  movesFieldsOf(existing: KubeObject): boolean {
    if (this.after === undefined || hasPartsOf(existing, this.after)) return false
    return !equalManaged(this.managed(), ownershipOf(existing)?.managed() ?? nobody)
  }

  /** The object has been stored: where it is what was proposed, it is kept instead, so that there is but one of them. */
  settle(stored: KubeObject): this {
    if (this.after === undefined) return this
    if (this.after !== stored && hasPartsOf(stored, this.after)) this.after = stored
    this.shareMetadata(stored)
    return this
  }

  /** Of what was before, metadata in which nobody owns anything else are let go. */
  private shareMetadata({ metadata }: KubeObject): void {
    const { before, previous } = this
    if (before !== undefined) this.before = withMetadata(before, metadata)
    if (previous?.after === undefined) return
    previous.after = previous.after === before ? this.before : withMetadata(previous.after, metadata)
  }
}

/** The object with these metadata, if of them the same may be owned. */
function withMetadata(object: KubeObject, metadata: KubeObject['metadata']): KubeObject {
  if (object.metadata === metadata || !hasMetadataOf(object, metadata)) return object
  return extended(object, { metadata })
}

function hasMetadataOf(object: KubeObject, metadata: KubeObject['metadata']): boolean {
  return ownedMetadata.every((key) => equalJson(object.metadata[key], metadata[key]))
}

/** Metadata that somebody may own. */
const ownedMetadata = ['labels', 'annotations', 'ownerReferences', 'finalizers', 'generateName'] as const

function hasPartsOf(stored: KubeObject, proposed: KubeObject): boolean {
  const [kept, given] = [stored as Parts, proposed as Parts] // members looked at by name
  for (const key in given) if (key !== 'metadata' && !equalJson(given[key], kept[key])) return false
  for (const key in kept) if (!(key in given)) return false
  return hasMetadataOf(stored, proposed.metadata)
}

type Parts = KubeObject & Readonly<Record<string, unknown>>

function isManaged(behind: Ownership | Managed | Endpoint | undefined): behind is Managed {
  return behind instanceof Map
}

function isEmpty(behind: Managed | Endpoint): boolean {
  return isManaged(behind) && behind.size === 0
}

/** Who owned an object before a write. */
function managedBehind(behind: Ownership | Managed | Endpoint | undefined, before: KubeObject | undefined): Managed {
  if (behind instanceof Ownership) return behind.managed()
  if (isManaged(behind)) return behind
  if (behind === undefined || before === undefined) return nobody
  const time = parseRfc3339(before.metadata.creationTimestamp ?? '')
  return worked(nobody, { endpoint: behind, before: undefined, after: before, time: time ?? 0 })
}

/** An object that nobody was said to own stays so until it is applied. Source: skipnonapplied.go, Update. */
function worked(
  managed: Managed,
  { endpoint, before, after, time }: Pick<Write, 'endpoint' | 'before' | 'after'> & { readonly time: number },
): Managed {
  if (before !== undefined && managed.size === 0) return nobody
  const shape = endpoint.shape()
  // Source: fieldmanager.go, UpdateNoErrors, which forgets all when the object can't be typed.
  if ([before, after].some((object) => hasDuplicates(shape, object, !endpoint.refusesDuplicates))) return nobody
  return updated(
    managed,
    endpoint.who,
    without(compare(shape, seen(endpoint, before) ?? {}, seen(endpoint, after)), endpoint.ignored),
    time,
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
