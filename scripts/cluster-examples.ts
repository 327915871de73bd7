import type { Fault } from '../src/sim/sim.ts'

/** One example for each accident, field of a kubelet and network: docs/faults.md, kubelets.md and networks.md show them, tests try them. */

/** By `key: value` where a word says which it is, else by the key. */
export const faultExamples: Readonly<Record<string, Fault>> = {
  'apiServer: unreachable': { apiServer: 'unreachable', for: '2m' },
  'apiServer: restart': { apiServer: 'restart', for: '20s' },
  'apiServer: slow': { apiServer: 'slow', latency: '2s', verb: 'list', node: 'node-1', for: '5m' },
  'apiServer: available': { apiServer: 'available' },
  partition: { partition: 'node-1', for: '10m' },
  'watches: drop': { watches: 'drop', node: 'node-1' },
  'watches: stall': { watches: 'stall', node: 'node-1', for: '1m' },
  loseAnswers: { loseAnswers: 2, node: 'node-1' },
  'memory: low': { memory: 'low', available: '50Mi', node: 'node-1', for: '5m' },
  'disk: low': { disk: 'low', available: '5Gi', node: 'node-1', for: '5m' },
  'inodes: low': { inodes: 'low', node: 'node-1', for: '5m' },
  'disk: full': { disk: 'full', node: 'node-1', for: '5m' },
  staleReads: { staleReads: 'node-1', for: '2m' },
  missedEvents: { missedEvents: 'control-plane', for: '1m' },
  crashInTheMiddle: { crashInTheMiddle: 'node-1', verb: 'patch', resource: 'pods', restartAfter: '20s' },
  'kubelet: stop': { kubelet: 'stop', node: 'node-1', for: '30s' },
  http: { http: 503, verb: 'get', resource: 'secrets', node: 'node-1', count: 3 },
  'etcd: slow': { etcd: 'slow', latency: '3s', for: '2m' },
  'credentials: expired': { credentials: 'expired', node: 'node-1', for: '5m' },
  'power: off': { power: 'off', node: 'node-1', for: '1m' },
  'power: on': { power: 'on', node: 'node-1' },
  remove: { remove: 'node-2' },
  kill: { kill: 'web/app', signal: 'SIGSEGV' },
  'kubelet: start': { kubelet: 'start', node: 'node-1' },
  'kubelet: restart': { kubelet: 'restart', node: 'node-1' },
  reboot: { reboot: 'node-1', for: '30s' },
  clock: { clock: '-5m', node: 'node-1', for: '10m' },
  'registry: unreachable': { registry: 'unreachable', host: 'quay.io', for: '2m' },
  'registry: available': { registry: 'available' },
  controller: { controller: 'nodelifecycle', for: '5m' },
}

/** Of each field a value that is not the usual one. */
export const kubeletExamples: Readonly<Record<string, string | number | boolean | object>> = {
  configMapAndSecretChangeDetectionStrategy: 'Cache',
  syncFrequency: '10s',
  fileCheckFrequency: '5s',
  httpCheckFrequency: '5s',
  nodeStatusUpdateFrequency: '20s',
  nodeStatusReportFrequency: '1m',
  nodeLeaseDurationSeconds: 60,
  kubeAPIQPS: 50,
  kubeAPIBurst: 100,
  eventRecordQPS: 0,
  eventBurst: 20,
  registryPullQPS: 1,
  registryBurst: 1,
  serializeImagePulls: false,
  maxParallelImagePulls: 3,
  runtimeRequestTimeout: '1m',
  evictionPressureTransitionPeriod: '30s',
  evictionHard: { 'memory.available': '500Mi', 'nodefs.available': '5%' },
  evictionSoft: { 'memory.available': '1Gi' },
  evictionSoftGracePeriod: { 'memory.available': '2m' },
  evictionMaxPodGracePeriod: 20,
  evictionMinimumReclaim: { 'memory.available': '200Mi' },
  volumeStatsAggPeriod: '10s',
  maxPods: 20,
}

/** Networks of one's own. */
export const networkExamples: Readonly<Record<string, object>> = {
  'Every request takes 20 ms': { request: '20ms' },
  'Lists take their time and now and then much of it': {
    request: { kind: 'uniform', minMs: 5, maxMs: 10 },
    verbs: { list: { kind: 'exponential', meanMs: 500, maxMs: 30_000 } },
  },
  'Changes are heard of late': { watchEvent: '3s' },
  'No kubelet is quicker than the authorizer': { authorizer: '0s' },
}
