import type { HttpAnswer } from '../../client/server.ts'
import { goQuote } from '../../go/quote.ts'
import type { RegistryCore } from '../registry/core.ts'
import { apiServerFact } from '../version-facts.ts'

/** What the server was built from, as `/version` tells. */
export type BuildInfo = Readonly<Record<string, string>>

/**
 * `/metrics`: those that podsim knows the truth of, in Prometheus' text format. Sources: component-base metrics/version.go;
 * apiserver pkg/storage/etcd3/metrics/metrics.go.
 */
export function metricsAnswer(core: RegistryCore, build: BuildInfo): HttpAnswer {
  const text = [buildMetric(build), storedMetric(core)].join('')
  return { code: 200, headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, body: text }
}

function buildMetric(build: BuildInfo): string {
  const labels = Object.entries(build)
    .map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${goQuote(value)}`)
  return metric(
    'kubernetes_build_info',
    "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.",
    [`{${labels.join(',')}} 1`],
  )
}

function storedMetric({ store, context: { minor } }: RegistryCore): string {
  const rows = [...store.collections]
    .map(([resource, { size }]) => [resource, size] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, size]) => `{resource=${goQuote(resource)}} ${size}`)
  return apiServerFact('countsStoredObjects', minor)
    ? metric(
        'apiserver_storage_objects',
        '[STABLE] Number of stored objects at the time of last check split by kind.',
        rows,
      )
    : metric('etcd_object_counts', '[ALPHA] Number of stored objects at the time of last check split by kind.', rows)
}

function metric(name: string, help: string, rows: readonly string[]): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${rows.map((row) => `${name}${row}\n`).join('')}`
}
