import { goQuote } from '../../go/quote.ts'
import { kubectl } from '../../versions/kubectl.ts'
import type { Call, Command } from '../cli/command.ts'
import { CommandFailure, exitSilently, failUsage } from '../cli/failure.ts'
import { bool, type FlagSpec, flagSince, flagUntil, string } from '../cli/flags.ts'
import { kubectlMinors } from '../client-version.ts'
import { commonCreateFlags, configMapFlags, secretFlags } from '../create/flags.ts'
import {
  type CreateRequest,
  checkRequiredFlags,
  configMapFromFlags,
  type SecretCommand,
  secretFromFlags,
} from '../create/objects.ts'
import { filenameFlags, namesFiles } from '../resource/files.ts'
import { validateFlags } from '../resource/validation.ts'
import { createFromFiles } from './create-file.ts'
import { createIngress } from './create-ingress.ts'
import { failsAs, nameFrom, sendMade } from './create-kit.ts'
import {
  createNamespace,
  createPdb,
  createPriorityClass,
  createQuota,
  createService,
  createServiceAccount,
  createToken,
} from './create-others.ts'
import { createClusterRole, createClusterRoleBinding, createRole, createRoleBinding } from './create-rbac.ts'
import { createCronJob, createDeployment, createJob } from './create-workloads.ts'
import { sendRaw } from './raw.ts'
import { writeFlags } from './write.ts'

/** The flags of a sub-command, each as its version has it. */
function flagsOf(own: (minor: number) => readonly FlagSpec[]): readonly FlagSpec[] {
  const dated = kubectlMinors.flatMap((minor) =>
    [...own(minor), ...commonCreateFlags(minor)].map((spec) => flagSince(minor, flagUntil(minor + 1, spec))),
  )
  return [...dated.filter(({ name }) => name !== 'validate'), ...validateFlags]
}

function request(call: Call): CreateRequest {
  const { session, flags } = call
  return {
    name: nameFrom(call),
    ...(session.namespaceIsExplicit ? { namespace: session.namespace } : {}),
    flags,
    world: { files: session.host.files, env: session.host.env, minor: session.version.minor },
  }
}

/** cobra's own check, before the command runs. */
function checkRequired(call: Call, specs: readonly FlagSpec[]): void {
  const missing = specs
    .filter(({ name, required }) => required && !call.flags.changed(name))
    .map(({ name }) => `"${name}"`)
  if (missing.length === 0) return
  const text = `${call.session.version.parserErrorPrefix}: required flag(s) ${missing.sort().join(', ')} not set`
  throw new CommandFailure({ kind: 'plain', text })
}

function secretCommand(name: SecretCommand, short: string, modernShort: string): Command {
  return {
    name,
    short,
    modernShort,
    flags: flagsOf((minor) => secretFlags(name, minor)),
    *run(call) {
      checkRequired(call, secretFlags(name, call.session.version.minor))
      const asked = request(call)
      checkRequiredFlags(name, asked)
      return yield* sendMade(
        call,
        secretFromFlags(name, asked),
        call.session.version.wrapsCreateErrors ? 'failed to create secret ' : undefined,
      )
    },
  }
}

const createSecret: Command = {
  name: 'secret',
  short: 'Create a secret using specified subcommand',
  long: 'Create a secret using specified subcommand.',
  modernShort: 'Create a secret using a specified subcommand',
  modernLong:
    'Create a secret with specified type.\n\n A docker-registry type secret is for accessing a container registry.\n\n A generic type secret indicate an Opaque secret type.\n\n A tls type secret holds TLS certificate and its associated key.',
  modernUsage: '(docker-registry | generic | tls) [options]',
  children: [
    secretCommand(
      'docker-registry',
      'Create a secret for use with a Docker registry',
      'Create a secret for use with a Docker registry',
    ),
    secretCommand(
      'generic',
      'Create a secret from a local file, directory or literal value',
      'Create a secret from a local file, directory, or literal value',
    ),
    secretCommand('tls', 'Create a TLS secret', 'Create a TLS secret'),
  ],
}

const createConfigMap: Command = {
  name: 'configmap',
  aliases: ['cm'],
  short: 'Create a configmap from a local file, directory or literal value',
  flags: flagsOf(configMapFlags),
  run: (call) =>
    sendMade(
      call,
      configMapFromFlags(request(call)),
      failsAs('configmap', kubectl.wrapsCreateErrors)(call.session.version.minor),
    ),
}

/** Source: kubectl pkg/cmd/create/create.go. */
export const createCommand: Command = {
  name: 'create',
  short: 'Create a resource from a file or from stdin.',
  flags: [
    ...writeFlags,
    ...filenameFlags,
    ...validateFlags,
    bool('save-config'),
    string('selector', 'l'),
    string('raw'),
    bool('edit'),
    bool('windows-line-endings'),
  ],
  children: [
    createClusterRole,
    createClusterRoleBinding,
    createConfigMap,
    createCronJob,
    createDeployment,
    createIngress,
    createJob,
    createNamespace,
    createPdb,
    createPriorityClass,
    createQuota,
    createRole,
    createRoleBinding,
    createSecret,
    createService,
    createServiceAccount,
    createToken,
  ],
  *run(call) {
    if (call.flags.string('raw') !== '') return yield* sendRaw(call, 'POST')
    if (namesFiles(call.flags)) return yield* createFromFiles(call)
    const modern = call.session.version.mistakesWithoutUsage
    if (modern && call.args.length > 0) failUsage(call.path, `Unexpected args: [${call.args.join(' ')}]`)
    const prefix = call.session.version.parserErrorPrefix
    // Up to 1.20 the help text of `create` follows, which is not carried along.
    call.session.err(`${prefix}: must specify one of -f and -k\n${modern ? '' : '\n'}`)
    if (call.args.length > 0) failUsage(call.path, `unknown command ${goQuote(call.args.join(' '))}`)
    return exitSilently(1)
  },
}
