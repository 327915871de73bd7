import type { ClusterFault } from '../cluster/faults.ts'
import type { Duration } from './options.ts'
import type { Fault } from './sim.ts'
import { durationMs, wrong } from './wrong-input.ts'

/** How long a machine is away when it reboots, unless the fault says otherwise. */
const rebootMs = 15_000

const kinds = [
  'apiServer',
  'partition',
  'watches',
  'loseAnswers',
  'kubelet',
  'reboot',
  'clock',
  'registry',
  'controller',
] as const

/** What a fault of the public API means to the cluster; undefined when it ends what an earlier one began. */
export function clusterFault(
  fault: Fault,
  nodes: readonly string[],
  controllers: readonly string[],
): ClusterFault | { readonly kind: 'end'; readonly of: readonly ClusterFault['kind'][] } {
  const given = fault as Readonly<Record<string, unknown>>
  const found = kinds.filter((kind) => given[kind] !== undefined)
  if (found.length !== 1) wrong('fault', fault, `exactly one of ${kinds.join(', ')}`)
  const node = fault.node
  if (node !== undefined && !nodes.includes(node)) wrong('fault.node', node, nodes.join(', '))
  const at = node === undefined ? {} : { node }
  if ('apiServer' in fault) return apiServerFault(fault, at)
  if ('partition' in fault) return { kind: 'partition', node: knownNode(fault.partition, nodes) }
  if ('watches' in fault) return { kind: fault.watches === 'drop' ? 'dropWatches' : 'stallWatches', ...at }
  if ('loseAnswers' in fault) return { kind: 'loseAnswers', count: fault.loseAnswers, ...at }
  if ('kubelet' in fault) {
    if (fault.kubelet === 'start') return { kind: 'end', of: ['kubeletStopped'] }
    return { kind: fault.kubelet === 'stop' ? 'kubeletStopped' : 'kubeletRestarted', ...at }
  }
  if ('reboot' in fault) {
    return {
      kind: 'rebooted',
      node: knownNode(fault.reboot, nodes),
      downMs: fault.for === undefined ? rebootMs : durationMs(fault.for, 'fault.for'),
    }
  }
  if ('clock' in fault) return { kind: 'clockAhead', node: knownNode(fault.node, nodes), aheadMs: aheadMs(fault.clock) }
  if ('registry' in fault) {
    return fault.registry === 'available'
      ? { kind: 'end', of: ['registryUnreachable'] }
      : { kind: 'registryUnreachable', hosts: ['docker.io'] }
  }
  if (!controllers.includes(fault.controller)) wrong('fault.controller', fault.controller, controllers.join(', '))
  return { kind: 'controllerPaused', controller: fault.controller }
}

function apiServerFault(
  fault: Extract<Fault, { apiServer: unknown }>,
  at: { readonly node?: string },
): ReturnType<typeof clusterFault> {
  switch (fault.apiServer) {
    case 'unreachable':
      return { kind: 'apiServerUnreachable', ...at }
    case 'available':
      return { kind: 'end', of: ['apiServerUnreachable', 'apiServerSlow'] }
    case 'slow':
      return {
        kind: 'apiServerSlow',
        latency: { kind: 'fixed', ms: durationMs(fault.latency, 'fault.latency') },
        ...at,
      }
  }
}

/** `5m`, or `-5m` for a clock that is behind. */
function aheadMs(clock: Duration): number {
  if (typeof clock === 'number' && Number.isSafeInteger(clock)) return clock
  const text = String(clock)
  return text.startsWith('-') ? -durationMs(text.slice(1), 'fault.clock') : durationMs(text, 'fault.clock')
}

function knownNode(name: string, nodes: readonly string[]): string {
  return nodes.includes(name) ? name : wrong('fault', name, `a node: ${nodes.join(', ')}`)
}

/** What is told of a fault as it begins or ends. */
export function faultText(fault: ClusterFault, isEnd: boolean): string {
  const on = 'node' in fault && fault.node !== undefined ? ` for ${fault.node}` : ''
  switch (fault.kind) {
    case 'apiServerUnreachable':
      return isEnd ? `the API server answers again${on}` : `the API server is out of reach${on}`
    case 'apiServerSlow':
      return isEnd ? `the API server answers as quickly as before${on}` : `the API server answers slowly${on}`
    case 'partition':
      return isEnd ? `${fault.node} is connected again` : `${fault.node} is cut off from the API server`
    case 'dropWatches':
      return `open watches break${on}`
    case 'stallWatches':
      return isEnd ? `watches deliver again${on}` : `watches stay open but deliver nothing${on}`
    case 'loseAnswers':
      return `the answers to the next ${fault.count} writes are lost${on}`
    case 'kubeletStopped':
      return isEnd ? `the kubelet is started again${on}` : `the kubelet is stopped${on}`
    case 'kubeletRestarted':
      return `the kubelet is restarted${on}`
    case 'rebooted':
      return `${fault.node} goes down for a reboot`
    case 'clockAhead':
      return isEnd
        ? `the clock of ${fault.node} is right again`
        : `the clock of ${fault.node} is ${Math.abs(fault.aheadMs) / 1000} s ${fault.aheadMs < 0 ? 'behind' : 'ahead'}`
    case 'registryUnreachable':
      return isEnd ? 'the image registry answers again' : 'the image registry is out of reach'
    case 'controllerPaused':
      return isEnd ? `controller ${fault.controller} works again` : `controller ${fault.controller} is paused`
  }
}
