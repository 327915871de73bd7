import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  quantityMilliValue,
  quantityValue,
} from '../../api/quantity.ts'
import { at, compareBytes, listAt, objectAt, sortedEntries, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { CommandFailure, failureMessage, isReason } from '../cli/failure.ts'
import type { ClientVersion } from '../client-version.ts'
import { rfc1123, since } from '../print/duration.ts'
import { type Describing, describeMeta, describeOwnEvents } from './common.ts'
import type { DescribeWriter } from './writer.ts'

/** Source: kubectl pkg/describe/describe.go, describeNode. */
export function* describeNode(d: Describing): Steps<void> {
  const { w, object: node } = d
  w.field(0, 'Name', textAt(node, 'metadata', 'name'))
  w.field(0, 'Roles', nodeRoles(node).join(',') || '<none>')
  describeMeta(d)
  w.field(0, 'CreationTimestamp', rfc1123(at(node, 'metadata', 'creationTimestamp')))
  describeTaints(w, listAt(node, 'spec', 'taints'))
  w.field(0, 'Unschedulable', at(node, 'spec', 'unschedulable') === true)
  yield* describeLease(d)
  describeConditions(w, node)
  w.line(0, 'Addresses:')
  for (const address of listAt(node, 'status', 'addresses'))
    w.field(1, textAt(address, 'type'), textAt(address, 'address'))
  for (const [label, field] of [
    ['Capacity', 'capacity'],
    ['Allocatable', 'allocatable'],
  ] as const) {
    const entries = sortedEntries(node, 'status', field)
    if (entries.length > 0) w.line(0, `${label}:`)
    for (const [name, amount] of entries) w.field(1, name, amount)
  }
  describeSystem(w, node, d.session.version)
  const cidr = textAt(node, 'spec', 'podCIDR')
  if (cidr !== '') w.field(0, 'PodCIDR', cidr)
  const cidrs = listAt(node, 'spec', 'podCIDRs')
  if (cidrs.length > 0) w.field(0, 'PodCIDRs', cidrs.join(','))
  const provider = textAt(node, 'spec', 'providerID')
  if (provider !== '') w.field(0, 'ProviderID', provider)
  yield* describePods(d)
  // A kubelet tells of its node by its name where others tell of it by its uid.
  const ownUid = d.session.version.findsNodeEventsByUid ? [textAt(node, 'metadata', 'uid')] : []
  yield* describeOwnEvents(d, { uids: [...ownUid, textAt(node, 'metadata', 'name')], namespace: '' })
}

function nodeRoles(node: unknown): readonly string[] {
  const prefix = 'node-role.kubernetes.io/'
  const roles = sortedEntries(node, 'metadata', 'labels').flatMap(([key, value]) => {
    if (key.startsWith(prefix)) return key === prefix ? [] : [key.slice(prefix.length)]
    return key === 'kubernetes.io/role' && value !== '' ? [value] : []
  })
  return [...new Set(roles)].sort(compareBytes)
}

/** `key=value:Effect`. Source: k8s.io/api/core/v1 taint.go, ToString. */
export function taintText(taint: unknown): string {
  const [key, value, effect] = [textAt(taint, 'key'), textAt(taint, 'value'), textAt(taint, 'effect')]
  if (effect === '') return value === '' ? key : `${key}=${value}:`
  return value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`
}

function describeTaints(w: DescribeWriter, taints: readonly unknown[]): void {
  w.write(0, 'Taints:\t')
  if (taints.length === 0) w.line(0, '<none>')
  const key = (taint: unknown): string => `${textAt(taint, 'effect')},${textAt(taint, 'key')}`
  const sorted = [...taints].sort((a, b) => compareBytes(key(a), key(b)))
  sorted.forEach((taint, i) => {
    w.line(0, `${i === 0 ? '' : '\t'}${taintText(taint)}`)
  })
}

function* describeLease({ session, w, object: node }: Describing): Steps<void> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${textAt(node, 'metadata', 'name')}`
  const found = yield* session.rest.tryRequest('GET', path)
  if (!found.ok && session.version.tellsMissingLease) {
    w.field(0, 'Lease', `Failed to get lease: ${failureMessage(found.failure)}`)
    return
  }
  if (!found.ok && !isReason(found.failure, 'NotFound')) throw new CommandFailure(found.failure)
  const lease = found.ok ? found.value : undefined
  const time = (field: string): string =>
    textAt(lease, 'spec', field) === '' ? '<unset>' : rfc1123(at(lease, 'spec', field))
  w.line(0, 'Lease:')
  w.field(1, 'HolderIdentity', textAt(lease, 'spec', 'holderIdentity') || '<unset>')
  w.field(1, 'AcquireTime', time('acquireTime'))
  w.field(1, 'RenewTime', time('renewTime'))
}

function describeConditions(w: DescribeWriter, node: unknown): void {
  const conditions = listAt(node, 'status', 'conditions')
  if (conditions.length === 0) return
  w.line(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage')
  w.line(1, '----\t------\t-----------------\t------------------\t------\t-------')
  for (const c of conditions) {
    const cells = [
      textAt(c, 'type'),
      textAt(c, 'status'),
      rfc1123(at(c, 'lastHeartbeatTime')),
      rfc1123(at(c, 'lastTransitionTime')),
      textAt(c, 'reason'),
      textAt(c, 'message'),
    ]
    w.line(1, cells.join(' \t'))
  }
}

function describeSystem(w: DescribeWriter, node: unknown, { describesNoProxy }: ClientVersion): void {
  w.line(0, 'System Info:')
  for (const [label, field] of [
    ['Machine ID', 'machineID'],
    ['System UUID', 'systemUUID'],
    ['Boot ID', 'bootID'],
    ['Kernel Version', 'kernelVersion'],
    ['OS Image', 'osImage'],
    ['Operating System', 'operatingSystem'],
    ['Architecture', 'architecture'],
    ['Container Runtime Version', 'containerRuntimeVersion'],
    ['Kubelet Version', 'kubeletVersion'],
    ['Kube-Proxy Version', 'kubeProxyVersion'],
  ] as const) {
    if (field !== 'kubeProxyVersion' || !describesNoProxy) w.field(1, label, textAt(node, 'status', 'nodeInfo', field))
  }
}

type Amounts = ReadonlyMap<string, string>

/**
 * What a Pod asks for and may use: its containers and sidecars together, or the most that init containers have beside the
 * sidecars before them. Source: pkg/util/resource/resource.go, podRequests, podLimits.
 */
function podAmounts(pod: unknown, kind: 'requests' | 'limits', countsSidecars: boolean): Amounts {
  const totals = new Map<string, string>()
  for (const container of listAt(pod, 'spec', 'containers'))
    addTo(totals, new Map(sortedEntries(container, 'resources', kind)))
  const sidecars = new Map<string, string>()
  const most = new Map<string, string>()
  for (const container of listAt(pod, 'spec', 'initContainers')) {
    const own = new Map(sortedEntries(container, 'resources', kind))
    const together = new Map(sidecars)
    addTo(together, own)
    if (countsSidecars && textAt(container, 'restartPolicy') === 'Always') {
      addTo(totals, own)
      addTo(sidecars, own)
    }
    raiseTo(most, together)
  }
  raiseTo(totals, most)
  for (const [name, amount] of sortedEntries(pod, 'spec', 'overhead')) {
    const known = totals.get(name)
    if (known !== undefined) totals.set(name, addQuantities(known, amount))
    else if (kind === 'requests') totals.set(name, amount)
  }
  return totals
}

function raiseTo(totals: Map<string, string>, amounts: Amounts): void {
  for (const [name, amount] of amounts) {
    const known = totals.get(name)
    if (known === undefined || compareQuantities(amount, known) > 0) totals.set(name, amount)
  }
}

/** `500m (12%)` of what the node has. */
function share(amounts: Amounts, name: string, allocatable: Readonly<Record<string, unknown>>): string {
  const amount = canonicalQuantity(amounts.get(name) ?? '0')
  const whole = typeof allocatable[name] === 'string' ? allocatable[name] : '0'
  const value = name === 'cpu' ? quantityMilliValue : quantityValue
  const total = value(whole)
  return `${amount} (${total === 0 ? 0 : Math.trunc((value(amount) / total) * 100)}%)`
}

function* describePods(d: Describing): Steps<void> {
  const { session, w, object: node } = d
  const selector = `spec.nodeName=${textAt(node, 'metadata', 'name')},status.phase!=Succeeded,status.phase!=Failed`
  const answer = yield* session.rest.tryRequest('GET', '/api/v1/pods', { query: { fieldSelector: selector } })
  if (!answer.ok) {
    if (!isReason(answer.failure, 'Forbidden')) throw new CommandFailure(answer.failure)
    w.field(0, 'Pods', 'not authorized')
    return
  }
  const pods = listAt(answer.value, 'items')
  const allocatable = { ...objectAt(node, 'status', 'capacity'), ...objectAt(node, 'status', 'allocatable') }
  const age = session.version.nodeAgeInWords ? 'Age' : 'AGE'
  w.field(0, 'Non-terminated Pods', `(${pods.length} in total)`)
  w.line(1, `Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\t${age}`)
  w.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---')
  const totals = { requests: new Map<string, string>(), limits: new Map<string, string>() }
  for (const pod of pods) {
    const { countsSidecars } = session.version
    const requests = podAmounts(pod, 'requests', countsSidecars)
    const limits = podAmounts(pod, 'limits', countsSidecars)
    addTo(totals.requests, requests)
    addTo(totals.limits, limits)
    const cells = [
      textAt(pod, 'metadata', 'namespace'),
      textAt(pod, 'metadata', 'name'),
      '',
      share(requests, 'cpu', allocatable),
      share(limits, 'cpu', allocatable),
      share(requests, 'memory', allocatable),
      share(limits, 'memory', allocatable),
      since(at(pod, 'metadata', 'creationTimestamp'), session.host.now()),
    ]
    w.line(1, cells.join('\t'))
  }
  describeTotals(w, totals, allocatable)
}

function addTo(totals: Map<string, string>, amounts: Amounts): void {
  for (const [name, amount] of amounts) {
    const known = totals.get(name)
    totals.set(name, known === undefined ? amount : addQuantities(known, amount))
  }
}

const standardResources = ['cpu', 'memory', 'ephemeral-storage', 'pods']

function describeTotals(
  w: DescribeWriter,
  totals: { readonly requests: Amounts; readonly limits: Amounts },
  allocatable: Readonly<Record<string, unknown>>,
): void {
  w.line(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)')
  w.line(1, 'Resource\tRequests\tLimits')
  w.line(1, '--------\t--------\t------')
  const names = Object.keys(allocatable).sort(compareBytes)
  const huge = names.filter((name) => name.startsWith('hugepages-'))
  for (const name of ['cpu', 'memory', 'ephemeral-storage', ...huge]) {
    w.line(1, `${name}\t${share(totals.requests, name, allocatable)}\t${share(totals.limits, name, allocatable)}`)
  }
  for (const name of names) {
    if (huge.includes(name) || standardResources.includes(name)) continue
    w.line(1, `${name}\t${totals.requests.get(name) ?? '0'}\t${totals.limits.get(name) ?? '0'}`)
  }
}
