import type { Pod } from '../../api/types/core.ts'
import { type Client, resources } from '../../client/client.ts'
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
  readonly token: string
  readonly expiresAt: EpochMs
  readonly refreshAt: EpochMs
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
  /** By Pod, then by what was asked for. */
  readonly #held = new SparseMap<string, Map<string, Held>>()

  constructor(kernel: Kernel, calendar: Calendar, client: Client) {
    this.#kernel = kernel
    this.#calendar = calendar
    this.#client = client
  }

  get(pod: Pod, request: TokenRequest): Once<TokenResult> {
    return process(this.#kernel, () => this.#get(pod, request))
  }

  *#get(pod: Pod, request: TokenRequest): Steps<TokenResult> {
    const { name, uid = '', namespace = '' } = pod.metadata
    const account = pod.spec.serviceAccountName ?? 'default'
    const { audience, expirationSeconds } = request
    const key = JSON.stringify([account, namespace, audience, expirationSeconds])
    const tokens = this.#held.get(uid) ?? new Map<string, Held>()
    this.#held.set(uid, tokens)
    const held = tokens.get(key)
    if (held !== undefined && this.#wallClock() <= held.refreshAt)
      return { ok: true, token: held.token, staleAt: this.#staleAt(held) }
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
    if (!reply.ok) return this.#failed(key, held, errorOfRequest(reply.error).message)
    const fresh = this.#heldOf(reply.value, expirationSeconds)
    if (this.#held.get(uid) === tokens) tokens.set(key, fresh)
    return { ok: true, token: fresh.token, staleAt: this.#staleAt(fresh) }
  }

  forget(podUid: string): void {
    this.#held.delete(podUid)
  }

  #heldOf({ status }: TokenAnswer, expirationSeconds: number): Held {
    const lifeMs = expirationSeconds * second
    const expiry = parseRfc3339(status?.expirationTimestamp ?? '')
    const expiresAt = expiry ?? this.#wallClock() + lifeMs
    const refreshAt = Math.min(expiresAt - lifeMs + refreshes.maxAgeMs, expiresAt - lifeMs * refreshes.restOfLife)
    return { token: status?.token ?? '', expiresAt, refreshAt: Math.floor(refreshAt) }
  }

  #wallClock(): EpochMs {
    return this.#calendar.at(this.#kernel.now())
  }

  #staleAt({ refreshAt }: Held): VirtualMs {
    return refreshAt - this.#calendar.epochMs + 1
  }

  #failed(key: string, held: Held | undefined, error: string): TokenResult {
    if (held === undefined) return { ok: false, error: `failed to fetch token: ${error}` }
    if (this.#wallClock() > held.expiresAt)
      return { ok: false, error: `token ${key} expired and refresh failed: ${error}` }
    // The next sync tries again.
    return { ok: true, token: held.token, staleAt: this.#kernel.now() + 1 }
  }
}
