/** What the checks read of a Pod, or of a template of one. Source: k8s.io/api core/v1/types.go. */

interface Options {
  readonly type?: string
  readonly user?: string
  readonly role?: string
}

/** Of a Pod or a container. */
export interface SecuredContext {
  readonly runAsNonRoot?: boolean
  readonly runAsUser?: number
  readonly seLinuxOptions?: Options
  readonly seccompProfile?: { readonly type?: string }
  readonly appArmorProfile?: { readonly type?: string }
  readonly windowsOptions?: { readonly hostProcess?: boolean }
}

interface Handler {
  readonly httpGet?: { readonly host?: string }
  readonly tcpSocket?: { readonly host?: string }
}

/** A container, as far as checks read it. */
export interface SecuredContainer {
  readonly name: string
  readonly ports?: readonly { readonly hostPort?: number }[]
  readonly livenessProbe?: Handler
  readonly readinessProbe?: Handler
  readonly startupProbe?: Handler
  readonly lifecycle?: { readonly postStart?: Handler; readonly preStop?: Handler }
  readonly securityContext?: SecuredContext & {
    readonly privileged?: boolean
    readonly allowPrivilegeEscalation?: boolean
    readonly procMount?: string
    readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] }
  }
}

/** A Pod, or a template of one. */
export interface SecuredPod {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: {
    readonly hostNetwork?: boolean
    readonly hostPID?: boolean
    readonly hostIPC?: boolean
    readonly hostUsers?: boolean
    readonly os?: { readonly name?: string }
    readonly securityContext?: SecuredContext & { readonly sysctls?: readonly { readonly name: string }[] }
    readonly volumes?: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[]
    readonly containers?: readonly SecuredContainer[]
    readonly initContainers?: readonly SecuredContainer[]
    readonly ephemeralContainers?: readonly SecuredContainer[]
  }
}

/** Source: pod-security-admission policy/visitor.go. */
export function containersOf({ spec }: SecuredPod): readonly SecuredContainer[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])]
}

/** Why a Pod is not let through by one check: in short, and in particular. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

/** Source: pod-security-admission policy/helpers.go. */
export function joinQuoted(items: Iterable<string>): string {
  return [...items].map((item) => `"${item}"`).join(', ')
}

/** Of a set, as sets are listed. */
export function sortedQuoted(items: Iterable<string>): string {
  return joinQuoted([...new Set(items)].sort())
}

/** `container`, `containers`: as many as there are. */
export function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`
}

/** `container "a"`, `containers "a", "b"`. */
export function containerText(names: readonly string[]): string {
  return `${plural('container', names.length)} ${joinQuoted(names)}`
}

/** `pod and containers "a", "b"`: whoever sets something; empty: nobody. */
export function settersText(isPod: boolean, names: readonly string[]): string {
  return [...(isPod ? ['pod'] : []), ...(names.length > 0 ? [containerText(names)] : [])].join(' and ')
}
