import { compareBytes } from '../../go/json.ts'
import { type Comparison, compare, isSame, noChanges, without } from './compare.ts'
import {
  difference,
  equalSets,
  type FieldSet,
  fieldSetOf,
  intersection,
  noFields,
  pathsOf,
  union,
} from './field-set.ts'
import type { Shape } from './shapes.ts'
import { fieldsOf, mergeTyped, withNamedFields, withoutFields } from './typed.ts'

/**
 * Who owns which fields of an object. Source: apimachinery pkg/util/managedfields/internal; structured-merge-diff merge/update.go.
 */
export interface Owner extends Manager {
  /** When it last changed what it owns, ms since 1970; undefined: never since it came. */
  readonly time: number | undefined
  readonly fields: FieldSet
}

/** Who writes, and how. */
export interface Manager {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  /** Empty: the object itself. */
  readonly subresource: string
}

/** By `idOf`. */
export type Managed = ReadonlyMap<string, Owner>

/** Of an object that nobody owns. */
export const nobody: Managed = new Map()

/** What makes two entries the same one: appliers are known by their name whatever the version. Source: managedfields.go, BuildManagerIdentifier. */
export function idOf({ manager, operation, apiVersion, subresource }: Manager): string {
  return [operation, manager, operation === 'Apply' ? '' : apiVersion, subresource].join('\n')
}

/** Fields that nobody owns. Source: stripmeta.go. */
const stripped = fieldSetOf(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation'].map((name) => [
    'f:metadata',
    `f:${name}`,
  ]),
  ['f:metadata', 'f:managedFields'],
  ['f:metadata', 'f:resourceVersion'],
)

/** Who has more update entries than this has the oldest ones put together. Source: fieldmanager.go, DefaultMaxUpdateManagers. */
const maxUpdaters = 10

/** An update: who writes owns what it changed, others lose it. `time`: ms since 1970. Source: managedfieldsupdater.go; update.go, Update. */
export function updated(managed: Managed, who: Manager, changes: Comparison, time: number): Managed {
  const rest = takenFrom(managed, changes, undefined)
  const fields = difference(union(changes.modified, changes.added), stripped)
  if (fields.size === 0) return rest
  const id = idOf(who)
  const next = new Map(rest)
  next.set(id, { ...who, time, fields: union(fields, rest.get(id)?.fields ?? noFields) })
  return capped(next)
}

/** What the others keep when somebody changes an object. */
function takenFrom(managed: Managed, { removed, modified, added }: Comparison, self: string | undefined): Managed {
  const taken = union(modified, added)
  const rest = new Map<string, Owner>()
  for (const [id, owner] of managed) {
    const lost = id === self ? noFields : intersection(owner.fields, taken)
    const fields = difference(difference(owner.fields, lost), id === self ? noFields : removed)
    if (fields.size > 0) rest.set(id, fields === owner.fields ? owner : { ...owner, fields })
  }
  return rest
}

/** Source: capmanagers.go, capUpdateManagers. */
function capped(managed: Map<string, Owner>): Managed {
  const updaters = [...managed].filter(([, { operation }]) => operation === 'Update')
  if (updaters.length <= maxUpdaters) return managed
  updaters.sort(([a, x], [b, y]) => seconds(x.time) - seconds(y.time) || compareBytes(a, b))
  const firsts = new Map<string, string>()
  let left = updaters.length
  for (const [id, owner] of updaters) {
    if (left <= maxUpdaters) break
    const { apiVersion, time } = owner
    const bucket: Manager = { manager: 'ancient-changes', operation: 'Update', apiVersion, subresource: '' }
    const first = firsts.get(apiVersion)
    if (first === undefined) {
      firsts.set(apiVersion, id)
      continue
    }
    const before = managed.get(idOf(bucket)) ?? managed.get(first)
    if (!managed.has(idOf(bucket))) managed.delete(first)
    managed.delete(id)
    managed.set(idOf(bucket), { ...bucket, time, fields: union(owner.fields, before?.fields ?? noFields) })
    left--
  }
  return managed
}

function seconds(time: number | undefined): number {
  return Math.floor((time ?? 0) / 1000)
}

/** A field that somebody else owns and that would change. */
export interface FieldConflict {
  readonly owner: Owner
  readonly path: readonly string[]
}

/** What an apply came to: the merged object and its owners, or the fields that others hold. */
export type Applied =
  | { readonly ok: true; readonly object: unknown; readonly managed: Managed; readonly isSame: boolean }
  | { readonly ok: false; readonly conflicts: readonly FieldConflict[] }

/** An apply: a configuration, and the object that it is merged into. */
export interface Application {
  readonly shape: Shape
  /** As Go writes it; `{}` for an object that does not exist. */
  readonly live: unknown
  readonly config: unknown
  readonly managed: Managed
  readonly who: Manager
  readonly force: boolean
  /** Fields that the endpoint does not write. */
  readonly ignored: FieldSet
  /** ms since 1970. */
  readonly time: number
  /** Whether an entry that comes to own other fields gets the time though the object stays as it is. */
  readonly datesIdle: boolean
}

/** Merges a configuration into an object. Source: update.go, Apply; managedfieldsupdater.go, Apply. */
export function applied(application: Application): Applied {
  const { shape, live, config, who, force, ignored, time } = application
  const id = idOf(who)
  const before = application.managed.get(id)
  const named = fieldsOf(shape, config)
  const fields = ignored.size === 0 ? named : without({ ...noChanges, added: named }, ignored).added
  const managed = new Map(application.managed).set(id, { ...who, time: before?.time, fields })
  const merged = mergeTyped(shape, live, config)
  const object = before === undefined ? merged : pruned(shape, merged, managed, before.fields)
  const changes = without(compare(shape, live, object), ignored)
  const conflicts = force ? [] : conflictsOf(managed, changes, id)
  if (conflicts.length > 0) return { ok: false, conflicts }
  const next = new Map(takenFrom(managed, changes, id))
  const kept = difference(fields, stripped)
  const same = isSame(changes)
  if (kept.size === 0) next.delete(id)
  else {
    const isIdle = same && !(application.datesIdle && !(before !== undefined && equalSets(before.fields, kept)))
    next.set(id, { ...who, time: isIdle ? before?.time : time, fields: kept })
  }
  return { ok: true, object, managed: next, isSame: same }
}

function conflictsOf(managed: Managed, { modified, added }: Comparison, self: string): readonly FieldConflict[] {
  const changed = union(modified, added)
  const conflicts: FieldConflict[] = []
  for (const [id, owner] of managed) {
    if (id === self) continue
    for (const path of pathsOf(intersection(owner.fields, changed))) conflicts.push({ owner, path })
  }
  return conflicts
}

/** Takes out what the manager applied before and no longer names, unless somebody else owns it. Source: update.go, prune. */
function pruned(shape: Shape, merged: unknown, managed: Managed, last: FieldSet): unknown {
  if (last.size === 0) return merged
  const named = (set: FieldSet): FieldSet => withNamedFields(set, shape)
  const [all, before] = [named(fieldsOf(shape, merged)), named(last)]
  const owned = [...managed.values()].reduce<FieldSet>((set, { fields }) => union(set, fields), noFields)
  const rough = withoutFields(shape, merged, before)
  const withOwned = withoutFields(shape, merged, difference(all, union(named(fieldsOf(shape, rough)), named(owned))))
  return withoutFields(shape, merged, intersection(difference(all, named(fieldsOf(shape, withOwned))), before))
}

/** Whether two say the same, but for times. */
export function equalManaged(a: Managed, b: Managed): boolean {
  if (a.size !== b.size) return false
  for (const [id, { fields, apiVersion }] of a) {
    const other = b.get(id)
    if (other === undefined || other.apiVersion !== apiVersion || !equalSets(fields, other.fields)) return false
  }
  return true
}
