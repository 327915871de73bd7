import { defaultPodOnly, defaultPodSpec } from '../../../api/pod-defaults.ts'
import { configMapNamesOf, secretNamesOf } from '../../../api/pod-references.ts'
import type { Pod } from '../../../api/types/core.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import { sourceAnnotation } from '../pods/static-pod.ts'

export type StaticPod = { readonly ok: true; readonly pod: Pod } | { readonly ok: false; readonly message: string }

/** Taint effect that static Pods tolerate. Source: pkg/kubelet/config/common.go, applyDefaults. */
const tolerations = [{ operator: 'Exists', effect: 'NoExecute' }] as const

/**
 * A manifest of the node's own directory as a Pod: with the node's name, a uid of its content and the source's mark.
 * Source: pkg/kubelet/config/common.go; facts/kubelet.md 9.
 */
export function staticPodOf(manifest: Pod, nodeName: string, facts: KubeletFacts): StaticPod {
  if (facts.refusesStaticReferences) {
    const refused = refusedReference(manifest)
    if (refused !== undefined) return { ok: false, message: `static pods may not reference ${refused}` }
  }
  const { name, namespace = 'default', labels, annotations } = manifest.metadata
  const hash = contentHash(`${nodeName}/file/${JSON.stringify(manifest)}`)
  const pod: Pod = {
    ...manifest,
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${nodeName}`,
      namespace,
      uid: hash,
      ...(labels === undefined ? {} : { labels }),
      annotations: { ...annotations, [sourceAnnotation]: 'file', 'kubernetes.io/config.hash': hash },
    },
    spec: defaultPodOnly(
      defaultPodSpec({
        ...manifest.spec,
        nodeName,
        tolerations: [...(manifest.spec.tolerations ?? []), ...tolerations],
      }),
    ),
    status: { phase: 'Pending' },
  }
  return { ok: true, pod }
}

/** In the order in which the kubelet looks: accounts, Secrets, ConfigMaps. */
function refusedReference(pod: Pod): string | undefined {
  if ((pod.spec.serviceAccountName ?? pod.spec.serviceAccount ?? '') !== '') return 'serviceaccounts'
  if (secretNamesOf(pod).length > 0) return 'secrets'
  return configMapNamesOf(pod).length > 0 ? 'configmaps' : undefined
}

/** 32 hexadecimal digits, as the md5 of the real kubelet has; FNV-1a over four seeds. */
function contentHash(text: string): string {
  return [0x811c9dc5, 0x01234567, 0x89abcdef, 0x0badcafe]
    .map((seed) => {
      let value = seed
      for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
      return (value >>> 0).toString(16).padStart(8, '0')
    })
    .join('')
}
