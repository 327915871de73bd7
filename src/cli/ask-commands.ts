import { type Command, Option } from 'commander'
import { kubernetesVersions } from '../versions/version.ts'
import { type ColourChoice, wantsColour } from './colour.ts'
import type { DiffFlags } from './diff.ts'
import type { ExplainFlags } from './explain.ts'
import { processOutput } from './output.ts'
import { setting } from './run-commands.ts'
import type { WhyFlags } from './why.ts'

/** The commands that answer questions: what a word means, why something is so, where two runs part. */

interface Coloured {
  readonly color: ColourChoice
}

/** Declares `explain`, `why` and `diff`. */
export function addAskCommands(podsim: Command): void {
  addExplain(podsim.command('explain'))
  addWhy(podsim.command('why'))
  addDiff(podsim.command('diff'))
}

/** Colours, and how to answer. */
function answered(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'how to answer').choices(['text', 'json']).default('text'))
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
}

function addExplain(command: Command): void {
  answered(command)
    .description('say what a word means: a reason, event, phase, field, clause, exit code, fault, record, mistake')
    .argument('[term...]', 'the word as it was told, such as FailedMount or 137; without one, all there are')
    .addHelpText(
      'after',
      `
Exit codes: 0 it is known, 2 it is not.

Examples:
  podsim explain CreateContainerConfigError
  podsim explain exit code 137
  podsim explain U4                            a clause of the Secrets page`,
    )
    .action(async (terms: string[], flags: ExplainFlags & Coloured) => {
      const { explain } = await import('./explain.ts')
      const output = processOutput(wantsColour(flags.color, process.stdout))
      process.exitCode = explain(terms, flags, process.stdout.columns, output)
    })
}

function addWhy(command: Command): void {
  answered(command)
    .description('run a scenario until a moment, and say what led to the state that an object is in then')
    .argument('<scenario>', 'a scenario file, or - for standard input')
    .argument('<object...>', 'pod/app, secret/db, deploy/web, pod/NAMESPACE/NAME')
    .option('--at <time>', 'the moment, in virtual time: 2m15.5s; the end of the run unless given')
    .option('-n, --namespace <name>', 'namespace of the object', 'default')
    .option('-s, --seed <seed>', 'seed instead of the one in the scenario')
    .option('--set <name=value>', 'value of a variable of the scenario; may be given several times', setting)
    .addOption(
      new Option('--version <version>', 'of Kubernetes, instead of the one in the scenario').choices(
        kubernetesVersions,
      ),
    )
    .option('--reveal', "show Secrets' values too")
    .addHelpText(
      'after',
      `
Of a Pod: which container does not run, its exit code and last line, what it needs and who lacks it. Of a workload: its Pods
that are not well. Of a Secret: who has it, how, and which revision each sees.

Exit codes: 0 it was answered, 1 the run came to an end before, 2 wrong arguments, or there is no such object.

Examples:
  podsim why scenarios/first-light.yaml pod/mypod --at 10s
  podsim why scenarios/updates/never.yaml secret/mysecret`,
    )
    .action(async (file: string, object: string[], flags: WhyFlags & Coloured) => {
      const { why } = await import('./why.ts')
      process.exitCode = await why(file, object, flags, processOutput(wantsColour(flags.color, process.stdout)))
    })
}

function addDiff(command: Command): void {
  answered(command)
    .description(
      'say where two runs part and what they come to: two journals, two seeds, or two versions of Kubernetes',
    )
    .argument('<journal...>', 'two files that podsim run --journal wrote, or one scenario with --seeds or --versions')
    .option('--seeds <a,b>', 'run the scenario with these two seeds')
    .option('--versions <a,b>', 'run it on these two versions of Kubernetes, and on all between: v1.18,v1.36')
    .option('-s, --seed <seed>', 'with --versions: seed instead of the one in the scenario')
    .option('--set <name=value>', 'value of a variable of the scenario; may be given several times', setting)
    .addOption(new Option('--version <version>', 'with --seeds: of Kubernetes').choices(kubernetesVersions))
    .option('--reveal', "show Secrets' values too")
    .addHelpText(
      'after',
      `
Lines of one run alone are marked - and +. Names that are drawn and masks count as the same; times do not.

Exit codes: 0 they are the same, 1 they differ, 2 there is nothing to compare.

Examples:
  podsim run app.yaml --journal before.ndjson    ... a change ...    podsim run app.yaml --journal after.ndjson
  podsim diff before.ndjson after.ndjson
  podsim diff --seeds 1,2 app.yaml
  podsim diff --versions v1.18,v1.36 scenarios/first-light.yaml`,
    )
    .action(async (paths: string[], flags: DiffFlags & Coloured) => {
      const { diff } = await import('./diff.ts')
      process.exitCode = await diff(paths, flags, processOutput(wantsColour(flags.color, process.stdout)))
    })
}
