import { randomUuid } from '../../../api/generate-name.ts'
import { isObject } from '../../../api/json.ts'
import { badRequest, conflict, invalidStatus, isStatus, notFoundStatus } from '../../../api/status.ts'
import type { Pod, ServiceAccount } from '../../../api/types/core.ts'
import type { KubeObject, Status } from '../../../api/types/meta.ts'
import { type FieldError, invalid } from '../../../api/validation/field-errors.ts'
import { webToken } from '../../../api/web-token.ts'
import { goQuote } from '../../../go/quote.ts'
import { rfc3339 } from '../../../kernel/calendar.ts'
import { second } from '../../../kernel/time.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { apiAudience } from '../../auth/token-authenticator.ts'
import type { CallAnswer, RegistryAccess, Subresource, SubresourceCall } from '../strategy.ts'
import { nowMs } from './settings.ts'

interface TokenRequest {
  readonly metadata?: { readonly name?: string; readonly namespace?: string }
  readonly spec?: {
    readonly audiences?: readonly string[] | null
    readonly expirationSeconds?: number | null
    readonly boundObjectRef?: BoundObject | null
  }
}

interface BoundObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly name?: string
  readonly uid?: string
}

/** Source: pkg/apis/authentication/v1/defaults.go and validation/validation.go, MinTokenAgeSec and maximum of 2^32. */
const life = { defaultSeconds: 3600, minSeconds: 600, maxSeconds: 2 ** 32 } as const

/**
 * POST serviceaccounts/x/token: a token for an account, bound to a Pod or Secret if one is named. It is shaped like a
 * JWT, but nothing is signed. Source: pkg/registry/core/serviceaccount/storage/token.go, TokenREST.Create.
 */
export const serviceAccountToken: Subresource = {
  kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  // Source: pkg/apis/authentication/v1/defaults.go, SetDefaults_TokenRequestSpec.
  defaults(body) {
    const { spec } = body as KubeObject & TokenRequest // decoded as one
    return {
      ...body,
      spec: { ...spec, expirationSeconds: spec?.expirationSeconds ?? life.defaultSeconds },
    } as KubeObject // what it was, with a life
  },
  handle(call, registry): CallAnswer {
    const body: TokenRequest = isObject(call.body) ? (call.body as TokenRequest) : {} // decoded as a TokenRequest
    const misplaced = wrongPlace(body, call)
    if (misplaced !== undefined) return { ok: false, status: misplaced }
    // A member that is not given comes as null from who decoded the body.
    const audiences = body.spec?.audiences ?? []
    const expirationSeconds = body.spec?.expirationSeconds ?? life.defaultSeconds
    const boundObjectRef = body.spec?.boundObjectRef ?? undefined
    const account = registry.get<ServiceAccount>(call.resource, call.namespace, call.name)
    if (account === undefined) return { ok: false, status: notFoundStatus(call.resource, call.name) }
    const errors = validateLife(expirationSeconds)
    if (errors.length > 0) return { ok: false, status: invalidStatus(tokenRequest, '', errors) }
    const bound = boundObjectRef === undefined ? undefined : boundObject(boundObjectRef, call, registry)
    if (bound !== undefined && isStatus(bound)) return { ok: false, status: bound }
    const issuedMs = nowMs(registry.context)
    const expiresMs = issuedMs + expirationSeconds * second
    const claims = {
      aud: audiences.length === 0 ? [apiAudience] : audiences,
      exp: Math.floor(expiresMs / second),
      iat: Math.floor(issuedMs / second),
      iss: apiAudience,
      ...(has(registry.context.minor, apiServer.tokensHaveNamesAndNodes)
        ? { jti: randomUuid(registry.context.random) }
        : {}),
      'kubernetes.io': {
        namespace: call.namespace,
        ...(bound === undefined ? {} : { [bound.claim]: { name: bound.name, uid: bound.uid } }),
        ...nodeClaim(bound, call, registry),
        serviceaccount: { name: call.name, uid: account.metadata.uid },
      },
      nbf: Math.floor(issuedMs / second),
      sub: `system:serviceaccount:${call.namespace}:${call.name}`,
    }
    const answer = {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {
        name: call.name,
        namespace: call.namespace,
        ...(has(registry.context.minor, apiServer.tokensTellTheAccount) ? { uid: account.metadata.uid } : {}),
        creationTimestamp: rfc3339(issuedMs),
      },
      spec: { audiences: claims.aud, expirationSeconds, boundObjectRef: boundObjectRef ?? null },
      status: { token: webToken(claims), expirationTimestamp: rfc3339(expiresMs) },
    }
    return { ok: true, code: 201, object: answer }
  },
}

const tokenRequest = { group: 'authentication.k8s.io', kind: 'TokenRequest' } as const

/** The node of the Pod that a token is bound to. Source: TokenREST.Create. */
function nodeClaim(
  bound: { readonly claim: string; readonly name: string } | undefined,
  { namespace }: SubresourceCall,
  registry: RegistryAccess,
): { readonly node?: { readonly name: string; readonly uid?: string } } {
  if (bound?.claim !== 'pod' || !has(registry.context.minor, apiServer.tokensHaveNamesAndNodes)) return {}
  const pod = registry.get<Pod>({ group: '', version: 'v1', resource: 'pods' }, namespace, bound.name)
  const name = pod?.spec.nodeName ?? ''
  if (name === '') return {}
  const uid = registry.get<KubeObject>({ group: '', version: 'v1', resource: 'nodes' }, undefined, name)?.metadata.uid
  return { node: { name, ...(uid === undefined ? {} : { uid }) } }
}

/** Name and namespace in the body are those of the URL, if they are given. */
function wrongPlace({ metadata }: TokenRequest, { name, namespace }: SubresourceCall): Status | undefined {
  const given = metadata?.name ?? ''
  if (given !== '' && given !== name) {
    const error = invalid('metadata.name', given, 'must match the service account name if specified')
    return invalidStatus(tokenRequest, name, [error])
  }
  const place = metadata?.namespace ?? ''
  if (place === '' || place === namespace) return undefined
  return badRequest('the namespace of the provided object does not match the namespace sent on the request')
}

const bindable: Readonly<Record<string, string>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }

/** The object that a token is to end with, by the name of its claim; or why it can't. */
function boundObject(
  { apiVersion = '', kind = '', name = '', uid: wanted = '' }: BoundObject,
  { name: account, namespace }: SubresourceCall,
  registry: RegistryAccess,
): { readonly claim: string; readonly name: string; readonly uid: string } | Status {
  const { minor } = registry.context
  const resource = bindable[kind]
  const isCore = apiVersion === '' || !apiVersion.includes('/')
  if (resource === undefined || !isCore || (kind === 'Node' && !has(minor, apiServer.nodeTokens))) {
    const slash = apiVersion.indexOf('/')
    const [group, version] = slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
    return badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`)
  }
  const object = registry.get<KubeObject>(
    { group: '', version: 'v1', resource },
    kind === 'Node' ? undefined : namespace,
    name,
  )
  if (object === undefined) return notFoundStatus({ group: '', resource }, name)
  if (kind === 'Pod' && ((object as Pod).spec.serviceAccountName ?? '') !== account) {
    const why = `cannot bind token for serviceaccount ${goQuote(account)} to pod running with different serviceaccount name.`
    return badRequest(why)
  }
  const uid = object.metadata.uid ?? ''
  if (wanted !== '' && uid !== wanted) {
    const why = `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`
    // The kind stands where the resource should: so it is in the original.
    return conflict({ group: '', resource: kind }, name, why)
  }
  return { claim: kind.toLowerCase(), name, uid }
}

function validateLife(seconds: number): readonly FieldError[] {
  const field = 'spec.expirationSeconds'
  if (seconds < life.minSeconds) return [invalid(field, seconds, 'may not specify a duration less than 10 minutes')]
  return seconds > life.maxSeconds
    ? [invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds')]
    : []
}
