import { at, compareBytes, isObject, listAt, numberAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { failureMessage } from '../cli/failure.ts'
import { type Describing, describeAnnotations, describeLabels, describeOwnEvents } from './common.ts'
import { serviceAddresses } from './endpoints.ts'

const oldDefault = { serviceName: 'default-http-backend', servicePort: 80 }
const newDefault = { service: { name: 'default-http-backend', port: { number: 80 } } }

/** Both `networking.k8s.io/v1` and the betas before. Source: kubectl pkg/describe/describe.go, describeIngress. */
export function* describeIngress(d: Describing): Steps<void> {
  const { session, w, object } = d
  const isV1 = textAt(object, 'apiVersion') === 'networking.k8s.io/v1'
  const namespace = textAt(object, 'metadata', 'namespace')
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  if (d.session.version.describesIngressLabels) describeLabels(w, 'Labels', at(object, 'metadata', 'labels'))
  w.field(0, 'Namespace', namespace)
  w.field(0, 'Address', addressesOf(object))
  if (d.session.version.describesIngressClass)
    w.field(0, 'Ingress Class', textAt(object, 'spec', 'ingressClassName') || '<none>')
  const fallback = yield* defaultBackend(d, isV1)
  w.field(0, 'Default backend', fallback)
  describeTls(d)
  w.line(0, 'Rules:\n  Host\tPath\tBackends')
  w.line(1, '----\t----\t--------')
  const rules = listAt(object, 'spec', 'rules').filter((rule) => isObject(at(rule, 'http')))
  for (const rule of rules) {
    w.line(1, `${textAt(rule, 'host') || '*'}\t`)
    for (const path of listAt(rule, 'http', 'paths'))
      w.line(2, `\t${textAt(path, 'path')} \t${yield* backendText(d, namespace, at(path, 'backend'))}`)
  }
  const all = isV1 ? `\t${fallback}` : ` \t${d.session.version.describesIngressClass ? '<default>' : fallback}`
  if (rules.length === 0) w.line(1, `*\t*${all}`)
  describeAnnotations(session, w, 'Annotations', at(object, 'metadata', 'annotations'))
  yield* describeOwnEvents(d)
}

function addressesOf(object: unknown): string {
  const all = listAt(object, 'status', 'loadBalancer', 'ingress').map(
    (one) => textAt(one, 'ip') || textAt(one, 'hostname'),
  )
  return [...new Set(all.filter((address) => address !== ''))].sort(compareBytes).join(',')
}

function* defaultBackend(d: Describing, isV1: boolean): Steps<string> {
  const own = at(d.object, 'spec', isV1 ? 'defaultBackend' : 'backend')
  if (own !== undefined) return yield* backendText(d, textAt(d.object, 'metadata', 'namespace'), own)
  if (d.session.version.describesIngressClass) return '<default>'
  return yield* backendText(d, 'kube-system', isV1 ? newDefault : oldDefault)
}

function describeTls({ w, object }: Describing): void {
  const entries = listAt(object, 'spec', 'tls')
  if (entries.length > 0) w.line(0, 'TLS:')
  for (const entry of entries) {
    const hosts = listAt(entry, 'hosts').join(',')
    const secret = textAt(entry, 'secretName')
    w.line(1, secret === '' ? `SNI routes ${hosts}` : `${secret} terminates ${hosts}`)
  }
}

function* backendText(d: Describing, namespace: string, backend: unknown): Steps<string> {
  const resource = at(backend, 'resource')
  if (resource !== undefined) {
    const group = textAt(resource, 'apiGroup') || '<none>'
    return `APIGroup: ${group}, Kind: ${textAt(resource, 'kind')}, Name: ${textAt(resource, 'name')}`
  }
  const service = at(backend, 'service')
  const name = textAt(backend, 'serviceName') || textAt(service, 'name')
  const port = textAt(backend, 'servicePort') || textAt(service, 'port', 'number') || textAt(service, 'port', 'name')
  return `${name}:${port}${yield* addressesText(d, namespace, name, port)}`
}

function* addressesText({ session }: Describing, namespace: string, name: string, port: string): Steps<string> {
  const isNew = session.version.readsEndpointSlices
  const addresses = yield* serviceAddresses(session, namespace, name)
  if (addresses.failure !== undefined) return ` (<error: ${failureMessage(addresses.failure)}>)`
  const service = yield* session.rest.tryRequest('GET', `/api/v1/namespaces/${namespace}/services/${name}`)
  if (!service.ok) return `${isNew ? ' ' : ''}(<error: ${failureMessage(service.failure)}>)`
  const ports = listAt(service.value, 'spec', 'ports')
  const named = ports.findLast((one) => textAt(one, 'name') === port || String(numberAt(one, ['port'])) === port)
  return ` (${addresses.of(textAt(named, 'name'))})`
}
