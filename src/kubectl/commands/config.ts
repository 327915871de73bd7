import { compareBytes } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { alignTabs, tableTabs } from '../../go/tabwriter.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failAll, failNotSimulated, failUsage } from '../cli/failure.ts'
import { bool, string } from '../cli/flags.ts'
import { structJson } from '../create/struct-json.ts'
import type { KubeContext } from '../host.ts'
import { createPrinter, printFlags } from '../print/printers.ts'

/** Source: kubectl pkg/cmd/config. Clusters and users are the simulated cluster's own. */
export const configCommand: Command = {
  name: 'config',
  short: 'Modify kubeconfig files',
  usage: 'SUBCOMMAND [options]',
  long: 'Modify kubeconfig files using subcommands like "kubectl config set current-context my-context"',
  children: [
    { name: 'current-context', short: 'Displays the current-context', run: currentContext },
    refused('delete-cluster', 'Delete the specified cluster from the kubeconfig'),
    { name: 'delete-context', short: 'Delete the specified context from the kubeconfig', run: deleteContext },
    { ...refused('delete-user', 'Delete the specified user from the kubeconfig'), since: 20 },
    { name: 'get-clusters', short: 'Display clusters defined in the kubeconfig', run: getClusters },
    {
      name: 'get-contexts',
      short: 'Describe one or many contexts',
      flags: [string('output', 'o'), bool('no-headers')],
      run: getContexts,
    },
    { name: 'get-users', short: 'Display users defined in the kubeconfig', since: 20, run: getUsers },
    { name: 'rename-context', short: 'Renames a context from the kubeconfig file.', run: renameContext },
    refused('set', 'Sets an individual value in a kubeconfig file'),
    refused('set-cluster', 'Sets a cluster entry in kubeconfig'),
    { name: 'set-context', short: 'Sets a context entry in kubeconfig', flags: [bool('current')], run: setContext },
    refused('set-credentials', 'Sets a user entry in kubeconfig'),
    refused('unset', 'Unsets an individual value in a kubeconfig file'),
    { name: 'use-context', aliases: ['use'], short: 'Sets the current-context in a kubeconfig file', run: useContext },
    {
      name: 'view',
      short: 'Display merged kubeconfig settings or a specified kubeconfig file',
      flags: [
        bool('minify'),
        bool('raw'),
        bool('flatten'),
        bool('merge', undefined, 'true'),
        ...printFlags.filter(({ name }) => name !== 'output'),
        string('output', 'o', 'yaml'),
      ],
      run: view,
    },
  ],
}

function refused(name: string, short: string): Command {
  return { name, short, run: () => failNotSimulated(`config ${name}`) }
}

function currentContext({ session }: Call): number {
  const current = session.host.config.currentContext
  if (current === '') fail('current-context is not set')
  session.out(`${current}\n`)
  return 0
}

function contextNamed(call: Call, name: string): KubeContext {
  return (
    call.session.host.config.contexts.find((context) => context.name === name) ??
    fail(`no context exists with the name: ${goQuote(name)}`)
  )
}

function useContext(call: Call): number {
  const { session, args } = call
  if (args.length !== 1) failUsage(call.path, `Unexpected args: [${args.join(' ')}]`)
  const [name = ''] = args
  contextNamed(call, name)
  session.host.config.currentContext = name
  session.out(`Switched to context ${goQuote(name)}.\n`)
  return 0
}

function deleteContext(call: Call): number {
  const { session, args } = call
  const [name = ''] = args
  const { config } = session.host
  if (!config.contexts.some((context) => context.name === name))
    fail(`cannot delete context ${name}, not in ~/.kube/config`)
  if (config.currentContext === name)
    session.err(
      'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
    )
  config.contexts = config.contexts.filter((context) => context.name !== name)
  session.out(`deleted context ${name} from ~/.kube/config\n`)
  return 0
}

function renameContext(call: Call): number {
  const { session, args } = call
  const [from = '', to = ''] = args
  const { config } = session.host
  if (!config.contexts.some((context) => context.name === from))
    fail(`cannot rename the context ${goQuote(from)}, it's not in ~/.kube/config`)
  if (config.contexts.some((context) => context.name === to))
    fail(`cannot rename the context ${goQuote(from)}, the context ${goQuote(to)} already exists in ~/.kube/config`)
  config.contexts = config.contexts.map((context) => (context.name === from ? { ...context, name: to } : context))
  if (config.currentContext === from) config.currentContext = to
  session.out(`Context ${goQuote(from)} renamed to ${goQuote(to)}.\n`)
  return 0
}

function setContext(call: Call): number {
  const { session, args, flags } = call
  const { config } = session.host
  const name = flags.bool('current') ? config.currentContext : (args[0] ?? '')
  if (name === '') fail('you must specify a non-empty context name or --current')
  const old = config.contexts.find((context) => context.name === name)
  const next: KubeContext = {
    name,
    cluster: flags.string('cluster') || (old?.cluster ?? ''),
    user: flags.string('user') || (old?.user ?? ''),
    ...(flags.changed('namespace')
      ? { namespace: flags.string('namespace') }
      : old?.namespace === undefined
        ? {}
        : { namespace: old.namespace }),
  }
  config.contexts =
    old === undefined
      ? [...config.contexts, next]
      : config.contexts.map((context) => (context === old ? next : context))
  session.out(`Context ${goQuote(name)} ${old === undefined ? 'created' : 'modified'}.\n`)
  return 0
}

function getClusters({ session }: Call): number {
  const clusters = [...new Set(session.host.config.contexts.map(({ cluster }) => cluster))].sort(compareBytes)
  session.out(`NAME\n${clusters.map((cluster) => `${cluster}\n`).join('')}`)
  return 0
}

/** Source: pkg/cmd/config/get_users.go. */
function getUsers({ session }: Call): number {
  const users = [...new Set(session.host.config.contexts.map(({ user }) => user))].sort(compareBytes)
  session.out(`NAME\n${users.map((user) => `${user}\n`).join('')}`)
  return 0
}

function getContexts(call: Call): number {
  const { session, flags, args } = call
  const { contexts, currentContext: current } = session.host.config
  const output = flags.string('output')
  if (output !== '' && output !== 'name')
    fail(`--output ${output} is not available in kubectl config get-contexts; resetting to default output format`)
  const isThere = (name: string): boolean => contexts.some((one) => one.name === name)
  const shown = contexts
    .filter(({ name }) => args.length === 0 || args.includes(name))
    .sort((a, b) => compareBytes(a.name, b.name))
  const missing = args.filter((name) => !isThere(name)).map((name) => `context ${name} not found`)
  if (output === 'name') {
    for (const { name } of shown) session.out(`${name}\n`)
    failAll(missing.map((text) => ({ kind: 'message', text })))
    return 0
  }
  const rows = shown.map(({ name, cluster, user, namespace = '' }) =>
    [name === current ? '*' : '', name, cluster, user, namespace].join('\t'),
  )
  const header = flags.bool('no-headers') ? [] : ['CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE']
  if (header.length + rows.length > 0) session.out(alignTabs(`${[...header, ...rows].join('\n')}\n`, tableTabs))
  failAll(missing.map((text) => ({ kind: 'message', text })))
  return 0
}

/** Of nothing Go has no list. */
function orNull<T, U>(all: readonly T[], change: (one: T) => U): readonly U[] | null {
  return all.length === 0 ? null : all.map(change)
}

function view(call: Call): number {
  const { session, flags } = call
  const { contexts, currentContext: current } = session.host.config
  const kept = flags.bool('minify') ? contexts.filter(({ name }) => name === current) : contexts
  const unique = (names: readonly string[]): readonly string[] => [...new Set(names)].sort(compareBytes)
  // In the order of Go's struct, which JSON keeps. Source: client-go tools/clientcmd/api/v1/types.go.
  const config = {
    kind: 'Config',
    apiVersion: 'v1',
    ...(session.version.omitsPreferences ? {} : { preferences: {} }),
    clusters: orNull(unique(kept.map(({ cluster }) => cluster)), (name) => ({
      name,
      cluster: {
        server: session.rest.serverUrl,
        ...(session.host.config.isInsecure === true ? { 'insecure-skip-tls-verify': true } : {}),
      },
    })),
    users: orNull(unique(kept.map(({ user }) => user)), (name) => ({ name, user: { token: 'REDACTED' } })),
    contexts: orNull(kept, ({ name, cluster, user, namespace }) => ({
      name,
      context: { cluster, user, ...(namespace === undefined ? {} : { namespace }) },
    })),
    'current-context': current,
  }
  const printer = createPrinter(session, flags)
  const isJson = flags.string('output') === 'json'
  session.out(isJson || printer === undefined ? `${structJson(config, '    ')}\n` : printer(config))
  return 0
}
