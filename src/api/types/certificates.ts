import type { KubeObject } from './meta.ts'

/** What was said of a request for a certificate. Source: k8s.io/api/certificates/v1, CertificateSigningRequestCondition. */
export interface SigningCondition {
  readonly type: string
  readonly status?: string
  readonly reason?: string
  readonly message?: string
  readonly lastUpdateTime?: string
  readonly lastTransitionTime?: string
}

/** A CertificateSigningRequest. Source: k8s.io/api/certificates/v1. */
export interface SigningRequest extends KubeObject {
  readonly spec?: {
    /** PEM in base64. */
    readonly request?: string
    readonly usages?: readonly string[]
    readonly signerName?: string
    readonly expirationSeconds?: number
    readonly username?: string
    readonly uid?: string
    readonly groups?: readonly string[]
    readonly extra?: unknown
  }
  /** `certificate`: PEM in base64. */
  readonly status?: { readonly conditions?: readonly SigningCondition[]; readonly certificate?: string }
}
