import type { Pod } from '../../../api/types/core.ts'
import { pagesOf } from '../../../fs/inode.ts'
import { joinPath } from '../../../fs/path.ts'
import type { LiveContainer } from '../../runtime/cri.ts'
import { baseMemoryBytes } from '../../runtime/memory-use.ts'
import { volumeDirectory } from '../../volumes/plugins/layout.ts'
import type { KubeletContext } from '../context.ts'
import type { Usage } from './ranking.ts'
import type { Threshold } from './thresholds.ts'

type Machine = Pick<KubeletContext, 'fs' | 'runtime'>

/** What Pods use of what is short now. Source: pkg/kubelet/eviction/helpers.go, memoryUsage, podDiskUsage and evictionMessage. */
export function usageOf(machine: Machine, resource: Threshold['resource']): Usage {
  switch (resource) {
    case 'memory':
      return {
        ofContainer: (pod, name) => memoryOf(machine, pod, name),
        ofPod: (pod) => pod.spec.containers.reduce((sum, { name }) => sum + memoryOf(machine, pod, name), 0),
      }
    case 'ephemeral-storage':
      return {
        ofContainer: (pod, name) => layerOf(machine, pod, name),
        ofPod: (pod) => diskOf(machine, pod),
      }
    // Nobody counts the inodes of a Pod here, and nobody tells those of a container.
    case 'inodes':
      return { ofContainer: () => undefined, ofPod: () => 0 }
  }
}

function memoryOf({ runtime }: Machine, pod: Pod, name: string): number {
  return containersOf(runtime, pod, name)
    .filter(({ state }) => state === 'running')
    .reduce((sum, { id }) => sum + baseMemoryBytes + runtime.memoryBytes(id), 0)
}

/** What a container has written into its own layer. */
export function layerOf({ runtime }: Machine, pod: Pod, name: string): number {
  return containersOf(runtime, pod, name).reduce((sum, { writtenBytes }) => sum + writtenBytes, 0)
}

/** The whole Pod: layers of its containers, and its volumes on the disk. */
export function diskOf(machine: Machine, pod: Pod): number {
  const { containers, initContainers = [], volumes = [] } = pod.spec
  const layers = [...initContainers, ...containers].reduce((sum, { name }) => sum + layerOf(machine, pod, name), 0)
  return volumes.reduce((sum, { name, emptyDir, configMap }) => {
    if (configMap !== undefined) return sum + volumeBytes(machine, pod, 'configmap', name)
    return emptyDir === undefined || emptyDir.medium === 'Memory' ? sum : sum + emptyDirBytes(machine, pod, name)
  }, layers)
}

/** What lies in an emptyDir. Source: pkg/volume/emptydir, GetMetrics. */
export function emptyDirBytes(machine: Machine, pod: Pod, volume: string): number {
  return volumeBytes(machine, pod, 'empty-dir', volume)
}

function volumeBytes({ fs }: Machine, pod: Pod, plugin: string, volume: string): number {
  return bytesBelow(fs, volumeDirectory(pod.metadata.uid ?? '', plugin, volume))
}

/** Of what lies below a path: files in whole pages; directories of a tmpfs take none, those of the disk one each. */
function bytesBelow(fs: KubeletContext['fs'], path: string): number {
  const found = fs.lstat(path)
  if (!found.ok) return 0
  if (found.value.type === 'symlink') return 0
  if (found.value.type === 'file') return pagesOf(found.value.size)
  const names = fs.readdir(path)
  const own = fs.isOnTmpfs(path) ? 0 : pagesOf(1)
  return (names.ok ? names.value : []).reduce((sum, name) => sum + bytesBelow(fs, joinPath(path, name)), own)
}

function containersOf(runtime: Machine['runtime'], pod: Pod, name: string): readonly LiveContainer[] {
  return runtime.podContainers(pod.metadata.uid ?? '').filter(({ config }) => config.name === name)
}
