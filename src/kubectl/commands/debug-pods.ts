import { isObject, type JsonObject, listAt, objectAt, textAt } from '../../go/json.ts'
import type { Call } from '../cli/command.ts'
import { fail } from '../cli/failure.ts'
import type { Session } from '../cli/session.ts'
import { emptyTimestamp } from './create-kit.ts'
import { type Debugged, type Kept, withProfile } from './debug-profiles.ts'

/** What flags ask of the container for debugging. */
export interface DebugOptions {
  readonly name: string
  readonly image: string
  readonly pullPolicy: string
  readonly env: readonly JsonObject[]
  readonly words: readonly string[]
  readonly wordsAreArgs: boolean
  readonly stdin: boolean
  readonly tty: boolean
  readonly target: string
  readonly quiet: boolean
  readonly profile: string
  readonly keep: Kept
}

/** A Pod that is to be sent, and the container in it that debugs; empty: none was added or named. */
export interface DebugPod {
  readonly pod: JsonObject
  readonly container: string
}

/** The Pod with one more container. Source: kubectl pkg/cmd/debug/debug.go, generateDebugContainer. */
export function withEphemeral(session: Session, pod: JsonObject, options: DebugOptions): DebugPod {
  const name = debuggerName(session, pod, options)
  const { target } = options
  const container = { ...addedContainer(name, options), ...(target === '' ? {} : { targetContainerName: target }) }
  const spec = objectAt(pod, 'spec')
  const added = {
    ...pod,
    spec: { ...spec, ephemeralContainers: [...listAt(spec, 'ephemeralContainers'), container] },
  }
  const about = aboutOf(session, options, name, 'ephemeralContainers')
  return { pod: withProfile(added, options.profile, 'ephemeral', about), container: name }
}

/** A Pod in the namespaces of a node. Source: debug.go, generateNodeDebugPod. */
export function nodePod(session: Session, node: string, options: DebugOptions): DebugPod {
  const container = options.name || 'debugger'
  const name = `node-debugger-${node}-${suffix(session)}`
  if (!options.quiet) session.out(`Creating debugging pod ${name} with container ${container} on node ${node}.\n`)
  const { version } = session
  const pod = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      ...emptyTimestamp(session),
      ...(version.debugLabelsNodePods ? { labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } } : {}),
    },
    spec: {
      containers: [addedContainer(container, options)],
      restartPolicy: 'Never',
      nodeName: node,
      ...(version.debugTargets ? { tolerations: [{ operator: 'Exists' }] } : {}),
    },
    status: {},
  }
  const about = aboutOf(session, options, container, 'containers')
  return { pod: withProfile(pod, options.profile, 'node', about), container }
}

/** Where a copy goes and what is changed in it. */
export interface CopyOptions {
  readonly name: string
  readonly sameNode: boolean
  /** Undefined: as the Pod has it. */
  readonly sharesProcesses: boolean | undefined
  readonly images: ReadonlyMap<string, string>
}

/** A Pod like another, for debugging. Source: debug.go, generatePodCopyWithDebugContainer. */
export function copyOf(session: Session, pod: JsonObject, copy: CopyOptions, options: DebugOptions): DebugPod {
  const copied = copiedPod(session, pod, copy)
  const containers = listAt(copied, 'spec', 'containers')
  const isThere = options.name !== '' && namesIn(copied).has(options.name)
  if (!isThere && options.image === '') {
    if (copy.images.size > 0) return { pod: copied, container: '' }
    fail('you must specify image when creating new container')
  }
  const name = isThere ? options.name : debuggerName(session, copied, options)
  const added = isThere ? containers : [...containers, { name, resources: {}, terminationMessagePolicy: 'File' }]
  const changed = added.map((one) => (isObject(one) && one.name === name ? changedContainer(one, options) : one))
  const result = { ...copied, spec: { ...objectAt(copied, 'spec'), containers: changed } }
  const about = aboutOf(session, options, name, 'containers')
  return { pod: withProfile(result, options.profile, 'copy', about), container: name }
}

function copiedPod(session: Session, pod: JsonObject, copy: CopyOptions): JsonObject {
  const { annotations, labels } = objectAt(pod, 'metadata')
  const { ephemeralContainers: _late, nodeName, ...spec } = objectAt(pod, 'spec')
  const images = listAt(pod, 'spec', 'containers').map((one) => {
    const image = copy.images.get(textAt(one, 'name')) ?? copy.images.get('*') ?? ''
    return isObject(one) && image !== '' ? { ...one, image } : one
  })
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: copy.name,
      namespace: textAt(pod, 'metadata', 'namespace'),
      ...emptyTimestamp(session),
      ...(labels === undefined || !session.version.debugKeeps ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: {
      ...spec,
      containers: images,
      ...(nodeName === undefined || !copy.sameNode ? {} : { nodeName }),
      ...(copy.sharesProcesses === undefined ? {} : { shareProcessNamespace: copy.sharesProcesses }),
    },
    status: {},
  }
}

function changedContainer(container: JsonObject, options: DebugOptions): JsonObject {
  const { args, stdin: _stdin, tty: _tty, ...rest } = container
  const { words, wordsAreArgs, env, image, pullPolicy, stdin, tty } = options
  const keepsArgs = args !== undefined && (words.length === 0 || wordsAreArgs)
  return {
    ...rest,
    ...(keepsArgs ? { args } : {}),
    ...wordsOf(options),
    ...(env.length === 0 ? {} : { env }),
    ...(image === '' ? {} : { image }),
    ...(pullPolicy === '' ? {} : { imagePullPolicy: pullPolicy }),
    ...(stdin ? { stdin } : {}),
    ...(tty ? { tty } : {}),
  }
}

function addedContainer(name: string, options: DebugOptions): JsonObject {
  const { image, env, pullPolicy, stdin, tty } = options
  return {
    name,
    image,
    ...wordsOf(options),
    ...(env.length === 0 ? {} : { env }),
    resources: {},
    terminationMessagePolicy: 'File',
    ...(pullPolicy === '' ? {} : { imagePullPolicy: pullPolicy }),
    ...(stdin ? { stdin } : {}),
    ...(tty ? { tty } : {}),
  }
}

function wordsOf({ words, wordsAreArgs }: DebugOptions): JsonObject {
  return words.length === 0 ? {} : wordsAreArgs ? { args: words } : { command: words }
}

function aboutOf(session: Session, { keep }: DebugOptions, container: string, list: Debugged['list']): Debugged {
  return { version: session.version, keep, container, list }
}

/** Source: debug.go, computeDebugContainerName. */
function debuggerName(session: Session, pod: JsonObject, { name, quiet }: DebugOptions): string {
  if (name !== '') return name
  const taken = namesIn(pod)
  let made = ''
  while (made === '' || taken.has(made)) made = `debugger-${suffix(session)}`
  if (!quiet) session.out(`Defaulting debug container name to ${made}.\n`)
  return made
}

function namesIn(pod: JsonObject): ReadonlySet<string> {
  const lists = ['containers', 'initContainers', 'ephemeralContainers']
  return new Set(lists.flatMap((list) => listAt(pod, 'spec', list).map((one) => textAt(one, 'name'))))
}

/** Source: apimachinery pkg/util/rand/rand.go, alphanums. */
const letters = 'bcdfghjklmnpqrstvwxz2456789'

/** Five letters that nobody chose. Source: apimachinery pkg/util/rand/rand.go, String. */
export function suffix({ host }: Session): string {
  return Array.from({ length: 5 }, () => letters.charAt(Number(host.digits(3)) % letters.length)).join('')
}

/** What flags say of the container. `words`: what stands behind the dash. */
export function debugOptions({ flags }: Call, words: readonly string[], env: readonly JsonObject[]): DebugOptions {
  return {
    name: flags.string('container'),
    image: flags.string('image'),
    pullPolicy: flags.string('image-pull-policy'),
    env,
    words,
    wordsAreArgs: flags.bool('arguments-only'),
    stdin: flags.bool('stdin'),
    tty: flags.bool('tty'),
    target: flags.string('target'),
    quiet: flags.bool('quiet'),
    profile: flags.string('profile'),
    keep: {
      labels: flags.bool('keep-labels'),
      annotations: flags.bool('keep-annotations'),
      liveness: flags.bool('keep-liveness'),
      readiness: flags.bool('keep-readiness'),
      startup: flags.bool('keep-startup'),
      initContainers: flags.bool('keep-init-containers'),
    },
  }
}
