import { type JsonObject, textAt } from '../go/json.ts'
import type { GivenObject } from './given.ts'
import type { ObjectName } from './report.ts'

/**
 * `deployment argocd/argocd-server`; what has only a generateName is called by that. `fallback`: the namespace of objects that
 * name none.
 */
export function objectName(
  {
    kind,
    name,
    namespace,
    object,
  }: Pick<GivenObject, 'kind' | 'name' | 'namespace'> & { readonly object?: JsonObject },
  fallback: string,
): ObjectName {
  const word = kind === '' ? 'object' : kind.toLowerCase()
  const called = name || textAt(object, 'metadata', 'generateName')
  return clusterScoped.has(kind) ? `${word} ${called}` : `${word} ${namespace || fallback}/${called}`
}

const clusterScoped: ReadonlySet<string> = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'StorageClass',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'PriorityClass',
  'RuntimeClass',
  'IngressClass',
  'APIService',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'CSIDriver',
  'PodSecurityPolicy',
  'VolumeAttachment',
  'CertificateSigningRequest',
  'FlowSchema',
  'PriorityLevelConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'DeviceClass',
  'ResourceSlice',
  'ClusterTrustBundle',
])

/** `1 Pod`, `3 Pods`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}
