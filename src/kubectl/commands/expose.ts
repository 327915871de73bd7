import { at, goJson, type JsonObject, listAt, objectAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { groupKind, resourcePath } from '../api/discovery.ts'
import { atoi } from '../cli/atoi.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, CommandFailure, fail, failAll, failUsage } from '../cli/failure.ts'
import { bool, flagSince, flagUntil, string } from '../cli/flags.ts'
import type { DryRun } from '../create/dry-run.ts'
import { formatSelector } from '../describe/selectors.ts'
import { filenameFlags, visitEach } from '../resource/files.ts'
import type { Info } from '../resource/info.ts'
import { recorded } from './change-cause.ts'
import { emptyTimestamp } from './create-kit.ts'
import { overridden } from './run-overrides.ts'
import { entriesOf, type Targeting } from './workloads.ts'
import { createReport, dryRunOf, managerOf, type Report, writeFlags } from './write.ts'

/** Source: kubectl pkg/cmd/expose/expose.go. */
export const exposeCommand: Command = {
  name: 'expose',
  short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes Service',
  flags: [
    ...writeFlags,
    ...filenameFlags,
    string('port'),
    string('target-port'),
    string('name'),
    string('protocol'),
    string('type'),
    string('selector'),
    string('labels', 'l'),
    string('cluster-ip'),
    string('external-ip'),
    string('session-affinity'),
    string('load-balancer-ip'),
    flagUntil(24, string('generator')),
    string('overrides'),
    flagSince(23, string('override-type', undefined, 'merge')),
    bool('save-config'),
  ],
  run: expose,
}

/** Source: pkg/polymorphichelpers/canbeexposed.go. */
const exposable: ReadonlySet<string> = new Set('ReplicationController Service Pod Deployment ReplicaSet'.split(' '))

const ofExpose: Targeting = { selector: "none: the flag is the Service's", isTyped: true, asInFiles: true }

function* expose(call: Call): Steps<number> {
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun, { structs: true })
  const targets = yield* attempt(entriesOf(call, call.args, ofExpose))
  if (!targets.ok && targets.failure.kind === 'message') refuse(call, targets.failure.text)
  if (!targets.ok) throw new CommandFailure(targets.failure)
  failAll(yield* visitEach(targets.value, (info) => exposeOne(call, info, dryRun, report)))
  return 0
}

/** Older versions show where the usage is. */
function refuse(call: Call, text: string): never {
  return call.session.version.exposesWithoutUsage ? fail(text) : failUsage(call.path, text)
}

function* exposeOne(call: Call, info: Info, dryRun: DryRun, report: Report): Steps<void> {
  const { session } = call
  if (!exposable.has(info.mapping.kind)) fail(`cannot expose a ${groupKind(info.mapping)}`)
  const service = recorded(call, yield* overridden(call, serviceOf(call, info), 'Service'))
  if (dryRun === 'client') {
    report(service, 'exposed')
    return
  }
  const mapping = yield* session.discovery.forKind('v1', 'Service')
  const query = {
    ...(dryRun === 'server' ? { dryRun: 'All' } : {}),
    ...(session.version.sendsFieldManager ? { fieldManager: managerOf(call, 'kubectl-expose') } : {}),
  }
  report(
    yield* session.rest.request('POST', resourcePath(mapping, info.namespace), { body: goJson(service), query }),
    'exposed',
  )
}

/** Source: expose.go, createService; before 1.24 pkg/generate/versioned/service.go. */
function serviceOf(call: Call, info: Info): JsonObject {
  const { session, flags } = call
  const selector = flags.string('selector') || selectorOf(call, info)
  const ports = servicePorts(call, info)
  if (selector === '')
    fail(`${session.version.exposesWithoutUsage ? 'selector must be specified' : "'selector' is a required parameter"}`)
  const labels = flags.string('labels') || pairsText(objectAt(info.object, 'metadata', 'labels'))
  const affinity = flags.string('session-affinity')
  const spec = {
    ports,
    selector: labelMap(selector),
    ...given('clusterIP', flags.string('cluster-ip')),
    ...given('type', flags.string('type')),
    ...(flags.string('external-ip') === '' ? {} : { externalIPs: [flags.string('external-ip')] }),
    ...given('sessionAffinity', affinity),
    ...(flags.string('type') === 'LoadBalancer' ? given('loadBalancerIP', flags.string('load-balancer-ip')) : {}),
  }
  const made = {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: {
      name: flags.string('name') || info.name.slice(0, nameMaxLength),
      ...(session.namespaceIsExplicit ? { namespace: session.namespace } : {}),
      ...emptyTimestamp(session),
      ...(labels === '' ? {} : { labels: labelMap(labels) }),
    },
    spec,
    status: { loadBalancer: {} },
  }
  if (!['', 'None', 'ClientIP'].includes(affinity)) fail(`unknown session affinity: ${affinity}`)
  return made
}

/** Source: apimachinery pkg/util/validation, DNS1035LabelMaxLength. */
const nameMaxLength = 63

function given(field: string, value: string): JsonObject {
  return value === '' ? {} : { [field]: value }
}

function servicePorts(call: Call, info: Info): readonly JsonObject[] {
  const { flags } = call
  const found = portsOf(info.object, info.mapping.kind)
  const text = flags.string('port') || [...found.keys()].join(',')
  if (text === '' && flags.string('cluster-ip') === 'None') return []
  if (text === '') return refuse(call, "couldn't find port via --port flag or introspection")
  const texts = text.split(',')
  const target = flags.string('target-port')
  return texts.flatMap((port, i) => {
    const number = atoi(port)
    const own = found.get(port) ?? ['TCP']
    const known = call.session.version.exposesAllProtocols ? own : own.slice(-1)
    const protocols = flags.string('protocol') === '' ? known : [flags.string('protocol')]
    const name = texts.length > 1 ? `port-${i + 1}` : ''
    return protocols.map((protocol) => ({
      ...given('name', protocols.length > 1 ? `port-${i + 1}-${protocol.toLowerCase()}` : name),
      protocol,
      port: number,
      targetPort: target === '' ? number : /^\d+$/.test(target) ? Number(target) : target,
    }))
  })
}

/** Source: expose.go, parseLabels; before 1.24 pkg/generate, ParseLabels. */
function labelMap(text: string): JsonObject {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [key = '', value = '', ...more] = pair.split('=')
      if (!pair.includes('=') || more.length > 0) fail(`unexpected label spec: ${pair}`)
      return key === '' ? fail('unexpected empty label key') : [key, value]
    }),
  )
}

/** Keys in Go come in random order; here bytewise. Source: pkg/polymorphichelpers/mapbasedselectorforobject.go, MakeLabels. */
function pairsText(labels: JsonObject): string {
  return formatSelector({ matchLabels: labels })
}

const introspection = "couldn't retrieve selectors via --selector flag or introspection: "

/** Source: pkg/polymorphichelpers/mapbasedselectorforobject.go. */
function selectorOf(call: Call, { object, mapping: { kind } }: Info): string {
  if (kind === 'Pod') {
    const labels = pairsText(objectAt(object, 'metadata', 'labels'))
    return labels || refuse(call, `${introspection}the pod has no labels and cannot be exposed`)
  }
  if (kind === 'ReplicationController') return pairsText(objectAt(object, 'spec', 'selector'))
  if (kind === 'Service') {
    return at(object, 'spec', 'selector') === undefined
      ? refuse(call, `${introspection}the service has no pod selector set`)
      : pairsText(objectAt(object, 'spec', 'selector'))
  }
  const labels = pairsText(objectAt(object, 'spec', 'selector', 'matchLabels'))
  if (labels === '')
    refuse(call, `${introspection}invalid ${kind.toLowerCase()}: no selectors, therefore cannot be exposed`)
  const expressions = listAt(object, 'spec', 'selector', 'matchExpressions')
  if (expressions.length === 0) return labels
  const shown = expressions.map(
    (one) =>
      `{Key:${textAt(one, 'key')} Operator:${textAt(one, 'operator')} Values:[${listAt(one, 'values').join(' ')}]}`,
  )
  return refuse(
    call,
    `${introspection}couldn't convert expressions - "[${shown.join(' ')}]" to map-based selector format`,
  )
}

/** Ports with their protocols. Source: pkg/polymorphichelpers/portsforobject.go, multiprotocolsforobject.go. */
function portsOf(object: unknown, kind: string): ReadonlyMap<string, readonly string[]> {
  const path = kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec']
  const ports =
    kind === 'Service'
      ? listAt(object, 'spec', 'ports').map((port) => [textAt(port, 'port'), textAt(port, 'protocol')] as const)
      : listAt(object, ...path, 'containers').flatMap((container) =>
          listAt(container, 'ports').map((port) => [textAt(port, 'containerPort'), textAt(port, 'protocol')] as const),
        )
  const found = new Map<string, readonly string[]>()
  for (const [port, protocol] of ports) found.set(port, [...(found.get(port) ?? []), protocol || 'TCP'])
  return found
}
