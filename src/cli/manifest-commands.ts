import { type Command, Option } from 'commander'
import { kubernetesVersions } from '../versions/version.ts'
import type { CheckFlags } from './check.ts'
import { type ColourChoice, wantsColour } from './colour.ts'
import type { GraphFlags } from './graph.ts'
import { addNodeFlags } from './node-flags.ts'
import { processOutput } from './output.ts'
import type { RotateFlags } from './rotate.ts'

interface Coloured {
  readonly color: ColourChoice
}

type Count = (text: string) => number

/** Commands that are asked about somebody's own manifests. `wholeNumber` reads counts. */
export function addManifestCommands(podsim: Command, wholeNumber: Count): void {
  addCheck(podsim.command('check'), wholeNumber)
  addRotate(podsim.command('rotate'), wholeNumber)
  addGraph(podsim.command('graph'), wholeNumber)
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** What is asked about, and how the answer looks. */
function onManifests(command: Command, formats: readonly string[]): Command {
  return command
    .option(
      '-f, --filename <path>',
      'manifests: a file, a folder, or - for standard input; may be given again',
      collect,
    )
    .option('-k, --kustomize <folder>', 'a folder with a kustomization; may be given again', collect)
    .option('-R, --recursive', 'folders with all below them')
    .option('-n, --namespace <name>', 'namespace of objects that name none', 'default')
    .addOption(new Option('-o, --output <format>', 'how to answer').choices(formats).default('text'))
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
}

/** The cluster that is simulated, and how often. */
function onCluster(command: Command, wholeNumber: Count, seeds: number): Command {
  return addNodeFlags(command, wholeNumber)
    .addOption(new Option('--version <version>', 'of Kubernetes').choices(kubernetesVersions).default('v1.36'))
    .addOption(
      new Option('--strategy <kind>', 'how kubelets learn of changed Secrets').choices(['Watch', 'Cache', 'Get']),
    )
    .option('--seeds <n>', 'runs, each with a seed of its own', wholeNumber, seeds)
}

function addCheck(command: Command, wholeNumber: Count): void {
  onCluster(onManifests(command, ['text', 'json', 'junit', 'github', 'sarif', 'markdown', 'html']), wholeNumber, 1)
    .description('apply manifests to a simulated cluster, and say what does not start, and why')
    .option('--create-namespaces', 'make the namespaces that objects name and no manifest makes')
    .option('--server-side', 'kubectl apply --server-side')
    .option(
      '--have <object>',
      'what is there already: secret/NAME[:KEY,...], configmap/NAME[:KEY,...], storageclass/NAME, image/NAME; may be given again',
      collect,
    )
    .option(
      '--private <registry>',
      'a registry, or a part of it, that wants credentials: ghcr.io, example.com/team; may be given again',
      collect,
    )
    .addOption(
      new Option('--operators <how>', 'whether Secrets are there that operators make of ExternalSecrets and their like')
        .choices(['run', 'absent'])
        .default('run'),
    )
    .addOption(
      new Option(
        '--unknown-images <how>',
        'whether programs that nobody knows do their duty; refuse: images that nobody knows cannot be pulled',
      )
        .choices(['succeed', 'strict', 'refuse'])
        .default('succeed'),
    )
    .option('--for <duration>', 'how long to watch', '10m')
    .addHelpText('after', checkHelp)
    .action(async (flags: CheckFlags & Coloured) => {
      const { check } = await import('./check.ts')
      process.exitCode = await check(flags, processOutput(wantsColour(flags.color, process.stdout)))
    })
}

function addRotate(command: Command, wholeNumber: Count): void {
  onCluster(onManifests(command, ['text', 'json', 'markdown']), wholeNumber, 20)
    .description('say for every container when it sees a new value of a Secret, and which never do')
    .argument('[secret]', 'secret/NAME, secret/NAME:KEY or secret/NAMESPACE/NAME:KEY')
    .option('--all', 'every Secret of the manifests')
    .option('--versions <list>', 'several versions side by side: v1.18,v1.36')
    .option('--compare <list>', 'several strategies side by side: Watch,Cache,Get')
    .addHelpText('after', rotateHelp)
    .action(async (secret: string | undefined, flags: RotateFlags & Coloured) => {
      const { rotate } = await import('./rotate.ts')
      process.exitCode = await rotate(secret, flags, processOutput(wantsColour(flags.color, process.stdout)))
    })
}

const zeroOr =
  (count: Count): Count =>
  (text) =>
    text === '0' ? 0 : count(text)

function addGraph(command: Command, wholeNumber: Count): void {
  onManifests(command, ['text', 'json', 'mermaid', 'svg'])
    .description('draw which Secrets there are, who uses them how, as which account and on which node')
    .option('--nodes <n>', 'nodes of the cluster in which Pods are placed; 0: none are', zeroOr(wholeNumber), 3)
    .addHelpText('after', graphHelp)
    .action(async (flags: GraphFlags & Coloured) => {
      const { graph } = await import('./graph.ts')
      process.exitCode = await graph(flags, processOutput(wantsColour(flags.color, process.stdout)))
    })
}

const checkHelp = `
Exit codes: 0 everything starts, 1 something is refused or does not start, 2 it cannot be read.

Examples:
  podsim check -f manifests/                        what a cluster would make of them
  podsim check -k overlays/prod --have secret/db    with a Secret that somebody else makes
  helm template chart | podsim check -f -           rendered charts
  kubectl get secrets,deploy -o yaml | podsim check -f -`

const rotateHelp = `
Exit codes: 0 it was worked out, 2 it cannot be read.

Examples:
  podsim rotate secret/db:password -f manifests/             one key
  podsim rotate secret/db -f app.yaml --compare Watch,Cache,Get
  podsim rotate --all -k overlays/prod                       every Secret of the manifests`

const graphHelp = `
Exit codes: 0 it was drawn, 2 it cannot be read.

Examples:
  podsim graph -f manifests/
  podsim graph -k overlays/prod -o mermaid      for a page of Markdown
  podsim graph -f manifests/ -o svg > map.svg`
