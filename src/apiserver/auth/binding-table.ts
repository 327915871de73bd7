import type { RoleBinding, Subject } from '../../api/types/rbac.ts'
import { ageColumn, ageOf, column, nameColumn } from '../registry/column-texts.ts'
import type { Strategy } from '../registry/strategy.ts'

/** Source: k8s.io/api rbac/v1beta1 types_swagger_doc_generated.go. */
const roleDescriptions: Readonly<Record<string, string>> = {
  RoleBinding:
    'RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
  ClusterRoleBinding:
    'RoleRef can only reference a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error.',
}

/** The table of role bindings. Source: pkg/printers/internalversion/printers.go, printRoleBinding. */
export function bindingTable(kind: 'RoleBinding' | 'ClusterRoleBinding'): NonNullable<Strategy<RoleBinding>['table']> {
  const of = `in the ${kind.charAt(0).toLowerCase()}${kind.slice(1)}`
  return {
    columns: [
      nameColumn,
      column('Role', roleDescriptions[kind] ?? ''),
      ageColumn,
      column('Users', `Users ${of}`, 1),
      column('Groups', `Groups ${of}`, 1),
      column('ServiceAccounts', `ServiceAccounts ${of}`, 1),
    ],
    row: (binding, context) => [
      binding.metadata.name,
      `${binding.roleRef.kind}/${binding.roleRef.name}`,
      ageOf(binding, context),
      ...(['User', 'Group', 'ServiceAccount'] as const).map((subject) => namesOf(binding.subjects ?? [], subject)),
    ],
  }
}

function namesOf(subjects: readonly Subject[], kind: 'User' | 'Group' | 'ServiceAccount'): string {
  return subjects
    .filter((subject) => subject.kind === kind)
    .map(({ namespace = '', name }) => (kind === 'ServiceAccount' ? `${namespace}/${name}` : name))
    .join(', ')
}
