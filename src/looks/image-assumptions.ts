import { isSidecar } from '../api/pod-references.ts'
import type { Container, Handler, Pod, PodSpec } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { isWithin } from '../fs/path.ts'
import { splitImage } from '../node/images/image-name.ts'
import { absentFile } from '../shell/absent-files.ts'
import { fromByteText } from '../shell/byte-text.ts'
import { commonImages, unknownImage } from '../shell/catalogue.ts'
import { commandsNamed } from '../shell/commands-named.ts'
import type { ImageDefinition, Whereabouts } from '../shell/program.ts'

/** What is taken for granted of an image of which nothing is known, or of a program that podsim knows by name only. */
export interface ImageAssumption {
  readonly image: string
  /** Pods of one template that run it, as `namespace/name`, in the order in which they were made; gone ones where no other is left. */
  readonly pods: readonly string[]
  /** The container, by its name; undefined: the assumption is one about all of them. */
  readonly container?: string
  /** In a sentence: what its programs are taken to do. */
  readonly message: string
}

/** What is known of images. */
export interface ImageKnowledge {
  /** Names, with or without tag, of images of which somebody said something; true: all that they have is known. */
  readonly described: ReadonlyMap<string, boolean>
}

const nothingMore: ImageKnowledge = { described: new Map() }

/** How much podsim knows of an image: of one of its own, and one that somebody described, what it runs by itself at least. */
function knownOf(image: string, { described }: ImageKnowledge): 'all' | 'its own program' | 'nothing' {
  const said = described.get(image) ?? described.get(withoutTag(image))
  if (said === true) return 'all'
  return said === false || commonImage(image) !== undefined ? 'its own program' : 'nothing'
}

function commonImage(image: string): ImageDefinition | undefined {
  const { repository } = splitImage(image)
  return commonImages().find((known) => splitImage(known.repository).repository === repository)
}

/** As somebody wrote it, but for the tag or digest. */
function withoutTag(image: string): string {
  const { suffix } = splitImage(image)
  return suffix === '' ? image : image.slice(0, -suffix.length)
}

/** One thing that is taken for granted: of an image, in one use of it. */
export interface AssumedUse {
  readonly image: string
  readonly container: string
  /** Where the use stands in the spec, and in the container. */
  readonly field: 'initContainers' | 'containers' | 'ephemeralContainers'
  readonly index: number
  readonly path: readonly (string | number)[]
  /** The sentence; `where`: of which container of what, unless the reader sees that. */
  readonly told: ((where?: string) => string) | undefined
  /** The sentence where nothing is taken for granted; undefined: this is all the same. */
  readonly refused: (where: string) => string | undefined
}

/** All that is taken for granted of a Pod's images, container by container; `knows`: what somebody said of images. */
export function assumedUses(spec: Partial<PodSpec>, knows: ImageKnowledge = nothingMore): readonly AssumedUse[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((field) =>
    listOf(spec[field]).flatMap((container, index) => {
      const { image = '', name } = container
      if (image === '') return []
      const known = knownOf(image, knows)
      if (known === 'all') return []
      const own = { image, container: name, field, index }
      return [...usesOf(spec, container, known !== 'nothing')].map((use) => ({ ...own, ...use }))
    }),
  )
}

const listOf = (containers: readonly Container[] = []): readonly Container[] => containers

type Use = Pick<AssumedUse, 'path' | 'told' | 'refused'>

/** The main program first, then probes and hooks. */
function* usesOf(spec: Partial<PodSpec>, container: Container, isKnown: boolean): Iterable<Use> {
  const { image = '', command = [], args = [], lifecycle } = container
  const isServer = runsOn(spec, container)
  const does = isServer ? 'starts and runs on' : 'does its work and ends'
  const use = (path: Use['path'], of: string, taken: (where: string | undefined) => string): Use => ({
    path,
    told: (where) => `image ${image}: what ${of} does is not known; taken is that ${taken(where)}`,
    refused: (where) =>
      `image ${image}: what ${of} does is not known, and unknownImages is strict: it is not taken that ${taken(where)}`,
  })
  if (!isKnown) {
    const main = use(['image'], 'it', (where) => `${where ?? 'it'} ${does}, and reads what it is given`)
    yield isServer || command.length > 0 ? { ...main, refused: () => undefined } : main
  }
  const begins = command.length > 0 ? [...command, ...args] : handsOver(image) ? args : []
  for (const program of assumedPrograms(container, begins)) {
    const one = use(
      command.length > 0 ? ['command'] : ['args'],
      `its ${program}`,
      (where) => `it does what it is run for${where === undefined ? '' : ` in ${where}`}`,
    )
    // Of an image of which nothing is known the container as a whole is told.
    yield isKnown ? one : { ...one, told: undefined }
  }
  const checks = [
    ['startupProbe', 'startup probe', container.startupProbe],
    ['readinessProbe', 'readiness probe', container.readinessProbe],
    ['livenessProbe', 'liveness probe', container.livenessProbe],
    ['postStart', 'postStart hook', lifecycle?.postStart],
    ['preStop', 'preStop hook', lifecycle?.preStop],
  ] as const
  for (const [field, what, handler] of checks) {
    const path = field.endsWith('Probe') ? [field] : ['lifecycle', field]
    const wherever = (where: string | undefined): string => `as ${what}${where === undefined ? '' : ` of ${where}`}`
    const command = handler?.exec?.command ?? []
    const programs = assumedPrograms(container, command)
    for (const program of programs) yield use(path, `its ${program}`, (where) => `it succeeds ${wherever(where)}`)
    const made = isKnown || !isOwnProgram(container) ? undefined : absentFile(command, placesOf(container), programs)
    if (made !== undefined)
      yield use(path, 'it', (where) => `it makes ${made} for the ${what}${where === undefined ? '' : ` of ${where}`}`)
    const asked = isKnown ? undefined : questionOf(handler)
    if (asked !== undefined)
      yield { ...use(path, 'it', (where) => `it answers ${asked} ${wherever(where)}`), refused: () => undefined }
  }
}

/** Whether the image's entrypoint becomes what it is given. */
function handsOver(image: string): boolean {
  return commonImage(image)?.entrypoint.at(-1)?.endsWith('entrypoint.sh') ?? false
}

function questionOf(handler: Handler | undefined): string | undefined {
  if (handler?.httpGet !== undefined)
    return `GET :${handler.httpGet.port}/${(handler.httpGet.path ?? '').replace(/^\//, '')}`
  if (handler?.tcpSocket !== undefined) return `connections to port ${handler.tcpSocket.port}`
  return undefined
}

function runsOn(spec: Partial<PodSpec>, container: Container): boolean {
  if (spec.ephemeralContainers?.some(({ name }) => name === container.name) === true) return container.stdin === true
  if (spec.initContainers?.some(({ name }) => name === container.name) === true) return isSidecar(container)
  return (container.restartPolicy ?? spec.restartPolicy ?? 'Always') === 'Always'
}

/** Whether an image of which nothing is known runs what nobody knows, as far as its command tells. */
function isOwnProgram(container: Container): boolean {
  const argv = [...(container.command ?? []), ...(container.args ?? [])]
  return argv.length === 0 || argv[0]?.startsWith('-') === true || assumedPrograms(container, argv).length > 0
}

/** What of a container's files can be told from here. */
function placesOf({ image = '', volumeMounts = [] }: Container): Whereabouts {
  const { files } = commonImage(image) ?? unknownImage(image)
  const mounts = volumeMounts.map(({ mountPath }) => ({ path: mountPath.replace(/(?<=.)\/+$/, '') }))
  return {
    // What lies in a volume nobody can tell from here: it is no part of the image.
    stat: (path) => ({ ok: Object.hasOwn(files, path) || mounts.some((mount) => isWithin(path, mount.path)) }),
    mounts: () => mounts,
  }
}

/** Programs of a command that the image is taken to have, each once. */
function assumedPrograms(container: Container, argv: readonly string[]): readonly string[] {
  const { image = '' } = container
  const { assumes } = commonImage(image) ?? unknownImage(image)
  if (assumes === undefined) return []
  const places = placesOf(container)
  const names = commandsNamed(argv).flatMap(({ name, args, isInScript }) =>
    assumes(name, args, places, isInScript) === undefined ? [] : [fromByteText(name)],
  )
  return [...new Set(names)]
}

/** Where Pods come from. */
export interface Owners {
  find(kind: string, name: string, namespace: string): KubeObject | undefined
}

/**
 * One entry for each thing that is taken for granted, of each template of Pods, in the order in which Pods name them (L3). `gone`:
 * Pods that were there, in the order in which they went.
 */
export function imageAssumptions(
  pods: readonly Pod[],
  gone: readonly Pod[],
  knows: ImageKnowledge,
  owners: Owners,
): readonly ImageAssumption[] {
  const found = new Map<string, ImageAssumption>()
  const told = (pod: Pod): readonly Omit<ImageAssumption, 'pods'>[] =>
    usesIn(pod, knows, owners).flatMap(({ use: { image, container, told }, where }) =>
      told === undefined ? [] : [{ image, container, message: told(where) }],
    )
  for (const pod of pods)
    for (const each of told(pod))
      found.set(each.message, { ...each, pods: [...new Set([...(found.get(each.message)?.pods ?? []), nameOf(pod)])] })
  const present = new Set(found.keys())
  for (const pod of gone)
    for (const each of told(pod))
      if (!present.has(each.message)) found.set(each.message, { ...each, pods: [nameOf(pod)] })
  return [...found.values()]
}

/** What is not taken for granted of a Pod's images because unknown ones are to be strict, a line each. */
export function imageRefusals(pod: Pod, knows: ImageKnowledge, owners: Owners): readonly string[] {
  return usesIn(pod, knows, owners).flatMap(({ use, where }) => use.refused(where) ?? [])
}

function nameOf({ metadata }: Pod): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

function usesIn(
  pod: Pod,
  knows: ImageKnowledge,
  owners: Owners,
): readonly { readonly use: AssumedUse; readonly where: string }[] {
  const uses = assumedUses(pod.spec, knows)
  if (uses.length === 0) return []
  const template = templateOf(pod, owners)
  return uses.map((use) => ({ use, where: `${kinds[use.field]} ${use.container} of ${template}` }))
}

const kinds = {
  initContainers: 'init container',
  containers: 'container',
  ephemeralContainers: 'ephemeral container',
} as const

/** `deployment default/web`: whose template the Pod is made of, over all that stands between; the Pod itself where nobody made it. */
function templateOf(pod: Pod, { find }: Owners): string {
  const { namespace = '' } = pod.metadata
  let own: { readonly kind: string; readonly name: string } = { kind: 'Pod', name: pod.metadata.name }
  let next = pod.metadata.ownerReferences?.find(({ controller }) => controller === true)
  // Kinds own each other over two or three steps; a circle nobody forbids.
  for (let steps = 0; next !== undefined && steps < 5; steps++) {
    own = next
    next = find(own.kind, own.name, namespace)?.metadata.ownerReferences?.find(({ controller }) => controller === true)
  }
  return `${own.kind.toLowerCase()} ${namespace}/${own.name}`
}
