import { badRequest } from '../../../api/status.ts'
import type { KubeObject } from '../../../api/types/meta.ts'
import { apiAudience, authenticateToken } from '../../auth/token-authenticator.ts'
import type { CallAnswer, RegistryAccess, Strategy } from '../strategy.ts'

interface TokenReview extends KubeObject {
  readonly status?: object
  readonly spec?: { readonly token?: string; readonly audiences?: readonly string[] }
}

/** TokenReviews: whom a token stands for. Source: pkg/registry/authentication/tokenreview/storage.go. */
export const tokenReviewStrategy: Strategy<TokenReview> = {
  resource: { group: 'authentication.k8s.io', version: 'v1', resource: 'tokenreviews' },
  kind: 'TokenReview',
  namespaced: false,
  answerCreate(review, _call, registry): CallAnswer {
    const token = review.spec?.token ?? ''
    if (token === '') return { ok: false, status: badRequest('token is required for TokenReview in authentication') }
    const answered: TokenReview = { ...review, status: statusOf(review, token, registry) }
    return { ok: true, code: 201, object: answered }
  },
}

function statusOf({ spec }: TokenReview, token: string, registry: RegistryAccess): object {
  const asked = spec?.audiences ?? []
  const verdict = authenticateToken(registry, token, asked.length === 0 ? [apiAudience] : asked)
  if (!verdict.ok) return { user: {}, error: verdict.error }
  const { name, uid, groups } = verdict.user
  return { authenticated: true, user: { username: name, uid, groups }, audiences: verdict.audiences }
}
