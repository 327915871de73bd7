import { podRequests } from '../../../api/pod-amounts.ts'
import { quantityMilliValue, quantityValue } from '../../../api/quantity.ts'
import type { Node, Pod } from '../../../api/types/core.ts'
import type { ResourceRef } from '../../../api/types/meta.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { AdmissionPlugin } from '../plugin.ts'
import { forbid } from './requests.ts'

const nodes: ResourceRef = { group: '', version: 'v1', resource: 'nodes' }

/**
 * Refuses to let a Pod grow beyond what its node could ever give (v1.36 on); before, its kubelet did. Source:
 * plugin/pkg/admission/podresize/admission.go.
 */
export const podResize: AdmissionPlugin = {
  name: 'PodResizeValidator',
  concerns: [{ resource: 'pods', operations: ['UPDATE'], subresource: 'resize' }],
  validate(request, lookup, context) {
    const { operation, resource, subresource } = request
    if (operation !== 'UPDATE' || resource.resource !== 'pods' || subresource !== 'resize') return undefined
    if (!has(context.minor, apiServer.judgesResizes)) return undefined
    const [pod, before] = [request.object as Pod, request.oldObject as Pod] // the resource says so
    const { nodeName = '' } = pod.spec
    if (nodeName === '' || pod.metadata.generation === before.metadata.generation) return undefined
    const node = lookup.get<Node>(nodes, undefined, nodeName)
    if (node === undefined) return forbid(request, `node "${nodeName}" not found`)
    const os = node.metadata.labels?.['kubernetes.io/os'] ?? 'linux'
    if (os !== 'linux')
      return forbid(request, `pod resize is only supported on linux nodes, node "${nodeName}" is "${os}"`, [
        { reason: 'UnsupportedPlatform' },
      ])
    const lacks = lacking(podRequests(pod), node.status?.allocatable ?? {})
    if (lacks.length === 0) return undefined
    return forbid(request, `node didn't have enough allocatable resources: ${lacks.join('; ')}`, [
      { reason: 'NodeCapacity' },
    ])
  },
}

type Amounts = Readonly<Record<string, string>>

function lacking(requests: Amounts, allocatable: Amounts): readonly string[] {
  const amounts = [
    ['cpu', quantityMilliValue],
    ['memory', quantityValue],
  ] as const
  return amounts.flatMap(([name, of]) => {
    const [requested, capacity] = [of(requests[name] ?? '0'), of(allocatable[name] ?? '0')]
    return requested > capacity ? [`${name}, requested: ${requested}, allocatable: ${capacity}`] : []
  })
}
