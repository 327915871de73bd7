import { type Command, CommanderError, Option } from 'commander'
import type { Settings } from '../scenario/variables/parameters.ts'
import { kubernetesVersions } from '../versions/version.ts'
import { type ColourChoice, wantsColour } from './colour.ts'
import { exitCodes } from './exit-codes.ts'
import { type Output, processOutput } from './output.ts'
import type { Choice } from './plan.ts'
import type { RunFlags } from './reports.ts'

/** The commands that run scenarios, or look which would run. */

interface Shared {
  readonly wholeNumber: (text: string) => number
  readonly output: Output
}

/** Declares `run` and `list`. */
export function addRunCommands(podsim: Command, { wholeNumber, output }: Shared): void {
  const runs = podsim
    .command('run')
    .description('run scenario files, or all scenarios in folders, and check what they expect')
    .argument('<path...>', 'scenario files (.yaml, .yml), folders, or - for standard input')
  addChoice(runs, wholeNumber)
    .addOption(
      new Option(
        '-r, --reporter <name[=file]>',
        'pretty, plain, json, junit, tap, github or markdown, to standard output or a file; may be given several times',
      ).argParser(several),
    )
    .addOption(
      new Option('--story <when>', 'tell what happens: with one scenario, always or never')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .option('-v, --verbose', 'tell the chatter too: single requests, refreshes that change nothing')
    .option('--reveal', "show Secrets' values in podsim's own words too, not only in what commands print")
    .option('--bail', 'stop after the first scenario that fails')
    .option(
      '-j, --jobs <n>',
      'run so many at once, in threads; from 40 runs on as many as there are processors, at most 4, unless given',
      wholeNumber,
    )
    .option('--pass-with-no-tests', 'exit code 0 when nothing is selected')
    .addOption(
      new Option('--verify-determinism [runs]', 'run every scenario so often (2) and compare').argParser((text) => {
        const times = wholeNumber(text)
        if (times > 1) return times
        throw usageError('error: one run can be compared with nothing; at least 2')
      }),
    )
    .addOption(
      new Option('--version <version>', 'of Kubernetes, instead of the one in the scenario: v1.18 to v1.36').choices(
        kubernetesVersions,
      ),
    )
    .option('-w, --watch', 'run again whenever a scenario or a file beside it changes, until ctrl-C')
    .option(
      '--journal <file>',
      'write all that happens in the run as it goes on, a record a line: what podsim diff and play read',
    )
    .addOption(
      new Option(
        '--journal-level <level>',
        'how much is told to the journal: summary leaves out single requests',
      ).choices(['full', 'summary', 'off']),
    )
    .option('--keep <n>', 'only so many of the newest records stay in memory: for big runs', wholeNumber)
    .option('--max-events <n>', 'events after which a run is given up as inconclusive', wholeNumber)
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .action(async (paths: string[], options: Record<string, unknown>) => {
      // The shape is what is declared here to the argument parser.
      const flags = options as unknown as RunFlags & { readonly color: ColourChoice }
      const shown = processOutput(wantsColour(flags.color, process.stdout))
      const { run } = flags.watch === true ? { run: (await import('./watch.ts')).watch } : await import('./run.ts')
      process.exitCode = await run(paths, { jobs: 'auto', ...flags }, shown)
    })

  const lists = podsim
    .command('list')
    .description('list the runs that podsim run would make, without making them')
    .argument('<path...>', 'scenario files or folders')
  addChoice(lists, wholeNumber)
    .option('--json', 'one object a line')
    .action(async (paths: string[], options: Record<string, unknown>) => {
      const { list } = await import('./list.ts')
      // As above.
      process.exitCode = list(paths, options as unknown as Choice & { readonly json?: boolean }, output)
    })
}

/** Options that say which scenarios are meant, and with which seeds. */
function addChoice(command: Command, wholeNumber: Shared['wholeNumber']): Command {
  return command
    .option('-s, --seed <seed>', 'seed instead of the one in the scenario')
    .option('--seeds <seeds>', 'run each with all of these seeds: 1..100, or some with commas between')
    .option('--set <name=value>', 'value of a variable of the scenario; may be given several times', setting)
    .option('-t, --title <regexp>', 'only scenarios whose title or file matches')
    .option('--covers <clause>', 'only scenarios that cover this clause')
    .addOption(
      new Option(
        '--tag <tags>',
        'only scenarios with these tags: rotation, or rotation,!slow; several: any of them',
      ).argParser(several),
    )
    .option('--repeat <n>', 'make each run so often, each but the first with a seed of its own', wholeNumber)
    .option('--shard <part/of>', 'only this part of all runs: 2/5')
}

/** Adds what is given once more to what was given before. */
export function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

/** `--set name=value`, added to those before it. */
export function setting(text: string, before: Settings = {}): Settings {
  const at = text.indexOf('=')
  if (at > 0) return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
  throw usageError(`error: --set ${JSON.stringify(text)}: expected name=value`)
}

/** A mistake in the arguments that the parser does not see. */
function usageError(message: string): CommanderError {
  return new CommanderError(exitCodes.usage, 'podsim.number', message)
}
