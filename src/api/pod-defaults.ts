import { extended } from '../kernel/extended.ts'
import { defaultPullPolicy } from './image-name.ts'
import { keptIfSame, mappedIfOther } from './kept.ts'
import { roundUpToMilli } from './quantity.ts'
import type { Container, ContainerPort, EnvVar, Handler, PodSpec, Probe, ResourceRequirements } from './types/core.ts'
import { defaultVolume } from './volume-defaults.ts'

/** Where a container leaves its last word unless it says otherwise. Source: pkg/apis/core/v1/defaults.go, TerminationMessagePathDefault. */
export const usualMessagePath = '/dev/termination-log'

/**
 * What the API server fills in for a Pod's spec and for every Pod template. Objects come decoded: absent fields are
 * absent, never null. Nothing is changed in place.
 * Source: pkg/apis/core/v1/defaults.go, zz_generated.defaults.go and conversion.go.
 */
export function defaultPodSpec(spec: PodSpec): PodSpec {
  const hostNetwork = spec.hostNetwork === true
  // One copy and plain writes: several times as fast as an object put together from spreads.
  const next: Mutable<PodSpec> = extended(spec, none)
  if (spec.volumes !== undefined) next.volumes = mappedIfOther(spec.volumes, defaultVolume)
  if (spec.initContainers !== undefined) {
    next.initContainers = mappedIfOther(spec.initContainers, (container) => defaultContainer(container, hostNetwork))
  }
  next.containers = mappedIfOther(spec.containers ?? [], (container) => defaultContainer(container, hostNetwork))
  if (spec.ephemeralContainers !== undefined)
    next.ephemeralContainers = mappedIfOther(spec.ephemeralContainers, withResources)
  next.restartPolicy = spec.restartPolicy || 'Always'
  next.terminationGracePeriodSeconds = spec.terminationGracePeriodSeconds ?? 30
  next.dnsPolicy = spec.dnsPolicy || 'ClusterFirst'
  const account = spec.serviceAccountName || spec.serviceAccount
  if (account) {
    next.serviceAccountName = account
    next.serviceAccount = account
  }
  next.securityContext = spec.securityContext ?? {}
  next.schedulerName = spec.schedulerName || 'default-scheduler'
  return keptIfSame(spec, next)
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const none = {}

/** What only Pods get, not templates: requests from limits, and enableServiceLinks. Source: SetDefaults_Pod. */
export function defaultPodOnly(spec: PodSpec): PodSpec {
  const next: Mutable<PodSpec> = extended(spec, none)
  if (spec.containers?.some(hasLimits)) next.containers = spec.containers.map(requestsFromLimits)
  if (spec.initContainers?.some(hasLimits)) next.initContainers = spec.initContainers.map(requestsFromLimits)
  next.enableServiceLinks = spec.enableServiceLinks ?? true
  return keptIfSame(spec, next)
}

function hasLimits({ resources }: Container): boolean {
  return resources?.limits !== undefined
}

function requestsFromLimits(container: Container): Container {
  const { limits, requests } = container.resources ?? {}
  if (limits === undefined) return container
  return { ...container, resources: { ...container.resources, requests: { ...limits, ...requests } } }
}

function withResources<C extends Container>(container: C): C {
  return container.resources === undefined ? extended(container, { resources: {} }) : container
}

/** Where they are switched on, ephemeral containers have the defaults of others. */
export function withEphemeralDefaults(spec: PodSpec): PodSpec {
  const { ephemeralContainers } = spec
  if (ephemeralContainers === undefined) return spec
  const defaulted = ephemeralContainers.map((container) => ({ ...container, ...defaultContainer(container, false) }))
  return { ...spec, ephemeralContainers: defaulted }
}

function defaultContainer(container: Container, hostNetwork: boolean): Container {
  const next: Mutable<Container> = extended(container, none)
  const { ports, env, livenessProbe, readinessProbe, startupProbe, lifecycle } = container
  if (ports !== undefined) next.ports = mappedIfOther(ports, (port) => defaultContainerPort(port, hostNetwork))
  if (env !== undefined) next.env = mappedIfOther(env, defaultEnvVar)
  next.resources = roundedResources(container.resources)
  if (livenessProbe !== undefined) next.livenessProbe = defaultProbe(livenessProbe)
  if (readinessProbe !== undefined) next.readinessProbe = defaultProbe(readinessProbe)
  if (startupProbe !== undefined) next.startupProbe = defaultProbe(startupProbe)
  if (lifecycle !== undefined) next.lifecycle = defaultLifecycle(lifecycle)
  next.terminationMessagePath = container.terminationMessagePath || usualMessagePath
  next.terminationMessagePolicy = container.terminationMessagePolicy || 'File'
  next.imagePullPolicy = container.imagePullPolicy || defaultPullPolicy(container.image ?? '')
  return keptIfSame(container, next)
}

/** On the host's network a container's port is the host's too. Source: SetDefaults_ContainerPort, defaultHostNetworkPorts. */
function defaultContainerPort(port: ContainerPort, hostNetwork: boolean): ContainerPort {
  const protocol = port.protocol || 'TCP'
  const isShared = hostNetwork && !port.hostPort && port.containerPort !== undefined
  if (port.protocol === protocol && !isShared) return port
  return extended(port, isShared ? { protocol, hostPort: port.containerPort } : { protocol })
}

const noResources: ResourceRequirements = {}

/** Amounts below a thousandth count as one. Source: SetDefaults_ResourceList. */
function roundedResources(resources: ResourceRequirements | undefined): ResourceRequirements {
  if (resources === undefined) return noResources
  const { limits, requests } = resources
  if (!hasTinyAmount(limits) && !hasTinyAmount(requests)) return resources
  return {
    ...resources,
    ...(limits === undefined ? {} : { limits: rounded(limits) }),
    ...(requests === undefined ? {} : { requests: rounded(requests) }),
  }
}

function hasTinyAmount(amounts: Readonly<Record<string, string>> | undefined): boolean {
  return amounts !== undefined && Object.values(amounts).some((amount) => /[nu]$/.test(amount))
}

function rounded(amounts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, roundUpToMilli(amount)]))
}

/** The key of a file that a variable is read from, from v1.35 on. */
export function fileKeyOf(source: EnvVar['valueFrom']): { readonly optional?: boolean } | undefined {
  const { fileKeyRef } = (source ?? {}) as { readonly fileKeyRef?: { readonly optional?: boolean } } // a newer source
  return fileKeyRef
}

/** A field reference without a version means v1. Source: pkg/apis/core/v1/defaults.go, SetDefaults_ObjectFieldSelector. */
export function defaultEnvVar(variable: EnvVar): EnvVar {
  const file = fileKeyOf(variable.valueFrom)
  // Source: pkg/apis/core/v1/defaults.go, SetDefaults_FileKeySelector.
  if (file !== undefined && file.optional === undefined)
    return { ...variable, valueFrom: { fileKeyRef: { ...file, optional: false } } as EnvVar['valueFrom'] } as EnvVar // as above
  const reference = variable.valueFrom?.fieldRef
  if (reference === undefined || reference.apiVersion) return variable
  return { ...variable, valueFrom: { ...variable.valueFrom, fieldRef: { ...reference, apiVersion: 'v1' } } }
}

function defaultProbe(probe: Probe): Probe {
  return keptIfSame(probe, {
    ...defaultHandler(probe),
    timeoutSeconds: probe.timeoutSeconds || 1,
    periodSeconds: probe.periodSeconds || 10,
    successThreshold: probe.successThreshold || 1,
    failureThreshold: probe.failureThreshold || 3,
  })
}

function defaultHandler<H extends Handler>(handler: H): H {
  const get = handler.httpGet
  if (get === undefined) return handler
  const httpGet = keptIfSame(get, { ...get, path: get.path || '/', scheme: get.scheme || 'HTTP' })
  return keptIfSame(handler, { ...handler, httpGet })
}

function defaultLifecycle(lifecycle: NonNullable<Container['lifecycle']>): NonNullable<Container['lifecycle']> {
  return keptIfSame(lifecycle, {
    ...lifecycle,
    ...(lifecycle.postStart === undefined ? {} : { postStart: defaultHandler(lifecycle.postStart) }),
    ...(lifecycle.preStop === undefined ? {} : { preStop: defaultHandler(lifecycle.preStop) }),
  })
}
