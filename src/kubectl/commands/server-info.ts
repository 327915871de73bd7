import { compareBytes, textAt } from '../../go/json.ts'
import { toGoYaml } from '../../go/yaml/go-yaml.ts'
import type { Steps } from '../../kernel/steps.ts'
import { buildOf } from '../../versions/builds.ts'
import { kustomizeVersion } from '../../versions/kustomize.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail } from '../cli/failure.ts'
import { bool, flagUntil, string } from '../cli/flags.ts'
import { structJson } from '../create/struct-json.ts'

export const apiVersionsCommand: Command = {
  name: 'api-versions',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  *run({ session, args, path }) {
    if (args.length > 0) fail(`unexpected arguments: [${args.join(' ')}]\nSee '${path} -h' for help and examples`)
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
  const { session, flags, args } = call
  if (args.length > 0 && session.version.versionTakesNothing) fail(`extra arguments: [${args.join(' ')}]`)
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
    if (output === 'json') session.out(`${structJson(all, '  ')}\n`)
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
