import { decodeAsGo } from '../../api/decoding/go-decoder.ts'
import { decodeTyped } from '../../api/decoding/typed-decoder.ts'
import { type Definition, schemaOf } from '../../api/schema/schema.ts'
import { isObject, type JsonObject } from '../../go/json.ts'
import type { ClientVersion } from '../client-version.ts'

/**
 * What is wrong with the metadata of a document (`json` gives its text), which kubectl reads as such before it asks anybody, whatever the kind; undefined: nothing.
 * Source: cli-runtime pkg/resource/metadata_decoder.go.
 */
export function metadataError(document: JsonObject, json: () => string, version: ClientVersion): string | undefined {
  // The decoder is for what looks wrong: its tables take longer to load than most commands take.
  if (looksRight(document)) return undefined
  const definition = metadataOnly(version.minor)
  const decoded = version.decodesAsGo
    ? decodeAsGo(json(), definition, { tellsEmbedded: version.tellsEmbeddedStructs, omitsTimes: false })
    : decodeTyped(json(), definition)
  return decoded.ok ? undefined : decoded.error
}

const texts = ['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'clusterName'] as const
const maps = ['labels', 'annotations'] as const
const known: ReadonlySet<string> = new Set([...texts, ...maps])

function looksRight(document: JsonObject): boolean {
  const { metadata } = document
  if (!isText(document.kind) || !isText(document.apiVersion)) return false
  if (metadata === undefined) return true
  return (
    isObject(metadata) &&
    texts.every((name) => isText(metadata[name])) &&
    maps.every((name) => isMapOfTexts(metadata[name])) &&
    Object.keys(metadata).every((name) => known.has(name) || isUnset(name, metadata))
  )
}

/** What a dry run writes of a time that is not set. Else people write but texts and maps. */
function isUnset(name: string, metadata: JsonObject): boolean {
  return name === 'creationTimestamp' && metadata[name] === null
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

function isMapOfTexts(value: unknown): boolean {
  return value === undefined || (isObject(value) && Object.values(value).every((each) => typeof each === 'string'))
}

/** Of objects of any kind: their type and their metadata. */
function metadataOnly(minor: number): Definition {
  const secret = schemaOf(minor).kind({ group: '', version: 'v1', kind: 'Secret' })
  const fields = new Map(
    [...(secret?.fields ?? [])].filter(([name]) => ['kind', 'apiVersion', 'metadata'].includes(name)),
  )
  return { name: '', goType: 'resource.metadataOnlyObject', fields }
}
