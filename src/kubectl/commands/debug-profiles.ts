import { isObject, type JsonObject, listAt, objectAt } from '../../go/json.ts'
import { fail } from '../cli/failure.ts'
import type { ClientVersion } from '../client-version.ts'

/** Into what a container for debugging is put. */
export type DebugStyle = 'ephemeral' | 'copy' | 'node'

/** What of a Pod its copy keeps: flags of newer versions. */
export interface Kept {
  readonly labels: boolean
  readonly annotations: boolean
  readonly liveness: boolean
  readonly readiness: boolean
  readonly startup: boolean
  readonly initContainers: boolean
}

/** What a profile goes by. `container` stands in the list `list` of the spec. */
export interface Debugged {
  readonly version: ClientVersion
  readonly keep: Kept
  readonly container: string
  readonly list: 'containers' | 'ephemeralContainers'
}

/** One change of the Pod that is sent. */
type Effect = (pod: JsonObject, about: Debugged) => JsonObject

type Profile = Readonly<Record<DebugStyle, readonly Effect[]>>

const clearSecurity = inContainer((container) => without(container, ['securityContext']))
const privileged = inSecurity(() => ({ privileged: true }))
const nonRoot = inSecurity(() => ({ runAsNonRoot: true }))
const noCapabilities = inSecurity(() => ({ capabilities: { drop: ['ALL'] } }))
const noEscalation = since(
  'debugRestrictsMore',
  inSecurity(() => ({ allowPrivilegeEscalation: false })),
)
const seccomp = since(
  'debugRestrictsMore',
  inSecurity(() => ({ seccompProfile: { type: 'RuntimeDefault' } })),
)
const restricts = [clearSecurity, nonRoot, noCapabilities, noEscalation, seccomp]
const traces = capability('SYS_PTRACE')
const ofNetwork = [capability('NET_ADMIN'), since('debugNetsWithoutPrivileges', capability('NET_RAW'))]

const hostNamespaces: Effect = (pod) => withSpec(pod, { hostNetwork: true, hostPID: true, hostIPC: true })
const hostVolume: Effect = (pod) =>
  withSpec(pod, { volumes: [...listAt(pod, 'spec', 'volumes'), { name: 'host-root', hostPath: { path: '/' } }] })
const hostMount = inContainer((container) => ({
  ...container,
  volumeMounts: [...listAt(container, 'volumeMounts'), { name: 'host-root', mountPath: '/host' }],
}))
const hostRoot = [hostVolume, hostMount]

const sharesProcesses: Effect = (pod) =>
  objectAt(pod, 'spec').shareProcessNamespace === undefined ? withSpec(pod, { shareProcessNamespace: true }) : pod

/** Up to 1.30 labels and probes go; then flags tell what stays. Source: profiles.go, removeLabelsAndProbes, KeepFlags. */
const onlyKept: Effect = (pod, { keep, version }) => {
  const probes = [
    ...(keep.liveness ? [] : ['livenessProbe']),
    ...(keep.readiness ? [] : ['readinessProbe']),
    ...(keep.startup || !version.debugRestrictsMore ? [] : ['startupProbe']),
  ]
  const metadata = [
    ...(keep.labels ? [] : ['labels']),
    ...(keep.annotations || !version.debugKeeps ? [] : ['annotations']),
  ]
  const spec = without(objectAt(pod, 'spec'), keep.initContainers ? [] : ['initContainers'])
  const containers = listAt(pod, 'spec', 'containers').map((one) => (isObject(one) ? without(one, probes) : one))
  return { ...pod, metadata: without(objectAt(pod, 'metadata'), metadata), spec: { ...spec, containers } }
}
const onlyKeptLater = since('debugKeeps', onlyKept)
const noLabelsLater = since('debugKeeps', (pod) => ({
  ...pod,
  metadata: without(objectAt(pod, 'metadata'), ['labels']),
}))

/** Source: kubectl pkg/cmd/debug/profiles.go; what changed is read off the tags of that repository. */
const profiles: Readonly<Record<string, Profile>> = {
  legacy: { node: [...hostRoot, hostNamespaces], copy: [noLabelsLater], ephemeral: [] },
  general: {
    node: [...hostRoot, clearSecurity, hostNamespaces],
    copy: [onlyKept, traces, sharesProcesses],
    ephemeral: [traces],
  },
  baseline: {
    node: [clearSecurity],
    copy: [clearSecurity, onlyKept, sharesProcesses],
    ephemeral: [clearSecurity],
  },
  restricted: {
    node: restricts,
    copy: [...restricts, onlyKeptLater, sharesProcesses],
    ephemeral: restricts,
  },
  netadmin: {
    node: [...ofNetwork, hostNamespaces, until('debugNetsWithoutPrivileges', privileged)],
    copy: [...ofNetwork, onlyKeptLater, since('debugNetsWithoutPrivileges', sharesProcesses)],
    ephemeral: ofNetwork,
  },
  sysadmin: {
    node: [privileged, hostNamespaces, ...hostRoot],
    copy: [privileged, onlyKeptLater, sharesProcesses],
    ephemeral: [privileged],
  },
}

function knows(version: ClientVersion, name: string): boolean {
  if (name === 'legacy') return true
  if (name === 'sysadmin') return version.debugAsSysadmin
  return version.debugHasProfiles && Object.hasOwn(profiles, name)
}

/** Refuses a name that no profile of the version has. Source: profiles.go, NewProfileApplier. */
export function checkProfile(version: ClientVersion, name: string): void {
  if (!knows(version, name)) fail(`unknown profile: ${name}`)
}

/** The Pod that is sent, as its profile wants it. */
export function withProfile(pod: JsonObject, name: string, style: DebugStyle, about: Debugged): JsonObject {
  return (profiles[name]?.[style] ?? []).reduce((changed, effect) => effect(changed, about), pod)
}

type Row = 'debugKeeps' | 'debugRestrictsMore' | 'debugNetsWithoutPrivileges'

function since(row: Row, effect: Effect): Effect {
  return (pod, about) => (about.version[row] ? effect(pod, about) : pod)
}

function until(row: Row, effect: Effect): Effect {
  return (pod, about) => (about.version[row] ? pod : effect(pod, about))
}

function inContainer(change: (container: JsonObject) => JsonObject): Effect {
  return (pod, { list, container }) =>
    withSpec(pod, {
      [list]: listAt(pod, 'spec', list).map((one) => (isObject(one) && one.name === container ? change(one) : one)),
    })
}

function inSecurity(change: (context: JsonObject) => JsonObject): Effect {
  return inContainer((container) => {
    const context = objectAt(container, 'securityContext')
    return { ...container, securityContext: { ...context, ...change(context) } }
  })
}

function capability(name: string): Effect {
  return inSecurity((context) => {
    const capabilities = objectAt(context, 'capabilities')
    return { capabilities: { ...capabilities, add: [...listAt(capabilities, 'add'), name] } }
  })
}

function withSpec(pod: JsonObject, more: JsonObject): JsonObject {
  return { ...pod, spec: { ...objectAt(pod, 'spec'), ...more } }
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
}
