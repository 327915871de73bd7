import type { ResourceInfo } from '../../api/schema/discovery.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { type FieldError, joined, none } from '../../api/validation/field-errors.ts'
import {
  pathSegmentName,
  validateKubeFinalizers,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '../../api/validation/validate-meta.ts'
import { nameRuleOf } from './name-rule.ts'
import type { RegistryContext, Strategy } from './strategy.ts'

/**
 * How a kind looks at metadata once more when it is updated, which tells what is wrong with it as often: `all` is the core
 * ValidateObjectMeta, `update` the core ValidateObjectMetaUpdate, and `plain` those of apimachinery, which let any finalizer be.
 */
type MetadataCheck = 'all' | 'update' | 'plain all' | 'plain update'

const usual: readonly MetadataCheck[] = ['update']
const thenAll: readonly MetadataCheck[] = ['update', 'all']
const allFirst: readonly MetadataCheck[] = ['all', 'update']
const allTwice: readonly MetadataCheck[] = ['all', 'all', 'update']
const onlyAll: readonly MetadataCheck[] = ['all']

/** By `resource.group`. Source: ValidateUpdate of pkg/registry/<group>/<resource>/strategy.go and what it calls; recorded v1.23. */
const checksOf: Readonly<Record<string, readonly MetadataCheck[] | undefined>> = {
  secrets: thenAll,
  configmaps: thenAll,
  pods: thenAll,
  serviceaccounts: thenAll,
  services: thenAll,
  endpoints: thenAll,
  'controllerrevisions.apps': thenAll,
  'ingresses.networking.k8s.io': thenAll,
  'ingressclasses.networking.k8s.io': thenAll,
  namespaces: allFirst,
  nodes: allFirst,
  replicationcontrollers: allFirst,
  'replicasets.apps': allFirst,
  'daemonsets.apps': allFirst,
  'statefulsets.apps': allFirst,
  'jobs.batch': allFirst,
  'networkpolicies.networking.k8s.io': allFirst,
  'storageclasses.storage.k8s.io': allFirst,
  'roles.rbac.authorization.k8s.io': allTwice,
  'clusterroles.rbac.authorization.k8s.io': allTwice,
  'rolebindings.rbac.authorization.k8s.io': allTwice,
  'clusterrolebindings.rbac.authorization.k8s.io': allTwice,
  persistentvolumeclaims: ['all', 'update', 'all'],
  persistentvolumes: ['all', 'all'],
  limitranges: onlyAll,
  'endpointslices.discovery.k8s.io': onlyAll,
  'poddisruptionbudgets.policy': [],
  events: [],
  'leases.coordination.k8s.io': ['plain update'],
  'customresourcedefinitions.apiextensions.k8s.io': ['plain update'],
  'validatingwebhookconfigurations.admissionregistration.k8s.io': ['plain all'],
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': ['plain all'],
}

/**
 * What is wrong with the metadata of an updated object. `isMain`: the object is written as such, not by a subresource.
 * Source: apiserver pkg/registry/rest/update.go, validateCommonFields, and what the strategies add to it.
 */
export function metadataErrors(
  { metadata }: KubeObject,
  { metadata: old }: KubeObject,
  { group, resource }: Pick<ResourceInfo, 'group' | 'resource'>,
  isMain: boolean,
  strategy: Strategy,
  context: RegistryContext,
): readonly FieldError[] {
  const { namespaced, takesAnyFinalizer } = strategy
  const { minor } = context
  const all = validateObjectMeta(metadata, namespaced, pathSegmentName, minor, old)
  // The kind's own check looks at a prefix as at that of a new object.
  const own =
    metadata.generateName === old.generateName
      ? all
      : validateObjectMeta(metadata, namespaced, nameRuleOf(strategy, context), minor, old)
  const update = validateObjectMetaUpdate(metadata, old, minor)
  const isFree = takesAnyFinalizer === true || metadata.finalizers === old.finalizers
  const finalizers = isFree ? none : validateKubeFinalizers(metadata)
  if (all.length + own.length + update.length + finalizers.length === 0) return none
  const again = {
    all: joined(own, finalizers),
    update: joined(update, finalizers),
    'plain all': own,
    'plain update': update,
  }
  const checks = isMain ? (checksOf[group === '' ? resource : `${resource}.${group}`] ?? usual) : usual
  return joined(all, update, ...checks.map((check) => again[check]))
}
