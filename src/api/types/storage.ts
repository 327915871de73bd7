import type { NodeSelectorTerm } from './core.ts'
import type { KubeObject, LabelSelector, ObjectReference } from './meta.ts'

/** Volumes, claims and classes, as far as those who bind them look. Source: k8s.io/api core/v1 and storage/v1, types.go. */

type Amounts = Readonly<Record<string, string>>

/** What somebody wants of a volume. */
export interface PersistentVolumeClaim extends KubeObject {
  readonly spec?: {
    readonly accessModes?: readonly string[]
    readonly selector?: LabelSelector
    readonly resources?: { readonly requests?: Amounts }
    readonly volumeName?: string
    readonly storageClassName?: string
    readonly volumeMode?: string
    readonly volumeAttributesClassName?: string
    readonly dataSource?: object
  }
  readonly status?: {
    readonly phase?: string
    readonly accessModes?: readonly string[]
    readonly capacity?: Amounts
    readonly conditions?: readonly object[]
  }
}

/** Storage that is there, whoever wants it. */
export interface PersistentVolume extends KubeObject {
  readonly spec?: {
    readonly capacity?: Amounts
    readonly accessModes?: readonly string[]
    readonly claimRef?: ObjectReference
    readonly persistentVolumeReclaimPolicy?: string
    readonly storageClassName?: string
    readonly volumeMode?: string
    readonly volumeAttributesClassName?: string
    readonly nodeAffinity?: { readonly required?: { readonly nodeSelectorTerms?: readonly NodeSelectorTerm[] } }
    readonly csi?: { readonly driver?: string }
    readonly hostPath?: { readonly path?: string; readonly type?: string }
    readonly local?: { readonly path?: string }
    readonly nfs?: object
  }
  readonly status?: {
    readonly phase?: string
    readonly message?: string
    readonly reason?: string
    readonly lastPhaseTransitionTime?: string
  }
}

/** A kind of storage and who makes volumes of it. */
export interface StorageClass extends KubeObject {
  readonly provisioner?: string
  readonly reclaimPolicy?: string
  readonly volumeBindingMode?: string
  readonly mountOptions?: readonly string[]
  readonly allowedTopologies?: readonly {
    readonly matchLabelExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[]
  }[]
}
