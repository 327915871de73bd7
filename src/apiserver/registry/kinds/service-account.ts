import type { ServiceAccount } from '../../../api/types/core.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { ageColumn, ageOf, column, nameColumn } from '../column-texts.ts'
import type { Strategy } from '../strategy.ts'
import { serviceAccountToken } from './service-account-token.ts'

const accountColumns = [
  nameColumn,
  column(
    'Secrets',
    'Secrets is the list of secrets allowed to be used by pods running using this ServiceAccount. More info: https://kubernetes.io/docs/concepts/configuration/secret',
  ),
  ageColumn,
]

/** ServiceAccounts. Source: pkg/registry/core/serviceaccount/strategy.go. */
export const serviceAccountStrategy: Strategy<ServiceAccount> = {
  resource: { group: '', version: 'v1', resource: 'serviceaccounts' },
  kind: 'ServiceAccount',
  namespaced: true,
  returnsDeletedObject: true,
  // The references are the controller's to write: a new account has none yet. Source: cleanSecretReferences keeps names only.
  prepareForCreate: namesOnly,
  prepareForUpdate: namesOnly,
  warningsOnCreate: (account, { minor }) => mountableSecretsWarning(account, undefined, minor),
  warningsOnUpdate: (next, old, { minor }) => mountableSecretsWarning(next, old, minor),
  subresources: { token: serviceAccountToken },
  table: {
    columns: accountColumns,
    columnsOf: (minor) => (has(minor, apiServer.accountsShowNoSecrets) ? [nameColumn, ageColumn] : accountColumns),
    row: (account, context) => [
      account.metadata.name,
      ...(has(context.minor, apiServer.accountsShowNoSecrets) ? [] : [account.secrets?.length ?? 0]),
      ageOf(account, context),
    ],
  },
}

const enforceMountable = 'kubernetes.io/enforce-mountable-secrets'

/** Source: pkg/registry/core/serviceaccount/strategy.go, WarningsOnCreate (v1.32). */
function mountableSecretsWarning(
  { metadata }: ServiceAccount,
  old: ServiceAccount | undefined,
  minor: number,
): readonly string[] {
  const isEnforced = (annotations: ServiceAccount['metadata']['annotations']) =>
    Object.hasOwn(annotations ?? {}, enforceMountable)
  if (
    !has(minor, apiServer.warnsOfMountableSecrets) ||
    !isEnforced(metadata.annotations) ||
    isEnforced(old?.metadata.annotations)
  )
    return []
  return [
    `metadata.annotations[${enforceMountable}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
  ]
}

/** A reference to a Secret keeps its name and no other member. Source: cleanSecretReferences. */
function namesOnly(account: ServiceAccount): ServiceAccount {
  const { secrets } = account
  if (secrets === undefined || secrets.every((secret) => Object.keys(secret).every((key) => key === 'name'))) {
    return account
  }
  return { ...account, secrets: secrets.map(({ name }) => (name === undefined ? {} : { name })) }
}
