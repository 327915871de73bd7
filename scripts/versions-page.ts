import { apiServer } from '../src/versions/api-server.ts'
import type { Change } from '../src/versions/changes.ts'
import { clientGo } from '../src/versions/client-go.ts'
import { controllers } from '../src/versions/controllers.ts'
import { featureGates } from '../src/versions/feature-gates.ts'
import { kubectl } from '../src/versions/kubectl.ts'
import { kubelet } from '../src/versions/kubelet.ts'
import { kustomize } from '../src/versions/kustomize.ts'
import { network } from '../src/versions/network.ts'
import { scheduler } from '../src/versions/scheduler.ts'
import { storage } from '../src/versions/storage.ts'
import { kubernetesVersions } from '../src/versions/version.ts'

const components: readonly (readonly [title: string, table: Readonly<Record<string, Change>>])[] = [
  ['API server', apiServer],
  ['Kubelet and runtime', kubelet],
  ['Controllers', controllers],
  ['Network', network],
  ['Scheduler', scheduler],
  ['Claims and volumes, in all of these', storage],
  ['Clients', clientGo],
  ['kubectl', kubectl],
  ['kustomize in kubectl', kustomize],
]

/** Text inside a cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|')

function table(rows: Readonly<Record<string, Change>>): string {
  const lines = Object.values(rows)
    .toSorted((a, b) => a.since - b.since)
    .map(({ since, what, source }) => `| v1.${since} | ${cell(what)} | ${cell(source)} |`)
  return ['| from | what holds | source |', '| --- | --- | --- |', ...lines].join('\n')
}

const gates = Object.entries(featureGates).map(
  ([name, { since }]) =>
    `| \`${name}\` | ${since.map(([minor, on]) => `${on ? 'on' : 'off'} from v1.${minor}`).join(', ')} |`,
)

/** docs/versions.md: the tables of src/versions/ for people. */
export const versionsPage = `# Versions

${kubernetesVersions[0]} to ${kubernetesVersions.at(-1)} can be asked for (\`version: v1.27\` under \`cluster\`, \`createSim({ version })\`). v1.18, v1.26 and v1.36 were
recorded; what lies between is dated by the sources of each release. Facts with more than two values (texts, lists, periods) are dated
in \`src/node/version-facts.ts\`, \`src/apiserver/version-facts.ts\` and \`src/versions/served-kinds.ts\`; what is simplified between the
recorded versions stands in \`fidelity.md\`. This page is made from the tables in \`src/versions/\` by \`npm run generate versions\`.

## Feature gates

| gate | default |
| --- | --- |
${gates.join('\n')}
${components.map(([title, rows]) => `\n## ${title}\n\n${table(rows)}\n`).join('')}`
