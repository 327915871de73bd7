import type { HttpAnswer } from '../../client/server.ts'
import { goQuote } from '../../go/quote.ts'
import { buildOf } from '../../versions/builds.ts'
import { apiAudience } from '../auth/token-authenticator.ts'
import type { CustomResourceDefinition } from '../custom/definition.ts'
import { storedDefinitions } from '../custom/definition.ts'
import { type DocumentSource, documentV2, documentV3, indexV3 } from '../openapi/documents.ts'
import { encodeDocumentV2 } from '../openapi/protobuf-v2.ts'
import type { RegistryCore } from '../registry/core.ts'
import { apiServerFact } from '../version-facts.ts'
import { encodeAnswer, pageNotFound } from './encode.ts'
import { type BuildInfo, metricsAnswer } from './metrics.ts'

/** Documents that are about the server: version, metrics, who issues its tokens, OpenAPI. */
export function serverDocument(core: RegistryCore, path: string, accept: string | undefined): HttpAnswer {
  const { minor } = core.context
  switch (path) {
    case '/version':
    case '/version/':
      return versionAnswer(minor)
    case '/':
    case '/index.html':
      return encodeAnswer(200, { paths: rootPaths(core) }, 'json')
    case '/metrics':
      return metricsAnswer(core, versionOf(minor))
    case '/openapi/v2':
      return openApiV2(core, accept)
    default:
      return (
        (apiServerFact('tellsIssuer', minor) ? issuerDocument(path) : undefined) ??
        (apiServerFact('servesOpenApiV3', minor) ? openApiV3(core, path) : undefined) ??
        (apiServerFact('tellsUnknownPathsAsText', minor)
          ? pageNotFound()
          : encodeAnswer(404, { paths: rootPaths(core) }, 'json'))
      )
  }
}

/** Patch releases that podsim was compared with. */
const patchReleases: Readonly<Record<number, number>> = { 18: 20, 36: 2 }

const versionAnswers = new Map<number, HttpAnswer>()

/** The same for all servers of a version. */
function versionAnswer(minor: number): HttpAnswer {
  const answer = versionAnswers.get(minor) ?? encodeAnswer(200, versionOf(minor), 'json')
  versionAnswers.set(minor, answer)
  return answer
}

/** Source: apimachinery pkg/version/types.go. */
function versionOf(minor: number): BuildInfo {
  const gitVersion = `v1.${minor}.${patchReleases[minor] ?? 0}`
  const { gitCommit, goVersion } = buildOf(gitVersion)
  const emulation = apiServerFact('tellsEmulation', minor)
    ? { emulationMajor: '1', emulationMinor: String(minor), minCompatibilityMajor: '1' }
    : {}
  return {
    ...{ major: '1', minor: String(minor), ...emulation },
    ...(apiServerFact('tellsEmulation', minor) ? { minCompatibilityMinor: String(minor - 1) } : {}),
    ...{ gitVersion, gitCommit, gitTreeState: 'clean', buildDate: '2020-05-01T00:00:00Z', goVersion },
    ...{ compiler: 'gc', platform: 'linux/amd64' },
  }
}

/** What GET of `/` lists. Source: apiserver pkg/server/routes/index.go. */
function rootPaths({ table: { discovery }, context: { minor } }: RegistryCore): readonly string[] {
  const groups = discovery.groups.flatMap((group) => [
    `/apis/${group}`,
    ...discovery.versions(group).map((version) => `/apis/${group}/${version}`),
  ])
  const own = ['/healthz', '/livez', '/metrics', '/openapi/v2', '/readyz', '/version']
  const issuer = apiServerFact('tellsIssuer', minor) ? [issuerPath, keysPath] : []
  const young = apiServerFact('servesOpenApiV3', minor) ? ['/openapi/v3', '/openapi/v3/'] : []
  return ['/api', '/api/v1', '/apis', '/apis/', ...groups, ...own, ...issuer, ...young].sort()
}

/** Source: pkg/serviceaccount/openidmetadata.go. */
const issuerPath = '/.well-known/openid-configuration'
const keysPath = '/openid/v1/jwks'

/**
 * Who issues the tokens of ServiceAccounts. Theirs are not signed (src/api/web-token.ts): there is no key that they could be known by, and
 * whoever wants to know asks by a TokenReview. Source: pkg/serviceaccount/openidmetadata.go; pkg/routes/openidmetadata.go.
 */
function issuerDocument(path: string): HttpAnswer | undefined {
  const document = issuerDocuments[path]
  if (document === undefined) return undefined
  const headers = { 'content-type': document.type, 'cache-control': 'public, max-age=3600' }
  return { code: 200, headers, body: JSON.stringify(document.body) }
}

const issuerDocuments: Readonly<Record<string, { readonly type: string; readonly body: object } | undefined>> = {
  [issuerPath]: {
    type: 'application/json',
    body: {
      issuer: apiAudience,
      jwks_uri: `https://10.96.0.1:443${keysPath}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    },
  },
  [keysPath]: { type: 'application/jwk-set+json', body: { keys: [] } },
}

interface Made {
  readonly key: string
  readonly answers: Map<string, HttpAnswer>
}

const made = new WeakMap<RegistryCore, Made>()

/** Those of servers without custom resources, by what such servers serve. */
const common = new Map<string, Map<string, HttpAnswer>>()

function commonAnswers({ context: { minor }, table: { discovery } }: RegistryCore): Map<string, HttpAnswer> {
  const served = discovery.resources.map(({ group, version, resource }) => `${group}/${version}/${resource}`)
  const key = [minor, ...served].join()
  const answers = common.get(key) ?? new Map<string, HttpAnswer>()
  common.set(key, answers)
  return answers
}

/** Documents are made once, and again when definitions of custom resources have changed. */
function remembered(core: RegistryCore, name: string, make: (source: DocumentSource) => HttpAnswer): HttpAnswer {
  // The collection of definitions holds definitions.
  const definitions = core.store.collection(storedDefinitions).list(undefined) as readonly CustomResourceDefinition[]
  const key = definitions.map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).join()
  let known = made.get(core)
  if (known?.key !== key) {
    known = { key, answers: key === '' ? commonAnswers(core) : new Map() }
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
    return document === undefined ? pageNotFound() : encodeAnswer(200, document, 'json')
  })
}
