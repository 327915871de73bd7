import { withoutValue } from '../../api/change.ts'
import { utf8Bytes } from '../../bytes/bytes.ts'
import { goJson, isObject, listAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { genericStatus } from '../api/rest.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail } from '../cli/failure.ts'
import { bool, duration, string, strings } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { createStructPrinter, printFlags } from '../print/printers.ts'

/** Source: kubectl pkg/cmd/clusterinfo/clusterinfo.go; colours as fatih/color and daviddengcn/go-colortext write them. */
export const clusterInfoCommand: Command = {
  name: 'cluster-info',
  short: 'Display cluster info',
  children: [
    {
      name: 'dump',
      short: 'Dump lots of relevant info for debugging and diagnosis',
      flags: [
        ...printFlags.map((flag) => (flag.name === 'output' ? string('output', 'o', 'json') : flag)),
        string('output-directory'),
        strings('namespaces'),
        bool('all-namespaces', 'A'),
        duration('pod-running-timeout', '20s'),
      ],
      run: dump,
    },
  ],
  run: tell,
}

function* tell({ session, flags }: Call): Steps<number> {
  const coloured = !session.version.coloursOnlyTerminals
  const paint = (code: string, text: string): string => (coloured ? `\u001b[0;${code}m${text}\u001b[0m` : text)
  const say = (name: string, link: string): void =>
    session.out(`${paint('32', name)} is running at ${paint('33', link)}\n`)
  const what = session.version.saysControlPlane ? 'Kubernetes control plane' : 'Kubernetes master'
  const namespace = flags.string('namespace') || 'kube-system'
  const services = yield* session.rest.request('GET', `/api/v1/namespaces/${namespace}/services`, {
    query: { labelSelector: 'kubernetes.io/cluster-service=true' },
    resource: 'services',
  })
  say(what, session.rest.serverUrl)
  for (const service of listAt(services, 'items'))
    say(
      textAt(service, 'metadata', 'labels', 'kubernetes.io/name') || textAt(service, 'metadata', 'name'),
      linkOf(session, service),
    )
  session.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
  return 0
}

/** Where a Service of the cluster's own is reached: through the API server, unless it has a balancer. */
function linkOf(session: Session, service: unknown): string {
  const ports = listAt(service, 'spec', 'ports')
  const [ingress] = listAt(service, 'status', 'loadBalancer', 'ingress')
  if (ingress !== undefined) {
    const host = textAt(ingress, 'ip') || textAt(ingress, 'hostname')
    return ports.map((port) => `http://${host}:${portNumber(port)} `).join('')
  }
  const name = textAt(service, 'metadata', 'name')
  return `${session.rest.serverUrl}/api/v1/namespaces/${textAt(service, 'metadata', 'namespace')}/services/${schemeNamePort(name, ports[0])}/proxy`
}

const portNumber = (port: unknown): string => goJson(isObject(port) ? (port.port ?? 0) : 0)

/** Source: apimachinery pkg/util/net/port_split.go, JoinSchemeNamePort. */
function schemeNamePort(name: string, port: unknown): string {
  if (port === undefined) return name
  const portName = textAt(port, 'name')
  if (portName === 'https' || portNumber(port) === '443') return `https:${name}:${portName}`
  return portName === '' ? name : `${name}:${portName}`
}

/** What is dumped of each namespace, in this order: path of the list, name of the file. */
const dumped = [
  ['/api/v1', 'events', 'events'],
  ['/api/v1', 'replicationcontrollers', 'replication-controllers'],
  ['/api/v1', 'services', 'services'],
  ['/apis/apps/v1', 'daemonsets', 'daemonsets'],
  ['/apis/apps/v1', 'deployments', 'deployments'],
  ['/apis/apps/v1', 'replicasets', 'replicasets'],
  ['/api/v1', 'pods', 'pods'],
] as const

/** Writes to a file below the folder that is asked for, or to standard output. */
type Writer = (text: string) => void

/** Source: kubectl pkg/cmd/clusterinfo/clusterinfo_dump.go. */
function* dump(call: Call): Steps<number> {
  const { session, flags } = call
  const format = flags.string('output')
  const folder = flags.string('output-directory')
  const isFolder = folder !== '' && folder !== '-'
  const extension = format === 'json' || format === 'yaml' ? `.${format}` : '.txt'
  const print = listPrinter(call)
  const open = (name: string, suffix: string): Writer => writerTo(session, isFolder ? `${folder}/${name}${suffix}` : '')
  open('nodes', extension)(print(yield* session.rest.request('GET', '/api/v1/nodes', { resource: 'nodes' })))
  for (const namespace of yield* namespacesOf(call)) {
    let pods: unknown
    for (const [api, plural, file] of dumped) {
      const path = `${api}/namespaces/${namespace}/${plural}`
      const list = yield* session.rest.request('GET', path, { resource: plural })
      open(`${namespace}/${file}`, extension)(print(list))
      if (plural === 'pods') pods = list
    }
    for (const pod of listAt(pods, 'items'))
      dumpLogs(session, pod, open(`${namespace}/${textAt(pod, 'metadata', 'name')}/logs`, '.txt'))
  }
  if (isFolder) session.out(`Cluster info dumped to ${folder}\n`)
  return 0
}

/** Lists of objects that do not tell their kind: the list's own tells it. */
function listPrinter(call: Call): (list: unknown) => string {
  const { session, flags } = call
  const format = flags.string('output')
  if (format === 'name')
    return (list) => fail(`list types are not supported by name printing: *v1.${textAt(list, 'kind')}`)
  const print = createStructPrinter(session, flags)
  return (list) => print?.(session.version.typedListsAreProtobuf ? withoutEmpty(list) : list) ?? ''
}

/** Of an empty list nothing is sent, so that Go has none. */
function withoutEmpty(list: unknown): unknown {
  return isObject(list) && listAt(list, 'items').length === 0 ? withoutValue(list, ['items']) : list
}

function* namespacesOf({ session, flags }: Call): Steps<readonly string[]> {
  if (flags.bool('all-namespaces')) {
    const all = yield* session.rest.request('GET', '/api/v1/namespaces', { resource: 'namespaces' })
    return listAt(all, 'items').map((namespace) => textAt(namespace, 'metadata', 'name'))
  }
  const named = flags.list('namespaces')
  if (named.length === 0) return ['kube-system', session.namespace]
  return session.version.dumpsNamedNamespaces ? named : []
}

function writerTo(session: Session, path: string): Writer {
  if (path === '') return (text) => session.out(text)
  let written = ''
  const save = (): void => session.host.files.write(path, utf8Bytes(written))
  save()
  return (text) => {
    written += text
    save()
  }
}

function dumpLogs(session: Session, pod: unknown, write: Writer): void {
  const [namespace, name] = [textAt(pod, 'metadata', 'namespace'), textAt(pod, 'metadata', 'name')]
  const containers = [...listAt(pod, 'spec', 'initContainers'), ...listAt(pod, 'spec', 'containers')]
  for (const container of containers.map((one) => textAt(one, 'name'))) {
    const which = `logs for container ${container} of pod ${namespace}/${name}`
    write(`==== START ${which} ====\n`)
    write(readLog(session, namespace, name, container))
    write(`==== END ${which} ====\n`)
  }
}

/** No container runs where nobody can read a log. Refusals are not read. Source: client-go rest/request.go, newUnstructuredResponseError. */
function readLog(session: Session, namespace: string, pod: string, container: string): string {
  const read = session.host.logs?.({
    ...{ namespace, pod, container, previous: false },
    ...{ sinceMs: undefined, tailLines: undefined, timestamps: false },
  })
  if (read === undefined) return ''
  if (read.ok) return read.text
  const { message = '' } = genericStatus(statusCodes[read.reason] ?? 500, 'get', `pods ${pod}`, 'unknown')
  return `Request log error: ${message}\n`
}

const statusCodes: Readonly<Record<string, number>> = { BadRequest: 400, Forbidden: 403, NotFound: 404 }
