import { type JsonObject, textAt } from '../../go/json.ts'
import { has } from '../../versions/changes.ts'
import { kubectl } from '../../versions/kubectl.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failureMessage } from '../cli/failure.ts'
import { array, bool, duration, type FlagSpec, int, required, string, strings } from '../cli/flags.ts'
import { createPrinter, printFlags } from '../print/printers.ts'
import { failsAs, madeMetadata, makeCommand, nameFrom, parsePairs } from './create-kit.ts'

export const createNamespace = makeCommand({
  name: 'namespace',
  aliases: ['ns'],
  short: 'Create a namespace with the specified name',
  flags: [],
  make: ({ session }, name) => ({
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: madeMetadata(session, name, false),
    spec: {},
    status: {},
  }),
})

export const createServiceAccount = makeCommand({
  name: 'serviceaccount',
  aliases: ['sa'],
  short: 'Create a service account with the specified name',
  flags: [],
  failurePrefix: failsAs('serviceaccount', kubectl.wrapsAccountErrors),
  make: ({ session }, name) => ({
    kind: 'ServiceAccount',
    apiVersion: 'v1',
    metadata: madeMetadata(session, name, true),
  }),
})

/** Source: kubectl pkg/cmd/create/create_quota.go, populateResourceListV1. */
function amountsOf(text: string): JsonObject {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [name = '', amount, ...more] = pair.split('=')
      return amount === undefined || more.length > 0
        ? fail(`Invalid argument syntax ${pair}, expected <resource>=<value>`)
        : [name, amount]
    }),
  )
}

/** Source: kubectl pkg/cmd/create/create_quota.go. */
export const createQuota = makeCommand({
  name: 'quota',
  aliases: ['resourcequota'],
  short: 'Create a quota with the specified name.',
  flags: [string('hard'), string('scopes')],
  failurePrefix: failsAs('quota', kubectl.wrapsBindingErrors),
  make({ session, flags }, name) {
    const scopes = flags
      .string('scopes')
      .split(',')
      .filter((scope) => scope !== '')
    const hard = flags.string('hard')
    return {
      kind: 'ResourceQuota',
      apiVersion: 'v1',
      metadata: madeMetadata(session, name, true),
      spec: { ...(hard === '' ? {} : { hard: amountsOf(hard) }), ...(scopes.length === 0 ? {} : { scopes }) },
      status: {},
    }
  },
})

/** Source: kubectl pkg/cmd/create/create_priorityclass.go. */
export const createPriorityClass = makeCommand({
  name: 'priorityclass',
  aliases: ['pc'],
  short: 'Create a priorityclass with the specified name.',
  flags: [
    int('value', '0'),
    bool('global-default'),
    string('description'),
    string('preemption-policy', undefined, 'PreemptLowerPriority'),
  ],
  failurePrefix: (minor) =>
    has(minor, kubectl.namesPriorityClass)
      ? 'failed to create priorityclass: '
      : failsAs('clusterrolebinding', kubectl.wrapsBindingErrors)(minor),
  make: ({ session, flags }, name) => ({
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    metadata: madeMetadata(session, name, false),
    value: flags.int('value'),
    ...(flags.bool('global-default') ? { globalDefault: true } : {}),
    ...(flags.string('description') === '' ? {} : { description: flags.string('description') }),
    preemptionPolicy: flags.string('preemption-policy'),
  }),
})

/** Source: kubectl pkg/cmd/create/create_pdb.go. */
export const createPdb = makeCommand({
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  short: 'Create a pod disruption budget with the specified name.',
  flags: [string('min-available'), string('max-unavailable'), string('selector')],
  failurePrefix: failsAs('poddisruptionbudgets', kubectl.wrapsBindingErrors),
  make({ session, flags }, name) {
    const [min, max] = [flags.string('min-available'), flags.string('max-unavailable')]
    if (flags.string('selector') === '') fail('a selector must be specified')
    if (min === '' && max === '') fail('one of min-available or max-unavailable must be specified')
    if (min !== '' && max !== '') fail('min-available and max-unavailable cannot be both specified')
    const amount = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text)
    return {
      kind: 'PodDisruptionBudget',
      apiVersion: session.version.makesBudgetsV1 ? 'policy/v1' : 'policy/v1beta1',
      metadata: madeMetadata(session, name, true),
      spec: {
        ...(min === '' ? { maxUnavailable: amount(max) } : { minAvailable: amount(min) }),
        selector: { matchLabels: parsePairs(flags.string('selector')) },
      },
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    }
  },
})

function serviceCommand(type: string, name: string, short: string): Command {
  const own: Readonly<Record<string, readonly FlagSpec[]>> = {
    ClusterIP: [string('clusterip')],
    ExternalName: [required(string('external-name'))],
    NodePort: [int('node-port', '0')],
  }
  const flags = [strings('tcp'), ...(own[type] ?? [])]
  return makeCommand({
    name,
    short,
    flags,
    failurePrefix: failsAs(`${type} service`, kubectl.wrapsBindingErrors),
    make: (call, own) => service(call, own, type),
  })
}

/** Source: kubectl pkg/cmd/create/create_service.go; generate/versioned/service_basic.go. */
function service(call: Call, name: string, type: string): JsonObject {
  const { session, flags } = call
  const clusterIp = type === 'ClusterIP' ? flags.string('clusterip') : ''
  const tcp = flags.list('tcp')
  if (clusterIp !== 'None' && tcp.length === 0 && type !== 'ExternalName')
    fail('at least one tcp port specifier must be provided')
  const labels = { app: name }
  const ports = tcp.map((text) => {
    const [port = '', target = port] = text.split(':')
    if (!/^\d+$/.test(port)) fail(`must be a valid port number: ${text}`)
    return {
      name: text.replaceAll(':', '-'),
      ...(type === 'NodePort' && flags.int('node-port') > 0 ? { nodePort: flags.int('node-port') } : {}),
      protocol: 'TCP',
      port: Number(port),
      targetPort: /^\d+$/.test(target) ? Number(target) : target,
    }
  })
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: madeMetadata(session, name, true, { labels }),
    spec: {
      ...(ports.length === 0 ? {} : { ports }),
      selector: labels,
      ...(clusterIp === '' ? {} : { clusterIP: clusterIp }),
      type,
      ...(type === 'ExternalName' ? { externalName: flags.string('external-name') } : {}),
    },
    status: { loadBalancer: {} },
  }
}

export const createService: Command = {
  name: 'service',
  aliases: ['svc'],
  short: 'Create a service using specified subcommand.',
  long: 'Create a service using specified subcommand.',
  modernShort: 'Create a service using a specified subcommand',
  modernLong: 'Create a service using a specified subcommand.',
  modernUsage: '[flags] [options]',
  children: [
    serviceCommand('ClusterIP', 'clusterip', 'Create a ClusterIP service.'),
    serviceCommand('ExternalName', 'externalname', 'Create an ExternalName service.'),
    serviceCommand('LoadBalancer', 'loadbalancer', 'Create a LoadBalancer service.'),
    serviceCommand('NodePort', 'nodeport', 'Create a NodePort service.'),
  ],
}

/** Source: kubectl pkg/cmd/create/create_token.go (1.24). */
export const createToken: Command = {
  name: 'token',
  short: 'Request a service account token',
  since: 24,
  flags: [
    array('audience'),
    duration('duration', '0s'),
    ...printFlags,
    string('bound-object-kind'),
    string('bound-object-name'),
    string('bound-object-uid'),
  ],
  *run(call) {
    const { session, flags } = call
    const name = nameFrom(call)
    const seconds = flags.durationMs('duration') / 1000
    const kind = flags.string('bound-object-kind')
    const output = flags.string('output')
    const printer = output === '' ? undefined : createPrinter(session, flags)
    if (seconds < 0) fail('--duration must be greater than or equal to 0')
    const bound = flags.string('bound-object-name')
    if (kind === '' && bound !== '') fail('--bound-object-name can only be set if --bound-object-kind is provided')
    const kinds = [...(session.version.tokensBindToNodes ? ['Node'] : []), 'Pod', 'Secret']
    if (kind === '' && flags.string('bound-object-uid') !== '')
      fail('--bound-object-uid can only be set if --bound-object-kind is provided')
    if (kind !== '' && !kinds.includes(kind)) fail(`supported --bound-object-kind values are ${kinds.join(', ')}`)
    if (kind !== '' && bound === '') fail('--bound-object-name is required if --bound-object-kind is provided')
    const boundTo = {
      kind,
      apiVersion: 'v1',
      name: bound,
      uid: flags.string('bound-object-uid'),
    }
    const spec = {
      ...(flags.list('audience').length === 0 ? {} : { audiences: flags.list('audience') }),
      ...(seconds === 0 ? {} : { expirationSeconds: seconds }),
      ...(kind === '' ? {} : { boundObjectRef: boundTo }),
    }
    const path = `/api/v1/namespaces/${session.namespace}/serviceaccounts/${name}/token`
    const body = JSON.stringify({ kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: {}, spec })
    const answer = yield* session.rest.tryRequest('POST', path, { body })
    if (!answer.ok) return fail(`failed to create token: ${failureMessage(answer.failure)}`)
    const token = textAt(answer.value, 'status', 'token')
    if (token === '') fail('failed to create token: no token in server response')
    // A terminal gets a line, who reads the output the bare token.
    session.out(printer === undefined ? token : printer(answer.value))
    return 0
  },
}
