import { quantityMilliValue, quantityValue } from '../../api/quantity.ts'
import { compareBytes, textAt } from '../../go/json.ts'
import { alignTabs, tableTabs } from '../../go/tabwriter.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail } from '../cli/failure.ts'
import { bool, type FlagSpec, flagSince, string } from '../cli/flags.ts'
import type { TopRow } from '../host.ts'

/** Source: kubectl pkg/cmd/top, pkg/metricsutil. */
const topFlags: readonly FlagSpec[] = [
  string('selector', 'l'),
  string('sort-by'),
  bool('no-headers'),
  flagSince(22, bool('use-protocol-buffers', undefined, 'true')),
  flagSince(34, bool('show-swap')),
]

export const topCommand: Command = {
  name: 'top',
  short: 'Display Resource (CPU/Memory/Storage) usage.',
  long: 'Display Resource (CPU/Memory/Storage) usage.\n\n The top command allows you to see the resource consumption for nodes or pods.\n\n This command requires Metrics Server to be correctly configured and working on the server.',
  modernLong:
    'Display resource (CPU/memory) usage.\n\n The top command allows you to see the resource consumption for nodes or pods.\n\n This command requires Metrics Server to be correctly configured and working on the server.',
  modernUsage: '[flags] [options]',
  children: [
    {
      name: 'node',
      aliases: ['nodes', 'no'],
      short: 'Display Resource (CPU/Memory/Storage) usage of nodes',
      modernShort: 'Display resource (CPU/memory) usage of nodes',
      flags: [...topFlags, flagSince(23, bool('show-capacity'))],
      run: topNodes,
    },
    {
      name: 'pod',
      aliases: ['pods', 'po'],
      short: 'Display Resource (CPU/Memory/Storage) usage of pods',
      modernShort: 'Display resource (CPU/memory) usage of pods',
      flags: [
        ...topFlags,
        bool('containers'),
        bool('all-namespaces', 'A'),
        flagSince(22, string('field-selector')),
        flagSince(24, bool('sum')),
      ],
      run: topPods,
    },
  ],
}

/** Source: top_pod.go and top_node.go, Validate. */
function checkAsked({ args, flags }: Call): void {
  if (!['', 'cpu', 'memory'].includes(flags.string('sort-by'))) fail('--sort-by accepts only cpu or memory')
  const isSelected =
    flags.string('selector') !== '' || (flags.has('field-selector') && flags.string('field-selector') !== '')
  if (args.length > 0 && isSelected)
    fail(`only one of NAME or ${flags.has('containers') ? '' : '--'}selector can be provided`)
}

function rowsOf(call: Call, kind: 'pods' | 'nodes'): readonly TopRow[] {
  checkAsked(call)
  const rows = call.session.host.top?.(kind) ?? fail('Metrics API not available')
  const by = call.flags.string('sort-by')
  const name = (row: TopRow): string => `${row.namespace ?? ''}/${row.name}`
  return [...rows].sort((a, b) => {
    if (by === 'cpu') return b.cpuMillis - a.cpuMillis
    return by === 'memory' ? b.memoryBytes - a.memoryBytes : compareBytes(name(a), name(b))
  })
}

const mebibyte = 1024 * 1024

function amounts(row: TopRow): readonly string[] {
  return [`${Math.ceil(row.cpuMillis)}m`, `${Math.floor(row.memoryBytes / mebibyte)}Mi`]
}

function print(call: Call, header: readonly string[], rows: readonly (readonly string[])[]): number {
  // Every cell is padded, the last one too.
  const lines = (call.flags.bool('no-headers') ? rows : [header, ...rows]).map((cells) => `${cells.join('\t')}\t`)
  call.session.out(alignTabs(`${lines.join('\n')}\n`, tableTabs))
  return 0
}

function topPods(call: Call): number {
  const { session, args, flags } = call
  const all = flags.bool('all-namespaces')
  const rows = rowsOf(call, 'pods').filter(
    (row) => (all || row.namespace === session.namespace) && (args.length === 0 || args.includes(row.name)),
  )
  if (rows.length === 0) {
    session.err(all ? 'No resources found\n' : `No resources found in ${session.namespace} namespace.\n`)
    return 0
  }
  const head = ['NAME', 'CPU(cores)', 'MEMORY(bytes)']
  return print(
    call,
    all ? ['NAMESPACE', ...head] : head,
    rows.map((row) => [...(all ? [row.namespace ?? ''] : []), row.name, ...amounts(row)]),
  )
}

function* topNodes(call: Call): Steps<number> {
  const { session, args } = call
  const rows = rowsOf(call, 'nodes').filter((row) => args.length === 0 || args.includes(row.name))
  const percent = session.version.topNamesUnits ? ['CPU(%)', 'MEMORY(%)'] : ['CPU%', 'MEMORY%']
  const lines: (readonly string[])[] = []
  for (const row of rows) lines.push(nodeLine(row, yield* session.rest.request('GET', `/api/v1/nodes/${row.name}`)))
  return print(call, ['NAME', 'CPU(cores)', percent[0] ?? '', 'MEMORY(bytes)', percent[1] ?? ''], lines)
}

function nodeLine(row: TopRow, node: unknown): readonly string[] {
  const [cpu = '', memory = ''] = amounts(row)
  const share = (used: number, total: number): string => `${total === 0 ? 0 : Math.trunc((used / total) * 100)}%`
  const cpuShare = share(row.cpuMillis, quantityMilliValue(textAt(node, 'status', 'allocatable', 'cpu') || '0'))
  const memoryShare = share(row.memoryBytes, quantityValue(textAt(node, 'status', 'allocatable', 'memory') || '0'))
  return [row.name, cpu, cpuShare, memory, memoryShare]
}
