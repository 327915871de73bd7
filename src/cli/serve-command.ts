import { type Command, Option } from 'commander'
import { kubernetesVersions } from '../versions/version.ts'
import type { FaultFlags } from './fault.ts'
import { processOutput } from './output.ts'
import { setting } from './run-commands.ts'
import type { ServeFlags } from './serve.ts'

/** Declares `serve`. */
export function addServeCommand(podsim: Command, wholeNumber: (text: string) => number): void {
  podsim
    .command('serve')
    .description('offer a simulated cluster to kubectl, helm and client libraries, over HTTPS on this machine alone')
    .argument('[scenario]', 'a scenario file whose cluster is served; two empty nodes without one')
    .option('-p, --port <port>', 'port on 127.0.0.1 and ::1; one that is free unless given', wholeNumber)
    .option('--kubeconfig <path>', 'file to write how clients reach it into; a new one unless given')
    .addOption(
      new Option(
        '--clock <kind>',
        'virtual time goes as on the wall, when told to, or after each change until all is at rest',
      )
        .choices(['wall', 'manual', 'settle'])
        .default('wall'),
    )
    .option('--speed <n>', 'with the wall: virtual seconds in a second, 1 to 1000', wholeNumber, 1)
    .option('--at <time>', 'run the steps of the scenario until then, and serve that moment: 5m')
    .option('--ui', "watch it in this terminal, by the player's view; leaving it ends the server")
    .option('--record <file>', 'write what is done to the cluster as a scenario that does it again')
    .option('-s, --seed <seed>', 'seed instead of the one in the scenario')
    .option('--set <name=value>', 'value of a variable of the scenario; may be given several times', setting)
    .addOption(new Option('--version <version>', 'of Kubernetes; v1.36 without a scenario').choices(kubernetesVersions))
    .addHelpText(
      'after',
      `
The kubeconfig is a file of its own: export KUBECONFIG=... as the first lines say. Yours is not touched.

Examples:
  podsim serve
  podsim serve scenarios/first-light.yaml --at 30s
  podsim serve --clock manual --version v1.26`,
    )
    .action(async (scenario: string | undefined, options: Record<string, unknown>) => {
      const { serve } = await import('./serve.ts')
      // The shape is what is declared here to the argument parser.
      process.exitCode = await serve(scenario, options as unknown as ServeFlags, processOutput(false))
    })

  podsim
    .command('fault')
    .description('begin an accident in a cluster that podsim serves, or end those that were begun so')
    .argument('[fault]', 'as scenarios have it: "{ apiServer: unreachable, for: 10s }"')
    .option('--clear', 'end all that were begun by this command')
    .option('--kubeconfig <path>', 'of the server; that of $KUBECONFIG unless given')
    .action(async (text: string | undefined, options: Record<string, unknown>) => {
      const { fault } = await import('./fault.ts')
      // As above.
      process.exitCode = await fault(text, options as unknown as FaultFlags, processOutput(false))
    })
}
