import type { Container, EnvVar, Handler, PodSpec, Probe, ResourceRequirements } from './core.ts'
import { imageTag } from './image-name.ts'
import { defaultVolume } from './volume-defaults.ts'

/**
 * What the API server fills in for a Pod's spec and for every Pod template. Objects come decoded: absent fields are
 * absent, never null. Nothing is changed in place.
 * Source: pkg/apis/core/v1/defaults.go, zz_generated.defaults.go and conversion.go.
 */
export function defaultPodSpec(spec: PodSpec): PodSpec {
  const hostNetwork = spec.hostNetwork === true
  const account = spec.serviceAccountName || spec.serviceAccount
  const { serviceAccount: _alias, serviceAccountName: _name, ...rest } = spec
  return {
    ...rest,
    ...(spec.volumes === undefined ? {} : { volumes: spec.volumes.map(defaultVolume) }),
    ...(spec.initContainers === undefined
      ? {}
      : { initContainers: spec.initContainers.map((container) => defaultContainer(container, hostNetwork)) }),
    containers: (spec.containers ?? []).map((container) => defaultContainer(container, hostNetwork)),
    ...(spec.ephemeralContainers === undefined
      ? {}
      : { ephemeralContainers: spec.ephemeralContainers.map(withResources) }),
    restartPolicy: spec.restartPolicy || 'Always',
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    dnsPolicy: spec.dnsPolicy || 'ClusterFirst',
    ...(account ? { serviceAccountName: account, serviceAccount: account } : {}),
    securityContext: spec.securityContext ?? {},
    schedulerName: spec.schedulerName || 'default-scheduler',
  }
}

/** What only Pods get, not templates: requests from limits, and enableServiceLinks. Source: SetDefaults_Pod. */
export function defaultPodOnly(spec: PodSpec): PodSpec {
  return {
    ...spec,
    containers: (spec.containers ?? []).map(requestsFromLimits),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(requestsFromLimits) }),
    enableServiceLinks: spec.enableServiceLinks ?? true,
  }
}

function requestsFromLimits(container: Container): Container {
  const { limits, requests } = container.resources ?? {}
  if (limits === undefined) return container
  return { ...container, resources: { ...container.resources, requests: { ...limits, ...requests } } }
}

function withResources<C extends Container>(container: C): C {
  return container.resources === undefined ? { ...container, resources: {} } : container
}

function defaultContainer(container: Container, hostNetwork: boolean): Container {
  return {
    ...container,
    ...(container.ports === undefined
      ? {}
      : {
          ports: container.ports.map((port) => ({
            ...port,
            protocol: port.protocol || 'TCP',
            ...(hostNetwork && !port.hostPort && port.containerPort ? { hostPort: port.containerPort } : {}),
          })),
        }),
    ...(container.env === undefined ? {} : { env: container.env.map(defaultEnvVar) }),
    resources: container.resources ?? noResources,
    ...(container.livenessProbe === undefined ? {} : { livenessProbe: defaultProbe(container.livenessProbe) }),
    ...(container.readinessProbe === undefined ? {} : { readinessProbe: defaultProbe(container.readinessProbe) }),
    ...(container.startupProbe === undefined ? {} : { startupProbe: defaultProbe(container.startupProbe) }),
    ...(container.lifecycle === undefined ? {} : { lifecycle: defaultLifecycle(container.lifecycle) }),
    terminationMessagePath: container.terminationMessagePath || '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy || 'File',
    imagePullPolicy: container.imagePullPolicy || defaultPullPolicy(container.image ?? ''),
  }
}

const noResources: ResourceRequirements = {}

/** `Always` for the tag `latest` or none, else `IfNotPresent` (P1). Source: SetDefaults_Container. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  return imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent'
}

/** A field reference without a version means v1. Source: SetDefaults_ObjectFieldSelector. */
export function defaultEnvVar(variable: EnvVar): EnvVar {
  const reference = variable.valueFrom?.fieldRef
  if (reference === undefined || reference.apiVersion) return variable
  return { ...variable, valueFrom: { ...variable.valueFrom, fieldRef: { ...reference, apiVersion: 'v1' } } }
}

function defaultProbe(probe: Probe): Probe {
  return {
    ...defaultHandler(probe),
    timeoutSeconds: probe.timeoutSeconds || 1,
    periodSeconds: probe.periodSeconds || 10,
    successThreshold: probe.successThreshold || 1,
    failureThreshold: probe.failureThreshold || 3,
  }
}

function defaultHandler<H extends Handler>(handler: H): H {
  const get = handler.httpGet
  if (get === undefined) return handler
  return { ...handler, httpGet: { ...get, path: get.path || '/', scheme: get.scheme || 'HTTP' } }
}

function defaultLifecycle(lifecycle: NonNullable<Container['lifecycle']>): NonNullable<Container['lifecycle']> {
  return {
    ...(lifecycle.postStart === undefined ? {} : { postStart: defaultHandler(lifecycle.postStart) }),
    ...(lifecycle.preStop === undefined ? {} : { preStop: defaultHandler(lifecycle.preStop) }),
  }
}
