import type { AdmissionPlugin } from '../plugin.ts'
import { defaultIngressClass } from './default-ingress-class.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { limitRanger } from './limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { podPresetPlugin } from './pod-preset.ts'
import { podResize } from './pod-resize.ts'
import { podSecurity } from './pod-security.ts'
import { priorityPlugin } from './priority.ts'
import { resourceQuotaPlugin } from './resource-quota.ts'
import { runtimeClassPlugin } from './runtime-class.ts'
import { serviceAccountPlugin } from './service-account.ts'
import { defaultStorageClass, persistentVolumeClaimResize, storageObjectInUseProtection } from './storage.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'

export interface AdmissionPluginOptions {
  /** Switches the alpha plugin PodPreset on, as `--enable-admission-plugins=PodPreset` does. Gone with v1.20. */
  readonly podPreset?: boolean
  /** Takes its place after ServiceAccount, as `--enable-admission-plugins=NodeRestriction` puts it. */
  readonly nodeRestriction?: AdmissionPlugin
  /** Webhooks and the like: after all plugins but ResourceQuota, which has to see what they made. */
  readonly late?: readonly AdmissionPlugin[]
}

/**
 * The plugins that are on by default, in their order. Source: pkg/kubeapiserver/options/plugins.go, AllOrderedPlugins and
 * DefaultOffAdmissionPlugins.
 */
export function admissionPlugins(options: AdmissionPluginOptions = {}): readonly AdmissionPlugin[] {
  return [
    namespaceLifecycle,
    ...(options.podPreset === true ? [podPresetPlugin] : []),
    limitRanger,
    serviceAccountPlugin,
    ...(options.nodeRestriction === undefined ? [] : [options.nodeRestriction]),
    taintNodesByCondition,
    podSecurity,
    priorityPlugin,
    defaultTolerationSeconds,
    defaultStorageClass,
    storageObjectInUseProtection,
    persistentVolumeClaimResize,
    runtimeClassPlugin,
    defaultIngressClass,
    podResize,
    ...(options.late ?? []),
    resourceQuotaPlugin,
  ]
}
