import type { VirtualMs } from '../kernel/time.ts'
import { inMapOrder, type MappedSecret, type SecretUser } from './mapped-secret.ts'
import type { ObjectName } from './report.ts'

/**
 * The map of Secrets through a run: every part of it with the times at which it stood so. It grows with what changes, not
 * with moments times parts.
 */
export type MapHistory = readonly SecretPast[]

/** One Secret that somebody made or asked for. */
export interface SecretPast {
  readonly secret: ObjectName
  readonly states: readonly SecretState[]
  readonly users: readonly UserPast[]
}

/** From `from` on, and before `to`; without `to`, to the end. */
export interface Span {
  readonly from: VirtualMs
  readonly to?: VirtualMs
}

/** What was known of a Secret for a time. */
export interface SecretState extends Span, Pick<MappedSecret, 'isGiven' | 'keys'> {}

/** One use of a Secret, and when there was such a use. */
export interface UserPast {
  readonly user: SecretUser
  readonly spans: readonly Span[]
}

/** The map as it was at a moment. */
export function mapAt(history: MapHistory, at: VirtualMs): readonly MappedSecret[] {
  return history.flatMap(({ secret, states, users }) => {
    const state = states.find((each) => holds(each, at))
    if (state === undefined) return []
    const now = users.filter(({ spans }) => spans.some((span) => holds(span, at))).map(({ user }) => user)
    return [{ secret, isGiven: state.isGiven, keys: state.keys, users: inMapOrder(now) }]
  })
}

function holds({ from, to }: Span, at: VirtualMs): boolean {
  return from <= at && (to === undefined || at < to)
}
