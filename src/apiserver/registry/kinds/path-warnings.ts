import type { PodSpec } from '../../../api/types/core.ts'
import { goQuote } from '../../../go/quote.ts'

/**
 * Keys of one volume whose files lie over or in each other: the kubelet fails to write them. Paths are counted from the volume, so
 * that templates tell the same.
 * Source: pkg/api/pod/warnings.go, warningsForOverlappingVirtualPaths.
 */
export function overlappingPaths(volumes: NonNullable<PodSpec['volumes']>): readonly string[] {
  return volumes.flatMap(({ name, configMap, secret, downwardAPI, projected }) => [
    ...overlaps(name, `ConfigMap ${goQuote(configMap?.name ?? '')}`, placesOf(configMap?.items)),
    ...overlaps(name, `Secret ${goQuote(secret?.secretName ?? '')}`, placesOf(secret?.items)),
    ...overlaps(name, 'DownwardAPI', placesOf(downwardAPI?.items)),
    ...(projected === undefined ? [] : projections(name, (projected.sources ?? []) as readonly Projection[])), // by its schema
  ])
}

interface Place {
  readonly path: string
  readonly source: string
}

interface Keys {
  readonly name?: string
  readonly items?: readonly { readonly path?: string }[]
}

interface Projection {
  readonly configMap?: Keys
  readonly secret?: Keys
  readonly downwardAPI?: Keys
  readonly serviceAccountToken?: { readonly path?: string }
  readonly clusterTrustBundle?: { readonly name?: string; readonly signerName?: string; readonly path?: string }
  readonly podCertificate?: Readonly<Record<string, string>>
}

function projections(volume: string, sources: readonly Projection[]): readonly string[] {
  const places: Place[] = []
  return sources.flatMap((source) => {
    if (Object.values(source).every((part) => part === undefined)) {
      return [`volume ${goQuote(volume)} (Projected) has no sources provided`]
    }
    return overlaps(volume, 'Projected', projectedPlaces(source), places)
  })
}

function projectedPlaces(source: Projection): readonly Place[] {
  const { configMap, secret, downwardAPI, serviceAccountToken: token, clusterTrustBundle: bundle } = source
  if (configMap?.items !== undefined) return placesOf(configMap.items, `ConfigMap ${goQuote(configMap.name ?? '')}`)
  if (secret?.items !== undefined) return placesOf(secret.items, `Secret ${goQuote(secret.name ?? '')}`)
  if (downwardAPI?.items !== undefined) return placesOf(downwardAPI.items, 'DownwardAPI')
  if (token !== undefined) return [{ path: token.path ?? '', source: 'ServiceAccountToken' }]
  if (bundle !== undefined) {
    const name = bundle.name ?? bundle.signerName ?? ''
    return [{ path: bundle.path ?? '', source: `ClusterTrustBundle ${goQuote(name)}` }]
  }
  const { certificateChainPath = '', keyPath = '', credentialBundlePath = '' } = source.podCertificate ?? {}
  return [
    { path: certificateChainPath, source: 'PodCertificate chain' },
    { path: keyPath, source: 'PodCertificate key' },
    { path: credentialBundlePath, source: 'PodCertificate credential bundle' },
  ].filter(({ path }) => path !== '')
}

function placesOf(items: Keys['items'], source = ''): readonly Place[] {
  return (items ?? []).map(({ path = '' }) => ({ path, source }))
}

/** `known`: places that were there before, which grow by these. */
function overlaps(volume: string, what: string, places: readonly Place[], known: Place[] = []): readonly string[] {
  return places.flatMap(({ path, source }) => {
    const place = { path: path.replace(/\/+$/, ''), source }
    const found = known.filter((other) => isOver(other.path, place.path))
    known.push(place)
    return found.map(
      (other) => `volume ${goQuote(volume)} (${what}): overlapping paths: ${shown(place)} with ${shown(other)}`,
    )
  })
}

function isOver(path: string, other: string): boolean {
  if (path === '' || other === '') return false
  return `${path}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${path}/`)
}

function shown({ path, source }: Place): string {
  return source === '' ? goQuote(path) : `${goQuote(path)} (${source})`
}
