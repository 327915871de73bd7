import type { Strategy } from '../strategy.ts'
import { autoscalerStrategy } from './autoscaler.ts'
import {
  leaseStrategy,
  podDisruptionBudgetStrategy,
  podSecurityPolicyStrategy,
  priorityClassStrategy,
  runtimeClassStrategy,
  storageClassStrategy,
} from './cluster-policies.ts'
import { endpointSliceStrategy } from './endpoint-slices.ts'
import {
  csiDriverStrategy,
  csiNodeStrategy,
  mutatingWebhookStrategy,
  validatingWebhookStrategy,
  volumeAttachmentStrategy,
} from './inert.ts'
import { cronJobStrategy, jobStrategy } from './jobs.ts'
import { limitRangeStrategy, resourceQuotaStrategy } from './limits.ts'
import { ingressClassStrategy, ingressStrategy, networkPolicyStrategy } from './networking.ts'
import { nodeStrategy } from './node.ts'
import { podStrategy } from './pod.ts'
import { bindingStrategy } from './pod-binding.ts'
import { podPresetStrategy } from './pod-preset.ts'
import { selfSubjectReviewStrategy } from './self-subject-review.ts'
import { endpointsStrategy, serviceStrategy } from './services.ts'
import { daemonSetStrategy, statefulSetStrategy } from './sets.ts'
import { signingRequestStrategy } from './signing-request.ts'
import { controllerRevisionStrategy, podTemplateStrategy } from './templates.ts'
import { tokenReviewStrategy } from './token-review.ts'
import { persistentVolumeClaimStrategy, persistentVolumeStrategy } from './volumes.ts'
import { deploymentStrategy, replicaSetStrategy, replicationControllerStrategy } from './workloads.ts'

/**
 * The strategies of all kinds but those of the server's core (Secrets, ConfigMaps, ...) and of authorization. Kinds that
 * have none here are stored and read back as they are.
 */
export const kindStrategies: readonly Strategy[] = [
  podStrategy,
  podTemplateStrategy,
  nodeStrategy,
  serviceStrategy,
  endpointsStrategy,
  endpointSliceStrategy,
  limitRangeStrategy,
  resourceQuotaStrategy,
  persistentVolumeStrategy,
  persistentVolumeClaimStrategy,
  replicationControllerStrategy,
  deploymentStrategy,
  replicaSetStrategy,
  statefulSetStrategy,
  daemonSetStrategy,
  bindingStrategy,
  controllerRevisionStrategy,
  jobStrategy,
  cronJobStrategy,
  autoscalerStrategy,
  ingressStrategy,
  ingressClassStrategy,
  networkPolicyStrategy,
  podDisruptionBudgetStrategy,
  podSecurityPolicyStrategy,
  storageClassStrategy,
  priorityClassStrategy,
  runtimeClassStrategy,
  leaseStrategy,
  podPresetStrategy,
  volumeAttachmentStrategy,
  csiDriverStrategy,
  csiNodeStrategy,
  signingRequestStrategy,
  mutatingWebhookStrategy,
  validatingWebhookStrategy,
  selfSubjectReviewStrategy,
  tokenReviewStrategy,
] as readonly unknown[] as readonly Strategy[] // each is only called with objects of its own resource
