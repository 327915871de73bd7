import type { VirtualMs } from '../kernel/time.ts'
import type { Place } from './given.ts'

/** `deployment argocd/argocd-server`; without namespace where the kind has none. */
export type ObjectName = string

/** What the API server would not take, in its own words. */
export interface Refusal {
  readonly object: ObjectName
  readonly place: Place
  readonly reason: string
  /** What to do about it, where that is known. */
  readonly cure: string | undefined
}

/** Why Pods do not start; one for each cause, however many wait for it. */
export type CauseKind =
  | 'secretMissing'
  | 'secretKeyMissing'
  | 'configMapMissing'
  | 'configMapKeyMissing'
  | 'imagePull'
  | 'unreadable'
  | 'unschedulable'
  | 'claimUnbound'
  | 'mountFailed'
  | 'podsRefused'
  | 'crash'
  | 'notReady'

export interface Blocker {
  readonly cause: CauseKind
  /** One sentence: `secret argocd/argocd-redis does not exist`. */
  readonly summary: string
  /** Of the reference, or of the workload. */
  readonly place: Place
  readonly hints: readonly string[]
  readonly waits: readonly Waiting[]
  /** In so many of the runs. */
  readonly runs: number
}

/** A workload that waits, as the cluster shows it. */
export interface Waiting {
  readonly workload: ObjectName
  readonly place: Place
  /** How it uses what is missing: `container api, env REDIS_PASSWORD`. */
  readonly uses: readonly string[]
  /** As `kubectl get pods` shows it; empty where there is no Pod. */
  readonly status: string
  /** The newest warning about it: `Failed: Error: secret "x" not found`; undefined: there is none. */
  readonly event: string | undefined
}

export type RemarkKind =
  | 'optionalAbsent'
  | 'unusedSecret'
  | 'keyNeverRead'
  | 'trailingNewline'
  | 'encodedTwice'
  | 'decimalMode'
  | 'neverFollows'
  | 'immutable'
  | 'accountToken'
  | 'plainText'
  | 'secretRights'
  | 'newlinesInBase64'
  | 'wrongPullType'
  | 'unmatchedPull'
  | 'notPem'
  | 'overridden'
  | 'noPods'
  | 'unexpanded'
  | 'emptySubPath'
  | 'quoted'
  | 'notText'

/** What starts, but is worth a look. */
export interface Remark {
  readonly kind: RemarkKind
  readonly level: 'warning' | 'note'
  readonly place: Place
  readonly message: string
}

/** What podsim took for granted. */
export interface Assumption {
  readonly kind:
    | 'image'
    | 'webhook'
    | 'volume'
    | 'storage'
    | 'customResource'
    | 'given'
    | 'operator'
    | 'registry'
    | 'live'
    | 'hook'
  readonly message: string
  readonly place: Place | undefined
}

export interface Started {
  readonly workload: ObjectName
  readonly place: Place
  /** When all its Pods were ready, in the slowest run; a Job: when it had ended. */
  readonly afterMs: VirtualMs
}

export interface CheckReport {
  readonly version: string
  readonly seeds: number
  /** How long each run lasted. */
  readonly forMs: VirtualMs
  readonly objects: number
  readonly unreadable: readonly { readonly place: Place; readonly message: string }[]
  readonly refused: readonly Refusal[]
  readonly blocked: readonly Blocker[]
  readonly remarks: readonly Remark[]
  readonly assumed: readonly Assumption[]
  readonly started: readonly Started[]
}

/** Whether everything that was given is taken and starts. */
export function allStarts({ unreadable, refused, blocked }: CheckReport): boolean {
  return unreadable.length + refused.length + blocked.length === 0
}
