import { type Change, has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'
import type { FeatureGates } from '../versions/feature-gates.ts'
import { storage } from '../versions/storage.ts'
import { createAutoscalerController } from './autoscaler/autoscaler.ts'
import type { ControllerFactory } from './controller.ts'
import { createCronJobController } from './cron-job/cron-job.ts'
import { createSigningController } from './csr-signing.ts'
import { createDaemonSetController } from './daemon-set/daemon-set.ts'
import { createDeploymentController } from './deployment/deployment.ts'
import { createDisruptionController } from './disruption.ts'
import { createEndpointSliceController } from './endpoint-slices/endpoint-slices.ts'
import { createEndpointSliceMirroring } from './endpoint-slices/mirroring.ts'
import { createEndpointsController } from './endpoints.ts'
import { createEphemeralVolumes } from './ephemeral-volumes.ts'
import { createGarbageCollector } from './garbage-collector/garbage-collector.ts'
import { createJobController } from './job/job.ts'
import { createNamespaceController } from './namespaces.ts'
import { createNodeLifecycleController } from './node-lifecycle/lifecycle.ts'
import { createTaintManager } from './node-lifecycle/taint-manager.ts'
import { createNodeTtlController } from './node-ttl.ts'
import { createPodGc } from './pod-gc.ts'
import { createReplicaSetController, createReplicationController } from './replica-set.ts'
import { createResourceQuotaController } from './resource-quota.ts'
import { createRoleAggregation } from './role-aggregation.ts'
import { createRootCaPublisher } from './root-ca.ts'
import { createServiceAccountController } from './service-accounts.ts'
import { createStatefulSetController } from './stateful-set/stateful-set.ts'
import { createTokensController } from './tokens.ts'
import { createTtlAfterFinishedController } from './ttl-after-finished.ts'
import { createVolumeBinder } from './volume-binder/volume-binder.ts'
import { createClaimProtection } from './volume-protection/claim-protection.ts'
import { createVolumeProtection } from './volume-protection/volume-protection.ts'

/** Names as `--controllers` knows them. Source: cmd/kube-controller-manager/app/controllermanager.go, NewControllerInitializers. */
export type ControllerName =
  | 'serviceaccount-token'
  | 'serviceaccount'
  | 'root-ca-cert-publisher'
  | 'replicaset'
  | 'replicationcontroller'
  | 'deployment'
  | 'ttl'
  | 'nodelifecycle'
  | 'taint-eviction'
  | 'podgc'
  | 'namespace'
  | 'garbagecollector'
  | 'job'
  | 'daemonset'
  | 'resourcequota'
  | 'statefulset'
  | 'endpoint'
  | 'endpointslice'
  | 'endpointslicemirroring'
  | 'disruption'
  | 'cronjob'
  | 'persistentvolume-binder'
  | 'clusterrole-aggregation'
  | 'pvc-protection'
  | 'pv-protection'
  | 'ephemeral-volume'
  | 'ttl-after-finished'
  | 'csrsigning'
  | 'horizontalpodautoscaling'

/** In the order in which they start; some came with a version. */
const all: readonly (readonly [ControllerName, ControllerFactory, Change?])[] = [
  ['serviceaccount-token', createTokensController],
  ['serviceaccount', createServiceAccountController],
  ['root-ca-cert-publisher', createRootCaPublisher, controllers.publishesRootCa],
  ['endpoint', createEndpointsController],
  ['endpointslice', createEndpointSliceController],
  ['endpointslicemirroring', createEndpointSliceMirroring, controllers.mirrorsEndpoints],
  ['replicationcontroller', createReplicationController],
  ['deployment', createDeploymentController],
  ['replicaset', createReplicaSetController],
  ['ttl', createNodeTtlController],
  // Part of the node lifecycle controller up to v1.28, but it can be paused alone.
  ['taint-eviction', createTaintManager],
  ['nodelifecycle', createNodeLifecycleController],
  ['podgc', createPodGc],
  ['namespace', createNamespaceController],
  ['garbagecollector', createGarbageCollector],
  ['resourcequota', createResourceQuotaController],
  ['daemonset', createDaemonSetController],
  ['job', createJobController],
  ['statefulset', createStatefulSetController],
  ['disruption', createDisruptionController],
  ['cronjob', createCronJobController],
  ['persistentvolume-binder', createVolumeBinder],
  ['csrsigning', createSigningController],
  ['clusterrole-aggregation', createRoleAggregation],
  ['pvc-protection', createClaimProtection],
  ['pv-protection', createVolumeProtection],
  ['ephemeral-volume', createEphemeralVolumes, storage.makesEphemeralClaims],
  ['ttl-after-finished', createTtlAfterFinishedController, controllers.ttlAfterFinished],
  ['horizontalpodautoscaling', createAutoscalerController],
]

/** The controllers of a version, in the order in which they start. */
export function controllersOf(
  minor: number,
  _gates: FeatureGates,
): readonly (readonly [ControllerName, ControllerFactory, Change?])[] {
  return all.filter(([, , since]) => since === undefined || has(minor, since))
}
