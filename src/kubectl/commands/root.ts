import { goQuote } from '../../go/quote.ts'
import type { Command } from '../cli/command.ts'
import { failNotSimulated, failUsage } from '../cli/failure.ts'
import { bool } from '../cli/flags.ts'
import { optionsText } from '../cli/options-text.ts'
import { apiResourcesCommand } from './api-resources.ts'
import { applyCommand } from './apply.ts'
import { attachCommand } from './attach.ts'
import { authCommand } from './auth.ts'
import { autoscaleCommand } from './autoscale.ts'
import { certificateCommand } from './certificate.ts'
import { clusterInfoCommand } from './cluster-info.ts'
import { configCommand } from './config.ts'
import { cpCommand } from './cp.ts'
import { createCommand } from './create.ts'
import { debugCommand } from './debug.ts'
import { deleteCommand } from './delete.ts'
import { describeCommand } from './describe.ts'
import { diffCommand } from './diff.ts'
import { drainCommand } from './drain.ts'
import { editCommand } from './edit.ts'
import { eventsCommand } from './events.ts'
import { execCommand } from './exec.ts'
import { explainCommand } from './explain.ts'
import { exposeCommand } from './expose.ts'
import { getCommand } from './get.ts'
import { kustomizeCommand } from './kustomize.ts'
import { logsCommand } from './logs.ts'
import { annotateCommand, labelCommand } from './metadata.ts'
import { cordonCommand, taintCommand, uncordonCommand } from './nodes.ts'
import { patchCommand } from './patch.ts'
import { portForwardCommand } from './port-forward.ts'
import { replaceCommand } from './replace.ts'
import { rolloutCommand } from './rollout.ts'
import { runCommand } from './run.ts'
import { apiVersionsCommand, versionCommand } from './server-info.ts'
import { setCommand } from './set.ts'
import { topCommand } from './top.ts'
import { waitCommand } from './wait.ts'
import { scaleCommand } from './workloads.ts'

const pluginCommand: Command = {
  name: 'plugin',
  short: 'Provides utilities for interacting with plugins.',
  long: 'Provides utilities for interacting with plugins.\n\n Plugins provide extended functionality that is not part of the major command-line distribution. Please refer to the documentation and examples for more information about how write your own plugins.',
  children: [
    {
      name: 'list',
      short: "list all visible plugin executables on a user's PATH",
      flags: [bool('name-only')],
      run({ session }) {
        session.err('error: unable to find any kubectl plugins in your PATH\n')
        return 1
      },
    },
  ],
}

/** Real commands that would reach outside the simulation, or whose work nobody can see here. */
function refused(name: string, short: string, since?: number): Command {
  return { name, short, run: () => failNotSimulated(`kubectl ${name}`), ...(since === undefined ? {} : { since }) }
}

/** Its commands have come of age. Source: kubectl pkg/cmd/alpha.go. */
const alphaCommand: Command = {
  name: 'alpha',
  short: 'Commands for features in alpha',
  run({ session }) {
    if (!session.version.hasNoAlphaCommands) failNotSimulated('kubectl alpha')
    session.err('No alpha commands are available in this version of kubectl\n')
    return 0
  },
}

const shells = ['bash', 'fish', 'powershell', 'zsh']

/** Source: kubectl pkg/cmd/completion/completion.go, RunCompletion. */
const completionCommand: Command = {
  name: 'completion',
  short: 'Output shell completion code for the specified shell (bash or zsh)',
  run({ path, args }) {
    const [shell = ''] = args
    if (args.length === 0) failUsage(path, 'Shell not specified.')
    if (args.length > 1) failUsage(path, 'Too many arguments. Expected only the shell type.')
    if (!shells.includes(shell)) failUsage(path, `Unsupported shell type ${goQuote(shell)}.`)
    return failNotSimulated('kubectl completion')
  },
}

/** Source: kubectl pkg/cmd/options/options.go; pkg/util/templates/templates.go, OptionsUsageTemplate. */
const optionsCommand: Command = {
  name: 'options',
  short: 'Print the list of flags inherited by all commands',
  run({ session }) {
    session.out(optionsText(session.version, session.host.env.get('HOME') ?? '/root'))
    return 0
  },
}

/** All commands, in the order of the real list. Source: kubectl pkg/cmd/cmd.go, NewKubectlCommand. */
export const rootCommand: Command = {
  name: 'kubectl',
  short: 'kubectl controls the Kubernetes cluster manager',
  children: [
    createCommand,
    exposeCommand,
    runCommand,
    setCommand,
    explainCommand,
    getCommand,
    editCommand,
    deleteCommand,
    rolloutCommand,
    scaleCommand,
    autoscaleCommand,
    certificateCommand,
    clusterInfoCommand,
    topCommand,
    cordonCommand,
    uncordonCommand,
    drainCommand,
    taintCommand,
    describeCommand,
    logsCommand,
    attachCommand,
    execCommand,
    portForwardCommand,
    refused('proxy', 'Run a proxy to the Kubernetes API server'),
    cpCommand,
    authCommand,
    debugCommand,
    eventsCommand,
    diffCommand,
    applyCommand,
    patchCommand,
    replaceCommand,
    waitCommand,
    { ...refused('convert', 'Convert config files between different API versions'), until: 22 },
    kustomizeCommand,
    labelCommand,
    annotateCommand,
    completionCommand,
    alphaCommand,
    apiResourcesCommand,
    apiVersionsCommand,
    configCommand,
    pluginCommand,
    versionCommand,
    optionsCommand,
  ],
}
