import { quantity } from '../../api/quantity.ts'
import { type JsonObject, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import { atoi } from '../cli/atoi.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failNotSimulated, failUsage } from '../cli/failure.ts'
import {
  array,
  bool,
  duration,
  type FlagSpec,
  type FlagValues,
  flagSince,
  flagUntil,
  int,
  required,
  string,
  strings,
  unsupported,
} from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { recorded } from './change-cause.ts'
import { emptyTimestamp, parsePairs, sendMade } from './create-kit.ts'
import { runAttached } from './run-attached.ts'
import { overridden } from './run-overrides.ts'
import { dryRunOf, writeFlags } from './write.ts'

/** A flag that is there for those who still type it. Source: kubectl pkg/cmd/run/run.go, addRunFlags. */
function withoutEffect(spec: FlagSpec, since: number, until: number): readonly FlagSpec[] {
  const old = 'has no effect and will be removed in'
  return [
    flagUntil(since, spec),
    flagSince(since, flagUntil(Math.min(23, until), { ...spec, deprecated: `${old} the future.` })),
    flagSince(Math.max(23, since), flagUntil(until, { ...spec, deprecated: `${old} 1.24.` })),
  ]
}

/** Of a command that deletes what it made. Source: run.go, NewCmdRun, and pkg/cmd/delete/delete_flags.go. */
const deletion: readonly FlagSpec[] = [
  bool('wait'),
  bool('force'),
  int('grace-period', '-1'),
  { name: 'cascade', type: 'string', initial: 'background', bare: 'background' },
  duration('timeout', '0s'),
  strings('filename', 'f'),
  string('kustomize', 'k'),
  bool('recursive', 'R'),
]

/** Those that it knows, though they do nothing, by version. Source: CHANGELOG-1.26 and 1.31, and the binaries' own help. */
const deletionFlags: readonly FlagSpec[] = deletion.flatMap((spec) => [
  flagUntil(24, spec),
  flagSince(
    26,
    flagUntil(31, {
      ...spec,
      deprecated: `because it is not ${spec.name === 'cascade' ? 'relevant for' : 'used by'} this command. It will be removed in version 1.29.`,
    }),
  ),
  flagSince(31, spec),
])

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
    ...withoutEffect(string('limits'), 21, 24),
    ...withoutEffect(string('requests'), 21, 24),
    ...withoutEffect(string('serviceaccount'), 21, 24),
    bool('command'),
    bool('attach'),
    bool('stdin', 'i'),
    bool('tty', 't'),
    bool('rm'),
    flagUntil(21, bool('quiet')),
    flagSince(21, bool('quiet', 'q')),
    flagSince(36, unsupported(string('detach-keys'))),
    bool('leave-stdin-open'),
    bool('save-config'),
    flagSince(19, bool('privileged')),
    string('overrides'),
    flagSince(23, string('override-type', undefined, 'merge')),
    ...deletionFlags,
    ...withoutEffect(string('generator'), 18, 21),
    ...withoutEffect(int('replicas', '1', 'r'), 18, 21),
    ...withoutEffect(string('schedule'), 18, 21),
    ...withoutEffect(int('hostport', '-1'), 21, 24),
    duration('pod-running-timeout', '1m0s'),
  ],
  run,
}

/** Source: github.com/docker/distribution reference/regexp.go, ReferenceRegexp. */
export const imageReference =
  /^(?:[a-zA-Z0-9](?:[-a-zA-Z0-9.]*[a-zA-Z0-9])?(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][\w+.-]*:[0-9a-fA-F]{32,})?$/

function* run(call: Call): Steps<number> {
  const { flags } = call
  const dash = flags.argsAtDash
  if (call.args.length === 0 || dash === 0) failUsage(call.path, 'NAME is required for run')
  const [name = '', ...words] = call.args
  const image = flags.string('image')
  if (image === '') fail('--image is required')
  if (!imageReference.test(image)) fail(`Invalid image name ${goQuote(image)}: invalid reference format`)
  if (flags.bool('tty') && !flags.bool('stdin'))
    failUsage(call.path, '-i/--stdin is required for containers with -t/--tty=true')
  if (flags.bool('expose') && flags.string('port') === '')
    failUsage(call.path, '--port must be set when exposing a service')
  if (flags.changed('schedule')) failNotSimulated('the flag --schedule of run')
  const restart = flags.string('restart') || 'Always'
  if (!['Always', 'OnFailure', 'Never'].includes(restart)) failUsage(call.path, `invalid restart policy: ${restart}`)
  const isAttached = attaches(flags)
  if (flags.bool('rm') && !isAttached) failUsage(call.path, '--rm should only be used for attached containers')
  if (isAttached && dryRunOf(call) !== 'none')
    failUsage(
      call.path,
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    )
  const pull = flags.string('image-pull-policy')
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pull))
    failUsage(call.path, `invalid image pull policy: ${pull}`)
  const pod = recorded(call, yield* overridden(call, podOf(call, name, image, words, restart), 'Pod'))
  return yield* send(call, name, pod)
}

/** The Service of `--expose` is told of before the Pod. Source: run.go, Run, generateService. */
function* send(call: Call, name: string, pod: JsonObject): Steps<number> {
  const { session, flags } = call
  const sent = (made: JsonObject, toldBy: (text: string) => void): Steps<number> =>
    sendMade({ ...call, session: { ...session, out: toldBy } }, made, undefined, 'kubectl-run')
  let told = ''
  yield* sent(pod, (text) => {
    told += text
  })
  if (flags.bool('expose')) {
    yield* sent(serviceOf(call, name), (text) => session.out(text))
    if (flags.string('output') === 'yaml') session.out('---\n---\n')
  }
  if (attaches(flags)) return yield* runAttached(call, textAt(pod, 'metadata', 'name'))
  if (!flags.bool('quiet') || flags.changed('output')) session.out(told)
  return 0
}

/** Source: run.go, Complete. */
function attaches(flags: FlagValues): boolean {
  return flags.bool('attach') || (!flags.changed('attach') && flags.bool('stdin'))
}

function serviceOf({ session, flags }: Call, name: string): JsonObject {
  const labels = labelsOf(flags.string('labels'), name)
  const port = atoi(flags.string('port'))
  return {
    kind: 'Service',
    apiVersion: 'v1',
    // It has labels only if they were given, and selects by those of the Pod.
    metadata: metadataOf(session, name, flags.string('labels') === '' ? undefined : labels),
    spec: { ports: [{ protocol: 'TCP', port, targetPort: port }], selector: labels },
    status: { loadBalancer: {} },
  }
}

function metadataOf(session: Session, name: string, labels: JsonObject | undefined): JsonObject {
  const namespace = session.namespaceIsExplicit ? { namespace: session.namespace } : {}
  return { name, ...namespace, ...emptyTimestamp(session), ...(labels === undefined ? {} : { labels }) }
}

/** Source: pkg/generate, ParseLabels. */
function labelsOf(text: string, name: string): JsonObject {
  if (text === '') return { run: name }
  const wrong = text.split(',').find((pair) => !/^[^=]+=/.test(pair))
  if (wrong !== undefined) fail(`unexpected label spec: ${wrong}`)
  return parsePairs(text)
}

function podOf(call: Call, name: string, image: string, words: readonly string[], restart: string): JsonObject {
  const { session, flags } = call
  const labels = labelsOf(flags.string('labels'), name)
  const annotations = flags.list('annotations')
  const wrong = annotations.find((pair) => !/^[^=]+=/.test(pair))
  if (wrong !== undefined) fail(`invalid annotations format: ${wrong}`)
  const isFed = flags.bool('stdin')
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
      ...metadataOf(session, name, labels),
      ...(annotations.length === 0 ? {} : { annotations: parsePairs(annotations.join(',')) }),
    },
    spec: {
      containers: [
        {
          name,
          image,
          ...(words.length === 0 ? {} : flags.bool('command') ? { command: words } : { args: words }),
          ...(port === '' ? {} : { ports: [{ containerPort: atoi(port) }] }),
          ...(env.length === 0 ? {} : { env }),
          resources: { ...(limits === undefined ? {} : { limits }), ...(requests === undefined ? {} : { requests }) },
          ...(flags.string('image-pull-policy') === '' ? {} : { imagePullPolicy: flags.string('image-pull-policy') }),
          ...(isFed ? { stdin: true } : {}),
          ...(isFed && !flags.bool('leave-stdin-open') ? { stdinOnce: true } : {}),
          ...(flags.bool('tty') ? { tty: true } : {}),
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
