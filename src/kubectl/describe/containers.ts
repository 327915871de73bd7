import { at, isObject, listAt, numberAt, objectAt, sortedEntries, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { rfc1123 } from '../print/duration.ts'
import { containerResource } from './container-resource.ts'
import { byPath } from './volumes.ts'
import type { DescribeWriter } from './writer.ts'

/** Source: kubectl pkg/describe/describe.go, describeContainers. `pod` resolves field references; templates have none. */
export function describeContainers(
  w: DescribeWriter,
  label: string,
  containers: readonly unknown[],
  statuses: readonly unknown[],
  pod: unknown,
  space: string,
): void {
  w.line(0, `${space}${label}:${containers.length === 0 ? ' <none>' : ''}`)
  for (const container of containers) {
    const status = statuses.find((one) => textAt(one, 'name') === textAt(container, 'name'))
    describeBasics(w, container, status, space)
    describeWords(w, 'Command', listAt(container, 'command'))
    describeWords(w, 'Args', listAt(container, 'args'))
    if (status !== undefined) describeState(w, status)
    describeResources(w, container)
    describeProbes(w, container)
    if (listAt(container, 'envFrom').length > 0) describeEnvFrom(w, container)
    describeEnv(w, container, pod)
    describeMounts(w, container)
  }
}

function describeBasics(w: DescribeWriter, container: unknown, status: unknown, space: string): void {
  w.line(1, `${space === '' ? '' : ' '}${textAt(container, 'name')}:`)
  if (status !== undefined) w.field(2, 'Container ID', textAt(status, 'containerID'))
  w.field(2, 'Image', textAt(container, 'image'))
  if (status !== undefined) w.field(2, 'Image ID', textAt(status, 'imageID'))
  const ports = (field: string): string =>
    listAt(container, 'ports')
      .map((port) => `${numberAt(port, [field])}/${textAt(port, 'protocol')}`)
      .join(', ')
  for (const [label, field] of [
    ['Port', 'containerPort'],
    ['Host Port', 'hostPort'],
  ] as const) {
    const text = ports(field)
    w.field(2, text.includes(',') ? `${label}s` : label, text || '<none>')
  }
}

function describeWords(w: DescribeWriter, label: string, words: readonly unknown[]): void {
  if (words.length === 0) return
  w.line(2, `${label}:`)
  for (const word of words) for (const line of String(word).split('\n')) w.line(3, line)
}

function describeState(w: DescribeWriter, status: unknown): void {
  describeStatus(w, 'State', at(status, 'state'))
  if (isObject(at(status, 'lastState', 'terminated'))) describeStatus(w, 'Last State', at(status, 'lastState'))
  w.field(2, 'Ready', at(status, 'ready') === true ? 'True' : 'False')
  w.field(2, 'Restart Count', numberAt(status, ['restartCount']))
}

function describeStatus(w: DescribeWriter, label: string, state: unknown): void {
  const running = at(state, 'running')
  const terminated = at(state, 'terminated')
  if (isObject(running)) {
    w.field(2, label, 'Running')
    w.field(3, 'Started', rfc1123(at(running, 'startedAt')))
    return
  }
  if (isObject(terminated)) {
    w.field(2, label, 'Terminated')
    if (textAt(terminated, 'reason') !== '') w.field(3, 'Reason', textAt(terminated, 'reason'))
    if (textAt(terminated, 'message') !== '') w.field(3, 'Message', textAt(terminated, 'message'))
    w.field(3, 'Exit Code', numberAt(terminated, ['exitCode']))
    if (numberAt(terminated, ['signal']) > 0) w.field(3, 'Signal', numberAt(terminated, ['signal']))
    w.field(3, 'Started', rfc1123(at(terminated, 'startedAt')))
    w.field(3, 'Finished', rfc1123(at(terminated, 'finishedAt')))
    return
  }
  w.field(2, label, 'Waiting')
  const reason = textAt(state, 'waiting', 'reason')
  if (reason !== '') w.field(3, 'Reason', reason)
}

function describeResources(w: DescribeWriter, container: unknown): void {
  for (const [label, field] of [
    ['Limits', 'limits'],
    ['Requests', 'requests'],
  ] as const) {
    const entries = sortedEntries(container, 'resources', field)
    if (entries.length > 0) w.line(2, `${label}:`)
    for (const [name, amount] of entries) w.field(3, name, amount)
  }
}

function describeProbes(w: DescribeWriter, container: unknown): void {
  for (const [label, field] of [
    ['Liveness', 'livenessProbe'],
    ['Readiness', 'readinessProbe'],
    ['Startup', 'startupProbe'],
  ] as const) {
    const probe = at(container, field)
    if (isObject(probe)) w.field(2, label, probeText(probe))
  }
}

/** Source: DescribeProbe. */
function probeText(probe: unknown): string {
  const number = (field: string): number => numberAt(probe, [field])
  const attributes = `delay=${number('initialDelaySeconds')}s timeout=${number('timeoutSeconds')}s period=${number('periodSeconds')}s #success=${number('successThreshold')} #failure=${number('failureThreshold')}`
  if (isObject(at(probe, 'exec'))) return `exec [${listAt(probe, 'exec', 'command').join(' ')}] ${attributes}`
  const http = at(probe, 'httpGet')
  if (isObject(http)) {
    const path = textAt(http, 'path')
    const host = `${textAt(http, 'host')}:${textAt(http, 'port')}`
    return `http-get ${textAt(http, 'scheme').toLowerCase()}://${host}${path === '' || path.startsWith('/') ? path : `/${path}`} ${attributes}`
  }
  const tcp = at(probe, 'tcpSocket')
  if (isObject(tcp)) return `tcp-socket ${textAt(tcp, 'host')}:${textAt(tcp, 'port')} ${attributes}`
  return `unknown ${attributes}`
}

function describeEnvFrom(w: DescribeWriter, container: unknown): void {
  w.line(2, 'Environment Variables from:')
  for (const source of listAt(container, 'envFrom')) {
    const configMap = at(source, 'configMapRef')
    const reference = configMap ?? at(source, 'secretRef')
    const from = configMap === undefined ? 'Secret' : 'ConfigMap'
    const prefix = textAt(source, 'prefix')
    const optional = at(reference, 'optional') === true
    w.line(
      3,
      `${textAt(reference, 'name')}\t${from}${prefix === '' ? '' : ` with prefix '${prefix}'`}\tOptional: ${optional}`,
    )
  }
}

function describeEnv(w: DescribeWriter, container: unknown, pod: unknown): void {
  const variables = listAt(container, 'env')
  w.line(2, `Environment:${variables.length === 0 ? '\t<none>' : ''}`)
  for (const variable of variables) {
    const name = textAt(variable, 'name')
    const from = at(variable, 'valueFrom')
    if (from === undefined) {
      textAt(variable, 'value')
        .split('\n')
        .forEach((line, i) => {
          w.line(3, i === 0 ? `${name}:\t${line}` : `\t${line}`)
        })
      continue
    }
    w.line(3, `${name}:\t${sourceText(from, container, pod)}`)
  }
}

function sourceText(from: unknown, container: unknown, pod: unknown): string {
  const field = at(from, 'fieldRef')
  if (isObject(field)) {
    const path = textAt(field, 'fieldPath')
    return `${fieldValue(pod, path)} (${textAt(field, 'apiVersion')}:${path})`
  }
  const resource = textAt(from, 'resourceFieldRef', 'resource')
  if (resource !== '') {
    const value = containerResource(container, resource, textAt(from, 'resourceFieldRef', 'divisor'))
    const shown =
      value === '0' && (resource === 'limits.cpu' || resource === 'limits.memory') ? 'node allocatable' : value
    return `${shown} (${resource})`
  }
  const secret = at(from, 'secretKeyRef')
  const reference = secret ?? at(from, 'configMapKeyRef')
  const where = secret === undefined ? 'of config map' : 'in secret'
  return `<set to the key '${textAt(reference, 'key')}' ${where} '${textAt(reference, 'name')}'>\tOptional: ${at(reference, 'optional') === true}`
}

/** Source: pkg/fieldpath ExtractFieldPathAsString; only what the label conversion of Pods lets through. */
function fieldValue(pod: unknown, path: string): string {
  if (pod === undefined) return ''
  const subscript = /^metadata\.(annotations|labels)\['(.*)'\]$/.exec(path)
  if (subscript !== null) return textAt(pod, 'metadata', subscript[1] ?? '', subscript[2] ?? '')
  if (path === 'metadata.annotations' || path === 'metadata.labels') {
    return sortedEntries(objectAt(pod, ...path.split('.')))
      .map(([key, value]) => `${key}=${goQuote(value)}`)
      .join('\n')
  }
  const known = ['metadata.name', 'metadata.namespace', 'metadata.uid']
  return known.includes(path) ? textAt(pod, ...path.split('.')) : ''
}

function describeMounts(w: DescribeWriter, container: unknown): void {
  const mounts = [...listAt(container, 'volumeMounts')].sort(byPath('mountPath'))
  const none = mounts.length === 0 ? '\t<none>' : ''
  w.line(2, `Mounts:${none}`)
  for (const mount of mounts) {
    const subPath = textAt(mount, 'subPath')
    const flags = [
      at(mount, 'readOnly') === true ? 'ro' : 'rw',
      ...(subPath === '' ? [] : [`path=${goQuote(subPath)}`]),
    ]
    w.line(3, `${textAt(mount, 'mountPath')} from ${textAt(mount, 'name')} (${flags.join(',')})`)
  }
  const devices = [...listAt(container, 'volumeDevices')].sort(byPath('devicePath'))
  if (devices.length > 0) w.line(2, `Devices:${none}`)
  for (const device of devices) w.line(3, `${textAt(device, 'devicePath')} from ${textAt(device, 'name')}`)
}
