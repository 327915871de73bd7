import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { factAt, type VersionedFact } from '../../versions/version.ts'
import type { Container, Handler, Probe } from '../types/core.ts'
import { httpHeaderName, portName, portNumber } from './formats.ts'
import { isUnset, type Validator } from './validator.ts'

/** Probes and hooks of containers. Source: pkg/apis/core/validation/validation.go. */

/** Until v1.24 probes stand between other members of a container, the readiness probe after the message policy. Source: validateContainers. */
export function validateEarlyProbes(v: Validator, path: string, container: Container): void {
  const { lifecycle, livenessProbe, startupProbe } = container
  if (lifecycle !== undefined) validateLifecycle(v, `${path}.lifecycle`, lifecycle, undefined)
  validateOnceProbe(v, `${path}.livenessProbe`, livenessProbe)
  validateStartupProbe(v, `${path}.startupProbe`, startupProbe)
}

/** Hooks and probes of containers that run on, from v1.25 on. `gracePeriod` is the Pod's. Source: validateContainers, validateInitContainers. */
export function validateProbes(
  v: Validator,
  path: string,
  container: Container,
  gracePeriod: number | undefined,
): void {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container
  if (lifecycle !== undefined) validateLifecycle(v, `${path}.lifecycle`, lifecycle, gracePeriod)
  validateOnceProbe(v, `${path}.livenessProbe`, livenessProbe)
  validateProbe(v, `${path}.readinessProbe`, readinessProbe)
  const seconds = readinessProbe?.terminationGracePeriodSeconds
  if (seconds !== undefined)
    v.invalid(`${path}.readinessProbe.terminationGracePeriodSeconds`, seconds, 'must not be set for readinessProbes')
  validateOnceProbe(v, `${path}.startupProbe`, startupProbe)
}

/** Source: validateContainers, which in v1.23 looks at this probe twice, so that what is wrong has two causes. */
function validateStartupProbe(v: Validator, field: string, probe: Probe | undefined): void {
  if (factAt(startupProbeLooks, v.minor) === 2) validateProbe(v, field, probe)
  validateOnceProbe(v, field, probe)
}

const startupProbeLooks: VersionedFact<number> = {
  source:
    'pkg/apis/core/validation/validation.go, validateContainers of v1.23 and v1.24; once in v1.19 and from v1.25 on',
  initially: 1,
  since: [
    [23, 2],
    [25, 1],
  ],
}

function validateOnceProbe(v: Validator, field: string, probe: Probe | undefined): void {
  if (probe === undefined) return
  validateProbe(v, field, probe)
  if (probe.successThreshold !== 1) v.invalid(`${field}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')
}

/** Source: validateProbe. */
export function validateProbe(v: Validator, field: string, probe: Probe | undefined): void {
  if (probe === undefined) return
  validateHandler(v, field, probe, undefined)
  v.nonNegative(`${field}.initialDelaySeconds`, probe.initialDelaySeconds)
  v.nonNegative(`${field}.timeoutSeconds`, probe.timeoutSeconds)
  v.nonNegative(`${field}.periodSeconds`, probe.periodSeconds)
  v.nonNegative(`${field}.successThreshold`, probe.successThreshold)
  v.nonNegative(`${field}.failureThreshold`, probe.failureThreshold)
  const seconds = probe.terminationGracePeriodSeconds
  if (seconds !== undefined && seconds <= 0)
    v.invalid(`${field}.terminationGracePeriodSeconds`, seconds, 'must be greater than 0')
}

function validateLifecycle(
  v: Validator,
  field: string,
  { postStart, preStop }: NonNullable<Container['lifecycle']>,
  gracePeriod: number | undefined,
): void {
  if (postStart !== undefined) validateHandler(v, `${field}.postStart`, postStart, gracePeriod)
  if (preStop !== undefined) validateHandler(v, `${field}.preStop`, preStop, gracePeriod)
}

/** Source: validateHandler. */
function validateHandler(v: Validator, field: string, handler: Handler, gracePeriod: number | undefined): void {
  let handlers = 0
  const another = (kind: string): boolean => {
    if (handlers++ === 0) return true
    v.forbidden(`${field}.${kind}`, 'may not specify more than 1 handler type')
    return false
  }
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler
  if (exec !== undefined && another('exec') && (exec.command ?? []).length === 0) v.required(`${field}.exec.command`)
  if (httpGet !== undefined && another('httpGet')) validateHttpGet(v, `${field}.httpGet`, httpGet)
  if (tcpSocket !== undefined && another('tcpSocket')) validatePort(v, `${field}.tcpSocket.port`, tcpSocket.port)
  if (grpc !== undefined && another('grpc')) validatePort(v, `${field}.grpc.port`, grpc.port)
  if (sleep !== undefined && another('sleep')) validateSleep(v, `${field}.sleep`, sleep.seconds ?? 0, gracePeriod)
  if (handlers === 0) v.required(field, 'must specify a handler type')
}

/** Source: validateSleepAction; 0 s with the gate PodLifecycleSleepActionAllowZero. */
function validateSleep(v: Validator, field: string, seconds: number, gracePeriod: number | undefined): void {
  if (gracePeriod === undefined) return
  const mayBeZero = has(v.minor, apiServer.sleepsMayBeZero)
  if (seconds >= (mayBeZero ? 0 : 1) && seconds <= gracePeriod) return
  const tail = `less than terminationGracePeriodSeconds (${gracePeriod})`
  const early = has(v.minor, apiServer.tellsOfZeroSleeps)
    ? `${tail}. Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.`
    : tail
  v.invalid(field, seconds, mayBeZero ? `must be non-negative and ${tail}` : `must be greater than 0 and ${early}`)
}

function validateHttpGet(v: Validator, field: string, get: NonNullable<Handler['httpGet']>): void {
  if (isUnset(get.path)) v.required(`${field}.path`)
  validatePort(v, `${field}.port`, get.port)
  const { scheme = '' } = get
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') v.notSupported(`${field}.scheme`, scheme, ['HTTP', 'HTTPS'])
  for (const { name = '' } of get.httpHeaders ?? []) v.each(`${field}.httpHeaders`, name, httpHeaderName(name))
}

/** Source: ValidatePortNumOrName. */
export function validatePort(v: Validator, field: string, port: number | string | undefined): void {
  if (typeof port === 'string') v.each(field, port, portName(port, v.minor))
  else v.each(field, port ?? 0, portNumber(port ?? 0))
}
