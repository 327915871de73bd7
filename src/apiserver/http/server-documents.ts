import type { HttpAnswer } from '../../client/server.ts'
import { goQuote } from '../../go/quote.ts'
import type { CustomResourceDefinition } from '../custom/definition.ts'
import { storedDefinitions } from '../custom/definition.ts'
import { type DocumentSource, documentV2, documentV3, indexV3 } from '../openapi/documents.ts'
import { encodeDocumentV2 } from '../openapi/protobuf-v2.ts'
import type { RegistryCore } from '../registry/core.ts'
import { apiServerFact } from '../version-facts.ts'
import { encodeAnswer, plainText } from './encode.ts'

/** Documents that are about the server: health, version, OpenAPI. */
export function serverDocument(core: RegistryCore, path: string, accept: string | undefined): HttpAnswer {
  const { minor } = core.context
  switch (path) {
    case '/healthz':
    case '/livez':
    case '/readyz':
      return plainText(200, 'ok')
    case '/version':
    case '/version/':
      return encodeAnswer(200, versionOf(minor), 'json')
    case '/':
      return encodeAnswer(200, { paths: rootPaths(core) }, 'json')
    case '/openapi/v2':
      return openApiV2(core, accept)
    default:
      return (apiServerFact('servesOpenApiV3', minor) ? openApiV3(core, path) : undefined) ?? notFound
  }
}

const notFound = plainText(404, '404 page not found\n')

/** Patch releases that podsim was compared with. */
const patchReleases: Readonly<Record<number, number>> = { 18: 20, 36: 2 }

function versionOf(minor: number): object {
  return {
    major: '1',
    minor: String(minor),
    gitVersion: `v1.${minor}.${patchReleases[minor] ?? 0}`,
    gitCommit: 'podsim',
    gitTreeState: 'clean',
    buildDate: '2020-05-01T00:00:00Z',
    goVersion: 'go1.13.15',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}

/** What GET of `/` lists. Source: apiserver pkg/server/routes/index.go. */
function rootPaths({ table: { discovery }, context: { minor } }: RegistryCore): readonly string[] {
  const groups = discovery.groups.flatMap((group) => [
    `/apis/${group}`,
    ...discovery.versions(group).map((version) => `/apis/${group}/${version}`),
  ])
  const own = ['/healthz', '/livez', '/openapi/v2', '/readyz', '/version']
  const young = apiServerFact('servesOpenApiV3', minor) ? ['/openapi/v3', '/openapi/v3/'] : []
  return ['/api', '/api/v1', '/apis', '/apis/', ...groups, ...own, ...young].sort()
}

interface Made {
  readonly key: string
  readonly answers: Map<string, HttpAnswer>
}

const made = new WeakMap<RegistryCore, Made>()

/** Documents are made once, and again when definitions of custom resources have changed. */
function remembered(core: RegistryCore, name: string, make: (source: DocumentSource) => HttpAnswer): HttpAnswer {
  // The collection of definitions holds definitions.
  const definitions = core.store.collection(storedDefinitions).list(undefined) as readonly CustomResourceDefinition[]
  const key = definitions.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).join()
  let known = made.get(core)
  if (known?.key !== key) {
    known = { key, answers: new Map() }
    made.set(core, known)
  }
  const answer =
    known.answers.get(name) ?? make({ minor: core.context.minor, discovery: core.table.discovery, definitions })
  known.answers.set(name, answer)
  return answer
}

/** As client-go asks for it. Source: client-go discovery/discovery_client.go, mimePb. */
const protobufAccepted = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'

function openApiV2(core: RegistryCore, accept = ''): HttpAnswer {
  if (!accept.includes(protobufAccepted))
    return remembered(core, '/openapi/v2', (source) => encodeAnswer(200, documentV2(source), 'json'))
  return remembered(core, protobufAccepted, (source) => ({
    code: 200,
    headers: { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' },
    body: '',
    bytes: encodeDocumentV2(documentV2(source)),
  }))
}

function openApiV3(core: RegistryCore, path: string): HttpAnswer | undefined {
  const [, rest] = /^\/openapi\/v3(?:\/(.*))?$/.exec(path) ?? []
  if (!path.startsWith('/openapi/v3')) return undefined
  if (rest === undefined || rest === '')
    return remembered(core, '/openapi/v3', (source) => encodeAnswer(200, indexV3(source), 'json'))
  return remembered(core, goQuote(rest), (source) => {
    const document = documentV3(source, rest)
    return document === undefined ? notFound : encodeAnswer(200, document, 'json')
  })
}
