import type { KubeObject } from '../../../api/types/meta.ts'
import { rfc3339 } from '../../../kernel/calendar.ts'
import type { CallAnswer, Strategy, SubresourceCall } from '../strategy.ts'
import { nowMs } from './settings.ts'

/** SelfSubjectReviews: who the caller is, `kubectl auth whoami`. Source: pkg/registry/authentication/selfsubjectreview/rest.go. */
export const selfSubjectReviewStrategy: Strategy = {
  resource: { group: 'authentication.k8s.io', version: 'v1', resource: 'selfsubjectreviews' },
  kind: 'SelfSubjectReview',
  namespaced: false,
  answerCreate(review, { user }: SubresourceCall, { context }): CallAnswer {
    const { name, uid, groups } = user
    // The review has no name, which the type wants.
    const metadata = { creationTimestamp: rfc3339(nowMs(context)) } as unknown as KubeObject['metadata']
    const userInfo = { username: name, ...(uid === undefined ? {} : { uid }), groups }
    return { ok: true, code: 201, object: { ...review, metadata, status: { userInfo } } as KubeObject }
  },
}
