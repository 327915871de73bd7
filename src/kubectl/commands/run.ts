import { quantity } from '../../api/quantity.ts'
import { goJson, type JsonObject, listAt, objectAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { resourcePath } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failAll, failNotSimulated, failUsage } from '../cli/failure.ts'
import { array, bool, duration, flagSince, flagUntil, int, required, string, strings } from '../cli/flags.ts'
import { formatSelector } from '../describe/selectors.ts'
import { filenameFlags } from '../resource/files.ts'
import { emptyTimestamp, parsePairs, sendMade } from './create-kit.ts'
import { targetsOf } from './workloads.ts'
import { createReport, dryRunOf, eachItem, managerOf, writeFlags } from './write.ts'

/** Source: kubectl pkg/cmd/run/run.go; the generator run-pod/v1. */
export const runCommand: Command = {
  name: 'run',
  short: 'Run a particular image on the cluster',
  flags: [
    ...writeFlags,
    required(string('image')),
    string('image-pull-policy'),
    string('restart', undefined, 'Always'),
    string('labels', 'l'),
    array('env'),
    flagSince(20, array('annotations')),
    string('port'),
    bool('expose'),
    flagUntil(24, string('limits')),
    flagUntil(24, string('requests')),
    flagUntil(24, string('serviceaccount')),
    bool('command'),
    bool('attach'),
    bool('stdin', 'i'),
    bool('tty', 't'),
    bool('rm'),
    bool('quiet', 'q'),
    bool('leave-stdin-open'),
    bool('save-config'),
    flagSince(19, bool('privileged')),
    string('overrides'),
    string('override-type'),
    flagUntil(21, string('generator')),
    flagUntil(21, int('replicas', '1', 'r')),
    flagUntil(21, string('schedule')),
    flagUntil(24, int('hostport', '-1')),
    duration('pod-running-timeout', '1m0s'),
  ],
  run,
}

/** Source: github.com/docker/distribution reference/regexp.go, ReferenceRegexp. */
export const imageReference =
  /^(?:[a-zA-Z0-9](?:[-a-zA-Z0-9.]*[a-zA-Z0-9])?(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][\w+.-]*:[0-9a-fA-F]{32,})?$/

function run(call: Call): number {
  const { flags } = call
  const dash = flags.argsAtDash
  if (call.args.length === 0 || dash === 0) failUsage(call.path, 'NAME is required for run')
  const [name = '', ...words] = call.args
  const image = flags.string('image')
  if (image === '') fail('--image is required')
  if (!imageReference.test(image)) fail(`Invalid image name ${goQuote(image)}: invalid reference format`)
  if (flags.bool('tty') && !flags.bool('stdin'))
    failUsage(call.path, '-i/--stdin is required for containers with -t/--tty=true')
  if (flags.bool('rm') && !flags.bool('attach') && !flags.bool('stdin'))
    failUsage(call.path, '--rm should only be used for attached containers')
  if (flags.bool('attach') || flags.bool('stdin')) failNotSimulated('run with --attach, --stdin or --tty')
  for (const flag of ['expose', 'overrides', 'schedule', 'limits', 'requests']) {
    if (flag !== 'limits' && flag !== 'requests' && flags.changed(flag)) failNotSimulated(`the flag --${flag} of run`)
  }
  const restart = flags.string('restart') || 'Always'
  if (!['Always', 'OnFailure', 'Never'].includes(restart)) failUsage(call.path, `invalid restart policy: ${restart}`)
  const pull = flags.string('image-pull-policy')
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pull))
    failUsage(call.path, `invalid image pull policy: ${pull}`)
  return sendMade(call, podOf(call, name, image, words, restart), undefined, 'kubectl-run')
}

function podOf(call: Call, name: string, image: string, words: readonly string[], restart: string): JsonObject {
  const { session, flags } = call
  const labels = flags.string('labels') === '' ? { run: name } : parsePairs(flags.string('labels'))
  const annotations = flags.list('annotations')
  const env = flags.list('env').map((pair) => {
    const equals = pair.indexOf('=')
    if (equals <= 0) fail(`invalid env: ${pair}`)
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1) }
  })
  const port = flags.string('port')
  const account = flags.string('serviceaccount')
  const amounts = (flag: string): JsonObject | undefined =>
    flags.string(flag) === '' ? undefined : checkedAmounts(flags.string(flag))
  const [limits, requests] = [amounts('limits'), amounts('requests')]
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      ...(session.namespaceIsExplicit ? { namespace: session.namespace } : {}),
      ...emptyTimestamp(session),
      labels,
      ...(annotations.length === 0 ? {} : { annotations: parsePairs(annotations.join(',')) }),
    },
    spec: {
      containers: [
        {
          name,
          image,
          ...(words.length === 0 ? {} : flags.bool('command') ? { command: words } : { args: words }),
          ...(port === '' ? {} : { ports: [{ containerPort: Number(port) }] }),
          ...(env.length === 0 ? {} : { env }),
          resources: { ...(limits === undefined ? {} : { limits }), ...(requests === undefined ? {} : { requests }) },
          ...(flags.string('image-pull-policy') === '' ? {} : { imagePullPolicy: flags.string('image-pull-policy') }),
          ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
        },
      ],
      restartPolicy: restart,
      dnsPolicy: 'ClusterFirst',
      ...(account === '' ? {} : { serviceAccountName: account }),
    },
    status: {},
  }
}

function checkedAmounts(text: string): JsonObject {
  const amounts = parsePairs(text)
  for (const amount of Object.values(amounts)) quantity(String(amount))
  return amounts
}

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

function expose(call: Call): number {
  const { session, flags } = call
  const dryRun = dryRunOf(call)
  const report = createReport(call, dryRun)
  const { infos, failures } = targetsOf({ ...call, flags: call.flags }, call.args)
  const broken = eachItem(infos, (info) => {
    const selector = flags.string('selector') || selectorOf(info.object, info.mapping.kind)
    if (selector === '')
      failUsage(
        call.path,
        "couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed",
      )
    const ports =
      flags.string('port') === '' ? portsOf(info.object, info.mapping.kind) : flags.string('port').split(',')
    if (ports.length === 0) failUsage(call.path, "couldn't find port via --port flag or introspection")
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
          port: Number(port),
          targetPort: target === '' ? Number(port) : /^\d+$/.test(target) ? Number(target) : target,
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
    const mapping = session.discovery.forKind('v1', 'Service')
    const query = {
      ...(dryRun === 'server' ? { dryRun: 'All' } : {}),
      ...(session.version.sendsFieldManager ? { fieldManager: managerOf(call, 'kubectl-expose') } : {}),
    }
    report(
      session.rest.request('POST', resourcePath(mapping, info.namespace), { body: goJson(service), query }),
      'exposed',
    )
  })
  failAll([...failures, ...broken])
  return 0
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
