import { equalJson } from '../../../api/json.ts'
import { withoutNulls } from '../../../api/patch/strategic-merge-patch.ts'
import type { PodCondition, PodStatus } from '../../../api/types/core.ts'
import type { KubeObject } from '../../../api/types/meta.ts'
import { TypedPatch } from '../../../client/typed-patch.ts'
import { emptyFor, exact, membersOf } from '../../../kernel/exact.ts'
import { extended } from '../../../kernel/extended.ts'
import { onePart } from '../../../kernel/recent-parts.ts'
import { byUnits, sortFew } from '../../../kernel/sort-few.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The strategic merge patch that makes one status another, or undefined if they are the same. Conditions merge by type, addresses
 * by ip, the rest is replaced. Source: pkg/util/pod/pod.go, preparePatchBytesForPodStatus.
 */
export function statusPatch(uid: string, before: PodStatus, after: PodStatus): StatusPatch | undefined {
  const changed = changedKeys(before, after)
  if (changed.length === 0) return undefined
  return new StatusPatch(uid, before, after, changed)
}

/** Lists whose items are merged with those that are there; of the others the new one counts. */
const mergedLists: ReadonlySet<string> = new Set(['resourceClaimStatuses'])

const addresses = ['hostIPs', 'podIPs'] as const

/** Lists that a patch orders, too. */
const orderedLists: ReadonlySet<string> = new Set(['conditions', ...addresses])

class StatusPatch extends TypedPatch {
  private readonly uid: string
  private readonly before: PodStatus
  private readonly after: PodStatus
  /** Members of the status that are to be others, in the order in which a patch is applied. */
  private readonly changed: readonly string[]

  constructor(uid: string, before: PodStatus, after: PodStatus, changed: readonly string[]) {
    super()
    this.uid = uid
    this.before = before
    this.after = after
    this.changed = changed
  }

  override get document(): object {
    const status: Record<string, unknown> = {}
    for (const key of this.changed) if (!orderedLists.has(key)) status[key] = (this.after as Fields)[key] ?? null
    patchConditions(status, this.before.conditions ?? [], this.after.conditions ?? [])
    for (const list of addresses) patchIps(status, list, this.before[list] ?? [], this.after[list] ?? [])
    return { metadata: { uid: this.uid }, status }
  }

  override appliedTo(object: KubeObject & { readonly status?: unknown }, discardsNulls: boolean) {
    if (object.status !== this.before || object.metadata.uid !== this.uid) return undefined
    const added = this.changed.filter((key) => !(key in this.before)).length
    const status = emptyFor<Record<string, unknown>>(membersOf(this.before) + added)
    Object.assign(status, this.before)
    for (const key of this.changed) if (!this.apply(status, key, discardsNulls)) return undefined
    return { ...object, status }
  }

  /** Whether it could be done without looking at what the API says of the member. */
  private apply(status: Record<string, unknown>, key: string, discardsNulls: boolean): boolean {
    const old = status[key]
    const now = (this.after as Fields)[key]
    if (key === 'conditions') {
      const merged = mergedConditions(this.before.conditions ?? [], this.after.conditions ?? [])
      if (merged === undefined) return false
      status.conditions = merged
    } else if (orderedLists.has(key)) {
      if (old !== undefined) return false
      status[key] = now
    } else if (now === undefined) delete status[key]
    else if (old === undefined) status[key] = discardsNulls ? withoutNulls(now) : now
    else if (typeof now !== 'object' || (Array.isArray(now) && Array.isArray(old) && !mergedLists.has(key)))
      status[key] = now
    else return false
    return true
  }
}

/** Members that differ: first the lists that have an order, then the others bytewise, as a patch is applied. */
function changedKeys(before: PodStatus, after: PodStatus): readonly string[] {
  const old = before as Fields
  const now = after as Fields
  const changed: string[] = []
  for (const key in now)
    if (!orderedLists.has(key) && now[key] !== undefined && !equalJson(old[key], now[key])) changed.push(key)
  for (const key in old)
    if (!orderedLists.has(key) && old[key] !== undefined && now[key] === undefined) changed.push(key)
  sortFew(changed, byUnits)
  for (const list of addresses.toReversed())
    if (!equalJson(before[list] ?? [], after[list] ?? [])) changed.unshift(list)
  if (areConditionsOthers(before.conditions ?? [], after.conditions ?? [])) changed.unshift('conditions')
  return changed
}

function areConditionsOthers(before: readonly PodCondition[], after: readonly PodCondition[]): boolean {
  if (before.some(({ type }) => !after.some((condition) => condition.type === type))) return true
  return after.some((condition) => {
    const old = before.find(({ type }) => type === condition.type)
    return old === undefined || differs(old, condition)
  })
}

/** Members of a condition that are compared, as a patch is applied: lastProbeTime is written as null and never set. */
const patchedMembers = ['lastTransitionTime', 'message', 'observedGeneration', 'reason', 'status'] as const

/** What merging by type makes of the old ones; undefined if a type stands there twice. */
function mergedConditions(
  before: readonly PodCondition[],
  after: readonly PodCondition[],
): readonly PodCondition[] | undefined {
  if (hasTwoOfAType(before) || hasTwoOfAType(after)) return undefined
  return after.map((condition) => {
    const old = before.find(({ type }) => type === condition.type)
    return old === undefined ? condition : mergedCondition(old, condition)
  })
}

function hasTwoOfAType(conditions: readonly PodCondition[]): boolean {
  return conditions.some(({ type }, at) => conditions.findIndex((each) => each.type === type) !== at)
}

function mergedCondition(old: PodCondition, now: PodCondition): PodCondition {
  if (!differs(old, now)) return old
  // Put together of what stays: an object from which a member is taken out takes three times as much.
  const merged: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(old))
    if (!isPatched(key)) merged[key] = value
    else if (now[key] !== undefined && now[key] !== null) merged[key] = now[key]
  for (const key of patchedMembers) {
    if (!(key in old) && now[key] !== undefined && now[key] !== null) merged[key] = now[key]
  }
  return onePart(exact(merged)) as unknown as PodCondition // members of one
}

function isPatched(key: string): key is (typeof patchedMembers)[number] {
  return patchedMembers.some((member) => member === key)
}

function differs(old: PodCondition, now: PodCondition): boolean {
  return patchedMembers.some((key) => old[key] !== now[key])
}

function patchConditions(
  status: Record<string, unknown>,
  before: readonly PodCondition[],
  after: readonly PodCondition[],
): void {
  const changed: object[] = []
  for (const condition of after) {
    const old = before.find(({ type }) => type === condition.type)
    const difference = old === undefined ? condition : conditionDifference(old, condition)
    if (difference !== undefined) changed.push(difference)
  }
  for (const { type } of before)
    if (!after.some((condition) => condition.type === type)) changed.push({ $patch: 'delete', type })
  if (changed.length === 0) return
  status['$setElementOrder/conditions'] = after.map(({ type }) => ({ type }))
  status.conditions = changed
}

function conditionDifference(old: PodCondition, now: PodCondition): object | undefined {
  if (!differs(old, now)) return undefined
  const difference: Record<string, unknown> = {}
  for (const key of patchedMembers) if (old[key] !== now[key]) difference[key] = now[key] ?? null
  return extended(difference, { type: now.type })
}

function patchIps(
  status: Record<string, unknown>,
  list: (typeof addresses)[number],
  before: readonly { readonly ip?: string }[],
  after: readonly { readonly ip?: string }[],
): void {
  if (equalJson(before, after)) return
  const gone = before.filter(({ ip }) => !after.some((one) => one.ip === ip))
  status[`$setElementOrder/${list}`] = after.map(({ ip }) => ({ ip }))
  status[list] = [...after, ...gone.map(({ ip }) => ({ $patch: 'delete', ip }))]
}
