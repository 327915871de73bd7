import type { KubeObject } from './types/meta.ts'

/**
 * What those who bind claims and volumes tell each other. Source: pkg/controller/volume/persistentvolume/util/util.go; since v1.21
 * k8s.io/component-helpers storage/volume/pv_helpers.go.
 */
export const volumeAnnotations = {
  /** On a claim: it was bound once. */
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  /** On a claim or a volume: it was not its maker who chose the other. */
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  /** On a claim: the node that the scheduler chose, for which a volume is to be made. */
  selectedNode: 'volume.kubernetes.io/selected-node',
  /** On a claim: who is to make its volume. */
  storageProvisioner: 'volume.kubernetes.io/storage-provisioner',
  betaStorageProvisioner: 'volume.beta.kubernetes.io/storage-provisioner',
  /** On a volume: who made it. */
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  /** The CSI driver that does the work of an in-tree plugin. */
  migratedTo: 'pv.kubernetes.io/migrated-to',
  /** The class, before it was a field. */
  betaClass: 'volume.beta.kubernetes.io/storage-class',
  /** On a class: it is for claims that name none. Source: pkg/volume/util/storageclass.go. */
  defaultClass: 'storageclass.kubernetes.io/is-default-class',
  betaDefaultClass: 'storageclass.beta.kubernetes.io/is-default-class',
} as const

/** A class whose provisioner makes nothing. Source: pv_helpers.go, NotSupportedProvisioner. */
export const noProvisioner = 'kubernetes.io/no-provisioner'

/** Whatever its value. */
export function hasAnnotation({ metadata }: KubeObject, key: string): boolean {
  return metadata.annotations?.[key] !== undefined
}

/** A copy that has it. */
export function withAnnotation<T extends KubeObject>(object: T, key: string, value: string): T {
  const annotations = { ...object.metadata.annotations, [key]: value }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** None left: no member at all. */
export function withoutAnnotation<T extends KubeObject>(object: T, key: string): T {
  const { annotations: all, ...metadata } = object.metadata
  const { [key]: _, ...annotations } = all ?? {}
  return { ...object, metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations } }
}
