import type { FeatureGates } from '../../versions/feature-gates.ts'
import { factAt, type VersionedFact } from '../../versions/version.ts'
import type { AuthorizationAttributes, Authorizer, Decision } from './authorizer.ts'
import { nodeRules } from './bootstrap-roles.ts'
import type { NodeGraph, VertexKind } from './node-graph.ts'
import { ruleAllows } from './policy-rules.ts'
import { nodeNameOf } from './users.ts'

const nodeQuotes: VersionedFact<'"' | "'"> = {
  source: 'plugin/pkg/auth/authorizer/node/node_authorizer.go; facts/apiserver.md section 12, node denial quotes',
  initially: '"',
  since: [[20, "'"]],
}

const leaseNamespace = 'kube-node-lease'
const readVerbs = ['get', 'list', 'watch']
const ownedVerbs = ['get', 'create', 'update', 'patch', 'delete']

/**
 * Lets a kubelet read what Pods on its node need and nothing else of these kinds; for all other resources a fixed set of
 * rules holds. It never denies: a request it does not allow may still be allowed by RBAC.
 * Source: plugin/pkg/auth/authorizer/node/node_authorizer.go (v1.18, and v1.32 for the selectors).
 */
export function createNodeAuthorizer(
  graph: NodeGraph,
  minor: number,
  gates: Pick<FeatureGates, 'AuthorizeNodeWithSelectors'>,
): Authorizer {
  const quote = factAt(nodeQuotes, minor)
  const quoted = (node: string) => `${quote}${node}${quote}`
  const byRules = new Map<string, boolean>()

  const related = (node: string, kind: VertexKind, { name, namespace }: AuthorizationAttributes): Decision => {
    if (name === '') return noOpinion('No Object name found')
    if (graph.reaches(node, kind, namespace, name)) return allowed
    return noOpinion(`no relationship found between node ${quoted(node)} and this object`)
  }
  const relatedGet = (node: string, kind: VertexKind, attributes: AuthorizationAttributes): Decision => {
    if (attributes.verb !== 'get') return noOpinion('can only get individual resources of this type')
    if (attributes.subresource !== '') return noOpinion('cannot get subresource')
    return related(node, kind, attributes)
  }
  const relatedRead = (node: string, kind: VertexKind, attributes: AuthorizationAttributes): Decision => {
    if (!readVerbs.includes(attributes.verb)) return noOpinion('can only read resources of this type')
    if (attributes.subresource !== '') return noOpinion('cannot read subresource')
    if (attributes.namespace === '') return noOpinion('can only read namespaced object of this type')
    return related(node, kind, attributes)
  }
  const claim = (node: string, attributes: AuthorizationAttributes): Decision => {
    if (attributes.subresource !== 'status') return relatedGet(node, 'persistentVolumeClaim', attributes)
    const { verb } = attributes
    if (verb !== 'update' && verb !== 'patch') return noOpinion('can only get/update/patch this type')
    return related(node, 'persistentVolumeClaim', attributes)
  }
  const token = (node: string, attributes: AuthorizationAttributes): Decision => {
    if (attributes.verb !== 'create' || attributes.name === '') {
      return noOpinion('can only create tokens for individual service accounts')
    }
    if (attributes.subresource !== 'token') return noOpinion('can only create token subresource of serviceaccount')
    return related(node, 'serviceAccount', attributes)
  }
  const pod = (node: string, attributes: AuthorizationAttributes): Decision => {
    const { verb, subresource, name, fieldSelector = '' } = attributes
    if (subresource === 'status') return verb === 'update' || verb === 'patch' ? allowed : nothingToSay
    if (subresource === 'eviction') return verb === 'create' ? allowed : nothingToSay
    if (subresource !== '') return nothingToSay
    if (verb === 'create' || verb === 'delete') return allowed
    if (verb === 'get') return related(node, 'pod', attributes)
    if (verb !== 'list' && verb !== 'watch') return nothingToSay
    if (selectsField(fieldSelector, 'spec.nodeName', node)) return allowed
    if (name !== '') return related(node, 'pod', attributes)
    return noOpinion('can only list/watch pods with spec.nodeName field selector')
  }
  const ownNode = (node: string, { verb, subresource, name }: AuthorizationAttributes): Decision => {
    const isChange = verb === 'update' || verb === 'patch'
    if (subresource === 'status') return isChange ? allowed : nothingToSay
    if (subresource !== '') return nothingToSay
    if (isChange || verb === 'create') return allowed
    if (!readVerbs.includes(verb)) return nothingToSay
    if (name === node) return allowed
    if (name === '') return noOpinion(`node ${quoted(node)} cannot read all nodes, only its own Node object`)
    return noOpinion(`node ${quoted(node)} cannot read ${quoted(name)}, only its own Node object`)
  }

  const subdivided = (node: string, attributes: AuthorizationAttributes): Decision | undefined => {
    switch (attributes.group === '' ? attributes.resource : `${attributes.resource}.${attributes.group}`) {
      case 'secrets':
        return relatedRead(node, 'secret', attributes)
      case 'configmaps':
        return relatedRead(node, 'configMap', attributes)
      case 'persistentvolumeclaims':
        return claim(node, attributes)
      case 'persistentvolumes':
        return relatedGet(node, 'persistentVolume', attributes)
      case 'volumeattachments.storage.k8s.io':
        return relatedGet(node, 'volumeAttachment', attributes)
      case 'serviceaccounts':
        return token(node, attributes)
      case 'leases.coordination.k8s.io':
        return lease(node, attributes)
      case 'csinodes.storage.k8s.io':
        return csiNode(node, attributes)
      case 'pods':
        return gates.AuthorizeNodeWithSelectors ? pod(node, attributes) : undefined
      case 'nodes':
        return gates.AuthorizeNodeWithSelectors ? ownNode(node, attributes) : undefined
      default:
        return undefined
    }
  }

  return {
    name: 'Node',
    authorize(attributes) {
      const node = nodeNameOf(attributes.user)
      if (node === undefined) return nothingToSay
      if (node === '') return noOpinion(`unknown node for user "${attributes.user.name}"`)
      if (!attributes.resourceRequest) return nothingToSay
      const decision = subdivided(node, attributes)
      if (decision !== undefined) return decision
      // The rules name no objects, so verb and resource decide, and there are few of them.
      const key = `${attributes.verb} ${attributes.resource}/${attributes.subresource}.${attributes.group}`
      let known = byRules.get(key)
      if (known === undefined) {
        known = nodeRules.some((rule) => ruleAllows(rule, attributes))
        if (byRules.size < rememberedMax) byRules.set(key, known)
      }
      return known ? allowed : nothingToSay
    },
  }
}

/** Answers of the fixed rules that are kept; nobody needs more, but a hostile client could ask for more. */
const rememberedMax = 1000

function lease(node: string, { verb, namespace, name }: AuthorizationAttributes): Decision {
  if (!ownedVerbs.includes(verb)) return noOpinion('can only get, create, update, patch, or delete a node lease')
  if (namespace !== leaseNamespace) {
    return noOpinion(`can only access leases in the "${leaseNamespace}" system namespace`)
  }
  // The name is not known at create: NodeRestriction looks at it then.
  if (verb === 'create' || name === node) return allowed
  return noOpinion('can only access node lease with the same name as the requesting node')
}

function csiNode(node: string, { verb, subresource, name }: AuthorizationAttributes): Decision {
  if (!ownedVerbs.includes(verb)) return noOpinion('can only get, create, update, patch, or delete a CSINode')
  if (subresource !== '') return noOpinion('cannot authorize CSINode subresources')
  if (verb === 'create' || name === node) return allowed
  return noOpinion('can only access CSINode with the same name as the requesting node')
}

function selectsField(selector: string, field: string, value: string): boolean {
  return selector.split(',').some((term) => term === `${field}=${value}` || term === `${field}==${value}`)
}

function noOpinion(reason: string): Decision {
  return { decision: 'noOpinion', reason }
}

const allowed: Decision = { decision: 'allow' }
const nothingToSay: Decision = { decision: 'noOpinion', reason: '' }
