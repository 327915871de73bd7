import { compareBytes } from '../go/json.ts'
import type { ReferenceWay } from './references.ts'
import type { ObjectName } from './report.ts'

/** One use of a Secret: by whom, how, of which keys. */
export interface SecretUser {
  readonly user: ObjectName
  /** ServiceAccount that the Pods run as; undefined for objects without Pods. */
  readonly account: string | undefined
  /** Where its Pods are, in bytewise order; empty: nowhere, or nobody looked. */
  readonly nodes: readonly string[]
  /** Undefined for what is no container's. */
  readonly container: string | undefined
  readonly way: ReferenceWay | 'tls' | 'account'
  /** Name of the variable, prefix, or mount path. */
  readonly where: string
  /** Undefined: all of them. */
  readonly keys: readonly string[] | undefined
  readonly isOptional: boolean
}

/** A Secret with all that use it. */
export interface MappedSecret {
  readonly secret: ObjectName
  /** Whether it is there; otherwise it is only asked for. */
  readonly isGiven: boolean
  /** Keys that it has, and those that somebody reads, in bytewise order. */
  readonly keys: readonly string[]
  readonly users: readonly SecretUser[]
}

/** Users by their names; what one user does with a Secret stays in the order of its manifest. */
export function inMapOrder(users: readonly SecretUser[]): readonly SecretUser[] {
  return [...users].sort((a, b) => compareBytes(a.user, b.user))
}
