import { compareBytes } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { alignTabs, tableTabs } from '../../go/tabwriter.ts'
import { toGoYaml } from '../../go/yaml/go-yaml.ts'
import { toKyaml } from '../../go/yaml/kyaml.ts'
import type { Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { groupVersion, type Mapping } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail } from '../cli/failure.ts'
import { bool, flagSince, string, strings } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { structJson } from '../create/struct-json.ts'

/** Source: kubectl pkg/cmd/apiresources/apiresources.go. */
export const apiResourcesCommand: Command = {
  name: 'api-resources',
  short: 'Print the supported API resources on the server',
  flags: [
    string('api-group'),
    bool('namespaced', undefined, 'true'),
    bool('no-headers'),
    string('output', 'o'),
    string('verbs'),
    string('sort-by'),
    bool('cached'),
    flagSince(26, strings('categories')),
    flagSince(34, bool('show-managed-fields')),
  ],
  run: apiResources,
}

function* apiResources(call: Call): Steps<number> {
  const { session, flags } = call
  const output = flags.string('output')
  const printer = ['', 'wide', 'name'].includes(output) ? undefined : objectPrinter(call, output)
  if (call.args.length > 0)
    fail(`unexpected arguments: [${call.args.join(' ')}]\nSee '${call.path} -h' for help and examples`)
  const sortKey = flags.string('sort-by')
  if (sortKey !== '' && sortKey !== 'name' && sortKey !== 'kind') fail('--sort-by accepts only name or kind')
  const verbs = flags
    .string('verbs')
    .split(',')
    .filter((verb) => verb !== '')
  const categories = flags.list('categories')
  if (!flags.bool('cached')) session.discovery.invalidate()
  const shown = (yield* session.discovery.preferred())
    .filter((mapping) => mapping.verbs.length > 0)
    .filter(({ group }) => !flags.changed('api-group') || group === flags.string('api-group'))
    .filter(({ namespaced }) => !flags.changed('namespaced') || namespaced === flags.bool('namespaced'))
    .filter((mapping) => verbs.every((verb) => mapping.verbs.includes(verb)))
    .filter((mapping) => categories.every((category) => mapping.categories.includes(category)))
  const order = (a: Mapping, b: Mapping): number =>
    sortKey === 'kind'
      ? compareBytes(a.kind, b.kind)
      : sortKey === 'name'
        ? compareBytes(a.resource, b.resource)
        : compareBytes(a.group, b.group) || compareBytes(a.resource, b.resource)
  const sorted = [...shown].sort(order)
  if (printer !== undefined) {
    session.out(printer(yield* listOf(session, sorted)))
    return 0
  }
  if (output === 'name') {
    for (const { resource, group } of sorted) session.out(`${group === '' ? resource : `${resource}.${group}`}\n`)
    return 0
  }
  const modern = session.version.apiResourcesVersion
  const showsCategories = output === 'wide' && has(session.version.minor, kubectl.verbsWithCommas)
  const rows = sorted.map((mapping) => [
    mapping.resource,
    mapping.shortNames.join(','),
    modern ? groupVersion(mapping.group, mapping.version) : mapping.group,
    String(mapping.namespaced),
    mapping.kind,
    ...(output === 'wide' ? [verbsText(mapping, session.version.minor)] : []),
    ...(showsCategories ? [mapping.categories.join(',')] : []),
  ])
  const wide = [...(output === 'wide' ? ['VERBS'] : []), ...(showsCategories ? ['CATEGORIES'] : [])]
  const header = ['NAME', 'SHORTNAMES', modern ? 'APIVERSION' : 'APIGROUP', 'NAMESPACED', 'KIND', ...wide]
  const lines = (flags.bool('no-headers') ? rows : [header, ...rows]).map((cells) => cells.join('\t'))
  session.out(lines.length === 0 ? '' : alignTabs(`${lines.join('\n')}\n`, tableTabs))
  return 0
}

/** Source: apiresources.go, Validate; from 1.34 on print_flags.go of the same place. */
function objectPrinter({ session }: Call, output: string): (list: object) => string {
  if (!session.version.printsApiResources) fail(`--output ${output} is not available`)
  if (output === 'json') return (list) => `${structJson(list, '    ')}\n`
  if (output === 'yaml') return toGoYaml
  if (output === 'kyaml') return (list) => toKyaml(list, 'given')
  return fail(
    `unable to match a printer suitable for the output format ${goQuote(output)}, allowed formats are: json,kyaml,name,wide,yaml`,
  )
}

/**
 * All resources in one list. Servers that tell of all groups at once (v1.27) do not tell how what is stored is hashed; by singular names,
 * which came with that, they are known here.
 * Source: apiresources.go, RunAPIResources; client-go discovery/aggregated_discovery.go, convertAPIResource.
 */
function* listOf(session: Session, shown: readonly Mapping[]): Steps<object> {
  const all = yield* session.discovery.resources()
  const isAggregated = all.some(({ resource, singularName }) => resource === 'namespaces' && singularName !== '')
  const resources = shown.map((mapping) => {
    const { resource, singularName, namespaced, group, version, kind, verbs, shortNames, categories, hash } = mapping
    return {
      ...{ name: resource, singularName, namespaced },
      ...(group === '' ? {} : { group }),
      ...{ version, kind, verbs },
      ...(shortNames.length === 0 ? {} : { shortNames }),
      ...(categories.length === 0 ? {} : { categories }),
      ...(isAggregated || hash === '' ? {} : { storageVersionHash: hash }),
    }
  })
  const listed = resources.length === 0 ? null : resources
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: '', resources: listed }
}

function verbsText(mapping: Mapping, minor: number): string {
  return has(minor, kubectl.verbsWithCommas) ? mapping.verbs.join(',') : `[${mapping.verbs.join(' ')}]`
}
