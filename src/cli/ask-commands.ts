import { type Command, Option } from 'commander'
import { type ColourChoice, wantsColour } from './colour.ts'
import type { ExplainFlags } from './explain.ts'
import { processOutput } from './output.ts'

/** The commands that answer questions: what a word means, why something is so, where two runs part. */

interface Coloured {
  readonly color: ColourChoice
}

/** Declares `explain`. */
export function addAskCommands(podsim: Command): void {
  addExplain(podsim.command('explain'))
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
