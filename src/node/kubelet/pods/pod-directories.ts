import { KeptWork } from '../../../fs/kept-work.ts'
import type { NodeFs } from '../../../fs/node-fs.ts'
import { podDirectory } from '../../volumes/plugins/layout.ts'

/**
 * Makes the directories of a Pod's data; false: they are there. What is in the Pod's own directory is made when somebody looks
 * into it, as its volumes are (volumes/plugins/unread-volume.ts): most Pods run without that anybody does, and the tree is a
 * quarter of what the node keeps of a Pod. Source: kubelet_pods.go, makePodDataDirs.
 */
export function makePodDirectories(fs: NodeFs, podUid: string): boolean {
  const directory = podDirectory(podUid)
  if (fs.access(directory, 0).ok) return false
  fs.mkdirAll(directory, mode)
  const inside = new DataDirectories(fs, directory)
  const needs = { directories: dataDirectories, inodes: 0, bytes: 0 }
  if (!fs.plantLater(directory) || !fs.growLater(directory, needs, inside)) inside.carryOut()
  return true
}

const mode = 0o750
const dataDirectories = ['volumes', 'plugins'] as const

class DataDirectories extends KeptWork {
  readonly #fs: NodeFs
  readonly #directory: string

  constructor(fs: NodeFs, directory: string) {
    super()
    this.#fs = fs
    this.#directory = directory
  }

  carryOut(): void {
    for (const name of dataDirectories) this.#fs.mkdirAll(`${this.#directory}/${name}`, mode)
  }
}
