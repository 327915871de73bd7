/** The order of kustomize's output. Source: v2.0.3 pkg/gvk/gvk.go; api internal/builtins/SortOrderTransformer.go. */

import { compareBytes } from '../go/json.ts'
import { has } from '../versions/changes.ts'
import { kustomize } from '../versions/kustomize.ts'
import type { Kustomization } from './kustomization.ts'
import { refuse } from './loader.ts'
import {
  currentId,
  type Gvk,
  isSameGvk,
  originalId,
  type Resource,
  type ResourceId,
  gvkText as shownGvk,
} from './resource.ts'

const orderV2 = [
  'Namespace',
  'StorageClass',
  'CustomResourceDefinition',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'ServiceAccount',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'Service',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
]

const firstV5 = [
  'Namespace',
  'ResourceQuota',
  'StorageClass',
  'CustomResourceDefinition',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'Endpoints',
  'Service',
  'LimitRange',
  'PriorityClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
]
const lastV5 = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']

function gvkText({ group, version, kind }: Gvk): string {
  return `${group || '~G'}_${version || '~V'}_${kind || '~K'}`
}

/** Original names, after prefixes: as the ids of v2.0.3 sort. */
export function sortedV2(resources: readonly Resource[]): readonly Resource[] {
  const rank = (kind: string): number => (orderV2.includes(kind) ? orderV2.indexOf(kind) : orderV2.length)
  const text = (resource: Resource): string => {
    const { name } = originalId(resource)
    const { namespace } = currentId(resource)
    const prefix = [...resource.prefixes].reverse().join(':')
    const suffix = resource.suffixes.join(':')
    return [namespace || '~X', prefix || '~P', name || '~N', suffix || '~S'].join('|')
  }
  return [...resources].sort((a, b) => {
    const [x, y] = [originalId(a), originalId(b)]
    if (isSameGvk(x, y)) return compareBytes(text(a), text(b))
    return rank(x.kind) - rank(y.kind) || compareBytes(gvkText(x), gvkText(y))
  })
}

/** Kinds as tables of fields are sorted. Source: kyaml resid/gvk.go, IsLessThan. */
export function inLegacyOrder<T extends Gvk>(kinds: readonly T[]): readonly T[] {
  return [...kinds].sort(
    (a, b) =>
      rankV5(a.kind, firstV5, lastV5) - rankV5(b.kind, firstV5, lastV5) || compareBytes(shownGvk(a), shownGvk(b)),
  )
}

function rankV5(kind: string, first: readonly string[], last: readonly string[]): number {
  return last.includes(kind) ? 1 + last.indexOf(kind) : first.includes(kind) ? first.indexOf(kind) - first.length : 0
}

/** Source: api internal/builtins/SortOrderTransformer.go, validate. */
function checkSortOptions(options: Kustomization['sortOptions']): void {
  if (options === undefined || options === null) return
  const { order = '' } = options
  if (order !== 'fifo' && order !== 'legacy') refuse("the field 'sortOptions.order' must be one of [fifo, legacy]")
  if (order === 'fifo' && options.legacySortOptions !== undefined && options.legacySortOptions !== null)
    refuse("the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'")
}

/** Legacy order, unless the kustomization asks for the order of its files. */
export function sortedV5(
  resources: readonly Resource[],
  options: Kustomization['sortOptions'],
  minor: number,
): readonly Resource[] {
  checkSortOptions(options)
  if (options?.order === 'fifo') return resources
  const first = options?.legacySortOptions?.orderFirst ?? firstV5
  const last = options?.legacySortOptions?.orderLast ?? lastV5
  const rank = (kind: string): number => rankV5(kind, first, last)
  const coreFirst = has(minor, kustomize.coreNamespacesFirst)
  const isNamespace = ({ kind }: Gvk): boolean => kind === 'Namespace'
  const text = ({ namespace, name }: ResourceId): string => `${namespace || '~X'}|${name || '~N'}`
  return [...resources].sort((a, b) => {
    const [x, y] = [currentId(a), currentId(b)]
    if (isSameGvk(x, y)) return compareBytes(text(x), text(y))
    const direction = coreFirst && [x, y].every(isNamespace) && [x, y].some(({ group }) => group === '') ? -1 : 1
    return rank(x.kind) - rank(y.kind) || direction * compareBytes(gvkText(x), gvkText(y))
  })
}
