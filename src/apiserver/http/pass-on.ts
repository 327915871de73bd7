import { badRequest, failure, isStatus, notFoundStatus } from '../../api/status.ts'
import type { Pod } from '../../api/types/core.ts'
import type { Status } from '../../api/types/meta.ts'
import type { Endpoints, Service } from '../../api/types/services.ts'
import type { HttpAnswer, HttpRequest, ProgramServer } from '../../client/server.ts'
import { goQuote } from '../../go/quote.ts'
import type { RegistryCore } from '../registry/core.ts'
import { type ResourceRoute, statusAnswer } from './watch-stream.ts'

/** A request that is passed on to a program in a Pod. */
export interface PassedOn {
  readonly resource: 'pods' | 'services'
  readonly namespace: string
  /** `web`, `web:80` or `http:web:80`. */
  readonly id: string
  /** Path as it came, without the query. */
  readonly here: string
  /** Path for the program; empty: only the program itself was named. */
  readonly path: string
  /** With its question mark. */
  readonly query: string
  readonly method: string
}

/** `pods/NAME/proxy/PATH` and `services/NAME/proxy/PATH`; undefined for other routes. */
export function passedOn(route: ResourceRoute, { path: asked, method }: HttpRequest): PassedOn | undefined {
  const { resource: of, namespace, name, subresource } = route
  const isProxy = of.group === '' && (subresource === 'proxy' || subresource.startsWith('proxy/'))
  if (!isProxy || namespace === undefined || name === undefined) return undefined
  if (of.resource !== 'pods' && of.resource !== 'services') return undefined
  const mark = asked.indexOf('?')
  const [here, query] = mark < 0 ? [asked, ''] : [asked.slice(0, mark), asked.slice(mark)]
  const path = here.slice(here.indexOf('/proxy') + '/proxy'.length)
  return { resource: of.resource, namespace, id: name, here, path, query, method }
}

/** Answers with what the program answers. Source: apimachinery pkg/util/proxy/upgradeaware.go, transport.go. */
export function passOn(core: RegistryCore, programs: ProgramServer, asked: PassedOn): HttpAnswer {
  const place = splitId(asked.id)
  if (place === undefined)
    return statusAnswer(badRequest(`invalid ${asked.resource.slice(0, -1)} request ${goQuote(asked.id)}`))
  const found = asked.resource === 'pods' ? ofPod(core, asked, place) : ofService(core, asked, place)
  if (isStatus(found)) return statusAnswer(found)
  if (asked.path === '' && (asked.method === 'GET' || asked.method === 'HEAD'))
    return { code: 301, headers: { location: `${asked.here}/${asked.query}` }, body: '' }
  if (place.scheme === 'https') return unreachable('http: server gave HTTP response to HTTPS client')
  const port = Number(found.port)
  if (!Number.isInteger(port)) return unreachable(`dial tcp: lookup tcp/${found.port}: unknown port`)
  const answer = programs({ pod: found.pod, port, path: `${asked.path || '/'}${asked.query}` })
  return answer ?? unreachable(`dial tcp ${found.pod.status?.podIP}:${port}: connect: connection refused`)
}

function unavailable(message: string): Status {
  return failure(503, 'ServiceUnavailable', message)
}

function unreachable(why: string): HttpAnswer {
  return statusAnswer(unavailable(`error trying to reach service: ${why}`))
}

interface Place {
  readonly scheme: string
  readonly name: string
  readonly port: string
}

/** Source: apimachinery pkg/util/net/port_split.go, SplitSchemeNamePort. */
function splitId(id: string): Place | undefined {
  const parts = id.split(':')
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts]
  const isKnown = scheme === '' || scheme === 'http' || scheme === 'https'
  return parts.length <= 3 && isKnown && name !== '' ? { scheme, name, port } : undefined
}

interface Target {
  readonly pod: Pod
  readonly port: string
}

/** Source: pkg/registry/core/pod/strategy.go, ResourceLocation. */
function ofPod({ lookup }: RegistryCore, { namespace }: PassedOn, { name, port }: Place): Target | Status {
  const pod = lookup.get<Pod>({ group: '', version: 'v1', resource: 'pods' }, namespace, name)
  if (pod === undefined) return notFoundStatus({ group: '', resource: 'pods' }, name)
  if ((pod.status?.podIP ?? '') === '') return badRequest('address not allowed')
  const declared = pod.spec.containers.flatMap(({ ports = [] }) => ports.slice(0, 1)).at(0)?.containerPort
  return { pod, port: port === '' ? String(declared ?? 80) : port }
}

/** The first address that is a Pod's (real: any of them). Source: pkg/registry/core/service/storage/storage.go, ResourceLocation. */
function ofService(core: RegistryCore, { namespace, id }: PassedOn, { name, port }: Place): Target | Status {
  const { lookup } = core
  const service = lookup.get<Service>({ group: '', version: 'v1', resource: 'services' }, namespace, name)
  const isNumber = /^\d+$/.test(port)
  if (isNumber && service === undefined) return notFoundStatus({ group: '', resource: 'services' }, name)
  const declared = service?.spec?.ports?.find((each) => each.port === Number(port))
  if (isNumber && declared === undefined)
    return unavailable(`no service port ${Number(port)} found for service ${goQuote(name)}`)
  const wanted = isNumber ? (declared?.name ?? '') : port
  const endpoints = lookup.get<Endpoints>({ group: '', version: 'v1', resource: 'endpoints' }, namespace, name)
  if (endpoints === undefined) return notFoundStatus({ group: '', resource: 'endpoints' }, name)
  const { subsets = [] } = endpoints
  if (subsets.length === 0) return unavailable(`no endpoints available for service ${goQuote(name)}`)
  for (const { addresses = [], ports = [] } of subsets) {
    const open = ports.find((each) => (each.name ?? '') === wanted)
    for (const { targetRef } of open === undefined ? [] : addresses) {
      if (targetRef?.kind !== 'Pod') continue
      const pod = lookup.get<Pod>(
        { group: '', version: 'v1', resource: 'pods' },
        targetRef.namespace ?? namespace,
        targetRef.name ?? '',
      )
      if (pod !== undefined) return { pod, port: String(open?.port ?? 0) }
    }
  }
  return unavailable(`no endpoints available for service ${goQuote(id)}`)
}
