import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Latency } from '../src/client/latency.ts'
import { networks, usualAuthorizer } from '../src/cluster/networks.ts'
import { faultTerms } from '../src/report/glossary/fault-terms.ts'
import { scenarioShape } from '../src/scenario/json-schema.ts'
import { faultExamples, kubeletExamples, networkExamples } from './cluster-examples.ts'
import { type Shape, tablesOf } from './schema-tables.ts'

/** Writes docs/faults.md, docs/kubelets.md and docs/networks.md: what a scenario says of them, from the schema that loads it, each with an example. */

// What zod writes is JSON Schema; of that only what Shape names is read.
const schema = scenarioShape() as Shape
const { table, form, branchesOf, mapBehind } = tablesOf(schema)
const cluster = mapBehind(schema, 'cluster')

const made = (kind: string) =>
  `Made by \`npm run generate ${kind}\` from the schema that loads scenarios; a test holds it, and runs the examples.`

/** docs/faults.md */
export function faultsPage(): string {
  const sections = branchesOf(schema.$defs?.Fault).map((branch) => {
    const [[head, value] = ['', {}], ...others] = Object.entries(branch.properties ?? {})
    const name = typeof value.const === 'string' ? `${head}: ${value.const}` : head
    const example = faultExamples[name]
    if (example === undefined) throw new Error(`there is no example of ${name}`)
    const takes = table({ ...branch, properties: Object.fromEntries(others) })
    const shown = value.const === undefined ? ` (${form(value)})` : ''
    return [
      `## \`${name}\`${shown}`,
      `${value.description ?? ''}.`,
      ...(others.length === 0 ? [] : [takes]),
      `\`\`\`yaml\n- fault: ${flow(example)}\n\`\`\``,
    ].join('\n\n')
  })
  const means = Object.entries(faultTerms).map(
    ([head, { means: text, when = '' }]) => `| \`${head}\` | ${text} ${when}|`,
  )
  return `# Accidents

${made('cluster')}
What a step says with \`fault\`, what \`faults\` of a scenario say with a time beside it, and what \`sim.fault\` of the library takes (there durations may be milliseconds).
What lasts takes \`for\`; without, it lasts until something ends it. \`podsim explore\` draws from all of these ([running.md](running.md#exploring)).

| accident | what it is |
| --- | --- |
${means.join('\n')}

${sections.join('\n\n')}
`
}

/** A value as it stands in one line of YAML. */
function inline(example: string | number | boolean | object): string {
  if (typeof example !== 'object') return String(example)
  return `{ ${Object.entries(example)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')} }`
}

/** docs/kubelets.md */
export function kubeletsPage(): string {
  const { properties = {} } = mapBehind(cluster, 'kubelet')
  const rows = Object.entries(properties).map(([key, value]) => {
    const example = kubeletExamples[key]
    if (example === undefined) throw new Error(`there is no example of ${key}`)
    return `| \`${key}\` | ${form(value)} | ${value.description ?? ''} | \`${key}: ${inline(example)}\` |`
  })
  return `# Fields of kubelets

${made('cluster')}
The names, bounds and usual values are those of KubeletConfiguration. \`cluster.kubelet\` is for every node, \`kubelet\` of a node for this one.

\`\`\`yaml
title: One node is eager
cluster:
  kubelet: { configMapAndSecretChangeDetectionStrategy: Cache, syncFrequency: 30s }
  nodes:
    - name: usual
    - { name: eager, kubelet: { configMapAndSecretChangeDetectionStrategy: Watch, syncFrequency: 10s } }
steps:
  - kubectl: get nodes
\`\`\`

| field | form | meaning | example |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

function shareOf(latency: Latency): string {
  return latency.kind === 'seldom' ? String(latency.share) : ''
}

/** docs/networks.md */
export function networksPage(): string {
  const named = Object.entries(networks).map(([name, latencies]) => `| \`${name}\` | ${shown(latencies)} |`)
  const examples = Object.entries(networkExamples).map(
    ([title, network]) =>
      `\`\`\`yaml
title: ${title}
cluster: { network: ${flow(network)} }
steps:
  - kubectl: get nodes
\`\`\``,
  )
  return `# Networks

${made('cluster')}
How long requests to the API server and news from it take: of the cluster (\`cluster.network\`), or of one node (\`network\` of a node). Drawn
from the seed, for each link by itself.

| name | what takes how long |
| --- | --- |
${named.join('\n')}

Or one of your own:

${table(mapBehind(cluster, 'network'))}

A latency is a duration, \`{ kind: fixed, ms }\`, \`{ kind: uniform, minMs, maxMs }\`, \`{ kind: exponential, meanMs, maxMs }\` or
\`{ kind: seldom, share, minMs, maxMs }\`, which takes no time but for that share of the cases.

The API server's Node authorizer hears of a bound Pod by a watch of its own. Where the kubelet is quicker, its first request for a Secret
is answered with 403, and what waits for the Secret tries again: \`failed to sync secret cache\`, then all is well. On recorded clusters that
happened in 7 % of first requests, and so it does in every network here; in \`instant\`, and in a network that does not name
\`authorizer\`, it is \`${flow(usualAuthorizer(18))}\`
(from v1.35 on, where kubelets ask twice, \`share: ${shareOf(usualAuthorizer(35))}\`). \`authorizer: 0s\` is a cluster in which it never happens.

${examples.join('\n\n')}
`
}

function shown(latencies: object): string {
  const parts = Object.entries(latencies).map(([key, value]) => `${key} ${flow(value)}`)
  return parts.length === 0 ? 'nothing takes time' : `\`${parts.join('`, `')}\``
}

/** A value as YAML on one line. */
function flow(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return `{ ${Object.entries(value)
    .map(([key, inner]) => `${key}: ${flow(inner)}`)
    .join(', ')} }`
}

/** The pages by their paths. */
export const clusterPages = {
  'docs/faults.md': faultsPage,
  'docs/kubelets.md': kubeletsPage,
  'docs/networks.md': networksPage,
} as const

if (process.argv[1] === import.meta.filename)
  for (const [path, page] of Object.entries(clusterPages)) writeFileSync(join(import.meta.dirname, '..', path), page())
