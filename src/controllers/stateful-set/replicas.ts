import type { Pod, Volume } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { ControllerRevision, PodTemplateSpec, StatefulSet } from '../../api/types/workload-specs.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { scaledValue } from '../deployment/arithmetic.ts'
import { isPodReady, newControllerRef } from '../objects.ts'
import { revisionHashLabel } from '../revisions.ts'

/** The Pods of a StatefulSet by their number. Source: pkg/controller/statefulset/stateful_set_utils.go. */

export const statefulSetKind = { apiVersion: 'apps/v1', kind: 'StatefulSet' } as const

/** Source: apps/v1 types.go, StatefulSetPodNameLabel. */
export const podNameLabel = 'statefulset.kubernetes.io/pod-name'
/** Source: apps/v1 types.go, PodIndexLabel. */
const podIndexLabel = 'apps.kubernetes.io/pod-index'

export interface ClaimedSet extends StatefulSet {
  readonly spec: StatefulSet['spec'] & { readonly volumeClaimTemplates?: readonly KubeObject[] }
}

/** The number at the end of a name, -1 if the Pod is none of this set. */
export function ordinalOf(pod: KubeObject, set: KubeObject): number {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata.name)
  return match?.[1] === set.metadata.name ? Number(match[2]) : -1
}

export function revisionOfPod({ metadata }: Pod): string {
  return metadata.labels?.[revisionHashLabel] ?? ''
}

export function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isPodReady(pod)
}

export function isTerminating({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined
}

/** The number of the first Pod. Source: getStartOrdinal. */
export function startOf({ spec }: ClaimedSet, minor: number): number {
  return has(minor, controllers.statefulSetsBeginAnywhere) ? (spec.ordinals?.start ?? 0) : 0
}

/** How long a Pod must have been ready to count as available. */
export function minReadyOf({ spec }: ClaimedSet, minor: number): number {
  return has(minor, controllers.statefulSetsWaitForAvailable) ? (spec.minReadySeconds ?? 0) : 0
}

/** The claims of one Pod, made from the set's templates. Source: getPersistentVolumeClaims. */
export function claimsFor(set: ClaimedSet, ordinal: number): readonly KubeObject[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    ...template,
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...template.metadata,
      name: `${template.metadata.name}-${set.metadata.name}-${ordinal}`,
      namespace: set.metadata.namespace ?? '',
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
    },
  }))
}

/** A Pod of the set as it is created. Source: newVersionedStatefulSetPod, initIdentity, updateStorage. */
export function newPod(
  set: ClaimedSet,
  ordinal: number,
  template: PodTemplateSpec,
  revision: string,
  minor: number,
): Pod {
  const { name: setName, namespace = '' } = set.metadata
  const name = `${setName}-${ordinal}`
  const { labels, annotations, finalizers } = template.metadata ?? {}
  const claims = (set.spec.volumeClaimTemplates ?? []).map(
    ({ metadata }): Volume => ({
      name: metadata.name,
      persistentVolumeClaim: { claimName: `${metadata.name}-${setName}-${ordinal}` },
    }),
  )
  const others = (template.spec.volumes ?? []).filter((volume) => !claims.some((claim) => claim.name === volume.name))
  const volumes = [...claims, ...others]
  const { serviceName } = set.spec
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      generateName: `${setName}-`,
      namespace,
      labels: {
        ...labels,
        ...(has(minor, controllers.labelsPodIndexes) ? { [podIndexLabel]: `${ordinal}` } : {}),
        [podNameLabel]: name,
        [revisionHashLabel]: revision,
      },
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [newControllerRef(set, statefulSetKind)],
    },
    spec: {
      ...template.spec,
      ...(volumes.length === 0 ? {} : { volumes }),
      hostname: name,
      ...(serviceName === undefined || serviceName === '' ? {} : { subdomain: serviceName }),
    },
  }
}

/** The template that a revision holds. Source: ApplyRevision: its patch replaces the template as a whole. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec {
  // What `constructHistory` stored.
  const { spec } = data as { readonly spec: { readonly template: PodTemplateSpec & { readonly $patch?: string } } }
  const { $patch: _directive, ...template } = spec.template
  return template
}

/**
 * The Pods that go next for an update, the last ones first: as many as may be unavailable and are not.
 * Source: stateful_set_control.go, updateStatefulSetAfterInvariantEstablished.
 */
export function nextToUpdate(
  { spec }: ClaimedSet,
  replicas: readonly (Pod | undefined)[],
  { metadata }: ControllerRevision,
  isUnavailable: (pod: Pod | undefined) => boolean,
): readonly Pod[] {
  const { partition = 0, maxUnavailable = 1 } = spec.updateStrategy?.rollingUpdate ?? {}
  const most = Math.max(1, scaledValue(maxUnavailable, replicas.length, false))
  const free = Math.max(0, most - replicas.filter(isUnavailable).length)
  const old = replicas
    .slice(partition)
    .filter((pod) => pod !== undefined && revisionOfPod(pod) !== metadata.name && !isTerminating(pod))
  return old
    .flatMap((pod) => pod ?? [])
    .toReversed()
    .slice(0, free)
}
