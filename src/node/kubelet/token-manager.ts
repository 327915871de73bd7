import type { Pod } from '../../api/types/core.ts'
import { type Client, resources } from '../../client/client.ts'
import type { TokenGround, UnseenTokens } from '../../client/unseen-reads.ts'
import { type Calendar, type EpochMs, parseRfc3339 } from '../../kernel/calendar.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Once } from '../../kernel/once.ts'
import { process } from '../../kernel/process.ts'
import { SparseMap } from '../../kernel/sparse.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { hour, second, type VirtualMs } from '../../kernel/time.ts'
import { errorOfRequest } from '../secrets/object-manager.ts'
import type { TokenRequest, TokenResult, TokenSource } from '../volumes/plugins/host.ts'

/** Source: pkg/kubelet/token/token_manager.go, maxTTL, and the 20 % of requiresRefresh. */
const refreshes = { maxAgeMs: 24 * hour, restOfLife: 0.2 } as const

/** Instants of the node's wall clock. */
interface Held {
  readonly request: TokenRequest
  /** Undefined: nobody has looked since it was renewed unseen. */
  token: string | undefined
  readonly expiresAt: EpochMs
  readonly refreshAt: EpochMs
  /** When the API server gave it, by its own clock, of one that was renewed unseen. */
  readonly issuedAt?: EpochMs
  readonly ground?: TokenGround
}

/** What the API server answers to serviceaccounts/token. */
interface TokenAnswer {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly status?: { readonly token?: string; readonly expirationTimestamp?: string }
}

/**
 * Tokens of service accounts, bound to Pods, kept until four fifths of their life are over. Source:
 * pkg/kubelet/token/token_manager.go; facts/kubelet.md 5.
 */
export class TokenManager implements TokenSource {
  readonly #kernel: Kernel
  readonly #calendar: Calendar
  readonly #client: Client
  /** By Pod; the account is the Pod's, so that a token is told from another of the same Pod by what was asked for. */
  readonly #held = new SparseMap<string, Held[]>()
  readonly #unseen: UnseenTokens | undefined
  readonly #nodeName: string

  constructor(kernel: Kernel, calendar: Calendar, client: Client, nodeName: string, unseen?: UnseenTokens) {
    this.#kernel = kernel
    this.#calendar = calendar
    this.#client = client
    this.#nodeName = nodeName
    this.#unseen = unseen
  }

  get(pod: Pod, request: TokenRequest): Once<TokenResult> {
    return process(this.#kernel, () => this.#get(pod, request))
  }

  *#get(pod: Pod, request: TokenRequest): Steps<TokenResult> {
    const { name, uid = '', namespace = '' } = pod.metadata
    const account = accountOf(pod)
    const { audience, expirationSeconds } = request
    const tokens = this.#held.get(uid) ?? []
    this.#held.set(uid, tokens)
    const held = tokens.find((each) => isFor(each, request))
    if (held !== undefined && this.#wallClock() <= held.refreshAt)
      return { ok: true, token: this.lookAt(pod, request) ?? '', staleAt: this.#staleAt(held) }
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: { name: account, namespace },
      spec: {
        audiences: audience === '' ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    }
    const where = { namespace, name: account, subresource: 'token' }
    const reply = yield* attempt(this.#client.create<TokenAnswer>(resources.serviceAccounts, body, where))
    if (!reply.ok)
      return this.#failed(keyOf(pod, request), held, this.lookAt(pod, request), errorOfRequest(reply.error).message)
    const fresh = this.#heldOf(reply.value, request)
    if (this.#held.get(uid) === tokens) keep(tokens, fresh)
    return { ok: true, token: fresh.token ?? '', staleAt: this.#staleAt(fresh) }
  }

  getNow(pod: Pod, request: TokenRequest): TokenResult | undefined {
    const held = this.#current(pod, request)
    return held && { ok: true, token: this.lookAt(pod, request) ?? '', staleAt: this.#staleAt(held) }
  }

  markOf(pod: Pod, request: TokenRequest): object | undefined {
    return this.#current(pod, request)
  }

  /** From when on a kubelet would ask for another one; undefined: it has none. */
  staleAt(pod: Pod, request: TokenRequest): VirtualMs | undefined {
    const held = this.#heldFor(pod, request)
    return held && this.#staleAt(held)
  }

  /** What tokens for the Pod are made from now; undefined: they can't be renewed unseen. */
  groundOf(pod: Pod): TokenGround | undefined {
    const { namespace = '' } = pod.metadata
    return this.#unseen?.groundOf({ namespace, account: accountOf(pod), nodeName: this.#nodeName })
  }

  /** Another token was given at an instant of the past; what it says is worked out when somebody looks. */
  renewUnseen(pod: Pod, request: TokenRequest, at: VirtualMs, ground: TokenGround): void {
    const { expirationSeconds } = request
    const issuedAt = (this.#unseen?.epochMs ?? 0) + at
    const expiresAt = Math.floor(issuedAt / second + expirationSeconds) * second
    const held: Held = { ...this.#heldUntil(undefined, expiresAt, request), issuedAt, ground }
    const tokens = this.#held.get(pod.metadata.uid ?? '')
    if (tokens !== undefined) keep(tokens, held)
  }

  /** What it says, worked out now if it was renewed unseen. */
  lookAt(pod: Pod, request: TokenRequest): string | undefined {
    const { name, uid = '', namespace = '' } = pod.metadata
    const held = this.#heldFor(pod, request)
    if (held?.token !== undefined || held?.issuedAt === undefined || held.ground === undefined) return held?.token
    const wish = {
      ...request,
      namespace,
      account: accountOf(pod),
      podName: name,
      podUid: uid,
      nodeName: this.#nodeName,
    }
    held.token = this.#unseen?.tokenOf(wish, held.ground, held.issuedAt)
    return held.token
  }

  forget(podUid: string): void {
    this.#held.delete(podUid)
  }

  #heldFor(pod: Pod, request: TokenRequest): Held | undefined {
    return this.#held.get(pod.metadata.uid ?? '')?.find((each) => isFor(each, request))
  }

  /** The one that is not to be asked for anew. */
  #current(pod: Pod, request: TokenRequest): Held | undefined {
    const held = this.#heldFor(pod, request)
    return held === undefined || this.#wallClock() > held.refreshAt ? undefined : held
  }

  #heldOf({ status }: TokenAnswer, request: TokenRequest): Held {
    const lifeMs = request.expirationSeconds * second
    const expiry = parseRfc3339(status?.expirationTimestamp ?? '')
    const expiresAt = expiry ?? this.#wallClock() + lifeMs
    return this.#heldUntil(status?.token ?? '', expiresAt, request)
  }

  #heldUntil(token: string | undefined, expiresAt: EpochMs, request: TokenRequest): Held {
    const lifeMs = request.expirationSeconds * second
    const refreshAt = Math.min(expiresAt - lifeMs + refreshes.maxAgeMs, expiresAt - lifeMs * refreshes.restOfLife)
    return { request, token, expiresAt, refreshAt: Math.floor(refreshAt) }
  }

  #wallClock(): EpochMs {
    return this.#calendar.at(this.#kernel.now())
  }

  #staleAt({ refreshAt }: Held): VirtualMs {
    return refreshAt - this.#calendar.epochMs + 1
  }

  #failed(key: string, held: Held | undefined, token: string | undefined, error: string): TokenResult {
    if (held === undefined) return { ok: false, error: `failed to fetch token: ${error}` }
    if (this.#wallClock() > held.expiresAt)
      return { ok: false, error: `token ${key} expired and refresh failed: ${error}` }
    // The next sync tries again.
    return { ok: true, token: token ?? '', staleAt: this.#kernel.now() + 1 }
  }
}

function accountOf({ spec }: Pod): string {
  return spec.serviceAccountName ?? 'default'
}

function isFor({ request: { audience, expirationSeconds } }: Held, request: TokenRequest): boolean {
  return audience === request.audience && expirationSeconds === request.expirationSeconds
}

/** In the place of the one before it. */
function keep(tokens: Held[], fresh: Held): void {
  const at = tokens.findIndex((each) => isFor(each, fresh.request))
  if (at === -1) tokens.push(fresh)
  else tokens[at] = fresh
}

/** As messages tell it. Source: pkg/kubelet/token/token_manager.go, keyFunc. */
function keyOf(pod: Pod, { audience, expirationSeconds }: TokenRequest): string {
  return JSON.stringify([accountOf(pod), pod.metadata.namespace ?? '', audience, expirationSeconds])
}
