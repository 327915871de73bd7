import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { groupResource, groupVersion, type Mapping } from '../api/discovery.ts'
import type { RequestOptions } from '../api/rest.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failPlain } from '../cli/failure.ts'
import { bool, flagSince, flagUntil, string } from '../cli/flags.ts'
import { type SchemaDocument, type SchemaNode, schemaDocument } from '../explain/document.ts'
import { explainV2 } from '../explain/plaintext-v2.ts'
import { explainV3 } from '../explain/plaintext-v3.ts'
import { parseJsonpath } from '../print/jsonpath-parse.ts'

/** Source: kubectl pkg/cmd/explain/explain.go, pkg/explain. */
export const explainCommand: Command = {
  name: 'explain',
  short: 'Documentation of resources',
  flags: [
    flagUntil(36, bool('recursive')),
    flagSince(36, bool('recursive', 'R')),
    string('api-version'),
    flagSince(27, flagUntil(32, string('output', undefined, 'plaintext'))),
    flagSince(32, string('output', 'o', 'plaintext')),
  ],
  run: explain,
}

const openApiRequest: RequestOptions = { query: { timeout: '32s' } }

function* explain(call: Call): Steps<number> {
  const { session, args, flags } = call
  const [target] = args
  if (target === undefined)
    return fail(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
    )
  if (args.length > 1) fail('We accept only this format: explain RESOURCE\n')
  const { mapping, path } = yield* resourceOf(call, target)
  if (!session.version.explainsByV3) return yield* printV2(call, mapping, path)
  const output = flags.string('output')
  if (output === 'plaintext-openapiv2') return yield* printV2(call, mapping, path)
  const hasV3 = (yield* session.rest.tryRequest('GET', '/openapi/v3', openApiRequest)).ok
  if (output === 'plaintext') return hasV3 ? yield* printV3(call, mapping, path) : yield* printV2(call, mapping, path)
  return fail(`unrecognized format: ${output}`)
}

interface Asked {
  /** In the version that is asked for. */
  readonly mapping: Mapping
  readonly path: readonly string[]
}

/** Source: pkg/explain/explain.go, SplitAndParseResourceRequestWithMatchingPrefix. */
function* resourceOf({ session, flags }: Call, target: string): Steps<Asked> {
  const given = target.replace(/\.$/, '')
  const readsJsonpath = has(session.version.minor, kubectl.explainReadsJsonpath)
  const fieldsOf = (text: string) => (readsJsonpath ? jsonpathFields(text) : text.split('.').slice(1))
  if (given.startsWith('.'))
    fail(
      readsJsonpath
        ? 'invalid jsonpath syntax, first node must be field node'
        : 'a resource must be present, got: /, Resource=',
    )
  const type = (readsJsonpath ? /^[^.[]*/ : /^[^.]*/).exec(given)?.[0] ?? ''
  const first = yield* session.discovery.lookUp(type)
  if (first === undefined) return failPlain(`the server doesn't have a resource type ${goQuote(type)}`)
  const apiVersion = flags.string('api-version')
  if (apiVersion !== '') {
    const [version = '', group = ''] = apiVersion.split('/').reverse()
    return { mapping: { ...first, group, version }, path: fieldsOf(given) }
  }
  if (!session.version.explainsGroups) return { mapping: first, path: fieldsOf(given) }
  // `deployments.apps.spec`: the group is part of the name.
  const all = (yield* session.discovery.resources()).filter(({ resource }) => resource === first.resource)
  const meant = all.find((one) => given.startsWith(groupResource(one)))
  return meant === undefined
    ? { mapping: first, path: fieldsOf(given) }
    : { mapping: meant, path: fieldsOf(given.slice(groupResource(meant).length)) }
}

/** The fields behind the first one of `pods.spec['containers']`. Source: pkg/explain/explain.go, jsonPathParse. */
function jsonpathFields(text: string): readonly string[] {
  if (text === '') return []
  const parsed = parseJsonpath(`{.${text}}`)
  if ('error' in parsed) return fail(parsed.error)
  const [list] = parsed
  const nodes = list?.kind === 'list' ? list.nodes : []
  return nodes
    .slice(1)
    .map((node) => (node.kind === 'field' ? node.name : fail('invalid jsonpath syntax, first node must be field node')))
}

function* printV3(call: Call, mapping: Mapping, path: readonly string[]): Steps<number> {
  const { session, flags } = call
  const { group, version, kind, resource } = mapping
  const place = group === '' ? `api/${version}` : `apis/${group}/${version}`
  const answer = yield* session.rest.tryRequest('GET', `/openapi/v3/${place}`)
  if (!answer.ok) return fail(`couldn't find resource for "${group}/${version}, Resource=${resource}"`)
  const document = schemaDocument(answer.value, 'components', 'schemas')
  const schema = document.kind(group, version, kind)
  if (schema === undefined) return fail(`GVR (${group}/${version}, Resource=${resource}) not found in OpenAPI schema`)
  const { minor } = session.version
  const asked = {
    document,
    recursive: flags.bool('recursive'),
    listsValues: has(minor, kubectl.explainListsValues),
    tellsLinks: has(minor, kubectl.explainTellsLinks),
  }
  session.out(`${group === '' ? '' : `GROUP:      ${group}\n`}KIND:       ${kind}\nVERSION:    ${version}\n\n`)
  const text = explainV3(asked, schema, path)
  if (text === undefined) return fail(`field ${goQuote(path.at(-1) ?? '')} does not exist`)
  session.out(`${text}\n`)
  return 0
}

function* printV2(call: Call, mapping: Mapping, path: readonly string[]): Steps<number> {
  const { session, flags } = call
  const { group, version, kind } = mapping
  const document = schemaDocument(yield* session.rest.request('GET', '/openapi/v2', openApiRequest), 'definitions')
  const schema = kindIn(document, mapping)
  const keepsParagraphs = has(session.version.minor, kubectl.explainKeepsParagraphs)
  if (schema === undefined)
    return fail(
      `${keepsParagraphs ? 'c' : 'C'}ouldn't find resource for ${goQuote(`${group}/${version}, Kind=${kind}`)}`,
    )
  const text = explainV2({
    document,
    kind: schema,
    kindName: kind,
    apiVersion: groupVersion(group, version),
    path,
    recursive: flags.bool('recursive'),
    keepsParagraphs,
    formatsDescriptions: !has(session.version.minor, kubectl.explainPrintsPercents),
  })
  session.out(text)
  return 0
}

function kindIn(document: SchemaDocument, { group, version, kind }: Mapping): SchemaNode | undefined {
  return document.kind(group, version, kind)
}
