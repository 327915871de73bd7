import { equalJson } from '../../../api/json.ts'
import { usualMessagePath } from '../../../api/pod-defaults.ts'
import { isEphemeral, isSidecar } from '../../../api/pod-references.ts'
import { quantityValue } from '../../../api/quantity.ts'
import type { Container, Pod } from '../../../api/types/core.ts'
import { extended } from '../../../kernel/extended.ts'
import { oneText } from '../../../kernel/flat-text.ts'
import { mapped } from '../../../kernel/mapped.ts'
import type { Steps } from '../../../kernel/steps.ts'
import { has } from '../../../versions/changes.ts'
import { kubelet } from '../../../versions/kubelet.ts'
import { readEnvFile } from '../../env/env-file.ts'
import { type EnvironmentAnswer, type EnvironmentRequest, makeEnvironment } from '../../env/environment.ts'
import { expandCommand } from '../../env/expansion.ts'
import type { ServiceForEnv } from '../../env/service-env.ts'
import { applyDefaultImageTag } from '../../images/image-name.ts'
import type { ContainerConfig, ImageRecord } from '../../runtime/cri.ts'
import { kubeletFactsOf } from '../../version-facts.ts'
import { containerMounts } from '../../volumes/plugins/container-mounts.ts'
import type { KubeletContext } from '../context.ts'
import type { BuildContainer, BuiltContainer, ContainerPlan } from './pod-runtime.ts'

/** Parts of the kubelet that a container's configuration is made with. */
type BuildParts = Pick<
  KubeletContext,
  'events' | 'minor' | 'hostIp' | 'fs' | 'pluginFor' | 'record' | 'secrets' | 'configMaps' | 'volumes' | 'runtime'
>

export interface BuildSources {
  readonly parts: BuildParts
  /** Undefined: never listed yet. */
  readonly services: () => readonly ServiceForEnv[] | undefined
  readonly allocatable: () => Readonly<Record<string, string>>
}

/**
 * Resolves what a container is created with: environment, command, mounts. Source: pkg/kubelet/kuberuntime/
 * kuberuntime_container.go, generateContainerConfig; kubelet_pods.go, GenerateRunContainerOptions.
 */
export function containerBuilder(sources: BuildSources): BuildContainer {
  return (plan) => build(sources, plan)
}

function* build(given: BuildSources, plan: ContainerPlan): Steps<BuiltContainer> {
  const { parts, services, allocatable } = given
  const { events, minor, hostIp, fs, pluginFor, record, volumes } = parts
  const { pod, container, podIp } = plan
  const sources: SeenObject[] = []
  const isMounted = (name: string) => volumes.use(pod.metadata.uid ?? '', name)?.isMounted === true
  const result = yield* makeEnvironment({
    pod,
    container,
    minor,
    hostIp,
    podIps: podIp === undefined ? [] : [podIp],
    services: services(),
    allocatable: allocatable(),
    objects: (request) => mapped(objectOf(parts, pod, request), (got) => noted(request, got, sources)),
    file(name, path) {
      const volume = pod.spec.volumes?.find((one) => one.name === name)
      const plugin = volume && pluginFor(volume)
      if (volume === undefined || plugin === undefined || !isMounted(name)) return undefined
      return readEnvFile(fs, plugin.hostPath({ pod, volume }), path)
    },
  })
  for (const message of result.invalidNames) events.pod(pod, 'Warning', 'InvalidEnvironmentVariableNames', message)
  if (!result.ok) return { ok: false, message: result.error }
  const mounted = containerMounts({ fs, minor, pod, container, env: result.env, isMounted, pluginFor })
  if (!mounted.ok) return { ok: false, message: mounted.error }
  const isRoot = rootRefusal(pod, container, parts.runtime.imageStatus(imageOf(container)), minor)
  if (isRoot !== undefined) return { ok: false, message: isRoot }
  for (const bound of mounted.subPaths) {
    const content = volumes.use(pod.metadata.uid ?? '', bound.volume)?.sources ?? []
    record('subpath.bind', pod, { container: container.name, ...bound, sources: content })
  }
  for (const source of sources) record('object.visible', pod, { ...source, container: container.name })
  // Containers of one Pod often have the very same.
  const siblings = parts.runtime.podContainers(pod.metadata.uid ?? '')
  const env = siblings.find(({ config }) => equalJson(config.env, result.env))?.config.env ?? result.env
  const mounts = siblings.find(({ config }) => equalJson(config.mounts, mounted.mounts))?.config.mounts
  const config = configOf(plan, env, mounts ?? mounted.mounts, minor)
  const isUnspeakable = !result.isText && has(minor, kubelet.sendsOnlyUtf8)
  return { ok: true, config: isUnspeakable ? { ...config, isUnspeakable } : config }
}

/** An object whose values a container sees from its start on. */
interface SeenObject extends EnvironmentRequest {
  readonly resourceVersion: string
}

function objectOf({ secrets, configMaps }: BuildParts, pod: Pod, { kind, name }: EnvironmentRequest) {
  const namespace = pod.metadata.namespace ?? ''
  return kind === 'Secret'
    ? mapped(secrets.get(namespace, name), (got): EnvironmentAnswer => got)
    : mapped(configMaps.get(namespace, name), (got): EnvironmentAnswer => got)
}

function noted(request: EnvironmentRequest, got: EnvironmentAnswer, sources: SeenObject[]): EnvironmentAnswer {
  if (got.ok) sources.push(extended(request, { resourceVersion: got.object.metadata.resourceVersion ?? '' }))
  return got
}

function configOf(
  { pod, container, sandboxId, attempt, specHash }: ContainerPlan,
  env: readonly { readonly name: string; readonly value: string }[],
  mounts: ContainerConfig['mounts'],
  minor: number,
): ContainerConfig {
  const grace = pod.spec.terminationGracePeriodSeconds
  return {
    sandboxId,
    podUid: pod.metadata.uid ?? '',
    name: container.name,
    attempt,
    image: imageOf(container),
    command: container.command === undefined ? none : expandCommand(container.command, env, minor),
    args: container.args === undefined ? none : expandCommand(container.args, env, minor),
    workingDir: container.workingDir ?? '',
    env,
    mounts,
    ...identityOf(pod, container, minor),
    hostname: hostnameOf(pod),
    readOnlyRootFilesystem: container.securityContext?.readOnlyRootFilesystem ?? false,
    memoryLimitBytes: memoryLimit(container),
    ...(kubeletFactsOf(minor).resizesInPlace ? { resources: container.resources ?? noResources } : {}),
    specHash,
    isExpectedToEnd: isExpectedToEnd(pod, container),
    ...consoleOf(container),
    ...hostsOf(pod),
    ...lastWordsOf(container),
    ...(grace === undefined ? {} : { terminationGracePeriodSeconds: grace }),
  }
}

/**
 * Name of the machine that a container takes itself for: with the node's network it is the node. Source: kubelet_pods.go,
 * GeneratePodHostNameAndDomain, truncatePodHostnameIfNeeded; kuberuntime_sandbox.go, generatePodSandboxConfig.
 */
function hostnameOf(pod: Pod): string {
  const { hostNetwork, nodeName, setHostnameAsFQDN } = pod.spec
  if (hostNetwork === true && nodeName !== undefined) return nodeName
  const domain = setHostnameAsFQDN === true ? domainOf(pod) : ''
  return domain === '' ? nameOf(pod) : `${nameOf(pod)}.${domain}`
}

function nameOf({ spec, metadata }: Pod): string {
  if (spec.hostnameOverride !== undefined) return spec.hostnameOverride
  const name = spec.hostname ?? metadata.name
  return name.length <= 63 ? name : name.slice(0, 63).replace(/[-.]+$/, '')
}

function domainOf({ spec, metadata }: Pod): string {
  const { subdomain = '', hostnameOverride } = spec
  const isNone = subdomain === '' || hostnameOverride !== undefined
  return isNone ? '' : `${subdomain}.${metadata.namespace ?? ''}.svc.${clusterDomain}`
}

/** Source: kubelet_pods.go, GeneratePodHostNameAndDomain, makeMounts. */
function hostsOf(pod: Pod): Pick<ContainerConfig, 'hosts'> {
  const { hostNetwork: isHostNetwork = false, subdomain = '', hostAliases: aliases = [] } = pod.spec
  if (!isHostNetwork && subdomain === '' && aliases.length === 0) return {}
  return { hosts: { isHostNetwork, name: nameOf(pod), domain: domainOf(pod), aliases } }
}

/** Source: kuberuntime_container.go, getTerminationMessage. */
function lastWordsOf({
  terminationMessagePath: path = usualMessagePath,
  terminationMessagePolicy: policy,
}: Container): Pick<ContainerConfig, 'terminationMessagePath' | 'fallsBackToLogs'> {
  if (path === usualMessagePath && policy !== 'FallbackToLogsOnError') return {}
  const isElsewhere = path !== usualMessagePath
  const isLogged = policy === 'FallbackToLogsOnError'
  return {
    ...(isElsewhere ? { terminationMessagePath: path } : {}),
    ...(isLogged ? { fallsBackToLogs: true as const } : {}),
  }
}

/** The kubelet's --cluster-domain. */
const clusterDomain = 'cluster.local'

const noResources = {}

/** One empty list for all: most containers have three. */
const none: readonly never[] = []

function consoleOf({ stdin = false, tty = false, stdinOnce = false }: Container): Pick<ContainerConfig, 'console'> {
  return stdin || tty ? { console: { takesInput: stdin, isTerminal: tty, once: stdinOnce } } : {}
}

function imageOf({ image = '' }: Container): string {
  const tagged = applyDefaultImageTag(image)
  return oneText(tagged.ok ? tagged.image : image)
}

/** Why `runAsNonRoot` keeps a container from starting. Source: kuberuntime/security_context_others.go, verifyRunAsNonRoot. */
function rootRefusal(
  pod: Pod,
  { name, securityContext }: Container,
  image: ImageRecord | undefined,
  minor: number,
): string | undefined {
  if ((securityContext?.runAsNonRoot ?? pod.spec.securityContext?.runAsNonRoot) !== true) return undefined
  const uid = securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser
  const isNamed = uid === undefined && image?.userName !== undefined
  if ((uid ?? image?.uid) !== 0 && !isNamed) return undefined
  const ofImage = isNamed
    ? `image has non-numeric user (${image.userName}), cannot verify user is non-root`
    : 'image will run as root'
  const text = uid === 0 ? "container's runAsUser breaks non-root policy" : `container has runAsNonRoot and ${ofImage}`
  if (!has(minor, kubelet.rootRefusalsNameThePod)) return text
  const { name: podName, namespace, uid: podUid } = pod.metadata
  return `${text} (pod: "${podName}_${namespace}(${podUid})", container: ${name})`
}

/**
 * Whom it runs as. Runtimes before containerd 2 always add the image's groups: up to v1.32 nothing is said of that, then such Pods are
 * refused. Source: kuberuntime/security_context.go, determineEffectiveSecurityContext; kubernetes/enhancements KEP 3619.
 */
function identityOf(pod: Pod, container: Container, minor: number) {
  const own = pod.spec.securityContext
  const supplemental = (own?.supplementalGroups ?? none) as readonly number[]
  const groups = own?.fsGroup === undefined ? supplemental : [...supplemental, own.fsGroup]
  const group = container.securityContext?.runAsGroup ?? (own?.runAsGroup as number | undefined)
  return {
    runAsUser: container.securityContext?.runAsUser ?? own?.runAsUser ?? -1,
    ...(group === undefined ? {} : { runAsGroup: group }),
    groups,
    ...(has(minor, kubelet.containerd2) && own?.supplementalGroupsPolicy === 'Strict'
      ? { ignoresImageGroups: true as const }
      : {}),
  }
}

function memoryLimit(container: Container): number | undefined {
  const text = container.resources?.limits?.memory
  return text === undefined ? undefined : quantityValue(text)
}

/**
 * Init containers end before the others begin, and what is not restarted is to end some time; sidecars run on, and what was
 * added to look around for as long as somebody may type.
 */
function isExpectedToEnd({ spec }: Pod, container: Container): boolean {
  if (isEphemeral({ spec }, container.name)) return container.stdin !== true
  const isInit = spec.initContainers?.some(({ name }) => name === container.name) ?? false
  return isInit ? !isSidecar(container) : (container.restartPolicy ?? spec.restartPolicy ?? 'Always') !== 'Always'
}
