import type { Steps } from '../../kernel/steps.ts'
import type { Mapping } from '../api/discovery.ts'
import type { Session } from '../cli/session.ts'
import { describeAutoscaler } from './autoscaler.ts'
import type { Describing } from './common.ts'
import { describeEndpointSlice, describeEndpoints } from './endpoints.ts'
import { describeGeneric } from './generic.ts'
import { describeIngress } from './ingress.ts'
import { describeNode } from './node.ts'
import {
  describeConfigMap,
  describeLimitRange,
  describeNamespace,
  describePdb,
  describePriorityClass,
  describeQuota,
  describeSecret,
  describeService,
  describeServiceAccount,
} from './others.ts'
import { describePod } from './pod.ts'
import { describeBinding, describeRole } from './rbac.ts'
import { describeClaim, describeStorageClass, describeVolume } from './storage.ts'
import {
  describeCronJob,
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeReplicationController,
  describeStatefulSet,
} from './workloads.ts'
import { DescribeWriter } from './writer.ts'

/** Steps where more is asked of the server; undefined when all was written at once. */
type Describer = (d: Describing) => Steps<void> | undefined

/** By `Kind` or `Kind.group`. Source: kubectl pkg/describe/describe.go, describerMap. */
const describers: Readonly<Record<string, Describer>> = {
  Pod: describePod,
  Secret: describeSecret,
  ConfigMap: describeConfigMap,
  ServiceAccount: describeServiceAccount,
  Namespace: describeNamespace,
  Node: describeNode,
  Service: describeService,
  Endpoints: describeEndpoints,
  'EndpointSlice.discovery.k8s.io': describeEndpointSlice,
  PersistentVolume: describeVolume,
  PersistentVolumeClaim: describeClaim,
  ResourceQuota: describeQuota,
  LimitRange: describeLimitRange,
  ReplicationController: describeReplicationController,
  'Deployment.apps': describeDeployment,
  'ReplicaSet.apps': describeReplicaSet,
  'DaemonSet.apps': describeDaemonSet,
  'StatefulSet.apps': describeStatefulSet,
  'Job.batch': describeJob,
  'CronJob.batch': describeCronJob,
  'HorizontalPodAutoscaler.autoscaling': describeAutoscaler,
  'Ingress.extensions': describeIngress,
  'Ingress.networking.k8s.io': describeIngress,
  'StorageClass.storage.k8s.io': describeStorageClass,
  'PodDisruptionBudget.policy': describePdb,
  'PriorityClass.scheduling.k8s.io': describePriorityClass,
  'Role.rbac.authorization.k8s.io': describeRole,
  'ClusterRole.rbac.authorization.k8s.io': describeRole,
  'RoleBinding.rbac.authorization.k8s.io': describeBinding,
  'ClusterRoleBinding.rbac.authorization.k8s.io': describeBinding,
}

/** Text of one object, laid out. */
export function* describeObject(
  session: Session,
  mapping: Mapping,
  object: unknown,
  showEvents: boolean,
): Steps<string> {
  const w = new DescribeWriter()
  const key = mapping.group === '' ? mapping.kind : `${mapping.kind}.${mapping.group}`
  const describer = Object.hasOwn(describers, key) ? (describers[key] ?? describeGeneric) : describeGeneric
  const steps = describer({ session, w, object, namespace: session.namespace, showEvents })
  if (steps !== undefined) yield* steps
  return w.text()
}
