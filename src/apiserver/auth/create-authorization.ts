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
import { createGraphFeed, type GraphDelay, type GraphList } from './node-graph-feed.ts'
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
  observeKnown(resource: StoredResource, object: KubeObject): void
  /** The server is another process: its Node authorizer knows no Pod until it has listed them, `listMs` from now. */
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
      index.observe(resource, type, object)
      feed.observe(resource, type, object)
    },
    beginAnew: (lists, listMs) => feed.beginAnew(lists, listMs),
    observeKnown: (resource, object) => feed.observeKnown(resource, object),
    strategies: [...rbacStrategies, ...accessReviewStrategies(authorizer, index)],
    escalationCheck: createEscalationCheck(authorizer, index),
  }
}
