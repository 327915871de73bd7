import { type RuntimeKind, runtimeKindOf } from '../runtime/error-texts.ts'
/** What a node's machine looks like to its kubelet; part of a cluster's settings. */
export interface MachineState {
  /** Changes at each boot: that is how the kubelet finds out. */
  readonly bootId: string
  readonly capacity: Readonly<Record<string, string>>
  readonly allocatable: Readonly<Record<string, string>>
  readonly hostIp: string
  readonly labels: Readonly<Record<string, string>>
  readonly nodeInfo: Readonly<Record<string, string>>
}

/** Disk of a common worker. */
export const defaultDisk = '100Gi'

/** Releases of the runtimes' times. */
const runtimeVersions: Readonly<Record<RuntimeKind, string>> = {
  docker: 'docker://19.3.8',
  containerd: 'containerd://1.6.0',
  'containerd-2': 'containerd://2.1.5',
}

/** A common worker: 4 CPUs, 16 GiB. */
export function defaultMachine(nodeName: string, minor: number, hostIp: string, maxPods: number): MachineState {
  const resources = { cpu: '4', 'ephemeral-storage': defaultDisk, memory: '16Gi', pods: String(maxPods) }
  return {
    bootId: `boot-1-${nodeName}`,
    capacity: resources,
    allocatable: resources,
    hostIp,
    labels: {
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': nodeName,
      'kubernetes.io/os': 'linux',
    },
    nodeInfo: {
      machineID: `machine-${nodeName}`,
      systemUUID: `system-${nodeName}`,
      kernelVersion: '5.4.0',
      osImage: 'podsim',
      containerRuntimeVersion: runtimeVersions[runtimeKindOf(minor)],
      kubeletVersion: `v1.${minor}.0`,
      kubeProxyVersion: `v1.${minor}.0`,
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  }
}
