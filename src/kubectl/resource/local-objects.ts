import { decodeAsGo } from '../../api/decoding/go-decoder.ts'
import { decodeTyped } from '../../api/decoding/typed-decoder.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { goQuote } from '../../go/quote.ts'
import type { Mapping } from '../api/discovery.ts'
import type { ClientVersion } from '../client-version.ts'

/** Objects of files that kubectl reads without a server. */

function kindOf(apiVersion: string, kind: string) {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  return { group, version, kind }
}

/** What keeps a document from being one of kubectl's own structs; undefined: nothing. Source: apimachinery pkg/runtime/serializer/json/json.go, Decode. */
export function structError(
  apiVersion: string,
  kind: string,
  json: string,
  version: ClientVersion,
): string | undefined {
  const definition = schemaOf(version.minor).kind(kindOf(apiVersion, kind))
  const scheme = `${version.namesSchemeShortly ? '' : 'k8s.io/kubectl/'}pkg/scheme/scheme.go:28`
  if (definition === undefined)
    return `no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme ${goQuote(scheme)}`
  const decoded = version.decodesAsGo
    ? decodeAsGo(json, definition, { tellsEmbedded: version.tellsEmbeddedStructs, omitsTimes: false })
    : decodeTyped(json, definition)
  return decoded.ok ? undefined : decoded.error
}

/** Nobody says what the resource of a kind is called, and nobody need know. Source: cli-runtime pkg/resource/mapper.go, infoForData. */
export function localMapping(apiVersion: string, kind: string): Mapping {
  const name = kind.toLowerCase()
  const none = { namespaced: false, verbs: [], shortNames: [], categories: [] }
  return { ...kindOf(apiVersion, kind), ...none, resource: name, singular: name, singularName: '', hash: '' }
}
