import type { ClusterFault } from '../cluster/faults.ts'

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
