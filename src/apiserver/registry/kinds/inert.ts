import type { KubeObject } from '../../../api/types/meta.ts'
import type { Strategy } from '../strategy.ts'
import {
  csiDriverColumns,
  csiNodeColumns,
  mutatingWebhookColumns,
  validatingWebhookColumns,
  volumeAttachmentColumns,
} from './columns.ts'
import { ageCell } from './workload-rows.ts'

/** Kinds that podsim keeps and shows but does not act upon. Sources: pkg/printers/internalversion/printers.go, pkg/apis/storage/v1/defaults.go. */

interface VolumeAttachment extends KubeObject {
  readonly spec?: {
    readonly attacher?: string
    readonly nodeName?: string
    readonly source?: { readonly persistentVolumeName?: string }
  }
  readonly status?: { readonly attached?: boolean }
}

export const volumeAttachmentStrategy: Strategy<VolumeAttachment> = {
  resource: { group: 'storage.k8s.io', version: 'v1', resource: 'volumeattachments' },
  kind: 'VolumeAttachment',
  namespaced: false,
  hasStatus: true,
  returnsDeletedObject: true,
  allowsUnconditionalUpdate: false,
  defaults: (attachment) => ({
    ...attachment,
    status: { ...attachment.status, attached: attachment.status?.attached ?? false },
  }),
  table: {
    columns: volumeAttachmentColumns,
    row: (attachment, context) => [
      attachment.metadata.name,
      attachment.spec?.attacher ?? '',
      attachment.spec?.source?.persistentVolumeName ?? '',
      attachment.spec?.nodeName ?? '',
      attachment.status?.attached ?? false,
      ageCell(attachment, context),
    ],
  },
}

interface CsiDriver extends KubeObject {
  readonly spec?: {
    readonly attachRequired?: boolean
    readonly podInfoOnMount?: boolean
    readonly volumeLifecycleModes?: readonly string[]
  }
}

export const csiDriverStrategy: Strategy<CsiDriver> = {
  resource: { group: 'storage.k8s.io', version: 'v1', resource: 'csidrivers' },
  kind: 'CSIDriver',
  namespaced: false,
  returnsDeletedObject: true,
  allowsUnconditionalUpdate: false,
  defaults: (driver) => ({
    ...driver,
    spec: {
      ...driver.spec,
      attachRequired: driver.spec?.attachRequired ?? true,
      podInfoOnMount: driver.spec?.podInfoOnMount ?? false,
      volumeLifecycleModes: driver.spec?.volumeLifecycleModes ?? ['Persistent'],
    },
  }),
  table: {
    columns: csiDriverColumns,
    row: (driver, context) => [
      driver.metadata.name,
      driver.spec?.attachRequired ?? true,
      driver.spec?.podInfoOnMount ?? false,
      (driver.spec?.volumeLifecycleModes ?? []).join(',') || '<none>',
      ageCell(driver, context),
    ],
  },
}

interface CsiNode extends KubeObject {
  readonly spec?: { readonly drivers?: readonly unknown[] }
}

export const csiNodeStrategy: Strategy<CsiNode> = {
  resource: { group: 'storage.k8s.io', version: 'v1', resource: 'csinodes' },
  kind: 'CSINode',
  namespaced: false,
  returnsDeletedObject: true,
  allowsUnconditionalUpdate: false,
  table: {
    columns: csiNodeColumns,
    row: (node, context) => [node.metadata.name, (node.spec?.drivers ?? []).length, ageCell(node, context)],
  },
}

interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly unknown[]
}

function webhookStrategy(
  resource: string,
  kind: string,
  columns: typeof mutatingWebhookColumns,
): Strategy<WebhookConfiguration> {
  return {
    resource: { group: 'admissionregistration.k8s.io', version: 'v1', resource },
    kind,
    namespaced: false,
    countsGeneration: true,
    allowsUnconditionalUpdate: false,
    table: {
      columns,
      row: (configuration, context) => [
        configuration.metadata.name,
        (configuration.webhooks ?? []).length,
        ageCell(configuration, context),
      ],
    },
  }
}

export const mutatingWebhookStrategy = webhookStrategy(
  'mutatingwebhookconfigurations',
  'MutatingWebhookConfiguration',
  mutatingWebhookColumns,
)

export const validatingWebhookStrategy = webhookStrategy(
  'validatingwebhookconfigurations',
  'ValidatingWebhookConfiguration',
  validatingWebhookColumns,
)
