import { compareBytes, goJsonIndented, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { alignTabs, tableTabs } from '../../go/tabwriter.ts'
import { toGoYaml } from '../../go/yaml/go-yaml.ts'
import type { Steps } from '../../kernel/steps.ts'
import { buildOf } from '../../versions/builds.ts'
import { has } from '../../versions/changes.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { kustomizeVersion } from '../../versions/kustomize.ts'
import { groupVersion, type Mapping } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failNotSimulated } from '../cli/failure.ts'
import { bool, flagSince, flagUntil, string, strings } from '../cli/flags.ts'

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
  ],
  run: apiResources,
}

function* apiResources(call: Call): Steps<number> {
  const { session, flags } = call
  const output = flags.string('output')
  if (!['', 'wide', 'name'].includes(output)) refuseOutput(call, output)
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

/** Source: apiresources.go, Validate; from 1.35 on cli-runtime pkg/genericclioptions/print_flags.go. */
function refuseOutput({ session }: Call, output: string): never {
  if (!session.version.printsApiResources) fail(`--output ${output} is not available`)
  if (['json', 'yaml', 'kyaml'].includes(output)) failNotSimulated(`api-resources -o ${output}`)
  return fail(
    `unable to match a printer suitable for the output format ${goQuote(output)}, allowed formats are: json,kyaml,name,wide,yaml`,
  )
}

function verbsText(mapping: Mapping, minor: number): string {
  return has(minor, kubectl.verbsWithCommas) ? mapping.verbs.join(',') : `[${mapping.verbs.join(' ')}]`
}

export const apiVersionsCommand: Command = {
  name: 'api-versions',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  *run({ session }) {
    for (const version of [...(yield* session.discovery.groupVersions())].sort(compareBytes))
      session.out(`${version}\n`)
    return 0
  },
}

/** Source: kubectl pkg/cmd/version/version.go. */
export const versionCommand: Command = {
  name: 'version',
  short: 'Print the client and server version information',
  flags: [bool('client'), flagUntil(28, bool('short')), string('output', 'o')],
  run: version,
}

function* version(call: Call): Steps<number> {
  const { session, flags } = call
  const { minor, gitVersion, versionPrintsLines } = session.version
  const own = versionInfo(minor, gitVersion)
  const server = flags.bool('client') ? undefined : yield* session.rest.request('GET', '/version')
  const kustomize = kustomizeVersion(minor)
  const output = flags.string('output')
  if (output !== '') {
    const all = {
      clientVersion: own,
      ...(session.version.tellsKustomizeVersion && kustomize !== undefined ? { kustomizeVersion: kustomize } : {}),
      ...(server === undefined ? {} : { serverVersion: server }),
    }
    if (output === 'json') session.out(`${goJsonIndented(all, '  ')}\n`)
    else if (output === 'yaml') session.out(`${toGoYaml(all)}\n`)
    else fail("--output must be 'yaml' or 'json'")
    warnOfSkew(call, server)
    return 0
  }
  const plain = flags.bool('short') || versionPrintsLines
  const text = (info: unknown): string => (plain ? textAt(info, 'gitVersion') : structText(info))
  session.out(`Client Version: ${text(own)}\n`)
  if (session.version.versionPrintsLines && kustomize !== undefined) session.out(`Kustomize Version: ${kustomize}\n`)
  if (server !== undefined) session.out(`Server Version: ${text(server)}\n`)
  warnOfSkew(call, server)
  return 0
}

/** Source: pkg/cmd/version/skew_warning.go. */
function warnOfSkew({ session }: Call, server: unknown): void {
  if (server === undefined) return
  const { minor } = session.version
  const serverMinor = Number(/^\d+/.exec(textAt(server, 'minor'))?.[0] ?? minor)
  const major = textAt(server, 'major')
  if (!session.version.warnsOfSkew || Math.abs(minor - serverMinor) <= 1) return
  const word = session.version.skewWarningInWords ? 'Warning' : 'WARNING'
  session.err(
    `${word}: version difference between client (1.${minor}) and server (${major || '1'}.${serverMinor}) exceeds the supported minor version skew of +/-1\n`,
  )
}

function versionInfo(minor: number, gitVersion: string): object {
  const { gitCommit, gitTreeState = 'clean', buildDate, goVersion } = buildOf(gitVersion)
  return {
    ...{ major: '1', minor: String(minor), gitVersion, gitCommit, gitTreeState, buildDate, goVersion },
    ...{ compiler: 'gc', platform: 'linux/amd64' },
  }
}

function structText(info: unknown): string {
  const names = [
    'Major',
    'Minor',
    'GitVersion',
    'GitCommit',
    'GitTreeState',
    'BuildDate',
    'GoVersion',
    'Compiler',
    'Platform',
  ]
  const fields = names.map(
    (name) => `${name}:${JSON.stringify(textAt(info, name.charAt(0).toLowerCase() + name.slice(1)))}`,
  )
  return `version.Info{${fields.join(', ')}}`
}

/** Source: kubectl pkg/cmd/clusterinfo/clusterinfo.go; colours as fatih/color and daviddengcn/go-colortext write them. */
export const clusterInfoCommand: Command = {
  name: 'cluster-info',
  short: 'Display cluster info',
  children: [
    {
      name: 'dump',
      short: 'Dump lots of relevant info for debugging and diagnosis',
      run: () => failNotSimulated('cluster-info dump'),
    },
  ],
  run({ session }) {
    const coloured = !session.version.coloursOnlyTerminals
    const paint = (code: string, text: string): string => (coloured ? `\u001b[0;${code}m${text}\u001b[0m` : text)
    const what = session.version.saysControlPlane ? 'Kubernetes control plane' : 'Kubernetes master'
    session.out(`${paint('32', what)} is running at ${paint('33', session.rest.serverUrl)}\n`)
    session.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
    return 0
  },
}
