import { type Command, CommanderError } from 'commander'
import { compareQuantities, parseQuantity } from '../api/quantity.ts'
import type { CheckOptions } from '../check/options.ts'
import { isNodeResource } from '../sim/node-resource.ts'
import { exitCodes } from './exit-codes.ts'

/** What a command line says of the nodes of the cluster that is simulated; all are alike. */
export interface NodeFlags {
  readonly nodes: number
  readonly nodeSize?: { readonly cpu: string; readonly memory: string }
  readonly nodeResource?: readonly Pair[]
  readonly nodeLabel?: readonly Pair[]
}

type Pair = readonly [name: string, value: string]

/** The flags of nodes. `wholeNumber` reads counts. */
export function addNodeFlags(command: Command, wholeNumber: (text: string) => number): Command {
  return command
    .option('--nodes <n>', 'how many nodes', wholeNumber, 3)
    .option('--node-size <cpu:memory>', 'size of each node (default: "8:32Gi")', nodeSize)
    .option(
      '--node-resource <name=amount>',
      'what each node offers beside: nvidia.com/gpu=4; may be given again',
      resource,
    )
    .option('--node-label <key=value>', 'label of each node; may be given again', label)
}

/** The same as options of a check. */
export function nodesOf(flags: NodeFlags): Pick<CheckOptions, 'nodes' | 'nodeSize' | 'nodeResources' | 'nodeLabels'> {
  const { nodes, nodeSize: size, nodeResource, nodeLabel } = flags
  return {
    nodes,
    ...(size === undefined ? {} : { nodeSize: size }),
    ...(nodeResource === undefined ? {} : { nodeResources: Object.fromEntries(nodeResource) }),
    ...(nodeLabel === undefined ? {} : { nodeLabels: Object.fromEntries(nodeLabel) }),
  }
}

const isAmount = (amount: string) => parseQuantity(amount).ok && compareQuantities(amount, '0') > 0

/** `8:32Gi`: cores and memory. */
function nodeSize(text: string): { readonly cpu: string; readonly memory: string } {
  const [cpu = '', memory = '', ...more] = text.split(':')
  if (more.length === 0 && isAmount(cpu) && isAmount(memory)) return { cpu, memory }
  throw wrong(`--node-size ${JSON.stringify(text)} is no size; expected cores and memory, such as 4:16Gi`)
}

function resource(text: string, before: readonly Pair[] = []): readonly Pair[] {
  const [name = '', amount = '', ...more] = text.split('=')
  if (more.length === 0 && isNodeResource(name) && isAmount(amount)) return [...before, [name, amount]]
  throw wrong(
    `--node-resource ${JSON.stringify(text)} is no resource of a node; expected a name and an amount, such as nvidia.com/gpu=4, hugepages-2Mi=1Gi or ephemeral-storage=100Gi`,
  )
}

/** Source of the form: apimachinery pkg/util/validation, IsQualifiedName, IsValidLabelValue. */
function label(text: string, before: readonly Pair[] = []): readonly Pair[] {
  const [, key, value] =
    /^((?:[a-z0-9][a-z0-9.-]*\/)?[A-Za-z0-9][\w.-]{0,62})=((?:[A-Za-z0-9][\w.-]{0,62})?)$/.exec(text) ?? []
  if (key !== undefined && value !== undefined) return [...before, [key, value]]
  throw wrong(`--node-label ${JSON.stringify(text)} is no label; expected a key and a value, such as disk=ssd`)
}

function wrong(problem: string): CommanderError {
  return new CommanderError(exitCodes.usage, 'podsim.number', `error: ${problem}`)
}
