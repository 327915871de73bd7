import { isObject, numberAt, objectAt } from '../../go/json.ts'
import { containersIn, podSpecOf, type Reference, referencesIn } from '../references.ts'
import type { Workload } from '../workloads.ts'
import type { Found } from './found.ts'

/**
 * Files of Secrets that a container's user cannot read: they belong to root, so without `fsGroup` another user needs the
 * last three bits of the mode. With `fsGroup` the group may read. Source: pkg/volume/volume_linux.go, SetVolumeOwnership;
 * facts/kubelet.md 4.
 */
export function unreadableFiles({ given }: Workload): readonly Found[] {
  const { spec, path } = podSpecOf(given) ?? { spec: {}, path: [] }
  const users = new Map(containersIn(spec, path).map(({ name, container }) => [name, userOf(spec, container)]))
  if (isObject(objectAt(spec, 'securityContext')) && numberAt(spec, ['securityContext', 'fsGroup'], -1) >= 0) return []
  return referencesIn(spec, path).flatMap((reference) => {
    const user = users.get(reference.container ?? '') ?? 0
    return user > 0 && isClosed(reference) ? [told(reference, user)] : []
  })
}

function userOf(spec: unknown, container: unknown): number {
  const own = numberAt(container, ['securityContext', 'runAsUser'], -1)
  return own >= 0 ? own : numberAt(spec, ['securityContext', 'runAsUser'], -1)
}

function isClosed({ kind, mode, way }: Reference): boolean {
  return kind === 'Secret' && mode !== undefined && way !== 'subPath' && (mode & 0o004) === 0
}

function told({ name, mode = 0, container = '', where, volume = '', path }: Reference, user: number): Found {
  const octal = mode.toString(8).padStart(4, '0')
  return {
    cause: 'unreadable',
    key: `unreadable ${name} ${container} ${where} ${user}`,
    summary: `container ${container} starts, but its user ${user} cannot read the files of secret ${name} at ${where} (mode ${octal}, owner root)`,
    path: [...path.slice(0, -1), 'defaultMode'],
    hints: ['set securityContext.fsGroup on the Pod, or a mode that others may read'],
    uses: [`container ${container}, volume ${volume} at ${where}`],
  }
}
