import { admissionPlugins } from '../../../src/apiserver/admission/plugins/all.ts'
import { kindStrategies } from '../../../src/apiserver/registry/kinds/all.ts'
import type { HttpAnswer } from '../../../src/client/server.ts'
import type { FeatureGates } from '../../../src/versions/feature-gates.ts'
import { admin, newApiServer } from '../new-api-server.ts'

/** What an answer's body looks like to a test: any JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests read answers by path
export type Body = any

export interface Sent {
  readonly code: number
  readonly body: Body
  readonly headers: Readonly<Record<string, string>>
}

export interface Api {
  /** Sends JSON and gives the code and the body of the answer. */
  send(method: string, path: string, body?: unknown, contentType?: string): Sent
  /** Sends a body as it stands. */
  sendText(method: string, path: string, text: string, contentType: string, accept?: string): Sent
  post(path: string, body: unknown): Body
  /** Rows of the server-side table of a list, each as its cells. */
  rows(path: string): readonly Body[]
  readonly server: ReturnType<typeof newApiServer>['server']
}

/** A server with all kinds and the default admission, a namespace `default` and its account, which mounts no token. */
export function newApi(minor = 18, gates: Partial<FeatureGates> = {}): Api {
  const { server } = newApiServer({ minor, admission: admissionPlugins(), strategies: kindStrategies }, gates)
  const sendText: Api['sendText'] = (method, path, text, contentType, accept = 'application/json') => {
    const headers = { 'content-type': contentType, accept }
    const answer = server.http({ user: admin, method, path, headers, body: text })
    const { code, body, headers: given } = answer as HttpAnswer // no watch is opened here
    return { code, body: JSON.parse(body), headers: given }
  }
  const send: Api['send'] = (method, path, body, contentType = 'application/json') =>
    sendText(method, path, body === undefined ? '' : JSON.stringify(body), contentType)
  const post: Api['post'] = (path, body) => send('POST', path, body).body
  post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } })
  post('/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
    automountServiceAccountToken: false,
  })
  const rows: Api['rows'] = (path) => {
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
    const answer = server.http({ user: admin, method: 'GET', path, headers, body: '' })
    const table: Body = JSON.parse((answer as HttpAnswer).body) // no watch is opened here
    return table.rows.map((row: Body) => row.cells)
  }
  return { send, sendText, post, rows, server }
}

export const pods = '/api/v1/namespaces/default/pods'

export function pod(name: string, spec: object = {}, metadata: object = {}): object {
  const containers = [{ name: 'c', image: 'redis' }]
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec: { containers, ...spec } }
}
