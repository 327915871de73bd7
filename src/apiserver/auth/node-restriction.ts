import { member, type PodReference, referencesOf } from '../../api/pod-references.ts'
import { semanticallyEqual } from '../../api/semantic-equality.ts'
import { forbiddenStatus, notFoundStatus } from '../../api/status.ts'
import type { Node, Pod } from '../../api/types/core.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import { resources } from '../../client/client.ts'
import { factAt, type VersionedFact } from '../../versions/version.ts'
import type { AdmissionLookup, AdmissionPlugin, AdmissionRequest } from '../admission/plugin.ts'
import { forbiddenNodeLabels, modifiedLabels } from './node-labels.ts'
import { nodeNameOf } from './users.ts'

/** Whether a node may set labels of kubernetes.io at create that it may not change later. */
const createAllowsKubernetesLabels: VersionedFact<boolean> = {
  source: 'plugin/pkg/admission/noderestriction/admission.go, getForbiddenCreateLabels',
  initially: true,
  since: [[19, false]],
}

/** Whether a mirror Pod must be owned by its Node. */
const mirrorPodNeedsOwner: VersionedFact<boolean> = {
  source: 'plugin/pkg/admission/noderestriction/admission.go, admitPodCreate',
  initially: false,
  since: [[20, true]],
}

const leaseNamespace = 'kube-node-lease'
const mirrorAnnotation = 'kubernetes.io/config.mirror'

/** Undefined: nothing against it. A text becomes a 403 about the request's object. */
type Verdict = string | Status | undefined

/**
 * Keeps kubelets to their own Node, their own Pods and their own lease.
 * Source: plugin/pkg/admission/noderestriction/admission.go.
 */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  admit(request, lookup, { minor }) {
    const node = nodeNameOf(request.user)
    if (node === undefined || request.operation === 'CONNECT') return { ok: true, object: request.object }
    const verdict =
      node === '' ? `could not determine node from user "${request.user.name}"` : restrict(node, request, lookup, minor)
    if (verdict === undefined) return { ok: true, object: request.object }
    const status =
      typeof verdict === 'string' ? forbiddenStatus(request.resource, requestName(request), verdict) : verdict
    return { ok: false, status }
  },
}

/** Source: k8s.io/apiserver pkg/admission/errors.go, extractResourceName. */
function requestName({ name, object }: AdmissionRequest): string {
  return name || object?.metadata.name || object?.metadata.generateName || 'Unknown'
}

function restrict(node: string, request: AdmissionRequest, lookup: AdmissionLookup, minor: number): Verdict {
  const { group, resource } = request.resource
  switch (group === '' ? resource : `${resource}.${group}`) {
    case 'pods':
      return restrictPods(node, request, lookup, minor)
    case 'nodes':
      return restrictNodes(node, request, minor)
    case 'persistentvolumeclaims':
      return request.subresource === 'status' ? restrictClaimStatus(node, request) : 'may only update PVC status'
    case 'serviceaccounts':
      return restrictTokens(node, request, lookup)
    case 'leases.coordination.k8s.io':
      if (request.namespace !== leaseNamespace) {
        return `can only access leases in the "${leaseNamespace}" system namespace`
      }
      return ownName(node, request, 'node lease')
    case 'csinodes.storage.k8s.io':
      return ownName(node, request, 'CSINode')
    default:
      return undefined
  }
}

function ownName(node: string, { operation, name, object }: AdmissionRequest, what: string): Verdict {
  const asked = operation === 'CREATE' ? object?.metadata.name : name
  return asked === node ? undefined : `can only access ${what} with the same name as the requesting node`
}

function restrictPods(node: string, request: AdmissionRequest, lookup: AdmissionLookup, minor: number): Verdict {
  switch (request.subresource) {
    case '':
      return restrictPod(node, request, lookup, minor)
    case 'status':
      return restrictPodStatus(node, request)
    case 'eviction':
      return restrictEviction(node, request, lookup)
    default:
      return `unexpected pod subresource "${request.subresource}", only 'status' and 'eviction' are allowed`
  }
}

function restrictPod(node: string, request: AdmissionRequest, lookup: AdmissionLookup, minor: number): Verdict {
  // Objects of this resource are Pods.
  if (request.operation === 'CREATE') return restrictPodCreate(node, request.object as Pod, lookup, minor)
  if (request.operation !== 'DELETE') {
    return `unexpected operation "${request.operation}", node "${node}" can only create and delete mirror pods`
  }
  const pod = lookup.get<Pod>(resources.pods, request.namespace, request.name)
  if (pod === undefined) return notFoundStatus({ group: '', resource: 'pod' }, request.name)
  return pod.spec.nodeName === node ? undefined : `node "${node}" can only delete pods with spec.nodeName set to itself`
}

/** What a mirror Pod may not refer to, in the order in which it is refused. */
const refusedReferences: readonly (readonly [kind: PodReference['kind'], plural: string])[] = [
  ['Secret', 'secrets'],
  ['ConfigMap', 'configmaps'],
  ['PersistentVolumeClaim', 'persistentvolumeclaims'],
]

function restrictPodCreate(node: string, pod: Pod, lookup: AdmissionLookup, minor: number): Verdict {
  if (pod.metadata.annotations?.[mirrorAnnotation] === undefined) {
    return `pod does not have "${mirrorAnnotation}" annotation, node "${node}" can only create mirror pods`
  }
  if (pod.spec.nodeName !== node) return `node "${node}" can only create pods with spec.nodeName set to itself`
  const verdict = restrictMirrorOwner(node, pod, lookup, minor)
  if (verdict !== undefined) return verdict
  const cannot = `node "${node}" can not create pods that reference`
  if (pod.spec.serviceAccountName) return `${cannot} a service account`
  const kinds = new Set(Array.from(referencesOf(pod), ({ kind }) => kind))
  const first = refusedReferences.find(([kind]) => kinds.has(kind))
  return first === undefined ? undefined : `${cannot} ${first[1]}`
}

function restrictMirrorOwner(node: string, pod: Pod, lookup: AdmissionLookup, minor: number): Verdict {
  const owners = pod.metadata.ownerReferences ?? []
  const canOnly = `node "${node}" can only create pods with`
  if (owners.length > 1) return `${canOnly} a single owner reference set to itself`
  const owner = owners[0]
  if (owner === undefined) {
    return factAt(mirrorPodNeedsOwner, minor) ? `${canOnly} an owner reference set to itself` : undefined
  }
  if (owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node) {
    return `${canOnly} an owner reference set to itself`
  }
  if (owner.controller !== true) return `${canOnly} a controller owner reference set to itself`
  if (owner.blockOwnerDeletion === true) {
    return `node "${node}" must not set blockOwnerDeletion on an owner reference`
  }
  const known = lookup.get<Node>(resources.nodes, undefined, node)
  if (known === undefined) return notFoundStatus({ group: '', resource: 'node' }, node)
  const uid = known.metadata.uid ?? ''
  return owner.uid === uid ? undefined : `node ${node} UID mismatch: expected ${owner.uid} got ${uid}`
}

function restrictPodStatus(node: string, { operation, object, oldObject }: AdmissionRequest): Verdict {
  if (operation !== 'UPDATE') return `unexpected operation "${operation}"`
  // Objects of this resource are Pods.
  if ((oldObject as Pod | undefined)?.spec.nodeName !== node) {
    return `node "${node}" can only update pod status for pods with spec.nodeName set to itself`
  }
  const isRelabelled = modifiedLabels(object?.metadata.labels, oldObject?.metadata.labels).length > 0
  return isRelabelled ? `node "${node}" cannot update labels through pod status` : undefined
}

function restrictEviction(node: string, request: AdmissionRequest, lookup: AdmissionLookup): Verdict {
  if (request.operation !== 'CREATE') return `unexpected operation ${request.operation}`
  const name = request.name || request.object?.metadata.name || ''
  if (name === '') return 'could not determine pod from request data'
  const pod = lookup.get<Pod>(resources.pods, request.namespace, name)
  if (pod === undefined) return notFoundStatus({ group: '', resource: 'pod' }, name)
  return pod.spec.nodeName === node ? undefined : `node ${node} can only evict pods with spec.nodeName set to itself`
}

function restrictClaimStatus(node: string, { operation, object, oldObject }: AdmissionRequest): Verdict {
  if (operation !== 'UPDATE') return `unexpected operation "${operation}"`
  if (semanticallyEqual(withoutNodeFields(object), withoutNodeFields(oldObject))) return undefined
  return `node "${node}" is not allowed to update fields other than status.capacity and status.conditions`
}

function withoutNodeFields(claim: KubeObject | undefined): object {
  const status = member(claim, 'status')
  const rest = typeof status === 'object' ? { ...status, capacity: undefined, conditions: undefined } : undefined
  const metadata = { ...claim?.metadata, resourceVersion: undefined, managedFields: undefined }
  return { ...claim, metadata, status: rest }
}

function restrictNodes(node: string, request: AdmissionRequest, minor: number): Verdict {
  const { operation, object, oldObject, name } = request
  const ofOther = name === node ? undefined : `node "${node}" is not allowed to modify node "${name}"`
  const strictCreate = !factAt(createAllowsKubernetesLabels, minor)
  if (strictCreate && ofOther !== undefined) return ofOther
  if (operation === 'CREATE') {
    if (hasConfigSource(object)) return `node "${node}" is not allowed to create pods with a non-nil configSource`
    const labels = forbiddenNodeLabels(modifiedLabels(object?.metadata.labels, undefined), strictCreate)
    if (labels.length > 0) return `node "${node}" is not allowed to set the following labels: ${labels.join(', ')}`
  }
  if (ofOther !== undefined) return ofOther
  return operation === 'UPDATE' ? restrictNodeUpdate(node, object, oldObject) : undefined
}

function restrictNodeUpdate(node: string, next: KubeObject | undefined, old: KubeObject | undefined): Verdict {
  const spec = (of: KubeObject | undefined, field: string) => member(member(of, 'spec'), field)
  if (hasConfigSource(next) && !semanticallyEqual(spec(next, 'configSource'), spec(old, 'configSource'))) {
    return `node "${node}" is not allowed to update configSource to a new non-nil configSource`
  }
  if (!semanticallyEqual(spec(next, 'taints'), spec(old, 'taints'))) {
    return `node "${node}" is not allowed to modify taints`
  }
  const labels = forbiddenNodeLabels(modifiedLabels(next?.metadata.labels, old?.metadata.labels), true)
  return labels.length > 0 ? `is not allowed to modify labels: ${labels.join(', ')}` : undefined
}

function hasConfigSource(node: KubeObject | undefined): boolean {
  const source = member(member(node, 'spec'), 'configSource')
  return source !== undefined && source !== null
}

function restrictTokens(node: string, request: AdmissionRequest, lookup: AdmissionLookup): Verdict {
  if (request.operation !== 'CREATE' || request.subresource !== 'token') return undefined
  const reference = member(member(request.object, 'spec'), 'boundObjectRef')
  const name = member(reference, 'name')
  const isPod = member(reference, 'apiVersion') === 'v1' && member(reference, 'kind') === 'Pod'
  if (!isPod || typeof name !== 'string' || name === '') return 'node requested token not bound to a pod'
  const uid = member(reference, 'uid')
  if (typeof uid !== 'string' || uid === '') return 'node requested token with a pod binding without a uid'
  const pod = lookup.get<Pod>(resources.pods, request.namespace, name)
  if (pod === undefined) return notFoundStatus({ group: '', resource: 'pod' }, name)
  if (uid !== pod.metadata.uid) {
    return `the UID in the bound object reference (${uid}) does not match the UID in record (${pod.metadata.uid}). The object might have been deleted and then recreated`
  }
  return pod.spec.nodeName === node ? undefined : 'node requested token bound to a pod scheduled on a different node'
}
