import { type Command, CommanderError, Option } from 'commander'
import { rangeProblem } from '../scenario/thresholds.ts'
import { type ColourChoice, wantsColour } from './colour.ts'
import { exitCodes } from './exit-codes.ts'
import type { ExploreFlags } from './explore.ts'
import { processOutput } from './output.ts'
import { setting } from './run-commands.ts'

/** The commands that run one scenario very many times. */

/** Declares `explore`. */
export function addManyCommands(podsim: Command, wholeNumber: (text: string) => number): void {
  podsim
    .command('explore')
    .description('look for accidents that break what must never be, and write the smallest as a scenario')
    .argument('<file>', 'a scenario file')
    .addOption(
      new Option('--seeds <n>', 'how many plans of accidents are drawn, one a seed; or which seeds: 1..100')
        .default('100')
        .argParser(someSeeds(wholeNumber)),
    )
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

/** `100`, or `1..100`: as it was given. */
function someSeeds(wholeNumber: (text: string) => number): (text: string) => string {
  return (text) => {
    const problem = text.includes('..') ? rangeProblem(text) : rangeProblem(`1..${wholeNumber(text)}`)
    if (problem === undefined) return text
    throw new CommanderError(exitCodes.usage, 'podsim.number', `error: --seeds ${JSON.stringify(text)}: ${problem}`)
  }
}
