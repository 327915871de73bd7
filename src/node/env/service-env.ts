/** What the environment of a container says of Services. Source: pkg/kubelet/envvars/envvars.go. */
export interface ServiceForEnv {
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly spec?: {
    readonly clusterIP?: string
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[]
  }
}

/** Source: pkg/kubelet/kubelet_pods.go, masterServices and masterServiceNamespace. */
const masterService = 'kubernetes'
const masterNamespace = 'default'

/**
 * Variables of the Services that a Pod of a namespace sees: all of its namespace with `enableServiceLinks`, and the API
 * server's always. Source: kubelet_pods.go, getServiceEnvVarMap.
 */
export function serviceEnvironment(
  services: readonly ServiceForEnv[],
  namespace: string,
  enableServiceLinks: boolean,
): Map<string, ServiceVariable> {
  const seen = new Map<string, ServiceForEnv>()
  for (const service of services) {
    const { name, namespace: own = '' } = service.metadata
    const ip = service.spec?.clusterIP ?? ''
    if (ip === '' || ip === 'None') continue
    if (own === masterNamespace && name === masterService) {
      if (!seen.has(name)) seen.set(name, service)
    } else if (own === namespace && enableServiceLinks) seen.set(name, service)
  }
  const env = new Map<string, ServiceVariable>()
  for (const service of seen.values()) for (const variable of variablesOf(service)) env.set(variable.name, variable)
  return env
}

/** A variable that tells of a Service. */
export interface ServiceVariable {
  readonly name: string
  readonly value: string
}

const known = new WeakMap<ServiceForEnv, readonly ServiceVariable[]>()

/** All containers that are told of a Service have the very same variables of it: there are tens of thousands of them. */
function variablesOf(service: ServiceForEnv): readonly ServiceVariable[] {
  const before = known.get(service)
  if (before !== undefined) return before
  const env = new Map<string, string>()
  addService(env, service)
  const variables = Array.from(env, ([name, value]): ServiceVariable => ({ name, value }))
  known.set(service, variables)
  return variables
}

function addService(env: Map<string, string>, { metadata, spec }: ServiceForEnv): void {
  const prefix = variableName(metadata.name)
  const ip = spec?.clusterIP ?? ''
  const ports = spec?.ports ?? []
  env.set(`${prefix}_SERVICE_HOST`, ip)
  env.set(`${prefix}_SERVICE_PORT`, String(ports[0]?.port ?? 0))
  for (const { name = '', port } of ports)
    if (name !== '') env.set(`${prefix}_SERVICE_PORT_${variableName(name)}`, String(port))
  // Links as Docker made them; it treats the first port specially.
  for (const [index, { port, protocol = 'TCP' }] of ports.entries()) {
    const lower = protocol.toLowerCase()
    const url = `${lower}://${ip.includes(':') ? `[${ip}]` : ip}:${port}`
    const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`
    if (index === 0) env.set(`${prefix}_PORT`, url)
    env.set(link, url)
    env.set(`${link}_PROTO`, lower)
    env.set(`${link}_PORT`, String(port))
    env.set(`${link}_ADDR`, ip)
  }
}

function variableName(name: string): string {
  return name.replaceAll('-', '_').toUpperCase()
}
