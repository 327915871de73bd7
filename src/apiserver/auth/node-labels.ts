type Labels = Readonly<Record<string, string>>

/** Labels that a kubelet may set on its own Node. Source: pkg/kubelet/apis/well_known_labels.go. */
const kubeletLabels = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
])
const kubeletLabelNamespaces = ['kubelet.kubernetes.io', 'node.kubernetes.io']
const restrictedNamespace = 'node-restriction.kubernetes.io'

/** Keys whose value differs between two sets of labels, in bytewise order. */
export function modifiedLabels(a: Labels = {}, b: Labels = {}): readonly string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  const value = (labels: Labels, key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined)
  return [...keys].filter((key) => value(a, key) !== value(b, key)).sort()
}

/**
 * Those of the keys that a kubelet may not touch: node-restriction labels, and (`strict`) unknown labels of
 * kubernetes.io and k8s.io. Source: plugin/pkg/admission/noderestriction/admission.go, getForbiddenUpdateLabels.
 */
export function forbiddenNodeLabels(keys: readonly string[], strict: boolean): readonly string[] {
  return keys.filter((key) => {
    const namespace = key.includes('/') ? key.slice(0, key.indexOf('/')) : ''
    if (isWithin(namespace, restrictedNamespace)) return true
    if (!strict || !(isWithin(namespace, 'kubernetes.io') || isWithin(namespace, 'k8s.io'))) return false
    return !kubeletLabels.has(key) && !kubeletLabelNamespaces.some((allowed) => isWithin(namespace, allowed))
  })
}

function isWithin(namespace: string, domain: string): boolean {
  return namespace === domain || namespace.endsWith(`.${domain}`)
}
