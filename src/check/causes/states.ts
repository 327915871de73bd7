import type { ContainerStatus, Pod, Secret } from '../../api/types/core.ts'
import { listAt, textAt } from '../../go/json.ts'
import type { YamlPath } from '../../scenario/positions.ts'
import { closest } from '../../sim/input/closest.ts'
import type { Sim } from '../../sim/sim.ts'
import type { AppliedCluster } from '../cluster.ts'
import { podSpecOf, podSpecPath } from '../references.ts'
import { type Workload, wantedPods } from '../workloads.ts'
import { unboundAt } from './claims.ts'
import { crash, failedPod } from './crash.ts'
import { containerPath, type Found, isReady, loopingIn, newestWarning, type Stuck } from './found.ts'

/** Why no node takes a Pod of the workload: other things may be missing beside. */
export function unscheduledAt(cluster: AppliedCluster, workload: Workload): readonly Found[] {
  const pod = workload.pods.find((each) => !isReady(each, cluster.sim.now()))
  const unknownNode = unknownNodeOf(cluster, workload)
  if (unknownNode.length > 0) return unknownNode
  const scheduled = pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled')
  if (pod === undefined || scheduled?.status !== 'False') return []
  const unbound = unboundAt(cluster, workload, pod)
  if (unbound.length > 0) return unbound
  const { message = '' } = scheduled
  const path = podSpecPath(workload.given) ?? []
  return [
    {
      cause: 'unschedulable',
      key: `unschedulable ${message}`,
      summary: message,
      path,
      hints: hintsFor(cluster, pod, message),
      uses: [],
    },
  ]
}

/** A Pod that names its node by itself asks no scheduler. */
function unknownNodeOf({ sim, nodes }: AppliedCluster, { given }: Workload): readonly Found[] {
  const nodeName = textAt(podSpecOf(given)?.spec, 'nodeName')
  if (nodeName === '' || sim.get('Node', nodeName) !== undefined) return []
  return [
    {
      cause: 'unschedulable',
      key: `node ${nodeName}`,
      summary: `nodeName is ${nodeName}: there is no such node, and no scheduler looks for another`,
      path: [...(podSpecPath(given) ?? []), 'nodeName'],
      hints: [
        `the nodes are ${sim
          .list('Node')
          .map(({ metadata }) => metadata.name)
          .join(', ')} (${nodes})`,
      ],
      uses: [],
    },
  ]
}

/** Which flag gives nodes what a Pod asks for. */
function hintsFor({ nodes }: AppliedCluster, { spec }: Pod, message: string): readonly string[] {
  const lacks = [...new Set([...message.matchAll(/Insufficient ([\w./-]*[\w-])/g)].map(([, name = '']) => name))]
  const others = lacks.filter((name) => name !== 'cpu' && name !== 'memory' && name !== 'pods')
  const isSelective = /node affinity|node selector/.test(message)
  const labels = Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => `--node-label ${key}=${value}`)
  return [
    ...(lacks.length > others.length ? [`${nodes}; nodes of another size: --node-size CPU:MEMORY`] : []),
    ...others.map((name) => `no node offers ${name}; nodes that do: --node-resource ${name}=AMOUNT`),
    ...(isSelective && labels.length > 0 ? [`nodes with its labels: ${labels.join(' ')}`] : []),
    ...(isSelective && labels.length === 0 ? ['nodes with labels of their own: --node-label KEY=VALUE'] : []),
  ]
}

/** Where nothing is missing and a node was found: what runtime and controllers say. */
export function statesAt({ sim }: AppliedCluster, workload: Workload): readonly Found[] {
  const { pods, given } = workload
  const [top] = workload.chain
  if (pods.length < wantedPods(given, top) && pods.length === 0) return refusedPods(sim, workload)
  const now = sim.now()
  const pod = pods.find((each) => !isReady(each, now))
  if (pod === undefined) return []
  if (pod.status?.reason && pod.status.phase === 'Failed') return [failedPod(workload, pod.status)]
  const looping = loopingIn(pod, now)
  if (looping !== undefined) return [crash(sim, workload, pod, { status: looping, word: 'container' })]
  const mount = failedMount(sim, workload, pod)
  if (mount !== undefined) return [mount]
  const stuck = stuckIn(pod)
  const reason = stuck?.status.state?.waiting?.reason ?? ''
  if (stuck !== undefined && /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull)$/.test(reason))
    return [imagePull(sim, given, pod, stuck.status)]
  if (stuck !== undefined && (reason === 'CrashLoopBackOff' || reason === 'RunContainerError' || isFailed(stuck)))
    return [crash(sim, workload, pod, stuck)]
  return [notReady(workload, pod, stuck)]
}

/** The container that keeps a Pod from being ready: init containers come before the others. */
function stuckIn({ spec, status }: Pod): Stuck | undefined {
  const sidecars = new Set(
    (spec.initContainers ?? []).flatMap((each) => (textAt(each, 'restartPolicy') === 'Always' ? [each.name] : [])),
  )
  const init = status?.initContainerStatuses?.find(
    ({ name, state, ready, started }) =>
      state?.terminated?.exitCode !== 0 && !(sidecars.has(name) && (ready || started === true)),
  )
  if (init !== undefined) return { status: init, word: 'init container' }
  // One that is started again whenever it ends has not done its work, whatever its exit code.
  const isDone = ({ state }: ContainerStatus) =>
    state?.terminated?.exitCode === 0 && (spec.restartPolicy ?? 'Always') !== 'Always'
  const own = status?.containerStatuses?.find((each) => !each.ready && !isDone(each))
  return own === undefined ? undefined : { status: own, word: 'container' }
}

const isFailed = ({ status }: Stuck) => status.state?.terminated !== undefined

function refusedPods(sim: Sim, { chain, given, namespace }: Workload): readonly Found[] {
  const uids = new Set(chain.map(({ metadata }) => metadata.uid))
  const event = newestWarning(sim, namespace, uids)
  const message = event?.message ?? (given.kind === 'Pod' ? 'it was deleted' : 'its controller made no Pod')
  return [
    {
      cause: 'podsRefused',
      key: `refused ${given.kind}/${given.name}`,
      summary: message,
      path: /service ?account/.test(message) ? [...(podSpecPath(given) ?? []), 'serviceAccountName'] : [],
      hints: accountHints(sim, namespace, message),
      uses: [],
    },
  ]
}

/** Which account may have been meant. */
function accountHints(sim: Sim, namespace: string, message: string): readonly string[] {
  const [, name] = /serviceaccount "([^"]+)" not found/.exec(message) ?? []
  if (name === undefined) return []
  const here = sim.list('ServiceAccount', { namespace }).map(({ metadata }) => metadata.name)
  const near = closest(name, here)
  return near === undefined ? ['no manifest makes that account'] : [`did you mean ${near}?`]
}

/** A volume that cannot be mounted, though everything that it is made of is there. */
function failedMount(sim: Sim, { given, namespace }: Workload, pod: Pod): Found | undefined {
  const event = newestWarning(sim, namespace, new Set([pod.metadata.uid]), (text) =>
    /^Failed(Mount|AttachVolume): /.test(text),
  )
  const neverRan = ({ state, lastState }: ContainerStatus) =>
    state?.waiting !== undefined && lastState?.terminated === undefined
  const isWaiting = pod.status?.containerStatuses?.every(neverRan) ?? true
  if (event === undefined || !isWaiting) return undefined
  const [, name] = /for volume "([^"]+)"/.exec(event.message ?? '') ?? []
  const { spec, path } = podSpecOf(given) ?? { spec: {}, path: [] }
  const volume = listAt(spec, 'volumes').findIndex((each) => textAt(each, 'name') === name)
  const isOfHost = /hostPath type check failed/.test(event.message ?? '')
  return {
    cause: 'mountFailed',
    key: `mount ${given.kind}/${namespace}/${given.name} ${name}`,
    summary: event.message ?? '',
    path: volume < 0 ? path : [...path, 'volumes', volume],
    hints: isOfHost
      ? ['nodes of the simulated cluster hold what every Linux node has, and their kubelet and runtime']
      : [],
    uses: [],
  }
}

function imagePull(sim: Sim, given: Workload['given'], pod: Pod, { name, image, state }: ContainerStatus): Found {
  const namespace = pod.metadata.namespace ?? ''
  const hints = (pod.spec.imagePullSecrets ?? []).flatMap(({ name: secretName = '' }) => {
    const secret = sim.get<Secret>('Secret', secretName, namespace)
    if (secret === undefined) return [`secret ${namespace}/${secretName} of imagePullSecrets does not exist`]
    const isRight = secret.type === 'kubernetes.io/dockerconfigjson' || secret.type === 'kubernetes.io/dockercfg'
    return isRight
      ? []
      : [
          `secret ${namespace}/${secretName} of imagePullSecrets has type ${secret.type}; pulls take kubernetes.io/dockerconfigjson`,
        ]
  })
  if (state?.waiting?.reason === 'ErrImageNeverPull') hints.push(`if your nodes have it: --have image/${image}`)
  return {
    cause: 'imagePull',
    key: `pull ${image}`,
    summary: `image ${image}: ${state?.waiting?.message ?? 'it cannot be pulled'}`,
    path: imagePath(containerPath(given, name)),
    hints,
    uses: [`container ${name}`],
  }
}

const imagePath = (container: YamlPath): YamlPath => [...container, 'image']

function notReady({ given, namespace }: Workload, pod: Pod, stuck: Stuck | undefined): Found {
  const state = stuck?.status.state
  const what = `${given.kind.toLowerCase()} ${given.name}`
  const how =
    stuck === undefined
      ? `${what} does not become ready: phase ${pod.status?.phase}`
      : state?.running !== undefined
        ? `${stuck.word} ${stuck.status.name} of ${what} runs, but ${stuck.word === 'container' ? 'does not become ready' : 'does not end'}`
        : `${stuck.word} ${stuck.status.name} of ${what} does not start: ${[state?.waiting?.reason, state?.waiting?.message].filter(Boolean).join(': ')}`
  return {
    cause: 'notReady',
    key: `not ready ${given.kind}/${namespace}/${given.name}`,
    summary: how,
    path: stuck === undefined ? [] : containerPath(given, stuck.status.name),
    hints: [],
    uses: stuck === undefined ? [] : [`${stuck.word} ${stuck.status.name}`],
  }
}
