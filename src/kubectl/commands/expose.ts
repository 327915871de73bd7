import { goJson, type JsonObject, listAt, objectAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { resourcePath } from '../api/discovery.ts'
import { atoi } from '../cli/atoi.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failAll, failUsage } from '../cli/failure.ts'
import { bool, flagUntil, string, strings } from '../cli/flags.ts'
import { eachItem } from '../cli/in-turn.ts'
import type { DryRun } from '../create/dry-run.ts'
import { formatSelector } from '../describe/selectors.ts'
import { filenameFlags } from '../resource/files.ts'
import type { Info } from '../resource/info.ts'
import { emptyTimestamp, parsePairs } from './create-kit.ts'
import { targetsOf } from './workloads.ts'
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
    strings('overrides'),
    bool('save-config'),
  ],
  run: expose,
}

/** Source: pkg/polymorphichelpers/canbeexposed.go. */
const exposable: ReadonlySet<string> = new Set('ReplicationController Service Pod Deployment ReplicaSet'.split(' '))

function* expose(call: Call): Steps<number> {
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun)
  const { infos, failures } = yield* targetsOf({ ...call, flags: call.flags }, call.args)
  const broken = yield* eachItem(infos, (info) => exposeOne(call, info, dryRun, report))
  failAll([...failures, ...broken])
  return 0
}

function* exposeOne(call: Call, info: Info, dryRun: DryRun, report: Report): Steps<void> {
  const { session, flags } = call
  if (!exposable.has(info.mapping.kind)) fail(`cannot expose a ${info.mapping.kind}`)
  const selector = flags.string('selector') || selectorOf(info.object, info.mapping.kind)
  if (selector === '')
    failUsage(
      call.path,
      "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
    )
  const texts = flags.string('port') === '' ? portsOf(info.object, info.mapping.kind) : flags.string('port').split(',')
  if (texts.length === 0) fail("couldn't find port via --port flag or introspection")
  const ports = texts.map(atoi)
  const protocol = flags.string('protocol') || 'TCP'
  const target = flags.string('target-port')
  const service = {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: {
      name: flags.string('name') || info.name,
      ...(session.namespaceIsExplicit ? { namespace: session.namespace } : {}),
      ...emptyTimestamp(session),
      ...(flags.string('labels') === '' ? labelsOf(info.object) : { labels: parsePairs(flags.string('labels')) }),
    },
    spec: {
      ports: ports.map((port, i) => ({
        ...(ports.length > 1 ? { name: `port-${i + 1}` } : {}),
        protocol,
        port,
        targetPort: target === '' ? port : /^\d+$/.test(target) ? Number(target) : target,
      })),
      selector: parsePairs(selector),
      ...(flags.string('cluster-ip') === '' ? {} : { clusterIP: flags.string('cluster-ip') }),
      ...(flags.string('type') === '' ? {} : { type: flags.string('type') }),
      ...(flags.string('session-affinity') === '' ? {} : { sessionAffinity: flags.string('session-affinity') }),
    },
    status: { loadBalancer: {} },
  }
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

function labelsOf(object: unknown): JsonObject {
  const labels = objectAt(object, 'metadata', 'labels')
  return Object.keys(labels).length === 0 ? {} : { labels }
}

function selectorOf(object: unknown, kind: string): string {
  if (kind === 'Pod') return formatSelector({ matchLabels: objectAt(object, 'metadata', 'labels') })
  if (kind === 'Service' || kind === 'ReplicationController')
    return formatSelector({ matchLabels: objectAt(object, 'spec', 'selector') })
  return formatSelector({ matchLabels: objectAt(object, 'spec', 'selector', 'matchLabels') })
}

function portsOf(object: unknown, kind: string): readonly string[] {
  if (kind === 'Service') return listAt(object, 'spec', 'ports').map((port) => textAt(port, 'port'))
  const containers =
    kind === 'Pod' ? listAt(object, 'spec', 'containers') : listAt(object, 'spec', 'template', 'spec', 'containers')
  return containers.flatMap((container) => listAt(container, 'ports').map((port) => textAt(port, 'containerPort')))
}
