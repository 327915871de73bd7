import { apiServer } from '../../versions/api-server.ts'
import { type Change, has } from '../../versions/changes.ts'

/**
 * Maps and structs that are one piece to who owns them, and those that are not though their type is: `x-kubernetes-map-type` in
 * the recorded structure of v1.35. From v1.22 on; label selectors from v1.20 on (k8s.io/api, `+structType` and `+mapType`).
 */
const atomicDefinitions: ReadonlySet<string> = new Set([
  'admissionregistration.v1.MatchResources',
  'admissionregistration.v1.NamedRuleWithOperations',
  'admissionregistration.v1.ParamKind',
  'admissionregistration.v1.ParamRef',
  'admissionregistration.v1.Variable',
  'admissionregistration.v1alpha1.MatchResources',
  'admissionregistration.v1alpha1.NamedRuleWithOperations',
  'admissionregistration.v1alpha1.ParamKind',
  'admissionregistration.v1alpha1.ParamRef',
  'admissionregistration.v1beta1.MatchResources',
  'admissionregistration.v1beta1.NamedRuleWithOperations',
  'admissionregistration.v1beta1.ParamKind',
  'admissionregistration.v1beta1.ParamRef',
  'admissionregistration.v1beta1.Variable',
  'autoscaling.v1.CrossVersionObjectReference',
  'core.v1.ConfigMapKeySelector',
  'core.v1.EndpointAddress',
  'core.v1.EndpointPort',
  'core.v1.FileKeySelector',
  'core.v1.LocalObjectReference',
  'core.v1.NodeSelector',
  'core.v1.NodeSelectorTerm',
  'core.v1.ObjectFieldSelector',
  'core.v1.ObjectReference',
  'core.v1.ResourceFieldSelector',
  'core.v1.ScopeSelector',
  'core.v1.SecretKeySelector',
  'core.v1.SecretReference',
  'core.v1.TopologySelectorTerm',
  'core.v1.TypedLocalObjectReference',
  'discovery.v1.EndpointPort',
  'networking.v1.ServiceBackendPort',
  'rbac.v1.RoleRef',
  'rbac.v1.Subject',
  'meta.v1.LabelSelector',
  'meta.v1.OwnerReference',
])

const atomicFields: ReadonlySet<string> = new Set([
  'core.v1.PodSpec nodeSelector',
  'core.v1.ReplicationControllerSpec selector',
  'core.v1.ServiceSpec selector',
  'node.v1.Scheduling nodeSelector',
])

const granularFields: ReadonlySet<string> = new Set([
  'core.v1.PersistentVolumeClaimStatus allocatedResourceStatuses',
  'core.v1.PersistentVolumeSpec claimRef',
])

/** Those that did not become one piece together with the others. */
const ofTheirOwn: Readonly<Record<string, Change | undefined>> = {
  'meta.v1.LabelSelector': apiServer.atomicLabelSelectors,
  'networking.v1.ServiceBackendPort': apiServer.atomicBackendPorts,
}

function shortName(definition: string): string {
  return definition.replace(/^io\.k8s\.(api|apimachinery\.pkg\.apis)\./, '')
}

/** Whether values of a type, named as OpenAPI names it, are one piece. */
export function isAtomicDefinition(definition: string, minor: number): boolean {
  const name = shortName(definition)
  const since = ofTheirOwn[name] ?? apiServer.atomicReferences
  return atomicDefinitions.has(name) && has(minor, since)
}

/** A field that is a map of anything. */
export function isAtomicField(owner: string, field: string, minor: number): boolean {
  return has(minor, apiServer.atomicReferences) && atomicFields.has(`${shortName(owner)} ${field}`)
}

/** A field whose parts have owners though its type is one piece elsewhere. */
export function isGranularField(owner: string, field: string, minor: number): boolean {
  return has(minor, apiServer.granularClaims) && granularFields.has(`${shortName(owner)} ${field}`)
}
