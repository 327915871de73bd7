import { apiServerFacts } from '../apiserver/version-facts.ts'
import { kubeletFacts } from '../node/version-facts.ts'
import { apiServer } from '../versions/api-server.ts'
import type { Change } from '../versions/changes.ts'
import { clientGo } from '../versions/client-go.ts'
import { controllers } from '../versions/controllers.ts'
import { featureGates } from '../versions/feature-gates.ts'
import { kubectl } from '../versions/kubectl.ts'
import { kubelet } from '../versions/kubelet.ts'
import { kustomize } from '../versions/kustomize.ts'
import { scheduler } from '../versions/scheduler.ts'
import type { VersionedFact } from '../versions/version.ts'

/** Parts of Kubernetes that have tables of what changed. */
export type DatedComponent =
  | 'API server'
  | 'kubelet'
  | 'controllers'
  | 'scheduler'
  | 'clients'
  | 'kubectl'
  | 'feature gates'

/** Something that changed in a minor version, and where it was read. */
export interface DatedRow {
  readonly component: DatedComponent
  readonly minor: number
  readonly what: string
  readonly source: string
}

/** All dated rows of all tables, oldest first. */
export function datedRows(): readonly DatedRow[] {
  const rows = [
    ...changesOf('API server', apiServer),
    ...factsOf('API server', apiServerFacts),
    ...changesOf('kubelet', kubelet),
    ...factsOf('kubelet', kubeletFacts),
    ...changesOf('controllers', controllers),
    ...changesOf('scheduler', scheduler),
    ...changesOf('clients', clientGo),
    ...changesOf('kubectl', kubectl),
    ...changesOf('kubectl', kustomize),
    ...factsOf('feature gates', featureGates),
  ]
  return rows.sort((a, b) => a.minor - b.minor)
}

function changesOf(component: DatedComponent, table: Readonly<Record<string, Change>>): readonly DatedRow[] {
  return Object.values(table).map(({ since, what, source }) => ({ component, minor: since, what, source }))
}

function factsOf(
  component: DatedComponent,
  table: Readonly<Record<string, VersionedFact<unknown>>>,
): readonly DatedRow[] {
  return Object.entries(table).flatMap(([name, { since, source }]) =>
    since.map(([minor, value]) => ({ component, minor, what: factText(name, value), source })),
  )
}

/** `stops idle watches`; what has several values with the new one; names of gates and of what is a table stay as they are. */
function factText(name: string, value: unknown): string {
  const words = /^[a-z]/.test(name) ? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : name
  if (value === true) return words
  if (value === false) return `no more: ${words}`
  return typeof value === 'string' || typeof value === 'number' ? `${words}: ${value}` : words
}
