import { allContainers, referencesOf } from '../api/pod-references.ts'
import type { ConfigMap, ContainerState, ContainerStatus, Pod, Secret } from '../api/types/core.ts'
import type { PersistentVolumeClaim } from '../api/types/storage.ts'

/** What there is to ask of a cluster beside the Pod. */
export interface PodSurroundings {
  find(kind: 'Secret' | 'ConfigMap', name: string): Secret | ConfigMap | undefined
  claim(name: string): PersistentVolumeClaim | undefined
  /** What was said of a claim last. */
  lastEvent(claim: string): string | undefined
  /** All that a container wrote, the one before it if asked. */
  logs(container: string, previous: boolean): string
  /** What its programs last wanted of another and did not get, and why; undefined: nothing. */
  waitsFor(container: string): string | undefined
}

/** What keeps a Pod from being well, a line each: containers that do not run, and what is needed and not there. */
export function podDetails(pod: Pod, around: PodSurroundings): readonly string[] {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {}
  const sidecars = new Set(
    (pod.spec.initContainers ?? []).flatMap((each) => (each.restartPolicy === 'Always' ? [each.name] : [])),
  )
  const isAlways = (pod.spec.restartPolicy ?? 'Always') === 'Always'
  const init = initContainerStatuses.flatMap((status) =>
    containerLine('init container', status, sidecars.has(status.name), around),
  )
  const main = containerStatuses.flatMap((status) => containerLine('container', status, isAlways, around))
  const late = ephemeralContainerStatuses.flatMap((status) =>
    containerLine('ephemeral container', status, false, around),
  )
  return [...init, ...main, ...late, ...new Set(missing(pod, around))]
}

/** `runsOn`: it is started again whenever it ends, so that no end is a good one. */
function containerLine(
  kind: string,
  status: ContainerStatus,
  runsOn: boolean,
  { logs, waitsFor }: PodSurroundings,
): readonly string[] {
  const { name, state = {}, lastState = {}, restartCount = 0 } = status
  const waits = state.terminated === undefined ? waitsFor(name) : undefined
  const wish = waits === undefined ? [] : [`${kind} ${name} wants ${waits}`]
  const ended = state.terminated ?? lastState.terminated
  if (ended === undefined) {
    const { reason = '', message } = state.waiting ?? {}
    return reason === '' || reason === 'ContainerCreating' || reason === 'PodInitializing'
      ? wish
      : [`${kind} ${name} waits: ${reason}${message === undefined ? '' : `, ${message}`}`]
  }
  if (ended.exitCode === 0 && !runsOn) return wish
  const last =
    logs(name, state.terminated === undefined && state.running !== undefined)
      .trimEnd()
      .split('\n')
      .at(-1) ?? ''
  const said = `${last === '' ? '; it wrote nothing' : `; its last line: ${last}`}${lastWord(ended)}`
  const often = restartCount === 0 ? '' : `, started again ${restartCount} ${restartCount === 1 ? 'time' : 'times'}`
  return [`${kind} ${name} ended with exit code ${ended.exitCode} (${ended.reason ?? 'Error'})${often}${said}`, ...wish]
}

/** What a container that ran left in its termination log, where it left its last line. */
function lastWord({ reason = '', message = '' }: NonNullable<ContainerState['terminated']>): string {
  const neverRan = reason === 'StartError' || reason === 'ContainerCannotRun'
  const word = message.trimEnd().split('\n').at(-1) ?? ''
  return neverRan || word === '' ? '' : `; its last word: ${word}`
}

/** `container app needs secret db, key password, for env PASSWORD: there is no such secret`. */
function* missing(pod: Pod, around: PodSurroundings): Iterable<string> {
  const { find } = around
  const containers = allContainers(pod)
  const mounted = new Set(containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)))
  for (const reference of referencesOf(pod)) {
    if (reference.kind === 'PersistentVolumeClaim') {
      yield* unboundClaim(pod, reference.name, around)
      continue
    }
    // What nobody mounts is not waited for.
    if (reference.in === 'volume' && !mounted.has(reference.volume)) continue
    if (isOptional(pod, reference.name)) continue
    const found = find(reference.kind, reference.name)
    const what = `${reference.kind.toLowerCase()} ${reference.name}`
    if (found === undefined) yield `${whoNeeds(reference)} needs ${what}: there is none in ${pod.metadata.namespace}`
    else if (reference.in === 'env') {
      const source = reference.container.env?.find(({ name }) => name === reference.variable)?.valueFrom
      const key = reference.kind === 'Secret' ? source?.secretKeyRef?.key : source?.configMapKeyRef?.key
      if (key !== undefined && found.data?.[key] === undefined)
        yield `${whoNeeds(reference)} needs key ${key} of ${what}: it has ${Object.keys(found.data ?? {}).join(', ') || 'none'}`
    }
  }
}

/** `needs persistentvolumeclaim data: it is Pending (waiting for first consumer to be created before binding)`. */
function* unboundClaim(pod: Pod, name: string, { claim, lastEvent }: PodSurroundings): Iterable<string> {
  const found = claim(name)
  const what = `needs persistentvolumeclaim ${name}`
  if (found === undefined) yield `${what}: there is none in ${pod.metadata.namespace}`
  else if (found.status?.phase !== 'Bound') {
    const said = lastEvent(name)
    yield `${what}: it is ${found.status?.phase ?? 'Pending'}${said === undefined ? '' : ` (${said})`}`
  } else if (found.metadata.deletionTimestamp !== undefined) yield `${what}: it is being deleted`
}

/** Who waits for a Secret or ConfigMap that is not there, or has to do without it, a line each. */
export function neededBy(pods: readonly Pod[], kind: 'Secret' | 'ConfigMap', name: string): readonly string[] {
  return pods.flatMap((pod) => {
    const uses = [...referencesOf(pod)].filter((reference) => reference.kind === kind && reference.name === name)
    const how = isOptional(pod, name) ? 'would take it for' : 'needs it for'
    return uses.map((use) => `pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name} ${how} ${whoNeeds(use)}`)
  })
}

type Reference = ReturnType<typeof referencesOf> extends Iterable<infer R> ? R : never

function whoNeeds(reference: Reference): string {
  switch (reference.in) {
    case 'env':
      return `env ${reference.variable} of container ${reference.container.name}`
    case 'envFrom':
      return `envFrom of container ${reference.container.name}`
    case 'volume':
      return `volume ${reference.volume}`
    case 'imagePullSecrets':
      return 'the pull of images'
  }
}

/** Whether every use of the object may do without it. */
function isOptional({ spec }: Pod, name: string): boolean {
  const volumes = (spec.volumes ?? []).flatMap(({ secret, configMap, projected }) => [
    ...(secret?.secretName === name ? [secret.optional === true] : []),
    ...(configMap?.name === name ? [configMap.optional === true] : []),
    ...(projected?.sources ?? []).flatMap((source) =>
      source.secret?.name === name || source.configMap?.name === name
        ? [(source.secret ?? source.configMap)?.optional === true]
        : [],
    ),
  ])
  const containers = allContainers({ spec })
  const variables = containers.flatMap(({ env = [], envFrom = [] }) => [
    ...env.flatMap(({ valueFrom }) =>
      valueFrom?.secretKeyRef?.name === name || valueFrom?.configMapKeyRef?.name === name
        ? [(valueFrom.secretKeyRef ?? valueFrom.configMapKeyRef)?.optional === true]
        : [],
    ),
    ...envFrom.flatMap(({ secretRef, configMapRef }) =>
      secretRef?.name === name || configMapRef?.name === name ? [(secretRef ?? configMapRef)?.optional === true] : [],
    ),
  ])
  const uses = [...volumes, ...variables]
  return uses.length > 0 && uses.every(Boolean)
}
