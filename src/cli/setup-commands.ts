import { Argument, type Command } from 'commander'
import { type CompletedShell, completedShells } from './completion.ts'
import type { Output } from './output.ts'

/** The commands that prepare a place to work in: first files, completion of words. */

/** Declares `init` and `completion`. */
export function addSetupCommands(podsim: Command, output: Output): void {
  podsim
    .command('init')
    .description('write a first scenario, its schema for editors, and a test where there is a package.json')
    .argument('[folder]', 'where; it is made if it is not there', '.')
    .addHelpText(
      'after',
      `
Files that are there are kept as they are. Exit codes: 0 done, 2 a file cannot be written.`,
    )
    .action(async (folder: string) => {
      const { init } = await import('./init.ts')
      process.exitCode = init(folder, output)
    })

  podsim
    .command('completion')
    .description('print a script with which a shell completes commands, options, terms and files')
    .addArgument(new Argument('<shell>', 'for which').choices(completedShells))
    .addHelpText(
      'after',
      `
Examples:
  source <(podsim completion bash)                                      in ~/.bashrc
  podsim completion zsh > ~/.zfunc/_podsim                              with fpath+=~/.zfunc in ~/.zshrc
  podsim completion fish > ~/.config/fish/completions/podsim.fish`,
    )
    .action(async (shell: CompletedShell) => {
      const { completion } = await import('./completion.ts')
      const { glossary } = await import('../report/glossary/glossary.ts')
      const { reporterNames } = await import('./reporters.ts')
      const terms = [...new Set(glossary.map(({ name }) => name))]
      process.exitCode = completion(podsim, shell, { terms, reporters: reporterNames }, output)
    })
}
