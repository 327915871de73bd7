import { randomUuid } from '../../../api/generate-name.ts'
import { isObject } from '../../../api/json.ts'
import { badRequest, conflict, invalidStatus, isStatus, notFoundStatus } from '../../../api/status.ts'
import type { Pod, ServiceAccount } from '../../../api/types/core.ts'
import type { KubeObject, Status } from '../../../api/types/meta.ts'
import { type FieldError, invalid } from '../../../api/validation/field-errors.ts'
import { webToken } from '../../../api/web-token.ts'
import type { TokenGround, TokenWish } from '../../../client/unseen-reads.ts'
import { goQuote } from '../../../go/quote.ts'
import { type EpochMs, parseRfc3339, rfc3339 } from '../../../kernel/calendar.ts'
import { second } from '../../../kernel/time.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { apiAudience } from '../../auth/token-authenticator.ts'
import type { CallAnswer, RegistryAccess, RegistryContext, Subresource, SubresourceCall } from '../strategy.ts'
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
    const { context } = registry
    const facts: TokenFacts = {
      ...{ namespace: call.namespace ?? '', account: call.name, accountUid: account.metadata.uid ?? '' },
      ...{ audiences, expirationSeconds, bound, issuedMs },
      node: nodeOf(bound, call, registry),
      isRenewal: isRenewal(bound, call, registry),
    }
    const claims = claimsOf(facts, context)
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

/** All that a token says. */
interface TokenFacts {
  readonly namespace: string
  readonly account: string
  readonly accountUid: string
  readonly audiences: readonly string[]
  readonly expirationSeconds: number
  readonly bound: Bound | undefined
  readonly node: Bound['node']
  readonly issuedMs: EpochMs
  /** Its Pod has had one before: its name is not drawn, so that tokens that are renewed unseen leave what others draw alone. */
  readonly isRenewal: boolean
}

interface Bound {
  readonly claim: string
  readonly name: string
  readonly uid: string
  readonly node?: { readonly name: string; readonly uid?: string } | undefined
}

type Naming = Pick<RegistryContext, 'minor' | 'random' | 'renewedTokens'>

function claimsOf(facts: TokenFacts, naming: Naming) {
  const { namespace, account, accountUid, audiences, expirationSeconds, bound, node, issuedMs } = facts
  const expiresMs = issuedMs + expirationSeconds * second
  const hasName = has(naming.minor, apiServer.tokensHaveNamesAndNodes)
  return {
    aud: audiences.length === 0 ? [apiAudience] : audiences,
    exp: Math.floor(expiresMs / second),
    iat: Math.floor(issuedMs / second),
    iss: apiAudience,
    ...(hasName ? { jti: facts.isRenewal ? naming.renewedTokens(renewalKey(facts)) : randomUuid(naming.random) } : {}),
    'kubernetes.io': {
      namespace,
      ...(bound === undefined ? {} : { [bound.claim]: { name: bound.name, uid: bound.uid } }),
      ...(hasName && bound?.claim === 'pod' && node !== undefined ? { node } : {}),
      serviceaccount: { name: account, uid: accountUid },
    },
    nbf: Math.floor(issuedMs / second),
    sub: `system:serviceaccount:${namespace}:${account}`,
  }
}

function renewalKey({ bound, account, audiences, expirationSeconds, issuedMs }: TokenFacts): string {
  return [bound?.uid, account, ...audiences, expirationSeconds, issuedMs].join('/')
}

/** The earliest that a kubelet asks anew: four fifths of the shortest life. Source: token_manager.go, requiresRefresh. */
const earliestRenewalMs = life.minSeconds * second * 0.8

/** Whether a token is for a Pod that has run for so long that its kubelet would have asked for another one by now. */
function isRenewal(bound: Bound | undefined, { namespace }: SubresourceCall, registry: RegistryAccess): boolean {
  if (bound?.claim !== 'pod') return false
  const pod = registry.get<Pod>({ group: '', version: 'v1', resource: 'pods' }, namespace, bound.name)
  const startedMs = parseRfc3339(pod?.status?.startTime ?? '')
  return startedMs !== undefined && nowMs(registry.context) >= startedMs + earliestRenewalMs
}

/** A token of a Pod as it would have been answered, of those that are renewed. */
export function renewedToken(wish: TokenWish, ground: TokenGround, issuedMs: EpochMs, naming: Naming): string {
  const { namespace, account, podName, podUid, nodeName, audience, expirationSeconds } = wish
  const { accountUid, nodeUid } = ground
  const claims = claimsOf(
    {
      ...{ namespace, account, accountUid, expirationSeconds, issuedMs, isRenewal: true },
      audiences: audience === '' ? [] : [audience],
      bound: { claim: 'pod', name: podName, uid: podUid },
      node: { name: nodeName, ...(nodeUid === undefined ? {} : { uid: nodeUid }) },
    },
    naming,
  )
  return webToken(claims)
}

const tokenRequest = { group: 'authentication.k8s.io', kind: 'TokenRequest' } as const

/** The node of the Pod that a token is bound to. Source: TokenREST.Create. */
function nodeOf(bound: Bound | undefined, { namespace }: SubresourceCall, registry: RegistryAccess): Bound['node'] {
  if (bound?.claim !== 'pod') return undefined
  const pod = registry.get<Pod>({ group: '', version: 'v1', resource: 'pods' }, namespace, bound.name)
  const name = pod?.spec.nodeName ?? ''
  if (name === '') return undefined
  const uid = registry.get<KubeObject>({ group: '', version: 'v1', resource: 'nodes' }, undefined, name)?.metadata.uid
  return { name, ...(uid === undefined ? {} : { uid }) }
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
): Bound | Status {
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
