import type { JsonObject } from '../../api/json.ts'
import { member } from '../../api/pod-references.ts'
import type { Secret } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { claimsOf } from '../../api/web-token.ts'
import { encodeBase64, utf8Bytes } from '../../bytes/bytes.ts'
import type { UserInfo } from '../../client/client.ts'
import { goQuote } from '../../go/quote.ts'
import type { RegistryAccess } from '../registry/strategy.ts'
import { serviceAccountUser, splitServiceAccountName } from './users.ts'

/** Who issues bound tokens, and whom they are for unless told otherwise. */
export const apiAudience = 'https://kubernetes.default.svc'

/** Source: pkg/serviceaccount/legacy.go, LegacyIssuer. */
const legacyIssuer = 'kubernetes/serviceaccount'
const legacyPrefix = 'kubernetes.io/serviceaccount/'

/** Where tokens are looked up: accounts, Secrets and Pods as they are now. */
export type TokenLookup = Pick<RegistryAccess, 'context' | 'get'>

export type TokenVerdict =
  | { readonly ok: true; readonly user: UserInfo; readonly audiences: readonly string[] }
  /** Why the token stands for nobody; clients only hear `Unauthorized`. */
  | { readonly ok: false; readonly error: string }

/**
 * Whom a bearer token stands for: tokens of Secrets while the Secret holds them, and bound tokens until they expire or
 * what they are bound to is gone. Source: pkg/serviceaccount/{jwt,legacy,claims}.go.
 */
export function authenticateToken(
  lookup: TokenLookup,
  token: string,
  audiences: readonly string[] = [apiAudience],
): TokenVerdict {
  const claims = claimsOf(token)
  const issuer = claims?.iss
  if (claims === undefined || (issuer !== legacyIssuer && issuer !== apiAudience))
    return refused('invalid bearer token')
  const [account, error] = issuer === legacyIssuer ? legacyAccount(lookup, claims, token) : boundAccount(lookup, claims)
  if (error !== undefined) return refused(error)
  const meant = textsOf(claims.aud)
  // Tokens of Secrets name no audience: they are for everybody who takes this cluster's tokens.
  const granted = issuer === legacyIssuer ? audiences : audiences.filter((audience) => meant.includes(audience))
  if (granted.length === 0) {
    const [found, wanted] = [meant, audiences].map((texts) => `[${texts.map((text) => goQuote(text)).join(' ')}]`)
    return refused(`token audiences ${found} is invalid for the target audiences ${wanted}`)
  }
  return { ok: true, user: serviceAccountUser(account.namespace, account.name, account.uid), audiences: granted }
}

interface Account {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

type Judged = readonly [account: Account, error: string | undefined]

function legacyAccount(lookup: TokenLookup, claims: JsonObject, token: string): Judged {
  const claim = (name: string) => textOf(claims[`${legacyPrefix}${name}`])
  const account = {
    namespace: claim('namespace'),
    name: claim('service-account.name'),
    uid: claim('service-account.uid'),
  }
  const subject = splitServiceAccountName(textOf(claims.sub))
  if (subject?.namespace !== account.namespace || subject.name !== account.name)
    return [account, 'sub claim is invalid']
  const secret = stored<Secret>(lookup, 'secrets', account.namespace, claim('secret.name'))
  if (secret === undefined || isGoing(secret)) return [account, 'Token has been invalidated']
  if (secret.data?.token !== encodeBase64(utf8Bytes(token))) return [account, "Token does not match server's copy"]
  return [account, accountError(lookup, account)]
}

function boundAccount(lookup: TokenLookup, claims: JsonObject): Judged {
  const own = claims['kubernetes.io']
  const of = member(own, 'serviceaccount')
  const account = {
    namespace: textOf(member(own, 'namespace')),
    name: textOf(member(of, 'name')),
    uid: textOf(member(of, 'uid')),
  }
  const { calendar, kernel } = lookup.context
  const nowSeconds = Math.floor(calendar.at(kernel.now()) / 1000)
  if (Number(claims.exp) + leewaySeconds < nowSeconds) return [account, 'Token has expired.']
  const error =
    accountError(lookup, account) ??
    boundError(lookup, account.namespace, 'secrets', member(own, 'secret')) ??
    boundError(lookup, account.namespace, 'pods', member(own, 'pod'))
  return [account, error]
}

/** Source: gopkg.in/square/go-jose.v2 jwt, DefaultLeeway. */
const leewaySeconds = 60

function accountError(lookup: TokenLookup, { namespace, name, uid }: Account): string | undefined {
  const account = stored(lookup, 'serviceaccounts', namespace, name)
  if (account === undefined) return `serviceaccounts ${goQuote(name)} not found`
  if (isGoing(account)) return `ServiceAccount ${namespace}/${name} has been deleted`
  const found = account.metadata.uid ?? ''
  return found === uid ? undefined : `ServiceAccount UID (${found}) does not match claim (${uid})`
}

function boundError(
  lookup: TokenLookup,
  namespace: string,
  resource: 'secrets' | 'pods',
  ref: unknown,
): string | undefined {
  if (ref === undefined) return undefined
  const object = stored(lookup, resource, namespace, textOf(member(ref, 'name')))
  // Newer servers give a Pod some time to go; here its token ends when its deletion begins.
  if (object === undefined || isGoing(object)) return 'Token has been invalidated'
  const [found, claimed] = [object.metadata.uid ?? '', textOf(member(ref, 'uid'))]
  const kind = resource === 'pods' ? 'Pod' : 'Secret'
  return found === claimed ? undefined : `${kind} UID (${found}) does not match claim (${claimed})`
}

function stored<T extends KubeObject = KubeObject>(
  { get }: TokenLookup,
  resource: string,
  namespace: string,
  name: string,
): T | undefined {
  return get<T>({ group: '', version: 'v1', resource }, namespace, name)
}

function isGoing({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp !== null
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : []
}

function refused(error: string): TokenVerdict {
  return { ok: false, error }
}
