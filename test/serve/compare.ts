import type { CommandResult } from '../../src/looks/containers.ts'
import { createServedSim } from '../../src/sim/served-sim.ts'
import type { KubernetesVersion } from '../../src/versions/version.ts'
import { clientOf, type InstalledKubectl, type Ran } from './clients.ts'
import { type CommandLine, clusterObjects, waitsForever } from './command-lines.ts'
import { type Serving, serving } from './serving.ts'

/** What a real kubectl and the one inside of the simulation do not print alike, by line. */
export type Differences = Map<string, string>

/** Virtual time that goes by after each line that changes something. */
const pause = '10s'

/** Of a cluster whose present is the wall's: kubectl tells ages by its own clock. */
function clusterOf({ version: kubectl }: InstalledKubectl, version: KubernetesVersion, goesBy: number) {
  const epoch = new Date(Date.now() - goesBy).toISOString()
  // The clock of the served cluster stands while the real kubectl works.
  return { kubectl, version, nodes: 1, seed: 'same', epoch, commandTime: 0 }
}

/** Both kubectls run each line against one cluster. */
export async function compareReading(
  kubectl: InstalledKubectl,
  version: KubernetesVersion,
  lines: readonly string[],
): Promise<Differences> {
  const age = 10 * 60_000
  const server = await serving(clusterOf(kubectl, version, age))
  const { sim } = server.served
  sim.apply(...clusterObjects)
  sim.runFor(age)
  const client = clientOf(kubectl.path, server)
  const differing: Differences = new Map()
  // One after the other: discovery is kept on disk between them.
  const serverMinor = Number(version.slice(3))
  for (const line of lines.filter((each) => !waitsForever(each, kubectl.minor, serverMinor)))
    note(differing, line, sim.kubectl(line.split(' ')), await client.run(line))
  client.remove()
  await closed(server, differing)
  return differing
}

/** Each kubectl runs all lines against a cluster of its own; both clusters begin alike. */
export async function compareChanging(
  kubectl: InstalledKubectl,
  version: KubernetesVersion,
  lines: readonly CommandLine[],
): Promise<Differences> {
  const options = clusterOf(kubectl, version, 0)
  const server = await serving(options)
  const { sim } = createServedSim(options)
  const client = clientOf(kubectl.path, server)
  const differing: Differences = new Map()
  for (const [i, { line, stdin }] of lines.entries()) {
    const typed = stdin === undefined ? {} : { stdin }
    const argv = line.split(' ')
    note(differing, `${i}: ${line}`, sim.kubectl(argv, typed), await client.run(argv, typed))
    for (const each of [sim, server.served.sim]) each.runFor(pause)
  }
  client.remove()
  await closed(server, differing)
  return differing
}

async function closed(server: Serving, differing: Differences): Promise<void> {
  if (server.complaints.length > 0) differing.set('the server', server.complaints.join('\n'))
  await server.close()
}

function note(differing: Differences, line: string, simulated: CommandResult, real: Ran): void {
  const tellsTime = tellsByOwnClock(line)
  const [expected, found] = [
    [simulated.exitCode, simulated.stdout, simulated.stderr],
    [real.code, real.stdout, real.stderr],
  ].map((parts) => parts.map((part) => (typeof part === 'string' && tellsTime ? withoutAges(part) : part)))
  if (JSON.stringify(expected) === JSON.stringify(found)) return
  differing.set(line, `simulated: ${JSON.stringify(expected)}\nreal: ${JSON.stringify(found)}`)
}

/** Whether kubectl tells ages itself, by the wall's clock, which goes on while lines are compared; elsewhere servers tell them. */
function tellsByOwnClock(line: string): boolean {
  return /^(?:describe|events)\b|--server-print=false/.test(line)
}

/** Columns are as wide as the ages in them. */
function withoutAges(text: string): string {
  return text.replace(/\b(?:\d+[smhdy])+\b|<invalid>/g, 'AGE').replace(/ +|-{3,}/g, ' ')
}
