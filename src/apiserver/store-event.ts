import type { KubeObject } from '../api/types/meta.ts'

/** A change of one object, as watches tell it. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
  readonly old: KubeObject | undefined
  readonly revision: number
}

/** What identifies a kind of object in the store, whatever version a client asks for: `secrets`, `deployments.apps`. */
export type StoredResource = string
