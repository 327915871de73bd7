import { isMainThread, workerData } from 'node:worker_threads'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { plain } from '../report/text.ts'
import { addAskCommands } from './ask-commands.ts'
import { type ColourChoice, wantsColour } from './colour.ts'
import type { CourseFlags } from './course.ts'
import { exitCodes } from './exit-codes.ts'
import type { ExportFlags } from './export.ts'
import { type LintFlags, lintFormats } from './lint-formats.ts'
import { addManifestCommands } from './manifest-commands.ts'
import { addManyCommands } from './many-commands.ts'
import { processOutput } from './output.ts'
import type { PlayFlags } from './play.ts'
import { addRunCommands, setting } from './run-commands.ts'
import { addServeCommand } from './serve-command.ts'
import { addSetupCommands } from './setup-commands.ts'
import { version } from './version.ts'

/**
 * The command line. Each command is a file that is loaded when it is called: `podsim --help` starts without the
 * simulator, `podsim run` without the terminal UI.
 */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that closes the pipe (head, less) has read what it wanted.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? 0 : exitCodes.internal),
  )
  if (isRunWorker()) return (await import('./run-thread.ts')).serveRuns()
  try {
    await program().parseAsync(isAlone(argv) ? [...argv, 'course'] : [...argv])
  } catch (error) {
    process.exitCode = error instanceof CommanderError ? usageExitCode(error) : await reportCrash(error, argv)
  }
}

/** Whether this thread is one that runs scenarios for another: whoever made it says so. */
function isRunWorker(): boolean {
  const data: unknown = workerData
  return !isMainThread && typeof data === 'object' && data !== null && 'role' in data && data.role === 'podsim runs'
}

/** `podsim` and nothing else, on a terminal that can show the course; anywhere else it is asked for help. */
function isAlone(argv: readonly string[]): boolean {
  return (
    argv.length === 2 && process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  )
}

/** For what is no command's: help, complaints. */
const output = processOutput(false)

/** All commands with their arguments and options. */
export function program(): Command {
  const podsim = new Command('podsim')
    .description('Simulates a Kubernetes cluster in virtual time, and shows how Secrets reach Pods.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    // So that commands can have a --version of their own.
    .enablePositionalOptions()
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.out(plain`${text}`),
      writeErr: (text) => output.err(plain`${text}`),
      outputError: (text, write) => write(text),
    })
    .addHelpText('after', helpTail)

  addRunCommands(podsim, { wholeNumber, output })

  podsim
    .command('play')
    .description('play a scenario in the terminal: see a Secret flow, ask why, change the past')
    .argument(
      '[file]',
      'a scenario file, or the journal of a run (.ndjson); without one a sandbox: two nodes and the examples of the page',
    )
    .option('-s, --seed <seed>', 'seed instead of the one in the scenario')
    .option('--set <name=value>', 'value of a variable of the scenario; may be given several times', setting)
    .option('--reveal', "show Secrets' values in podsim's own words too")
    .option('--serve', 'offer the cluster of a moment to kubectl in another window: K in the player')
    .addOption(new Option('--ui <kind>', 'screen or plain text').choices(['auto', 'tui', 'plain']).default('auto'))
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .action(async (file: string | undefined, options: Record<string, unknown>) => {
      const { play } = await import('./play.ts')
      // The shape is what is declared here to the argument parser.
      const flags = options as unknown as PlayFlags & { readonly color: ColourChoice }
      process.exitCode = await play(file, flags, processOutput(wantsColour(flags.color, process.stdout)))
    })

  addCourse(podsim.command('course'))

  podsim
    .command('lint')
    .description('load scenario files, or manifests, without running them')
    .argument('<path...>', 'scenario files, manifests or folders of them, or - for standard input')
    .addOption(new Option('-o, --output <format>', 'how to answer').choices(lintFormats).default('text'))
    .action(async (paths: string[], flags: LintFlags) => {
      const { lint } = await import('./lint.ts')
      process.exitCode = await lint(paths, flags, output)
    })

  addExport(podsim.command('export'))
  addManyCommands(podsim, wholeNumber)
  addManifestCommands(podsim, wholeNumber)
  addServeCommand(podsim, wholeNumber)
  addAskCommands(podsim)
  addSetupCommands(podsim, output)

  podsim
    .command('schema')
    .description('print the JSON Schema of scenario files, for editors')
    .action(async () => {
      const { schema } = await import('./schema.ts')
      process.exitCode = schema(output)
    })
  return podsim
}

/** Declared here and not beside its work, which is loaded when it is called. */
function addCourse(command: Command): void {
  command
    .description('lessons that ask before they show, with progress; podsim alone on a terminal opens them too')
    .argument(
      '[what]',
      'list, a lesson such as 5.3, or reset; without it the course; where there is no terminal, plain text',
    )
    .option('-s, --seed <seed>', 'seed of the lesson instead of its own')
    .addOption(new Option('--ui <kind>', 'screen or plain text').choices(['auto', 'tui', 'plain']).default('auto'))
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .action(async (what: string | undefined, options: Record<string, unknown>) => {
      const { course } = await import('./course.ts')
      // The shape is what is declared here to the argument parser.
      const flags = options as unknown as CourseFlags & { readonly color: ColourChoice }
      process.exitCode = await course(what, flags, processOutput(wantsColour(flags.color, process.stdout)))
    })
}

/** Declared here and not beside its work, which is loaded when it is called. */
function addExport(command: Command): void {
  command
    .description(
      'run a scenario and write how its Secret flows as one file: page, picture, recording, text, diagram or trace',
    )
    .argument('<file>', 'a scenario file, or the journal of a run (.ndjson)')
    .requiredOption('-o, --output <path>', 'file to write, - for standard output; its ending says the form')
    .addOption(
      new Option('--format <form>', 'the form, whatever the ending').choices([
        'html',
        'cast',
        'svg',
        'txt',
        'mermaid',
        'perfetto',
      ]),
    )
    .option(
      '--secret <name>',
      'the Secret to follow: NAME or NAMESPACE/NAME; the one that most happens to unless given',
    )
    .option('--key <key>', 'only what changes this key')
    .option('--from <time>', 'leave out what was before: 2m15.5s')
    .option('--to <time>', 'leave out what comes after')
    .option('--at <time>', 'the moment of a picture or text; the end unless given')
    .option('--compare <list>', 'one world for each strategy, from one seed: Watch,Cache,Get')
    .option('-s, --seed <seed>', 'seed instead of the one in the scenario')
    .option('--set <name=value>', 'value of a variable of the scenario; may be given several times', setting)
    .option('--reveal', 'values of Secrets too; without it the file has none')
    .option(
      '--live',
      'a page with podsim inside: run kubectl, make accidents, turn settings in the browser, without network',
    )
    .addHelpText(
      'after',
      `
Forms by ending: .html a page that works offline, .cast for asciinema, .svg and .txt a moment, .mmd a Mermaid sequence,
.json a trace for ui.perfetto.dev.

Examples:
  podsim export scenarios/updates/never.yaml -o never.html
  podsim export scenarios/updates/never.yaml --at 2m15s -o never.svg`,
    )
    .action(async (file: string, options: Record<string, unknown>) => {
      const { exportRun } = await import('./export.ts')
      // The shape is what is declared here to the argument parser.
      process.exitCode = await exportRun(file, options as unknown as ExportFlags, processOutput(false))
    })
}

const helpTail = `
Exit codes: 0 all passed, 1 an expectation failed, 2 wrong arguments or a scenario that does not load,
3 inconclusive, 70 podsim is broken, 130 interrupted.

Examples:
  podsim                                    on a terminal: the course
  podsim run scenarios/first-light.yaml     run one scenario and tell its story
  podsim run scenarios                      run all of them
  podsim play scenarios/first-light.yaml    watch it in the terminal
  podsim sweep a.yaml --seeds 1..1000 -j 8  delays and failures over many seeds
  podsim explore a.yaml --seeds 100         draw accidents, write the smallest that break it
  podsim play                               a sandbox: type what happens`

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Expected a whole number above 0.')
  return Number(text)
}

/** Commander throws for --help and --version too: those are no errors. */
function usageExitCode(error: CommanderError): number {
  if (error.exitCode === 0 || error.code === 'commander.helpDisplayed' || error.code === 'commander.version')
    return exitCodes.passed
  if (error.code === 'podsim.number') output.err(plain`${error.message}\n`)
  return exitCodes.usage
}

/** No stack trace for the user: what to send to whom can mend it. */
async function reportCrash(error: unknown, argv: readonly string[]): Promise<number> {
  if (error instanceof Error && error.name === 'SimUsageError') {
    process.stderr.write(`error: ${error.message}\n`)
    return exitCodes.failed
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  output.err(plain`podsim is broken: ${message}\n`)
  output.err(plain`  podsim ${version}, Node.js ${process.version}, arguments ${JSON.stringify(argv.slice(2))}\n`)
  if (process.env.PODSIM_DEBUG !== undefined && error instanceof Error) output.err(plain`${error.stack ?? ''}\n`)
  else output.err(plain`  PODSIM_DEBUG=1 shows where; please report it with the scenario.\n`)
  return exitCodes.internal
}
