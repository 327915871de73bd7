import type { HttpAnswer } from '../../client/server.ts'
import { goQuote } from '../../go/quote.ts'
import { pageNotFound, plainText } from './encode.ts'
import { splitPath } from './route.ts'

/** The server's health, as a whole and check by check. Source: apiserver pkg/server/healthz/healthz.go, handleRootHealth. */

/** In their order in a v1.23.13 without priority and fairness, which all versions are given. */
const checks: readonly string[] = [
  'ping',
  'log',
  'etcd',
  'informer-sync',
  ...[
    'start-kube-apiserver-admission-initializer',
    'generic-apiserver-start-informers',
    'max-in-flight-filter',
    'start-apiextensions-informers',
    'start-apiextensions-controllers',
    'crd-informer-synced',
    'bootstrap-controller',
    'rbac/bootstrap-roles',
    'scheduling/bootstrap-system-priority-classes',
    'priority-and-fairness-config-producer',
    'start-cluster-authentication-info-controller',
    'start-kube-aggregator-informers',
    'apiservice-registration-controller',
    'apiservice-status-available-controller',
    'kube-apiserver-autoregistration',
  ].map((hook) => `poststarthook/${hook}`),
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'shutdown',
]

/** Of readiness alone. */
const ofReadiness: ReadonlySet<string> = new Set(['informer-sync', 'shutdown'])

/** `whole`: the path with its query. The answer of `/healthz`, `/livez`, `/readyz` and of the checks below them; undefined where the path is none of these. A server that answers is well. */
export function healthAnswer(path: string, whole: string): HttpAnswer | undefined {
  const [, name = '', ...rest] = path.split('/')
  if (name !== 'healthz' && name !== 'livez' && name !== 'readyz') return undefined
  const own = checks.filter((check) => name === 'readyz' || !ofReadiness.has(check))
  if (rest.length > 0) return own.includes(rest.join('/')) ? plainText(200, 'ok') : pageNotFound()
  if (!splitPath(whole).query.has('verbose')) return plainText(200, 'ok')
  const excluded = new Set([...whole.matchAll(/[?&]exclude=([^&]*)/g)].map(([, check = '']) => check))
  const lines = own.map((check) => `[+]${check} ${excluded.has(check) ? 'excluded: ok' : 'ok'}\n`)
  const unknown = [...excluded].filter((check) => !own.includes(check)).sort()
  const warning =
    unknown.length === 0
      ? ''
      : `warn: some health checks cannot be excluded: no matches for ${unknown.map(goQuote).join(', ')}\n`
  return plainText(200, `${lines.join('')}${warning}${name} check passed\n`)
}
