import { compareBytes, isObject, type JsonObject, listAt, numberAt, objectAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import { structBody } from '../api/json-body.ts'
import type { Call, Command } from '../cli/command.ts'
import { attempt, CommandFailure, type Failure, fail, failNotSimulated, failureMessage } from '../cli/failure.ts'
import { bool, flagSince, flagUntil, string, strings, unsupported } from '../cli/flags.ts'
import { until } from '../cli/until.ts'
import { longestFollowMs, untilOver } from '../cli/until-over.ts'
import { namesFiles, readFiles } from '../resource/files.ts'
import { getObject, type Info, patchObject } from '../resource/info.ts'
import { select } from '../resource/select.ts'
import { changePatch } from './change.ts'
import { copyOf, type DebugOptions, type DebugPod, debugOptions, nodePod, withEphemeral } from './debug-pods.ts'
import { checkProfile } from './debug-profiles.ts'
import { followLog } from './logs.ts'
import { imageReference } from './run.ts'

/** Source: kubectl pkg/cmd/debug/debug.go; which version has which flag is read off the tags of that repository. */
export const debugCommand: Command = {
  name: 'debug',
  short: 'Create debugging sessions for troubleshooting workloads and nodes',
  since: 20,
  flags: [
    flagSince(27, strings('filename', 'f')),
    bool('arguments-only'),
    bool('attach'),
    string('container', 'c'),
    string('copy-to'),
    bool('replace'),
    strings('env'),
    string('image'),
    flagSince(31, bool('keep-labels')),
    flagSince(31, bool('keep-annotations')),
    flagSince(31, bool('keep-liveness')),
    flagSince(31, bool('keep-readiness')),
    flagSince(31, bool('keep-startup')),
    flagSince(31, bool('keep-init-containers', undefined, 'true')),
    strings('set-image'),
    string('image-pull-policy'),
    bool('stdin', 'i'),
    flagUntil(21, bool('quiet')),
    flagSince(21, bool('quiet', 'q')),
    bool('same-node'),
    bool('share-processes', undefined, 'true'),
    string('target'),
    bool('tty', 't'),
    flagSince(25, flagUntil(36, string('profile', undefined, 'legacy'))),
    flagSince(36, string('profile', undefined, 'general')),
    flagSince(32, unsupported(string('custom'))),
  ],
  run: debug,
}

function* debug(call: Call): Steps<number> {
  const { session, flags } = call
  const dash = flags.argsAtDash
  const names = dash >= 0 && call.args.length > dash ? call.args.slice(0, dash) : call.args
  const env = pairsOf(flags.list('env'), 'env').map(([name, value]) => ({ name, value }))
  const images = new Map(pairsOf(flags.list('set-image'), 'set-image'))
  const made = debugOptions(call, call.args.slice(names.length), env)
  const options = session.version.debugHasProfileFlag ? made : { ...made, profile: 'legacy' }
  checkProfile(session.version, options.profile)
  checkOptions(call, options, images, names)
  const isAttached = flags.changed('attach') ? flags.bool('attach') : options.stdin
  if (isAttached && options.stdin)
    failNotSimulated('typing into a container: with --attach=false it is made, and exec runs commands in it')
  const { entries } = namesFiles(flags)
    ? { entries: yield* readFiles(session, flags, {}) }
    : yield* select(session, { args: names, defaultType: 'pods' })
  for (const entry of entries) {
    if (!entry.ok) throw new CommandFailure(entry.failure)
    const info = namesFiles(flags) ? { ...entry.info, object: yield* getObject(session, entry.info) } : entry.info
    const sent = yield* visit(call, info, options, images)
    if (isAttached && sent.container !== '') yield* attach(call, sent, options)
  }
  return 0
}

/** `a=b` each. Source: github.com/spf13/pflag string_to_string.go; Go walks such a map in any order. */
function pairsOf(texts: readonly string[], flag: string): readonly (readonly [string, string])[] {
  return texts
    .map((text) => {
      const equals = text.indexOf('=')
      if (equals < 0)
        fail(`invalid argument ${goQuote(text)} for "--${flag}" flag: ${text} must be formatted as key=value`)
      return [text.slice(0, equals), text.slice(equals + 1)] as const
    })
    .sort(([a], [b]) => compareBytes(a, b))
}

/** Source: debug.go, Validate. */
function checkOptions(
  { session, flags }: Call,
  options: DebugOptions,
  images: ReadonlyMap<string, string>,
  names: readonly string[],
): void {
  const { image, name, target, quiet } = options
  if (flags.changed('attach') && flags.bool('attach') && image === '' && name === '')
    fail('you must specify --container or create a new container using --image in order to attach.')
  checkCopying(flags, options, images)
  if (image !== '' && !imageReference.test(image)) fail(`invalid image name ${goQuote(image)}: ${badReference}`)
  const takesFiles = session.version.debugHasProfiles
  if (names.length === 0 && !namesFiles(flags))
    fail(takesFiles ? 'NAME or filename is required for debug' : 'NAME is required for debug')
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(options.pullPolicy))
    fail(`invalid image pull policy: ${options.pullPolicy}`)
  for (const [container, wanted] of images)
    if (!imageReference.test(wanted))
      fail(`invalid image name ${goQuote(wanted)} for container ${goQuote(container)}: ${badReference}`)
  if (target !== '' && flags.string('copy-to') !== '')
    fail('--target is incompatible with --copy-to. Use --share-processes instead.')
  if (target !== '' && session.version.debugTargets && !quiet)
    session.out(
      `Targeting container ${goQuote(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    )
  if (options.tty && !options.stdin) fail('-i/--stdin is required for containers with -t/--tty=true')
  const { debugTellsLegacyEnds, debugWarnsOfLegacy } = session.version
  if (options.profile !== 'legacy' || !debugWarnsOfLegacy) return
  session.err(
    debugTellsLegacyEnds
      ? '--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other profile, for example "--profile=general".\n'
      : '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n',
  )
}

/** Source: github.com/distribution/reference reference.go, ErrReferenceInvalidFormat. */
const badReference = 'invalid reference format'

function checkCopying(
  flags: Call['flags'],
  { image, name, words }: DebugOptions,
  images: ReadonlyMap<string, string>,
): void {
  if (flags.string('copy-to') !== '') {
    if (image === '' && images.size === 0 && words.length === 0)
      fail('you must specify --image, --set-image or command arguments.')
    if (words.length > 0 && name === '' && image === '')
      fail('you must specify an existing container or a new image when specifying args.')
    return
  }
  for (const flag of ['replace', 'same-node', 'set-image'])
    if (flag === 'set-image' ? images.size > 0 : flags.bool(flag)) fail(`--${flag} may only be used with --copy-to.`)
  if (image === '') fail('you must specify --image when not using --copy-to.')
}

/** Makes the container, in a Pod of its own or in the one that is named. */
function* visit(call: Call, info: Info, options: DebugOptions, images: ReadonlyMap<string, string>): Steps<DebugPod> {
  const { session, flags } = call
  const { kind, group, version } = info.mapping
  if (kind === 'Node') return yield* create(call, session.namespace, nodePod(session, info.name, options))
  if (kind !== 'Pod')
    return fail(`${goQuote(`${group === '' ? '' : `${group}/`}${version}, Kind=${kind}`)} not supported by debug`)
  const pod = isObject(info.object) ? info.object : {}
  const name = flags.string('copy-to')
  if (name === '') return yield* addContainer(call, info, pod, options)
  const copy = {
    name,
    sameNode: flags.bool('same-node'),
    sharesProcesses: flags.changed('share-processes') ? flags.bool('share-processes') : undefined,
    images,
  }
  const made = copyOf(session, pod, copy, options)
  warnOfUser(call, made, 'containers')
  const created = yield* create(call, info.namespace, made)
  if (flags.bool('replace'))
    yield* session.rest.request('DELETE', `/api/v1/namespaces/${info.namespace}/pods/${info.name}`, {
      body: JSON.stringify({ gracePeriodSeconds: 0 }),
    })
  return created
}

function* create({ session }: Call, namespace: string, { pod, container }: DebugPod): Steps<DebugPod> {
  const path = `/api/v1/namespaces/${namespace}/pods`
  const created = yield* session.rest.request('POST', path, { body: structBody(pod), resource: 'pods' })
  return { pod: isObject(created) ? created : pod, container }
}

/** Source: debug.go, debugByEphemeralContainer. */
function* addContainer(call: Call, info: Info, pod: JsonObject, options: DebugOptions): Steps<DebugPod> {
  const { session } = call
  const made = withEphemeral(session, pod, options)
  warnOfUser(call, made, 'ephemeralContainers')
  if (!session.version.debugTargets) return yield* refuseEarly(call, info)
  const { type, body } = yield* changePatch(call, info, made.pod)
  const answer = yield* attempt(patchObject(session, info, type, body, { subresource: 'ephemeralcontainers' }))
  if (!answer.ok) throw new CommandFailure(disabled(call, answer.failure))
  return { pod: isObject(answer.value) ? answer.value : made.pod, container: made.container }
}

/** Until 1.21 kubectl asks for a kind that servers had while this was an alpha feature. */
function* refuseEarly(call: Call, info: Info): Steps<never> {
  const path = `/api/v1/namespaces/${info.namespace}/pods/${info.name}/ephemeralcontainers`
  const answer = yield* attempt(call.session.rest.request('GET', path))
  if (!answer.ok) throw new CommandFailure(disabled(call, answer.failure))
  return failNotSimulated('the alpha form of ephemeral containers that this kubectl sends: newer ones patch the Pod')
}

/** A server that knows no such subresource answers without naming what it did not find. */
function disabled({ session }: Call, failure: Failure): Failure {
  if (failure.kind !== 'status' || failure.status.reason !== 'NotFound') return failure
  if ((failure.status.details?.name ?? '') !== '' && session.version.debugTargets) return failure
  const end = session.version.debugHasProfiles ? '' : '.'
  const why = goQuote(failureMessage(failure))
  return {
    kind: 'message',
    text: `ephemeral containers are disabled for this cluster (error from server: ${why})${end}`,
  }
}

/** Source: debug.go, displayWarning. */
function warnOfUser({ session }: Call, { pod, container }: DebugPod, list: 'containers' | 'ephemeralContainers'): void {
  if (!session.version.debugWarnsOfUsers) return
  const added = listAt(pod, 'spec', list).find((one) => textAt(one, 'name') === container)
  const security = objectAt(added, 'securityContext')
  const isRoot = (at: JsonObject): boolean | undefined =>
    at.runAsUser === undefined ? undefined : numberAt(at, ['runAsUser']) === 0
  if (isRoot(objectAt(pod, 'spec', 'securityContext')) !== false || isRoot(security) === true) return
  if (security.privileged !== true && listAt(security, 'capabilities', 'add').length === 0) return
  session.err(
    'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n',
  )
}

/** Waits until the container runs or has run, then shows what it writes. Source: debug.go, waitForContainer, handleAttachPod. */
function* attach(call: Call, { pod, container }: DebugPod, options: DebugOptions): Steps<void> {
  const { session } = call
  const { host } = session
  const [namespace, name] = [textAt(pod, 'metadata', 'namespace'), textAt(pod, 'metadata', 'name')]
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`
  let told = ''
  const deadline = host.now() + longestFollowMs
  for (;;) {
    const { running, terminated, waiting } = stateOf(yield* session.rest.request('GET', path), container)
    const message = textAt(waiting, 'message')
    if (!options.quiet && message !== '' && message !== told && session.version.debugWarnsWhileWaiting)
      session.err(`Warning: container ${container}: ${message}\n`)
    told = message
    if (running !== undefined || terminated !== undefined) break
    if (host.now() >= deadline) yield* untilOver(session, () => false, 0)
    yield* until(host, () => false, attachPollMs)
  }
  yield* followLog(session, { namespace, pod: name, container })
}

/** How often the Pod is looked at; a real kubectl watches it. */
const attachPollMs = 100

function stateOf(pod: unknown, container: string): JsonObject {
  const lists = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses']
  const statuses = lists.flatMap((list) => listAt(pod, 'status', list))
  return objectAt(
    statuses.find((one) => textAt(one, 'name') === container),
    'state',
  )
}
