import { goQuote } from '../../../go/quote.ts'
import {
  containersOf,
  containerText,
  joinQuoted,
  plural,
  type SecuredContext,
  type SecuredPod,
  settersText,
  sortedQuoted,
  type Violation,
} from './secured.ts'

/** What level baseline forbids. Source: pod-security-admission policy/check_*.go. */

/** What its context is, and whose. */
interface Setter {
  readonly container: string | undefined
  readonly context: SecuredContext
}

function settersIn(pod: SecuredPod): readonly Setter[] {
  return [
    { container: undefined, context: pod.spec.securityContext ?? {} },
    ...containersOf(pod).map(({ name, securityContext = {} }) => ({ container: name, context: securityContext })),
  ]
}

/** `pod and container "a"` of those contexts that are bad; undefined: none is. */
function badSetters(pod: SecuredPod, isBad: (context: SecuredContext) => boolean): string | undefined {
  const bad = settersIn(pod).filter(({ context }) => isBad(context))
  const names = bad.flatMap(({ container }) => (container === undefined ? [] : [container]))
  return bad.length === 0 ? undefined : settersText(names.length < bad.length, names)
}

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'

function badAppArmorAnnotations({ metadata }: SecuredPod): readonly string[] {
  return Object.entries(metadata?.annotations ?? {})
    .filter(([key, value]) => key.startsWith(appArmorPrefix) && !/^(?:$|runtime\/default$|localhost\/)/.test(value))
    .map(([key, value]) => `${key}=${goQuote(value)}`)
    .sort()
}

/** Before v1.30 profiles were annotations alone. */
export function appArmorAnnotations(pod: SecuredPod): Violation | undefined {
  const bad = badAppArmorAnnotations(pod)
  if (bad.length === 0) return undefined
  return { reason: plural('forbidden AppArmor profile', bad.length), detail: bad.join(', ') }
}

/** Source: check_appArmorProfile.go. */
export function appArmorProfile(pod: SecuredPod): Violation | undefined {
  const types: string[] = []
  const setters = badSetters(pod, ({ appArmorProfile: profile }) => {
    const type = profile?.type ?? ''
    const isBad = profile !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'
    if (isBad) types.push(type)
    return isBad
  })
  const annotations = badAppArmorAnnotations(pod)
  const bad = [...[...new Set(types)].sort(), ...annotations]
  if (bad.length === 0) return undefined
  const annotated = annotations.length === 0 ? [] : [plural('annotation', annotations.length)]
  const who = [...(setters === undefined ? [] : [setters]), ...annotated].join(' and ')
  return {
    reason: plural('forbidden AppArmor profile', bad.length),
    detail: `${who} must not set AppArmor profile type to ${joinQuoted(bad)}`,
  }
}

const plainCapabilities: ReadonlySet<string> = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
)

/** Source: check_capabilities_baseline.go. */
export function capabilitiesBaseline(pod: SecuredPod): Violation | undefined {
  const forbidden = containersOf(pod).flatMap(({ name, securityContext }) =>
    (securityContext?.capabilities?.add ?? []).flatMap((each) => (plainCapabilities.has(each) ? [] : [{ name, each }])),
  )
  if (forbidden.length === 0) return undefined
  const names = [...new Set(forbidden.map(({ name }) => name))]
  const added = sortedQuoted(forbidden.map(({ each }) => each))
  return {
    reason: 'non-default capabilities',
    detail: `${containerText(names)} must not include ${added} in securityContext.capabilities.add`,
  }
}

/** Source: check_hostNamespaces.go. */
export function hostNamespaces({ spec }: SecuredPod): Violation | undefined {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name] === true)
  if (shared.length === 0) return undefined
  return { reason: 'host namespaces', detail: shared.map((name) => `${name}=true`).join(', ') }
}

/** Source: check_hostPathVolumes.go. */
export function hostPathVolumes({ spec: { volumes = [] } }: SecuredPod): Violation | undefined {
  const names = volumes.filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name)
  if (names.length === 0) return undefined
  return { reason: 'hostPath volumes', detail: `${plural('volume', names.length)} ${joinQuoted(names)}` }
}

/** Source: check_hostPorts.go. */
export function hostPorts(pod: SecuredPod): Violation | undefined {
  const used = containersOf(pod).flatMap(({ name, ports = [] }) =>
    ports.flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [{ name, port: String(hostPort) }])),
  )
  if (used.length === 0) return undefined
  const names = [...new Set(used.map(({ name }) => name))]
  const numbers = [...new Set(used.map(({ port }) => port))].sort()
  const verb = names.length === 1 ? 'uses' : 'use'
  const list = `${plural('hostPort', numbers.length)} ${numbers.join(', ')}`
  return { reason: 'hostPort', detail: `${containerText(names)} ${verb} ${list}` }
}

/** From v1.34 on. */
export function hostsOfProbes(pod: SecuredPod): Violation | undefined {
  const used = containersOf(pod).flatMap(({ name, livenessProbe, readinessProbe, startupProbe, lifecycle }) =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap((handler) =>
      [handler?.httpGet?.host ?? '', handler?.tcpSocket?.host ?? ''].flatMap((host) =>
        host === '' ? [] : [{ name, host }],
      ),
    ),
  )
  if (used.length === 0) return undefined
  const names = [...new Set(used.map(({ name }) => name))].sort()
  const hosts = new Set(used.map(({ host }) => host))
  const verb = names.length === 1 ? 'uses' : 'use'
  const list = `${plural('probe or lifecycle host', hosts.size)} ${sortedQuoted(hosts)}`
  return { reason: 'probe or lifecycle host', detail: `${containerText(names)} ${verb} ${list}` }
}

/** Source: check_privileged.go. */
export function privileged(pod: SecuredPod): Violation | undefined {
  const bad = containersOf(pod).filter(({ securityContext }) => securityContext?.privileged === true)
  if (bad.length === 0) return undefined
  const names = containerText(bad.map(({ name }) => name))
  return { reason: 'privileged', detail: `${names} must not set securityContext.privileged=true` }
}

/** Source: check_procMount.go. */
export function procMount(pod: SecuredPod): Violation | undefined {
  const bad = containersOf(pod).filter(({ securityContext }) => (securityContext?.procMount ?? 'Default') !== 'Default')
  if (bad.length === 0) return undefined
  const kinds = sortedQuoted(bad.map(({ securityContext }) => securityContext?.procMount ?? ''))
  const names = containerText(bad.map(({ name }) => name))
  return { reason: 'procMount', detail: `${names} must not set securityContext.procMount to ${kinds}` }
}

const types = ['', 'container_t', 'container_init_t', 'container_kvm_t']

/** `allowed`: types beside the plain ones. */
export function seLinuxOptions(allowed: readonly string[]): (pod: SecuredPod) => Violation | undefined {
  const plainTypes = new Set([...types, ...allowed])
  return (pod) => {
    const bad: string[] = []
    const set = { user: false, role: false }
    const setters = badSetters(pod, ({ seLinuxOptions: options }) => {
      const { type = '', user = '', role = '' } = options ?? {}
      if (!plainTypes.has(type)) bad.push(type)
      set.user ||= user !== ''
      set.role ||= role !== ''
      return !plainTypes.has(type) || user !== '' || role !== ''
    })
    if (setters === undefined) return undefined
    const kinds = new Set(bad)
    const data = [
      ...(kinds.size > 0 ? [`${plural('type', kinds.size)} ${sortedQuoted(kinds)}`] : []),
      ...(set.user ? ['user may not be set'] : []),
      ...(set.role ? ['role may not be set'] : []),
    ]
    const detail = `${setters} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`
    return { reason: 'seLinuxOptions', detail }
  }
}

const podSeccomp = 'seccomp.security.alpha.kubernetes.io/pod'
const containerSeccomp = 'container.seccomp.security.alpha.kubernetes.io/'

/** Of policies up to v1.18: profiles are annotations. */
export function seccompAnnotations(pod: SecuredPod): Violation | undefined {
  const annotations = pod.metadata?.annotations ?? {}
  const keys = [podSeccomp, ...containersOf(pod).map(({ name }) => containerSeccomp + name)]
  const bad = new Set(
    keys.flatMap((key) => {
      const value = annotations[key]
      const isRight = value === undefined || /^(?:(?:runtime|docker)\/default$|localhost\/)/.test(value)
      return isRight ? [] : [`${key}=${goQuote(value)}`]
    }),
  )
  if (bad.size === 0) return undefined
  const detail = `forbidden ${plural('annotation', bad.size)} ${[...bad].sort().join(', ')}`
  return { reason: 'seccompProfile', detail }
}

/** Whether a profile is one of those that nothing is said against. */
export function isSeccompRight(type: string | undefined): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost'
}

/** Source: check_seccompProfile_baseline.go. */
export function seccompBaseline(pod: SecuredPod): Violation | undefined {
  const bad: string[] = []
  const setters = badSetters(pod, ({ seccompProfile: profile }) => {
    const isBad = profile !== undefined && !isSeccompRight(profile.type)
    if (isBad) bad.push(profile.type ?? '')
    return isBad
  })
  if (setters === undefined) return undefined
  const detail = `${setters} must not set securityContext.seccompProfile.type to ${sortedQuoted(bad)}`
  return { reason: 'seccompProfile', detail }
}

/** What a Pod may set, and from which policy on. */
const safeSysctls: readonly (readonly [since: number, names: string])[] = [
  [
    0,
    'kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range net.ipv4.ip_unprivileged_port_start',
  ],
  [27, 'net.ipv4.ip_local_reserved_ports'],
  [
    29,
    'net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes',
  ],
  [32, 'net.ipv4.tcp_rmem net.ipv4.tcp_wmem'],
]

/** Policies in which more may be set than before. */
export const sysctlPolicies: readonly number[] = safeSysctls.map(([since]) => since)

/** Of a policy of that minor. Source: check_sysctls.go. */
export function sysctls(policy: number): (pod: SecuredPod) => Violation | undefined {
  const safe = new Set(safeSysctls.flatMap(([since, names]) => (since <= policy ? names.split(' ') : [])))
  return ({ spec: { securityContext } }) => {
    const bad = (securityContext?.sysctls ?? []).filter(({ name }) => !safe.has(name))
    if (bad.length === 0) return undefined
    return { reason: 'forbidden sysctls', detail: bad.map(({ name }) => name).join(', ') }
  }
}

/** Source: check_windowsHostProcess.go. */
export function hostProcess(pod: SecuredPod): Violation | undefined {
  const setters = badSetters(pod, ({ windowsOptions }) => windowsOptions?.hostProcess === true)
  if (setters === undefined) return undefined
  return { reason: 'hostProcess', detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true` }
}
