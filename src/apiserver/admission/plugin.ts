import type { KubeObject, ResourceRef, Status } from '../../api/types/meta.ts'
import type { UserInfo } from '../../client/client.ts'
import type { RegistryContext } from '../registry/strategy.ts'

/** One write on its way into the store. Source: k8s.io/apiserver pkg/admission/interfaces.go, Attributes. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly user: UserInfo
  readonly resource: ResourceRef
  readonly kind: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** Undefined at DELETE. */
  readonly object: KubeObject | undefined
  readonly oldObject: KubeObject | undefined
  readonly dryRun: boolean
  /** Takes warnings for the caller; absent where nobody would hear them. */
  readonly warn?: ((text: string) => void) | undefined
}

/** What plugins may look up: the store as the server sees it now. */
export interface AdmissionLookup {
  get<T extends KubeObject>(resource: ResourceRef, namespace: string | undefined, name: string): T | undefined
  list<T extends KubeObject>(resource: ResourceRef, namespace: string | undefined): readonly T[]
  /** Writes a changed object past rules and admission, as ResourceQuota writes what is used; absent where nothing is kept. */
  replace?(resource: ResourceRef, object: KubeObject): void
}

export type Admitted =
  | { readonly ok: true; readonly object: KubeObject | undefined }
  | { readonly ok: false; readonly status: Status }

/** What a plugin looks at; `'*'` is every one. */
export interface Concern {
  /** `pods`, `persistentvolumeclaims`, `priorityclasses.scheduling.k8s.io`; `*.group` is a whole group. */
  readonly resource: string
  readonly operations: readonly AdmissionRequest['operation'][]
  /** Default: the resource itself, `''`. */
  readonly subresource?: string
}

/** A plugin of the admission chain: mutating first, in the order of the chain, then validating. */
export interface AdmissionPlugin {
  readonly name: string
  /** Writes that it is asked about; all others it lets pass as they are. Default: every write. */
  readonly concerns?: readonly Concern[]
  /** Code outside of the server: what it makes gets its defaults, and the other plugins look at it once more. */
  readonly isWebhook?: boolean
  admit?(request: AdmissionRequest, lookup: AdmissionLookup, context: RegistryContext): Admitted
  validate?(request: AdmissionRequest, lookup: AdmissionLookup, context: RegistryContext): Status | undefined
}
