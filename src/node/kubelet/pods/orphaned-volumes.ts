import type { Pod, Volume } from '../../../api/types/core.ts'
import { kubeletRoot, podDirectory } from '../../volumes/plugins/layout.ts'
import type { KubeletContext } from '../context.ts'

/** Directory names of the plugins whose volumes can be told from the disk. Source: pkg/util/strings, EscapeQualifiedName. */
const sources: Readonly<Record<string, (name: string) => Volume>> = {
  'kubernetes.io~secret': (name) => ({ name, secret: { secretName: name } }),
  'kubernetes.io~configmap': (name) => ({ name, configMap: { name } }),
  'kubernetes.io~projected': (name) => ({ name, projected: { sources: [] } }),
  'kubernetes.io~downward-api': (name) => ({ name, downwardAPI: { items: [] } }),
  'kubernetes.io~empty-dir': (name) => ({ name, emptyDir: {} }),
}

/**
 * Takes down the volumes of Pods that went while the kubelet was away: it finds them on the disk. Source:
 * pkg/kubelet/volumemanager/reconciler/reconciler.go, syncStates; facts/kubelet.md 10.6.
 */
export function removeOrphanedVolumes(context: KubeletContext): void {
  const { fs, pods, volumes, pluginFor } = context
  const uids = fs.readdir(`${kubeletRoot}/pods`)
  for (const uid of uids.ok ? uids.value : []) {
    const owner = pods.get(uid) ?? ownerOf(context, uid)
    for (const [directory, volumeOf] of Object.entries(sources)) {
      const names = fs.readdir(`${podDirectory(uid)}/volumes/${directory}`)
      for (const name of names.ok ? names.value : []) {
        // What a Pod wants is mounted again by the ordinary way.
        const use = volumes.use(uid, name)
        if (use?.isDesired === true) {
          if (context.facts.keepsFoundVolumes) volumes.foundOnDisk(use)
          continue
        }
        const volume = volumeOf(name)
        const plugin = pluginFor(volume)
        if (plugin !== undefined) volumes.removeOrphan(owner, volume, plugin)
      }
    }
  }
}

function ownerOf({ runtime }: KubeletContext, uid: string): Pod {
  const [sandbox] = runtime.podSandboxes(uid)
  const metadata = { name: sandbox?.podName ?? uid, namespace: sandbox?.podNamespace ?? '', uid }
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] } }
}
