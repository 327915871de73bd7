import { badRequest, notFoundStatus } from '../../api/status.ts'
import type { Pod } from '../../api/types/core.ts'
import type { Status } from '../../api/types/meta.ts'
import type { ContainerCall } from '../../client/server.ts'
import { unescapeQuery } from './route.ts'
import type { ResourceRoute } from './watch-stream.ts'

/** Parts of a Pod that its node answers for. */
const subresources = ['log', 'exec', 'attach', 'portforward'] as const satisfies readonly ContainerCall['subresource'][]

/** Which of these a path asks for. */
export function containerSubresource({
  resource,
  subresource,
  name,
}: ResourceRoute): ContainerCall['subresource'] | undefined {
  if (resource.group !== '' || resource.resource !== 'pods' || name === undefined) return undefined
  return subresources.find((each) => each === subresource)
}

/** All values of a query by name. */
function valuesOf(path: string): ContainerCall['query'] {
  const values = new Map<string, string[]>()
  for (const part of (path.split('?')[1] ?? '').split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = unescapeQuery(equals < 0 ? part : part.slice(0, equals))
    const known = values.get(name) ?? []
    values.set(name, known)
    known.push(equals < 0 ? '' : unescapeQuery(part.slice(equals + 1)))
  }
  return values
}

/** Where the container is, or what the API server says before it asks a node. Source: pkg/registry/core/pod/strategy.go. */
export function containerCall(
  subresource: ContainerCall['subresource'],
  pod: Pod | undefined,
  name: string,
  path: string,
): ContainerCall | Status {
  if (pod === undefined) return notFoundStatus({ group: '', resource: 'pods' }, name)
  const query = valuesOf(path)
  const [asked = ''] = query.get('container') ?? []
  if (subresource !== 'portforward') {
    const problem = containerProblem(pod, asked)
    if (problem !== undefined) return badRequest(problem)
  }
  if (subresource !== 'log' && (pod.spec.nodeName ?? '') === '')
    return badRequest(`pod ${name} does not have a host assigned`)
  const container = subresource === 'portforward' ? '' : asked || (pod.spec.containers[0]?.name ?? '')
  return { subresource, pod, container, query }
}

function containerProblem({ metadata: { name }, spec }: Pod, asked: string): string | undefined {
  const names = (list: Pod['spec']['initContainers']) => (list ?? []).map((container) => container.name)
  const [own, init, late] = [names(spec.containers), names(spec.initContainers), names(spec.ephemeralContainers)]
  if (asked !== '') {
    return [...own, ...init, ...late].includes(asked) ? undefined : `container ${asked} is not valid for pod ${name}`
  }
  if (own.length === 1) return undefined
  const more = [
    init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`,
    late.length === 0 ? '' : ` or one of the ephemeral containers: [${late.join(' ')}]`,
  ]
  return `a container name must be specified for pod ${name}, choose one of: [${own.join(' ')}]${more.join('')}`
}
