import type { HorizontalPodAutoscaler } from '../../api/types/autoscaling.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { Client } from '../../client/client.ts'
import { goQuote } from '../../go/quote.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import type { ApiResource, ControllerOptions } from '../options.ts'
import { requestText } from './metrics.ts'

/** Source: k8s.io/api autoscaling/v1/types.go, Scale. */
export interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number }
  readonly status?: { readonly replicas?: number; readonly selector?: string }
}

/** What an autoscaler is for, with its size. */
export interface Scaled {
  readonly scale: Scale
  readonly target: ApiResource
}

/** The size of the target, or Go's text of why there is none. Source: reconcileAutoscaler, its first part; scaleForResourceMappings. */
export function* scaleOf(
  client: Client,
  options: ControllerOptions,
  { metadata, spec = {} }: HorizontalPodAutoscaler,
): Steps<Scaled | { readonly problem: string }> {
  const { apiVersion = '', kind = '', name = '' } = spec.scaleTargetRef ?? {}
  const parts = apiVersion.split('/')
  if (parts.length > 2) return { problem: `unexpected GroupVersion string: ${apiVersion}` }
  const group = parts.length === 2 ? (parts[0] ?? '') : ''
  const known = [...options.apiResources, ...options.customResources()]
  const target = known.find((one) => one.group === group && one.kind === kind)
  if (target === undefined) return { problem: `no matches for kind ${goQuote(kind)} in group ${goQuote(group)}` }
  const place = target.namespaced ? { namespace: metadata.namespace ?? '', name } : { name }
  const scale = yield* attempt(client.get<Scale>(target, place, { subresource: 'scale' }))
  // The client of scales knows no group.
  return scale.ok ? { scale: scale.value, target } : { problem: requestText(scale.error, `${target.resource} ${name}`) }
}
