import { aggregatedRules } from '../api/role-aggregation.ts'
import { semanticallyEqual } from '../api/semantic-equality.ts'
import { type ClusterRole, rbacGroup } from '../api/types/rbac.ts'
import { type Client, resources } from '../client/client.ts'
import type { Outcome } from '../client/work-queue.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'
import { type Controller, type ControllerContext, createQueue } from './controller.ts'

/** Also who owns the rules that it applies. Source: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go. */
const name = 'clusterrole-aggregation-controller'

/**
 * Gathers the rules of the ClusterRoles that a role selects: how admin, edit and view come by theirs, and by those of
 * definitions. Any change of any role makes it look at all that gather. Source: syncClusterRole, enqueue.
 */
export function createRoleAggregation(context: ControllerContext): Controller {
  const client = context.clientFor(name)
  const roles = context.informer<ClusterRole>(resources.clusterRoles)
  const applies = has(context.minor, controllers.appliesAggregatedRules)
  const { queue, controller } = createQueue({
    context,
    informers: [roles],
    sync(key) {
      const role = roles.get(undefined, key)
      const rules = role && aggregatedRules(role, roles.list())
      if (role === undefined || rules === undefined || semanticallyEqual(rules, role.rules)) return 'done'
      return applies
        ? apply(client, key, rules)
        : replace(client, { ...role, rules: rules.length === 0 ? null : rules })
    },
  })
  const lookAtAll = (): void => {
    for (const role of roles.list()) if (role.aggregationRule !== undefined) queue.add(role.metadata.name)
  }
  roles.addHandler({ add: lookAtAll, update: lookAtAll, delete: lookAtAll })
  return controller
}

function* apply(client: Client, key: string, rules: NonNullable<ClusterRole['rules']>): Steps<Outcome> {
  const metadata = { name: key }
  const body = { apiVersion: `${rbacGroup}/v1`, kind: 'ClusterRole', metadata, ...(rules.length > 0 ? { rules } : {}) }
  const applied = yield* attempt(
    client.patch<ClusterRole>(resources.clusterRoles, metadata, 'application/apply-patch+yaml', body, {
      forceAs: name,
    }),
  )
  return applied.ok ? 'done' : 'retry'
}

function* replace(client: Client, role: ClusterRole): Steps<Outcome> {
  const updated = yield* attempt(client.update<ClusterRole>(resources.clusterRoles, role))
  return updated.ok ? 'done' : 'retry'
}
