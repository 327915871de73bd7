import { equalJson } from '../../../api/json.ts'
import { shownList } from '../../../api/structs/shown.ts'
import type { Node, Taint } from '../../../api/types/core.ts'
import { cidr, isCidr, labelValue } from '../../../api/validation/formats.ts'
import { validateLabelName } from '../../../api/validation/label-validation.ts'
import { validateResourceQuantity } from '../../../api/validation/resource-validation.ts'
import { validateTaintEffect } from '../../../api/validation/scheduling-validation.ts'
import { sortedKeys, type Validator } from '../../../api/validation/validator.ts'
import { goQuote } from '../../../go/quote.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { Strategy } from '../strategy.ts'
import { nodeColumns } from './columns.ts'
import { errorsOf } from './settings.ts'
import { ageCell } from './workload-rows.ts'

/** Source: pkg/registry/core/node/strategy.go, pkg/apis/core/validation/validation.go. */

/** Source: validateNodeTaints. The path below metadata is the original's. */
function validateTaints(v: Validator, taints: readonly Taint[]): void {
  const known = new Set<string>()
  for (const [index, taint] of taints.entries()) {
    const path = `metadata.taints[${index}]`
    const { key = '', value = '' } = taint
    const effect: string = taint.effect ?? ''
    validateLabelName(v, `${path}.key`, key)
    const problems = labelValue(value, v.minor)
    if (problems.length > 0) v.invalid(`${path}.value`, value, problems.join(';'))
    if (effect === '') v.required(`${path}.effect`)
    else validateTaintEffect(v, `${path}.effect`, effect)
    const pair = `${effect}/${key}`
    if (known.has(pair)) {
      const shown = has(v.minor, apiServer.showsValuesAsJson)
        ? JSON.stringify({ Key: key, Value: value, Effect: effect, TimeAdded: taint.timeAdded ?? null })
        : `core.Taint{Key:${goQuote(key)}, Value:${goQuote(value)}, Effect:${goQuote(effect)}, TimeAdded:<nil>}`
      const body = `Duplicate value: ${shown}: taints must be unique by key and effect pair`
      v.add([{ type: 'FieldValueDuplicate', field: path, body }])
    }
    known.add(pair)
  }
}

function validateResources(v: Validator, { status }: Node): void {
  for (const member of ['capacity', 'allocatable'] as const) {
    const amounts = status?.[member]
    for (const name of sortedKeys(amounts)) {
      validateResourceQuantity(v, `status.${member}.${name}`, name, amounts?.[name] ?? '0')
    }
  }
}

const listedCidrs = ({ spec }: Node) => (spec as { readonly podCIDRs?: readonly string[] } | undefined)?.podCIDRs ?? [] // a member that the type leaves out

/** The one counts where the list begins with another. Source: pkg/apis/core/v1/conversion.go, Convert_v1_NodeSpec_To_core_NodeSpec. */
function cidrsOf(one: string, list: readonly string[]): readonly string[] {
  return one !== '' && one !== list[0] ? [one] : list
}

/** Source: ValidateNode, metadata apart. */
function validateNode(v: Validator, node: Node): void {
  validateTaints(v, node.spec?.taints ?? [])
  validateResources(v, node)
  const cidrs = listedCidrs(node)
  const shown = shownList(cidrs, 'string', v.minor)
  for (const [index, one] of cidrs.entries()) {
    const path = `spec.podCIDRs[${index}]`
    if (has(v.minor, apiServer.addressesAreToldAlike)) v.each(path, one, cidr(one, v.minor))
    else if (!isCidr(one)) v.invalidGo(path, shown, 'must be valid CIDR')
  }
  if (cidrs.length < 2) return
  const isDual = new Set(cidrs.map((cidr) => cidr.includes(':'))).size === 2
  if (!isDual || cidrs.length > 2) {
    v.invalidGo('spec.podCIDRs', shown, 'may specify no more than one CIDR for each IP family')
  }
  if (has(v.minor, apiServer.rangesOfNodesAreToldOnce)) return
  for (const [index, cidr] of cidrs.entries()) {
    if (cidrs.indexOf(cidr) < index) v.duplicate(`spec.podCIDRs[${index}]`, cidr)
  }
}

/** Source: ValidateNodeUpdate. */
function validateUpdate(v: Validator, next: Node, old: Node): void {
  validateResources(v, next)
  const addresses = new Set<string>()
  for (const [index, { type, address }] of (next.status?.addresses ?? []).entries()) {
    const key = `${type}/${address}`
    if (addresses.has(key)) {
      const body = `Duplicate value: core.NodeAddress{Type:${goQuote(type)}, Address:${goQuote(address)}}`
      v.add([{ type: 'FieldValueDuplicate', field: `status.addresses[${index}]`, body }])
    }
    addresses.add(key)
  }
  const [before, now] = [listedCidrs(old), listedCidrs(next)]
  const isResized = before.length > 0 && before.length !== now.length
  for (const [index, cidr] of before.entries()) {
    if (isResized ? index > 0 : cidr === now[index]) continue
    v.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')
  }
  const provider = old.spec?.providerID ?? ''
  if (provider !== '' && provider !== (next.spec?.providerID ?? '')) {
    v.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')
  }
  validateTaints(v, next.spec?.taints ?? [])
}

export const nodeStrategy: Strategy<Node> = {
  resource: { group: '', version: 'v1', resource: 'nodes' },
  kind: 'Node',
  namespaced: false,
  hasStatus: true,
  defaults: (node) => {
    const { status, spec } = node
    const isDoubled = status?.allocatable === undefined && status?.capacity !== undefined
    const listed = spec as { readonly podCIDRs?: readonly string[] } | undefined // a member that the type leaves out
    const cidrs = cidrsOf(spec?.podCIDR ?? '', listed?.podCIDRs ?? [])
    return {
      ...node,
      spec: cidrs.length === 0 ? (spec ?? {}) : { ...spec, podCIDR: cidrs[0] ?? '', podCIDRs: cidrs },
      status: {
        ...status,
        ...(isDoubled ? { allocatable: status.capacity } : {}),
        daemonEndpoints: status?.daemonEndpoints ?? { kubeletEndpoint: { Port: 0 } },
        nodeInfo: { ...noNodeInfo, ...status?.nodeInfo },
      },
    } as Node
  },
  validate: (node, context) => errorsOf(context, (v) => validateNode(v, node)),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      if (next.spec !== old.spec) validateNode(v, next)
      validateUpdate(v, next, old)
    }),
  validateStatusUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      if (!equalJson(next.status, old.status)) validateUpdate(v, next, old)
    }),
  selectableFields: ({ spec }) => ({ 'spec.unschedulable': String(spec?.unschedulable === true) }),
  table: { columns: nodeColumns, row: (node, context) => [...nodeCells(node, ageCell(node, context))] },
}

/** Members of NodeSystemInfo, none of which is ever left out. Source: k8s.io/api core/v1/types.go. */
const noNodeInfo = {
  machineID: '',
  systemUUID: '',
  bootID: '',
  kernelVersion: '',
  osImage: '',
  containerRuntimeVersion: '',
  kubeletVersion: '',
  kubeProxyVersion: '',
  operatingSystem: '',
  architecture: '',
}

/** Source: printNode. */
function nodeCells({ metadata, spec, status }: Node, age: string): readonly string[] {
  const ready = (status?.conditions ?? []).find(({ type }) => type === 'Ready')
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady']
  if (spec?.unschedulable === true) words.push('SchedulingDisabled')
  const address = (wanted: string) => (status?.addresses ?? []).find(({ type }) => type === wanted)?.address ?? '<none>'
  const { nodeInfo = {} } = status ?? {}
  return [
    metadata.name,
    words.join(','),
    rolesOf(metadata.labels).join(',') || '<none>',
    age,
    nodeInfo.kubeletVersion ?? '',
    address('InternalIP'),
    address('ExternalIP'),
    nodeInfo.osImage || '<unknown>',
    nodeInfo.kernelVersion || '<unknown>',
    nodeInfo.containerRuntimeVersion || '<unknown>',
  ]
}

/** Source: findNodeRoles. */
function rolesOf(labels: Readonly<Record<string, string>> | undefined): readonly string[] {
  const prefix = 'node-role.kubernetes.io/'
  const roles = new Set<string>()
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (key.startsWith(prefix) && key.length > prefix.length) roles.add(key.slice(prefix.length))
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value)
  }
  return [...roles].sort()
}
