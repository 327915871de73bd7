import { equalJson } from '../../../api/json.ts'
import { shownList } from '../../../api/structs/shown.ts'
import type { KubeObject } from '../../../api/types/meta.ts'
import {
  type CsiDriverSpec,
  validateCsiDriver,
  validateTokenRequests,
} from '../../../api/validation/storage-validation.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { validateWebhooks, type Webhook } from '../../../api/validation/webhook-validation.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { Strategy } from '../strategy.ts'
import {
  csiDriverColumns,
  csiNodeColumns,
  mutatingWebhookColumns,
  validatingWebhookColumns,
  volumeAttachmentColumns,
} from './columns.ts'
import { errorsOf, withoutNulls } from './settings.ts'
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
  readonly spec?: CsiDriverSpec
}

/** Source: pkg/apis/storage/v1/defaults.go, SetDefaults_CSIDriver. */
function driverDefaults(spec: CsiDriverSpec, minor: number): CsiDriverSpec {
  const modes = spec.volumeLifecycleModes ?? []
  return {
    ...(has(minor, apiServer.driversMountWithLabels) ? { seLinuxMount: false } : {}),
    ...(has(minor, apiServer.driversHaveCapacities) ? { storageCapacity: false } : {}),
    ...(has(minor, apiServer.driversHaveGroupPolicies) ? { fsGroupPolicy: 'ReadWriteOnceWithFSType' } : {}),
    ...(has(minor, apiServer.driversGetTokens) ? { requiresRepublish: false } : {}),
    attachRequired: true,
    podInfoOnMount: false,
    ...spec,
    volumeLifecycleModes: modes.length > 0 ? modes : ['Persistent'],
  }
}

/** What a driver is, it stays. Source: pkg/apis/storage/validation/validation.go, ValidateCSIDriverUpdate. */
function validateDriverChange(v: Validator, next: CsiDriverSpec, old: CsiDriverSpec): void {
  const isFree = has(v.minor, apiServer.driversMayChangePolicies)
  const why = 'field is immutable'
  if (next.attachRequired !== old.attachRequired) v.invalid('spec.attachedRequired', next.attachRequired, why)
  if (!isFree && next.fsGroupPolicy !== old.fsGroupPolicy) v.invalid('spec.fsGroupPolicy', next.fsGroupPolicy, why)
  if (!isFree && next.podInfoOnMount !== old.podInfoOnMount) v.invalid('spec.podInfoOnMount', next.podInfoOnMount, why)
  if (!equalJson(next.volumeLifecycleModes, old.volumeLifecycleModes)) {
    const modes = shownList(next.volumeLifecycleModes, 'storage.VolumeLifecycleMode', v.minor)
    v.invalidGo('spec.volumeLifecycleModes', modes, why)
  }
}

/** Source: pkg/registry/storage/csidriver/strategy.go, WarningsOnCreate, WarningsOnUpdate. */
function tokenWarnings(driver: CsiDriver, old: CsiDriver | undefined, minor: number): readonly string[] {
  const { tokenRequests: requests = [], ...spec } = driver.spec ?? {}
  const isSaid = Reflect.get(spec, 'serviceAccountTokenInSecrets') !== undefined
  if (requests.length === 0 || isSaid || !has(minor, apiServer.warnsOfTokensInAttributes)) return []
  if (old !== undefined && equalJson(old.spec?.tokenRequests ?? [], requests)) return []
  return [
    'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
  ]
}

export const csiDriverStrategy: Strategy<CsiDriver> = {
  resource: { group: 'storage.k8s.io', version: 'v1', resource: 'csidrivers' },
  kind: 'CSIDriver',
  namespaced: false,
  returnsDeletedObject: true,
  allowsUnconditionalUpdate: false,
  defaults: (driver, { minor }) => ({
    ...driver,
    spec: driverDefaults(withoutNulls(driver.spec ?? {}), minor),
  }),
  validate: (driver, context) => errorsOf(context, (v) => validateCsiDriver(v, driver.spec ?? {})),
  prepareForUpdate: (next, old, { minor }) => {
    const changing = (driver: CsiDriver) => [driver.spec?.tokenRequests ?? [], driver.spec?.requiresRepublish ?? false]
    if (!has(minor, apiServer.driversGetTokens) || equalJson(changing(next), changing(old))) return next
    return { ...next, metadata: { ...next.metadata, generation: (old.metadata.generation ?? 0) + 1 } }
  },
  warningsOnCreate: (driver, { minor }) => tokenWarnings(driver, undefined, minor),
  warningsOnUpdate: (next, old, { minor }) => tokenWarnings(next, old, minor),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      validateCsiDriver(v, next.spec ?? {})
      validateDriverChange(v, next.spec ?? {}, old.spec ?? {})
      validateTokenRequests(v, next.spec?.tokenRequests ?? []) // once more
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
  readonly webhooks?: readonly Webhook[]
}

/** Source: pkg/apis/admissionregistration/v1/defaults.go. */
function webhookDefaults(webhook: Webhook, isMutating: boolean): Webhook {
  const { clientConfig, rules } = webhook // without nulls
  const service = clientConfig?.service
  return {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
    ...(isMutating ? { reinvocationPolicy: 'Never' } : {}),
    ...webhook,
    ...(rules === undefined ? {} : { rules: rules.map((rule) => ({ ...rule, scope: rule.scope ?? '*' })) }),
    ...(service === undefined
      ? {}
      : { clientConfig: { ...clientConfig, service: { ...service, port: service.port ?? 443 } } }),
  }
}

function webhookStrategy(
  resource: string,
  kind: string,
  columns: typeof mutatingWebhookColumns,
  isMutating: boolean,
): Strategy<WebhookConfiguration> {
  return {
    resource: { group: 'admissionregistration.k8s.io', version: 'v1', resource },
    kind,
    namespaced: false,
    countsGeneration: true,
    allowsUnconditionalUpdate: false,
    takesAnyFinalizer: true,
    defaults: (configuration) =>
      !configuration.webhooks
        ? configuration
        : {
            ...configuration,
            webhooks: configuration.webhooks.map((each) => webhookDefaults(withoutNulls(each), isMutating)),
          },
    validate: ({ webhooks = [] }, context) => errorsOf(context, (v) => validateWebhooks(v, withoutNulls(webhooks))),
    validateUpdate: ({ webhooks = [] }, _old, context) =>
      errorsOf(context, (v) => validateWebhooks(v, withoutNulls(webhooks))),
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
  true,
)

export const validatingWebhookStrategy = webhookStrategy(
  'validatingwebhookconfigurations',
  'ValidatingWebhookConfiguration',
  validatingWebhookColumns,
  false,
)
