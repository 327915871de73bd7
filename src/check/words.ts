import type { GivenObject } from './given.ts'
import type { ObjectName } from './report.ts'

/** `deployment argocd/argocd-server`. `fallback`: the namespace of objects that name none. */
export function objectName(
  { kind, name, namespace }: Pick<GivenObject, 'kind' | 'name' | 'namespace'>,
  fallback: string,
): ObjectName {
  const word = kind === '' ? 'object' : kind.toLowerCase()
  return clusterScoped.has(kind) ? `${word} ${name}` : `${word} ${namespace || fallback}/${name}`
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
])

/** `1 Pod`, `3 Pods`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}
