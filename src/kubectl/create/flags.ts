/** Flags of `create secret` and `create configmap`, by version. Source: pkg/cmd/create/create_secret*.go, create_configmap.go. */

import { has } from '../../versions/changes.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { array, bool, type FlagSpec, string, strings } from '../cli/flags.ts'
import type { SecretCommand } from './objects.ts'

/** Flags that every sub-command of `create` has, besides those of the root. Source: NewPrintFlags, AddValidateFlags, AddDryRunFlag. */
export function commonCreateFlags(minor: number): readonly FlagSpec[] {
  return [
    string('output', 'o'),
    string('template'),
    bool('allow-missing-template-keys', undefined, 'true'),
    bool('save-config'),
    { name: 'dry-run', type: 'string', initial: 'none', bare: 'unchanged' },
    has(minor, kubectl.serverSideValidation)
      ? { name: 'validate', type: 'string', initial: 'strict', bare: 'strict' }
      : bool('validate', undefined, 'true'),
    ...(has(minor, kubectl.hidesManagedFields) ? [bool('show-managed-fields')] : []),
    ...(has(minor, kubectl.createNamesItsManager) ? [string('field-manager', undefined, 'kubectl-create')] : []),
    ...(has(minor, kubectl.createsWithoutGenerators)
      ? []
      : [{ ...string('generator'), deprecated: 'has no effect and will be removed in the future.' }]),
  ]
}

/** `from-env-file` takes several from 1.23 on. */
function envFileFlag(minor: number): FlagSpec {
  return has(minor, kubectl.takesSeveralEnvFiles) ? strings('from-env-file') : string('from-env-file')
}

/** Flags of one sub-command of `create secret`, without the common ones. */
export function secretFlags(command: SecretCommand, minor: number): readonly FlagSpec[] {
  const hash = bool('append-hash')
  switch (command) {
    case 'generic':
      return [strings('from-file'), array('from-literal'), envFileFlag(minor), string('type'), hash]
    case 'docker-registry':
      return [
        // cobra itself asks for these two in 1.18 and 1.19, --from-file or not
        has(minor, kubectl.registryFlagsAreChecked)
          ? string('docker-username')
          : { ...string('docker-username'), required: true },
        has(minor, kubectl.registryFlagsAreChecked)
          ? string('docker-password')
          : { ...string('docker-password'), required: true },
        string('docker-email'),
        string('docker-server', undefined, 'https://index.docker.io/v1/'),
        strings('from-file'),
        hash,
      ]
    case 'tls':
      return [string('cert'), string('key'), hash]
  }
}

/** Flags of `create configmap`, without the common ones. */
export function configMapFlags(minor: number): readonly FlagSpec[] {
  return [strings('from-file'), array('from-literal'), envFileFlag(minor), bool('append-hash')]
}
