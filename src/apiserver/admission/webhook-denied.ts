import { failure } from '../../api/status.ts'
import type { Status } from '../../api/types/meta.ts'

/** Why a webhook refuses: what it puts into `response.status` of its review. */
export interface WebhookDenial {
  readonly message?: string
  /** `Forbidden` when it gives none: what controller-runtime's `admission.Denied` answers. */
  readonly reason?: string
  /** 403 when it gives none; below 400 it becomes 400. */
  readonly code?: number
}

/** What the API server makes of a refusal. Source: apiserver pkg/admission/plugin/webhook/errors/statuserror.go, ToStatusErr. */
export function webhookDenied(
  webhook: string,
  { message = '', reason = 'Forbidden', code = 403 }: WebhookDenial,
): Status {
  const denied = `admission webhook "${webhook}" denied the request`
  const why = message !== '' ? `: ${message}` : reason !== '' ? `: ${reason}` : ' without explanation'
  return failure(Math.max(400, code), reason, `${denied}${why}`)
}
