import type { Pod, Volume, VolumeProjection } from '../../../api/types/core.ts'
import type { ReadKey, TokenGround } from '../../../client/unseen-reads.ts'
import { tokenRequestOf } from '../../volumes/plugins/content-kinds.ts'
import type { TokenRequest } from '../../volumes/plugins/host.ts'

/** A token that a volume asks for, if the one that it has is old. */
export interface TokenReading {
  readonly kind: 'Token'
  readonly namespace: string
  readonly account: string
  readonly request: TokenRequest
  readonly ground: TokenGround
}

/** What a refresh of a volume asks the API server for. */
export type Reading = (ReadKey & { readonly kind: 'Secret' | 'ConfigMap' }) | TokenReading

/** In order; undefined: it can't be said. */
export function readsOf(
  pod: Pod,
  { secret, configMap, projected }: Volume,
  ground: () => TokenGround | undefined,
): readonly Reading[] | undefined {
  const { namespace = '' } = pod.metadata
  if (secret !== undefined) return [{ kind: 'Secret', namespace, name: secret.secretName ?? '' }]
  if (configMap !== undefined) return [{ kind: 'ConfigMap', namespace, name: configMap.name ?? '' }]
  const reads: Reading[] = []
  for (const source of projected?.sources ?? []) {
    const read = readOf(pod, source, ground)
    if (read === 'unknown') return undefined
    if (read !== undefined) reads.push(read)
  }
  return reads
}

function readOf(
  { metadata: { namespace = '' }, spec }: Pod,
  { secret, configMap, serviceAccountToken }: VolumeProjection,
  ground: () => TokenGround | undefined,
): Reading | 'unknown' | undefined {
  if (secret !== undefined) return { kind: 'Secret', namespace, name: secret.name ?? '' }
  if (configMap !== undefined) return { kind: 'ConfigMap', namespace, name: configMap.name ?? '' }
  if (serviceAccountToken === undefined) return undefined
  const found = ground()
  if (found === undefined) return 'unknown'
  const request = tokenRequestOf(serviceAccountToken)
  return { kind: 'Token', namespace, account: spec.serviceAccountName ?? 'default', request, ground: found }
}

/** The object whose change makes a reading find something else. */
export function keyOfRead(read: Reading): ReadKey {
  return read.kind === 'Token' ? { kind: 'ServiceAccount', namespace: read.namespace, name: read.account } : read
}

export function isSameKey(a: ReadKey, b: ReadKey): boolean {
  return a.name === b.name && a.kind === b.kind && a.namespace === b.namespace
}
