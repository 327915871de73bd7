/** The name suffix of generated objects. Source: v2.0.3 k8sdeps/transformer/hash; sigs.k8s.io/kustomize/api hasher/hasher.go. */

import { configMapHash, encodeHash, secretHash } from '../api/name-hash.ts'
import { goJson, isObject } from '../go/json.ts'
import { resolveScalar } from '../go/yaml/go-resolve.ts'
import type { Generation } from './loader.ts'
import { rewritten, writtenText } from './plain-scalar.ts'
import { type Body, metadataOf, ownMetadata, type Resource, rememberId, textMap } from './resource.ts'

/** Generated objects get their suffix, all that want one (kustomize 5). */
export function hashNames(resources: readonly Resource[]): void {
  for (const resource of resources) {
    if (!resource.needsHash) continue
    const hash = nameHash(resource.body, 'v5')
    rememberId(resource)
    const metadata = ownMetadata(resource.body)
    metadata.name = rewritten(metadata.name, `${writtenText(metadata.name ?? '')}-${hash}`)
  }
}

/** Ten characters, without the dash before them. */
export function nameHash(body: Body, generation: Generation): string {
  if (generation === 'v5') return hashV5(body)
  const name = String(metadataOf(body).name ?? '')
  const data = isObject(body.data) ? textMap(body.data) : null
  if (body.kind === 'ConfigMap') {
    return configMapHash({
      name,
      data: data ?? null,
      ...(isObject(body.binaryData) ? { binaryData: textMap(body.binaryData) } : {}),
    })
  }
  if (body.kind === 'Secret') return secretHash({ name, type: String(body.type ?? ''), data })
  return encodeHash(goJson(body))
}

/** The name is looked up where it never is (under the key `metadata/name`), so it plays no part. */
function hashV5(body: Body): string {
  const data = isObject(body.data) ? withoutNullKeys(body.data) : ''
  if (body.kind === 'ConfigMap') {
    return encodeHash(
      goJson({
        binaryData: isObject(body.binaryData) ? body.binaryData : undefined,
        data,
        kind: 'ConfigMap',
        name: '',
      }),
    )
  }
  if (body.kind === 'Secret') {
    return encodeHash(
      goJson({
        data,
        kind: 'Secret',
        name: '',
        stringData: isObject(body.stringData) ? body.stringData : undefined,
        type: body.type ?? '',
      }),
    )
  }
  return encodeHash(goJson(body))
}

/** Keys are written plainly, and go-yaml drops one that reads as null on its way into a map of texts. */
function withoutNullKeys(map: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => resolveScalar(key).tag !== 'null'))
}
