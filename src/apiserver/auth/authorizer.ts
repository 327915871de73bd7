import type { UserInfo } from '../../client/client.ts'

/** What is asked of the authorizers. Source: k8s.io/apiserver pkg/authorization/authorizer/interfaces.go. */
export interface AuthorizationAttributes {
  readonly user: UserInfo
  /** `get`, `list`, `watch`, `create`, ...; for paths outside the API the HTTP method in lower case. */
  readonly verb: string
  readonly resourceRequest: boolean
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  /** From the path, or from the field selector `metadata.name=X` of a list or watch. */
  readonly name: string
  /** Of a non-resource request. */
  readonly path: string
  /** Of a list or watch, as sent: `spec.nodeName=node-1`. Absent: none. */
  readonly fieldSelector?: string
}

export type Decision =
  /** Why it is allowed is worked out when somebody asks. */
  | { readonly decision: 'allow'; readonly why?: () => string }
  | { readonly decision: 'deny' | 'noOpinion'; readonly reason: string }

/** One member of the chain; the first that allows or denies decides. */
export interface Authorizer {
  readonly name: string
  authorize(attributes: AuthorizationAttributes): Decision
}
