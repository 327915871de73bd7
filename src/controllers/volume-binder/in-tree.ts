import type { PersistentVolume } from '../../api/types/storage.ts'
import { hasAnnotation, volumeAnnotations } from '../../api/volume-annotations.ts'
import { goQuote } from '../../go/quote.ts'
import { has } from '../../versions/changes.ts'
import { storage } from '../../versions/storage.ts'

/** What the plugins that are built into the controller manager do, without a cloud. */

interface InTreeProvisioner {
  /** The CSI driver that does its work. Source: k8s.io/csi-translation-lib plugins. */
  readonly csi: string
  /** From which minor version on. Source: pkg/features/kube_features.go, CSIMigration* (beta and on, or GA). */
  readonly since: number
  /** What it says of a cloud that is not there, before that; absent: it is taken to be somebody else's already. */
  readonly noCloud?: string
}

const provisioners: Readonly<Record<string, InTreeProvisioner>> = {
  'kubernetes.io/aws-ebs': {
    csi: 'ebs.csi.aws.com',
    since: 23,
    // Source: pkg/volume/awsebs/aws_util.go, getCloudProvider.
    noCloud: 'Failed to get AWS Cloud Provider. GetCloudProvider returned <nil> instead',
  },
  'kubernetes.io/gce-pd': {
    csi: 'pd.csi.storage.gke.io',
    since: 23,
    // Source: pkg/volume/gcepd/gce_util.go, getCloudProvider.
    noCloud: 'Failed to get GCE GCECloudProvider with error <nil>',
  },
  'kubernetes.io/azure-disk': { csi: 'disk.csi.azure.com', since: 23 },
  'kubernetes.io/azure-file': { csi: 'file.csi.azure.com', since: 24 },
  'kubernetes.io/cinder': { csi: 'cinder.csi.openstack.org', since: 21 },
  'kubernetes.io/vsphere-volume': { csi: 'csi.vsphere.vmware.com', since: 25 },
  'kubernetes.io/portworx-volume': { csi: 'pxd.portworx.com', since: 31 },
}

/** Who makes the volumes of a class. */
export type Provisioner =
  | { readonly kind: 'external'; readonly name: string; readonly migratedTo?: string }
  | { readonly kind: 'in-tree'; readonly error: string }
  | { readonly kind: 'none'; readonly error: string }

/** Source: findProvisionablePlugin; pkg/volume/plugins.go, FindPluginByName. */
export function provisionerOf(name: string, minor: number): Provisioner {
  const known = Object.hasOwn(provisioners, name) ? provisioners[name] : undefined
  if (known !== undefined) {
    if (minor < known.since && known.noCloud !== undefined) return { kind: 'in-tree', error: known.noCloud }
    return { kind: 'external', name: known.csi, migratedTo: known.csi }
  }
  if (!name.startsWith(inTree)) return { kind: 'external', name }
  return { kind: 'none', error: `no volume plugin matched name: ${name}` }
}

const inTree = 'kubernetes.io/'

/** What deleting the storage behind a volume comes to. */
export type Deletion =
  | { readonly kind: 'deleted' }
  /** Somebody outside does it. */
  | { readonly kind: 'external' }
  | { readonly kind: 'failed'; readonly error: string }

/** Source: findDeletablePlugin, doDeleteVolume. */
export function deletionOf(volume: PersistentVolume, minor: number): Deletion {
  const { provisionedBy, migratedTo } = volumeAnnotations
  const by = volume.metadata.annotations?.[provisionedBy] ?? ''
  if (by !== '' && !by.startsWith(inTree)) return { kind: 'external' }
  if (hasAnnotation(volume, migratedTo) || Object.hasOwn(provisioners, by)) return { kind: 'external' }
  if (by !== '') return { kind: 'failed', error: `no volume plugin matched name: ${by}` }
  const { hostPath, csi } = volume.spec ?? {}
  if (csi !== undefined && has(minor, storage.leavesCsiVolumes)) return { kind: 'external' }
  if (hostPath !== undefined) return hostPathDeletion(hostPath.path ?? '')
  const begin = has(minor, storage.deletersTellInLowerCase) ? 'error' : 'Error'
  const whose = goQuote(volume.metadata.name)
  return {
    kind: 'failed',
    error: `${begin} getting deleter volume plugin for volume ${whose}: no deletable volume plugin matched`,
  }
}

/** Source: pkg/volume/hostpath/host_path.go, hostPathDeleter.Delete. */
function hostPathDeletion(path: string): Deletion {
  if (/\/tmp\/.+/.test(path)) return { kind: 'deleted' }
  return { kind: 'failed', error: `host_path deleter only supports /tmp/.+ but received provided ${path}` }
}

/** Whether a recycler exists for its kind. Source: pkg/volume/hostpath and pkg/volume/nfs, Recycle. */
export function isRecyclable({ spec }: PersistentVolume): boolean {
  return spec?.hostPath !== undefined || spec?.nfs !== undefined
}
