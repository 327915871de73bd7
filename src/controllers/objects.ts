import type { Pod, PodCondition } from '../api/types/core.ts'
import type { KubeObject, ObjectReference, OwnerReference } from '../api/types/meta.ts'
import { parseRfc3339 } from '../kernel/calendar.ts'

/** Small questions that several controllers ask of objects. */

/** Kind and version of what a controller controls. */
export interface ControllerKind {
  readonly apiVersion: string
  readonly kind: string
}

/** The reference that makes an object controlled by another. Source: apimachinery meta/v1/controller_ref.go. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true)
}

export function newControllerRef({ metadata }: KubeObject, { apiVersion, kind }: ControllerKind): OwnerReference {
  const { name, uid = '' } = metadata
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }
}

/** A reference as events carry it; lists of the server may come without kind and version, so the caller says them. */
export function eventReference(object: KubeObject, { apiVersion, kind }: ControllerKind): ObjectReference {
  const { name, namespace, uid, resourceVersion } = object.metadata
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
    apiVersion,
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
}

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type)
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True'
}

/** Not ended and not on its way out. Source: pkg/controller/controller_utils.go, IsPodActive. */
export function isPodActive({ metadata, status }: Pod): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed' && metadata.deletionTimestamp === undefined
}

/** Ready for `minReadySeconds` by now. Source: pkg/api/v1/pod/util.go, IsPodAvailable. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowEpochMs: number): boolean {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True') return false
  if (minReadySeconds === 0) return true
  const since = epochOf(ready.lastTransitionTime)
  return since !== undefined && since + minReadySeconds * 1000 < nowEpochMs
}

/** Milliseconds of a timestamp; undefined when it is absent. */
export function epochOf(timestamp: string | null | undefined): number | undefined {
  return timestamp === null || timestamp === undefined ? undefined : parseRfc3339(timestamp)
}

/** Older first, then by name. Source: controller_utils.go, ReplicaSetsByCreationTimestamp and its likes. */
export function byCreation(a: KubeObject, b: KubeObject): number {
  const [left, right] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '']
  return compareText(left, right) || compareText(a.metadata.name, b.metadata.name)
}

/** Bytewise for what ASCII names hold. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** An object without the members that are 0: as Go's omitempty writes them. */
export function omitZero<T extends object>(value: T): T {
  const kept = Object.entries(value).filter(([, member]) => member !== 0 && member !== undefined)
  // Only optional members are numbers that may be left out.
  return Object.fromEntries(kept) as T
}
