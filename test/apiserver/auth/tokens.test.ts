import { describe, expect, test } from 'vitest'
import { decodeBase64, utf8Text } from '../../../src/bytes/bytes.ts'
import { createSim, type Sim } from '../../../src/index.ts'

/** What a request with this token gets. */
function ask(sim: Sim, token: string, path = '/api/v1/namespaces/default/secrets/mysecret') {
  const answer = sim.request({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } })
  if (!('body' in answer)) throw new Error('a stream')
  return { code: answer.code, body: JSON.parse(answer.body) }
}

function review(sim: Sim, token: string, spec: object = {}) {
  const answer = sim.request({
    user: 'admin',
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token, ...spec } },
  })
  if (!('body' in answer)) throw new Error('a stream')
  return JSON.parse(answer.body)
}

function tokenOf(sim: Sim, name: string): string {
  const { data } = sim.get('Secret', name) as unknown as { data: Record<string, string> }
  const decoded = decodeBase64(data.token ?? '')
  return decoded.ok ? utf8Text(decoded.bytes) : ''
}

function tokenSecret(sim: Sim): string {
  const account = sim.get('ServiceAccount', 'default') as unknown as { secrets: { name: string }[] }
  return account.secrets[0]?.name ?? ''
}

const account = 'system:serviceaccount:default:default'

describe('O2 S4 facts/apiserver.md 3: a token stands for its service account', () => {
  test('the token of a Secret authenticates, and RBAC decides the rest', () => {
    const sim = createSim()
    const token = tokenOf(sim, tokenSecret(sim))
    sim.kubectl('create secret generic mysecret --from-literal=a=b')
    expect(ask(sim, token)).toMatchObject({
      code: 403,
      body: {
        message: `secrets "mysecret" is forbidden: User "${account}" cannot get resource "secrets" in API group "" in the namespace "default"`,
      },
    })
    sim.kubectl('create role reader --verb=get --resource=secrets')
    sim.kubectl('create rolebinding reader --role=reader --serviceaccount=default:default')
    expect(ask(sim, token)).toMatchObject({ code: 200, body: { data: { a: 'Yg==' } } })
  })

  test('a token whose Secret is gone, or that somebody changed, is refused', () => {
    const sim = createSim()
    const name = tokenSecret(sim)
    const token = tokenOf(sim, name)
    expect(ask(sim, `${token.slice(0, -2)}xx`)).toMatchObject({ code: 401, body: { message: 'Unauthorized' } })
    expect(ask(sim, 'nonsense').code).toBe(401)
    sim.kubectl(`delete secret ${name}`)
    expect(ask(sim, token).code).toBe(401)
    expect(review(sim, token).status).toEqual({ user: {}, error: 'Token has been invalidated' })
  })

  test('other schemes are no credentials at all', () => {
    const sim = createSim()
    const path = '/api/v1/namespaces/default/pods'
    const answer = sim.request({ method: 'GET', path, headers: { authorization: 'Basic eA==' } })
    expect('body' in answer ? answer.body : '').toContain('User \\"system:anonymous\\" cannot list')
  })

  test('TokenReview tells the account, its groups and the audiences', () => {
    const sim = createSim()
    const token = tokenOf(sim, tokenSecret(sim))
    expect(review(sim, token).status).toMatchObject({
      authenticated: true,
      user: {
        username: account,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      },
    })
    expect(review(sim, 'nonsense').status).toEqual({ user: {}, error: 'invalid bearer token' })
    expect(review(sim, '')).toMatchObject({ code: 400, message: 'token is required for TokenReview in authentication' })
  })

  test.each([
    ['v1.23', { creationTimestamp: null }],
    ['v1.36', {}],
  ] as const)('%s: a TokenReview keeps its metadata, and its sender owns what it asks', (version, times) => {
    const { metadata } = review(createSim({ version }), 'nonsense', { audiences: ['a'] })
    const fieldsV1 = { 'f:spec': { 'f:audiences': {}, 'f:token': {} } }
    expect(metadata).toEqual({ ...times, managedFields: [expect.objectContaining({ operation: 'Update', fieldsV1 })] })
  })

  test.each(['v1.26', 'v1.36'] as const)('%s: the token in a Pod is bound to it, expires and is renewed', (version) => {
    const sim = createSim({ version })
    sim.kubectl('run p --image=nginx')
    sim.runFor('30s')
    const path = '/var/run/secrets/kubernetes.io/serviceaccount/token'
    const token = sim.kubectl(`exec p -- cat ${path}`).stdout.trim()
    expect(review(sim, token).status).toMatchObject({ authenticated: true, user: { username: account } })
    expect(review(sim, token, { audiences: ['vault'] }).status).toEqual({
      user: {},
      error: 'token audiences ["https://kubernetes.default.svc"] is invalid for the target audiences ["vault"]',
    })
    sim.runFor('2h')
    expect(review(sim, token).status).toEqual({ user: {}, error: 'Token has expired.' })
    const renewed = sim.kubectl(`exec p -- cat ${path}`).stdout.trim()
    expect(review(sim, renewed).status).toMatchObject({ authenticated: true })
    sim.kubectl('delete pod p --wait=false')
    expect(review(sim, renewed).status).toEqual({ user: {}, error: 'Token has been invalidated' })
  })
})
