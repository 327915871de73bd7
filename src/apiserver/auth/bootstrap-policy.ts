import { aggregatedRules } from '../../api/role-aggregation.ts'
import type { LabelSelector } from '../../api/types/meta.ts'
import {
  type ClusterRole,
  type PolicyRule,
  type Role,
  type RoleBinding,
  rbacGroup,
  type Subject,
} from '../../api/types/rbac.ts'
import { onceAVersion } from '../../versions/version.ts'
import { controllerRoles, controllersCameIn } from './bootstrap-controller-roles.ts'
import { clusterRoleTables, type RoleTable } from './bootstrap-roles.ts'
import { events, rule, rulesAt } from './rule-tables.ts'
import { authenticatedGroup, privilegedGroup, unauthenticatedGroup } from './users.ts'

/**
 * The RBAC objects that an API server makes when it starts: roles, bindings, and the rules that admin, edit and view
 * gather. Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/{policy,controller_policy,namespace_policy}.go.
 */
export interface BootstrapPolicy {
  readonly clusterRoles: readonly ClusterRole[]
  readonly clusterRoleBindings: readonly RoleBinding[]
  readonly roles: readonly Role[]
  readonly roleBindings: readonly RoleBinding[]
}

const apiVersion = `${rbacGroup}/v1`
const controllerPrefix = 'system:controller:'
const aggregateLabelPrefix = `${rbacGroup}/aggregate-to-`
const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
/** Source: pkg/apis/rbac/types.go, AutoUpdateAnnotationKey; recorded v1.23. */
const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' }

const kubeControllerManager = 'system:kube-controller-manager'
const kubeScheduler = 'system:kube-scheduler'

function user(name: string): Subject {
  return { kind: 'User', apiGroup: rbacGroup, name }
}

function group(name: string): Subject {
  return { kind: 'Group', apiGroup: rbacGroup, name }
}

function account(name: string): Subject {
  return { kind: 'ServiceAccount', name, namespace: 'kube-system' }
}

/** Source: policy.go, ClusterRoleBindings. The binding of system:node is there, without subjects. */
const clusterBindings: readonly (readonly [role: string, subjects: readonly Subject[], since?: number])[] = [
  ['cluster-admin', [group(privilegedGroup)]],
  ['system:monitoring', [group('system:monitoring')], 20],
  ['system:discovery', [group(authenticatedGroup)]],
  ['system:basic-user', [group(authenticatedGroup)]],
  ['system:public-info-viewer', [group(authenticatedGroup), group(unauthenticatedGroup)]],
  ['system:node-proxier', [user('system:kube-proxy')]],
  ['system:kube-controller-manager', [user(kubeControllerManager)]],
  ['system:kube-dns', [account('kube-dns')]],
  ['system:kube-scheduler', [user(kubeScheduler)]],
  ['system:volume-scheduler', [user(kubeScheduler)]],
  ['system:node', []],
  ['system:service-account-issuer-discovery', [group('system:serviceaccounts')], 20],
]

type NamespaceTable = readonly (readonly [namespace: string, name: string, rules: readonly PolicyRule[]])[]

/** Source: namespace_policy.go. */
const namespaceRoles: NamespaceTable = [
  [
    'kube-system',
    'extension-apiserver-authentication-reader',
    [rule('get list watch', '', 'configmaps', 'extension-apiserver-authentication')],
  ],
  ['kube-system', `${controllerPrefix}bootstrap-signer`, [rule('get list watch', '', 'secrets')]],
  ['kube-system', `${controllerPrefix}cloud-provider`, [rule('create get list watch', '', 'configmaps')]],
  ['kube-system', `${controllerPrefix}token-cleaner`, [rule('delete get list watch', '', 'secrets'), events]],
  ['kube-system', 'system::leader-locking-kube-controller-manager', leaderLocking('kube-controller-manager')],
  ['kube-system', 'system::leader-locking-kube-scheduler', leaderLocking('kube-scheduler')],
  [
    'kube-public',
    `${controllerPrefix}bootstrap-signer`,
    [rule('get list watch', '', 'configmaps'), rule('update', '', 'configmaps', 'cluster-info'), events],
  ],
]

function leaderLocking(name: string): readonly PolicyRule[] {
  return [rule('watch', '', 'configmaps'), rule('get update', '', 'configmaps', name)]
}

const namespaceBindings: readonly (readonly [
  namespace: string,
  name: string,
  role: string,
  subjects: readonly Subject[],
])[] = [
  [
    'kube-system',
    'system::extension-apiserver-authentication-reader',
    'extension-apiserver-authentication-reader',
    [user(kubeControllerManager), user(kubeScheduler)],
  ],
  lockBinding('kube-controller-manager', kubeControllerManager),
  lockBinding('kube-scheduler', kubeScheduler),
  controllerBinding('kube-system', 'bootstrap-signer'),
  controllerBinding('kube-system', 'cloud-provider'),
  controllerBinding('kube-system', 'token-cleaner'),
  controllerBinding('kube-public', 'bootstrap-signer'),
]

function lockBinding(name: string, userName: string): (typeof namespaceBindings)[number] {
  const role = `system::leader-locking-${name}`
  return ['kube-system', role, role, [user(userName), account(name)]]
}

function controllerBinding(namespace: string, name: string): (typeof namespaceBindings)[number] {
  return [namespace, `${controllerPrefix}${name}`, `${controllerPrefix}${name}`, [account(name)]]
}

/** The objects without uid, times and versions: who stores them adds these. Aggregated roles have their rules. */
export const bootstrapPolicy = onceAVersion((minor): BootstrapPolicy => {
  const isThere = (since = 0): boolean => minor >= since
  const controllers = Object.entries(controllerRoles).filter(([name]) => isThere(controllersCameIn[name]))
  const tables: readonly RoleTable[] = [
    ...clusterRoleTables.filter(({ since }) => isThere(since)),
    ...controllers.map(([name, rules]) => ({ name: controllerPrefix + name, rules })),
  ]
  const bindings: typeof clusterBindings = [
    ...clusterBindings.filter(([, , since]) => isThere(since)),
    ...controllers.map(([name]) => [controllerPrefix + name, [account(name)]] as const),
  ]
  return {
    clusterRoles: withAggregatedRules(tables.map((table) => clusterRole(table, minor))),
    clusterRoleBindings: bindings.map(([role, subjects]) => binding('ClusterRole', undefined, role, role, subjects)),
    roles: namespaceRoles.map(([namespace, name, rules]) => ({
      apiVersion,
      kind: 'Role',
      metadata: { name, namespace, labels, annotations },
      rules,
    })),
    roleBindings: namespaceBindings.map(([namespace, name, role, subjects]) =>
      binding('Role', namespace, name, role, subjects),
    ),
  }
})

/** Rules spread in two steps (view into edit, edit into admin), so this goes round until nothing changes. */
function withAggregatedRules(roles: readonly ClusterRole[]): readonly ClusterRole[] {
  let current = roles
  for (;;) {
    const next = current.map((role) => {
      const rules = aggregatedRules(role, current)
      return rules === undefined || rules.length === role.rules?.length ? role : { ...role, rules }
    })
    if (next.every((role, index) => role === current[index])) return current
    current = next
  }
}

function clusterRole(table: RoleTable, minor: number): ClusterRole {
  const own = table.aggregatesTo === undefined ? {} : { [aggregateLabelPrefix + table.aggregatesTo]: 'true' }
  const base = {
    apiVersion,
    kind: 'ClusterRole',
    metadata: { name: table.name, labels: { ...labels, ...own }, annotations },
    rules: rulesAt(table.rules, minor),
  }
  if (table.gathers === undefined) return base
  const selector: LabelSelector = { matchLabels: { [aggregateLabelPrefix + table.gathers]: 'true' } }
  return { ...base, aggregationRule: { clusterRoleSelectors: [selector] } }
}

function binding(
  kind: 'Role' | 'ClusterRole',
  namespace: string | undefined,
  name: string,
  role: string,
  subjects: readonly Subject[],
): RoleBinding {
  const base = {
    apiVersion,
    kind: kind === 'Role' ? 'RoleBinding' : 'ClusterRoleBinding',
    metadata: namespace === undefined ? { name, labels, annotations } : { name, namespace, labels, annotations },
    roleRef: { apiGroup: rbacGroup, kind, name: role },
  }
  return subjects.length === 0 ? base : { ...base, subjects }
}
