import type { EndpointSlice } from '../../api/types/services.ts'

/**
 * What a controller wrote and its cache may not show yet: while it does not, the slices of that Service are left alone.
 * Source: staging/src/k8s.io/endpointslice/util/endpointslice_tracker.go.
 */
export class SliceTracker {
  /** Generation by uid, by key of the Service; `deleted` once it is to be gone. */
  readonly #expected = new Map<string, Map<string, number | 'deleted'>>()

  /** A slice as a write answered it. */
  wrote(service: string, { metadata }: EndpointSlice): void {
    this.#of(service).set(metadata.uid ?? '', metadata.generation ?? 0)
  }

  deleted(service: string, { metadata }: EndpointSlice): void {
    this.#of(service).set(metadata.uid ?? '', 'deleted')
  }

  forget(service: string): void {
    this.#expected.delete(service)
  }

  /** Whether the cache is behind. Source: StaleSlices. */
  isStale(service: string, slices: readonly EndpointSlice[]): boolean {
    const expected = this.#expected.get(service)
    if (expected === undefined) return false
    const seen = new Set<string>()
    for (const { metadata } of slices) {
      const { uid = '', generation = 0 } = metadata
      seen.add(uid)
      const wanted = expected.get(uid)
      if (wanted === 'deleted' || (wanted !== undefined && wanted > generation)) return true
    }
    for (const [uid, wanted] of expected) if (wanted !== 'deleted' && !seen.has(uid)) return true
    return false
  }

  /** Whether somebody else has written it. Source: ShouldSync. */
  isNews(service: string, { metadata }: EndpointSlice): boolean {
    const wanted = this.#expected.get(service)?.get(metadata.uid ?? '')
    return wanted === undefined || wanted === 'deleted' || (metadata.generation ?? 0) > wanted
  }

  /** A slice is gone; answers whether that was not the controller's doing. Source: Has, HandleDeletion. */
  isUnexpectedlyGone(service: string, { metadata }: EndpointSlice): boolean {
    const expected = this.#expected.get(service)
    const wanted = expected?.get(metadata.uid ?? '')
    expected?.delete(metadata.uid ?? '')
    return wanted !== undefined && wanted !== 'deleted'
  }

  #of(service: string): Map<string, number | 'deleted'> {
    const known = this.#expected.get(service)
    if (known !== undefined) return known
    const expected = new Map<string, number | 'deleted'>()
    this.#expected.set(service, expected)
    return expected
  }
}
