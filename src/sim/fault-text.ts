import type { ClusterFault } from '../cluster/faults.ts'
import { controlPlaneClient } from '../cluster/pattern-faults.ts'
import { everyHost } from '../node/runtime/registry.ts'

/** What is told of a fault as it begins or ends. */
export function faultText(fault: ClusterFault, isEnd: boolean): string {
  const node = 'node' in fault ? fault.node : undefined
  // Whom it concerns, and where it is.
  const whom = node === undefined ? '' : ` for ${node}`
  const on = node === undefined ? '' : ` on ${node}`
  switch (fault.kind) {
    case 'apiServerUnreachable':
      return isEnd ? `the API server answers again${whom}` : `the API server is out of reach${whom}`
    case 'apiServerRestarted':
      return isEnd ? 'the API server is another process and remembers nothing' : 'the API server ends'
    case 'apiServerSlow':
      return `the API server answers ${fault.verb === undefined ? '' : `${fault.verb} requests `}${isEnd ? 'as quickly as before' : 'slowly'}${whom}`
    case 'etcdSlow':
      return isEnd ? 'etcd is as quick as before' : 'etcd is slow'
    case 'credentialsExpired':
      return isEnd ? `credentials are good again${whom}` : `credentials have expired${whom}`
    case 'nodeRemoved':
      return `${fault.node} is taken out of the cluster`
    case 'requestsRefused':
      return `${refusedText(fault)} ${isEnd ? 'are answered again' : `are answered with ${fault.code}`}`
    case 'poweredOff':
      return isEnd ? `${fault.node} is powered on` : `${fault.node} is powered off`
    case 'containerKilled':
      return `container ${fault.container} of pod ${fault.pod} ${fault.isOutOfMemory ? 'is out of memory and ' : ''}is killed${on}, exit code ${fault.exitCode}`
    case 'partition':
      return isEnd ? `${fault.node} is connected again` : `${fault.node} is cut off from the API server`
    case 'dropWatches':
      return `open watches break${whom}`
    case 'stallWatches':
      return isEnd ? `watches deliver again${whom}` : `watches stay open but deliver nothing${whom}`
    case 'memoryLow':
      return isEnd ? `there is memory again${on}` : `memory runs short${on}: ${fault.availableBytes} bytes are left`
    case 'diskLow':
      return isEnd
        ? `there is room on the disk again${on}`
        : `the disk fills up${on}: ${fault.availableBytes} bytes are left`
    case 'inodesLow':
      return isEnd ? `there are inodes again${on}` : `inodes of the disk run short${on}: ${fault.available} are left`
    case 'diskFull':
      return isEnd ? `there is room on the disk again${on}` : `the disk is full${on}`
    case 'staleReads':
      return isEnd
        ? `${clientText(fault.client)} reads the present again`
        : `${clientText(fault.client)} reads from a cache that stands still`
    case 'missedEvents':
      return isEnd
        ? `${clientText(fault.client)} lists anew what it has missed`
        : `${clientText(fault.client)} misses what happens`
    case 'crashInTheMiddle':
      return isEnd ? `what crashed of ${clientText(fault.client)} is started again` : crashText(fault)
    case 'loseAnswers':
      return `the answers to the next ${fault.count} writes are lost${whom}`
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
      return isEnd ? `${registryText(fault.hosts)} answers again` : `${registryText(fault.hosts)} is out of reach`
    case 'controllerPaused':
      return isEnd ? `controller ${fault.controller} works again` : `controller ${fault.controller} is paused`
  }
}

function clientText(client: string): string {
  return client === controlPlaneClient ? 'the control plane' : `the kubelet of ${client}`
}

/** `the kubelet of node-1 will crash once patch of pods web was carried out`. */
function crashText({
  client,
  verb,
  resource,
  name,
  count = 1,
}: Extract<ClusterFault, { kind: 'crashInTheMiddle' }>): string {
  const write = [verb ?? 'a write', resource === undefined ? '' : `of ${resource}`, name ?? ''].filter(
    (part) => part !== '',
  )
  const times = count === 1 ? '' : ` ${count} times`
  return `${clientText(client)} will crash once ${write.join(' ')} was carried out${times}`
}

function registryText([host]: readonly string[]): string {
  return host === undefined || host === everyHost ? 'the image registry' : `the registry ${host}`
}

/** `get requests for secrets db by admin`. */
function refusedText({
  verb,
  resource,
  name,
  user,
  node,
  count,
}: Extract<ClusterFault, { kind: 'requestsRefused' }>): string {
  return [
    count === undefined ? '' : `${count}`,
    verb ?? '',
    'requests',
    resource === undefined ? '' : `for ${resource}${name === undefined ? '' : ` ${name}`}`,
    user === undefined ? '' : `by ${user}`,
    node === undefined ? '' : `by ${node}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}
