import type { KubeObject } from '../../api/types/meta.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { FeatureGates } from '../../versions/feature-gates.ts'
import type { AdmissionPlugin } from '../admission/plugin.ts'
import type { Strategy } from '../registry/strategy.ts'
import type { StoredResource } from '../store.ts'
import { accessReviewStrategies } from './access-reviews.ts'
import type { Authorizer } from './authorizer.ts'
import { createAuthorizerChain, createPrivilegedGroupsAuthorizer } from './authorizer-chain.ts'
import { createEscalationCheck } from './escalation.ts'
import { createNodeAuthorizer } from './node-authorizer.ts'
import { createNodeGraph } from './node-graph.ts'
import { createGraphFeed, type GraphDelay, type GraphList, graphResources } from './node-graph-feed.ts'
import { createRbacAuthorizer } from './rbac-authorizer.ts'
import { createRbacIndex, type RbacIndex } from './rbac-index.ts'
import { rbacStrategies } from './rbac-strategies.ts'

export interface AuthorizationOptions {
  readonly kernel: Kernel
  readonly minor: number
  readonly gates: FeatureGates
  /** How late the Node authorizer hears of Pods and volumes. Default: at once. */
  readonly graphDelay?: GraphDelay
}

/** What the authorizers list as a server starts. */
export const authorizedResources: readonly StoredResource[] = [
  ...graphResources,
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
]

/** A write as the store tells it. */
export interface StoredChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
}

/** Authorization as a server with `--authorization-mode=Node,RBAC` has it. */
export interface Authorization {
  /** system:masters first, then Node, then RBAC. */
  readonly authorizer: Authorizer
  /** Who holds which rules: what `auth can-i --list` is answered from. */
  readonly index: RbacIndex
  /** An observer of the store: to be called for every write, in order; most are ignored at once. */
  observe(resource: StoredResource, event: StoredChange): void
  /** The same where the index has gone on from one that knows the object. */
  observeKnown(resource: StoredResource, event: StoredChange): void
  /** The server is another process: its authorizers know no Pod and no role until they have listed them, `listMs` from now. */
  beginAnew(lists: () => readonly GraphList[], listMs: VirtualMs): void
  /** Strategies of roles, bindings and access reviews. */
  readonly strategies: readonly Strategy[]
  /** To be the last of the mutating plugins. */
  readonly escalationCheck: AdmissionPlugin
}

export function createAuthorization({ kernel, minor, gates, graphDelay }: AuthorizationOptions): Authorization {
  const graph = createNodeGraph()
  const feed = createGraphFeed(kernel, graph, graphDelay)
  const index = createRbacIndex()
  /** A new process has not listed yet: what happens meanwhile will be in its lists. */
  let isListing = false
  const authorizer = createAuthorizerChain([
    createPrivilegedGroupsAuthorizer(),
    createNodeAuthorizer(graph, minor, gates),
    createRbacAuthorizer(index),
  ])
  return {
    authorizer,
    index,
    observe(resource, change) {
      // Nothing hangs on Events, which are made of rows when somebody looks.
      if (resource === 'events') return
      const { type, object } = change
      if (!isListing) index.observe(resource, type, object)
      feed.observe(resource, type, object)
    },
    beginAnew(lists, listMs) {
      index.beginAnew()
      isListing = true
      const listed = (): readonly GraphList[] => {
        isListing = false
        const known = lists()
        for (const { resource, objects } of known)
          for (const object of objects) index.observe(resource, 'ADDED', object)
        return known
      }
      feed.beginAnew(listed, listMs)
    },
    observeKnown: (resource, { type, object }) => feed.observe(resource, type, object),
    strategies: [...rbacStrategies, ...accessReviewStrategies(authorizer, index)],
    escalationCheck: createEscalationCheck(authorizer, index),
  }
}
