import { type Command, Option } from 'commander'
import { kubernetesVersions } from '../versions/version.ts'
import { type ColourChoice, wantsColour } from './colour.ts'
import type { ExploreFlags } from './explore.ts'
import { processOutput } from './output.ts'
import { setting, several } from './run-commands.ts'
import type { SweepFlags } from './sweep.ts'

/** The commands that run one scenario very many times. */

/** Declares `explore`, `sweep` and `merge`. */
export function addManyCommands(podsim: Command, wholeNumber: (text: string) => number): void {
  addSweep(podsim, wholeNumber)
  podsim
    .command('explore')
    .description('look for accidents that break what must never be, and write the smallest as a scenario')
    .argument('<file>', 'a scenario file')
    .option('--seeds <n>', 'how many plans of accidents are drawn, one a seed; or which seeds: 1..100', '100')
    .option('--faults <n>', 'accidents of a plan, at most', wholeNumber, 3)
    .option('--shrinks <n>', 'runs to make one plan smaller, at most', wholeNumber, 200)
    .option('--set <name=value>', 'value of a variable of the scenario; may be given several times', setting)
    .option('-o, --output <folder>', 'where what is found is written; beside the scenario unless given')
    .option('--max-events <n>', 'events after which a run is given up', wholeNumber)
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .addHelpText(
      'after',
      `
What decides are expectations with never: and podsim's own invariants; the scenario must pass without accidents.
Exit codes: 0 nothing broke, 1 something was found, 130 interrupted: what was found until then is written.`,
    )
    .action(async (file: string, options: Record<string, unknown>) => {
      const { exploreScenario } = await import('./explore.ts')
      // The shape is what is declared here to the argument parser.
      const flags = options as unknown as ExploreFlags & { readonly color: ColourChoice }
      process.exitCode = await exploreScenario(file, flags, processOutput(wantsColour(flags.color, process.stdout)))
    })
}

/** Declares `sweep` and `merge`. */
function addSweep(podsim: Command, wholeNumber: (text: string) => number): void {
  podsim
    .command('sweep')
    .description('run one scenario with very many seeds: what fails, and how long updates of Secrets take')
    .argument('<file>', 'a scenario file')
    .option('--seeds <seeds>', 'the seeds: 1..10000, or some with commas between; those of the scenario unless given')
    .option('-j, --jobs <n>', 'so many threads', wholeNumber)
    .option('--shard <part/of>', 'only this part of all runs, counted from 1: 2/5')
    .addOption(
      new Option('--index <part/of>', 'the same, counted from 0: $(JOB_COMPLETION_INDEX)/5').conflicts('shard'),
    )
    .addOption(
      new Option(
        '--matrix <name=values>',
        'each of these values of a variable: strategy=Watch,Cache; several: each combination',
      ).argParser(several),
    )
    .option('--set <name=value>', 'value of a variable of the scenario; may be given several times', setting)
    .addOption(
      new Option('--version <version>', 'of Kubernetes, instead of the one in the scenario').choices(
        kubernetesVersions,
      ),
    )
    .option('--max-events <n>', 'events after which a run is given up as inconclusive', wholeNumber)
    .option('--invariants', "check podsim's own invariants too, as run does: a third slower")
    .option('-o, --output <file>', 'a file of all runs, for podsim merge')
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .action(async (file: string, options: Record<string, unknown>) => {
      const { sweepScenario } = await import('./sweep.ts')
      // The shape is what is declared here to the argument parser.
      const flags = options as unknown as SweepFlags & { readonly color: ColourChoice }
      const output = processOutput(wantsColour(flags.color, process.stdout))
      process.exitCode = await sweepScenario(file, flags, output)
    })

  podsim
    .command('merge')
    .description('join the shards of a sweep: the same, byte for byte, as one process would have made')
    .argument('<file...>', 'files that podsim sweep -o wrote')
    .option('-o, --output <file>', 'a file of all runs')
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .action(async (files: string[], options: Record<string, unknown>) => {
      const { mergeShards } = await import('./merge.ts')
      // As above.
      const flags = options as unknown as { readonly output?: string; readonly color: ColourChoice }
      process.exitCode = mergeShards(files, flags, processOutput(wantsColour(flags.color, process.stdout)))
    })
}
