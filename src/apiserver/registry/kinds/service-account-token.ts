import { isObject } from '../../../api/json.ts'
import { conflict, invalidStatus, notFoundStatus } from '../../../api/status.ts'
import type { ServiceAccount } from '../../../api/types/core.ts'
import type { KubeObject } from '../../../api/types/meta.ts'
import { type FieldError, invalid } from '../../../api/validation/field-errors.ts'
import { webToken } from '../../../api/web-token.ts'
import { rfc3339 } from '../../../kernel/calendar.ts'
import { second } from '../../../kernel/time.ts'
import { apiAudience } from '../../auth/token-authenticator.ts'
import type { CallAnswer, Subresource } from '../strategy.ts'
import { nowMs } from './settings.ts'

interface TokenRequest {
  readonly spec?: {
    readonly audiences?: readonly string[]
    readonly expirationSeconds?: number
    readonly boundObjectRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string }
  }
}

/** Source: pkg/apis/authentication/v1/defaults.go and validation/validation.go, MinTokenAgeSec and maximum of 2^32. */
const life = { defaultSeconds: 3600, minSeconds: 600, maxSeconds: 2 ** 32 } as const

/**
 * POST serviceaccounts/x/token: a token for an account, bound to a Pod or Secret if one is named. It is shaped like a
 * JWT, but nothing is signed. Source: pkg/registry/core/serviceaccount/storage/token.go, TokenREST.Create.
 */
export const serviceAccountToken: Subresource = {
  kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  handle(call, registry): CallAnswer {
    const body: TokenRequest = isObject(call.body) ? (call.body as TokenRequest) : {} // decoded as a TokenRequest
    const { audiences = [], expirationSeconds = life.defaultSeconds, boundObjectRef } = body.spec ?? {}
    const account = registry.get<ServiceAccount>(call.resource, call.namespace, call.name)
    if (account === undefined) return { ok: false, status: notFoundStatus(call.resource, call.name) }
    const errors = validateLife(expirationSeconds)
    const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' }
    if (errors.length > 0) return { ok: false, status: invalidStatus(kind, '', errors) }
    const bound = { name: boundObjectRef?.name ?? '', uid: boundObjectRef?.uid ?? '' }
    const resource = boundObjectRef?.kind === 'Secret' ? 'secrets' : 'pods'
    if (boundObjectRef !== undefined) {
      const object = registry.get<KubeObject>({ group: '', version: 'v1', resource }, call.namespace, bound.name)
      if (object === undefined) return { ok: false, status: notFoundStatus({ group: '', resource }, bound.name) }
      const { uid } = object.metadata
      if (bound.uid !== '' && uid !== bound.uid) {
        const why = `the UID in the bound object reference (${bound.uid}) does not match the UID in record. The object might have been deleted and then recreated`
        return { ok: false, status: conflict({ group: '', resource }, bound.name, why) }
      }
    }
    const issuedMs = nowMs(registry.context)
    const expiresMs = issuedMs + expirationSeconds * second
    const claims = {
      aud: audiences.length === 0 ? [apiAudience] : audiences,
      exp: Math.floor(expiresMs / second),
      iat: Math.floor(issuedMs / second),
      iss: apiAudience,
      'kubernetes.io': {
        namespace: call.namespace,
        ...(boundObjectRef === undefined ? {} : { [resource === 'pods' ? 'pod' : 'secret']: bound }),
        serviceaccount: { name: call.name, uid: account.metadata.uid },
      },
      nbf: Math.floor(issuedMs / second),
      sub: `system:serviceaccount:${call.namespace}:${call.name}`,
    }
    const answer = {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name: call.name, namespace: call.namespace, creationTimestamp: rfc3339(issuedMs) },
      spec: { audiences: claims.aud, expirationSeconds, boundObjectRef: boundObjectRef ?? null },
      status: { token: webToken(claims), expirationTimestamp: rfc3339(expiresMs) },
    }
    return { ok: true, code: 201, object: answer }
  },
}

function validateLife(seconds: number): readonly FieldError[] {
  const field = 'spec.expirationSeconds'
  if (seconds < life.minSeconds) return [invalid(field, seconds, 'may not specify a duration less than 10 minutes')]
  return seconds > life.maxSeconds
    ? [invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds')]
    : []
}
