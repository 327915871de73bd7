import { describe, expect, test } from 'vitest'
import { nodeUser } from '../../../src/apiserver/auth/users.ts'
import type { RunningApiServer } from '../../../src/apiserver/create-api-server.ts'
import type { UserInfo } from '../../../src/client/client.ts'
import { newApiServer } from '../new-api-server.ts'
import { admin, binding, boundPod, jane, rbac, role, secretVolume, testAuthorization, userSubject } from './helpers.ts'

function serverWithRoles(): RunningApiServer {
  const authorization = testAuthorization()
  const { server } = newApiServer({
    authorizers: [authorization.authorizer],
    strategies: authorization.strategies,
    observers: [authorization.observe],
  })
  const rules = [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['db'], verbs: ['get'] }]
  server.seed(rbac('roles'), role('one', rules))
  server.seed(rbac('rolebindings'), binding('one', ['Role', 'one'], [userSubject('jane')]))
  server.seed({ group: '', version: 'v1', resource: 'pods' }, boundPod('p', 'node-1', secretVolume('db')))
  return server
}

function review(user: UserInfo, resource: string, body: object, headers: Readonly<Record<string, string>> = {}) {
  const answer = serverWithRoles().http({
    user,
    method: 'POST',
    path: `/apis/authorization.k8s.io/v1/${resource}`,
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', ...body }),
  })
  return { code: answer.code, body: 'body' in answer ? JSON.parse(answer.body) : undefined }
}

const about = (resource: string, verb: string, name = '') => ({
  resourceAttributes: { namespace: 'prod', verb, resource, ...(name === '' ? {} : { name }) },
})

describe('S4 access reviews: what kubectl auth can-i asks', () => {
  const self = (spec: object) => ({ kind: 'SelfSubjectAccessReview', spec })

  test('a review of oneself is answered with the decision and its reason', () => {
    const { code, body } = review(jane, 'selfsubjectaccessreviews', self(about('secrets', 'get', 'db')))
    expect(code).toBe(201)
    expect(body).toMatchObject({
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      spec: about('secrets', 'get', 'db'),
      status: { allowed: true, reason: 'RBAC: allowed by RoleBinding "one/prod" of Role "one" to User "jane"' },
    })
    expect(review(jane, 'selfsubjectaccessreviews', self(about('secrets', 'list'))).body.status).toEqual({
      allowed: false,
    })
  })

  test('a node is told why not', () => {
    const { body } = review(nodeUser('node-1'), 'selfsubjectaccessreviews', self(about('secrets', 'get')))
    expect(body.status).toEqual({ allowed: false, reason: 'No Object name found' })
    const named = review(nodeUser('node-1'), 'selfsubjectaccessreviews', self(about('secrets', 'get', 'db')))
    expect(named.body.status).toEqual({ allowed: true })
  })

  test('with --as it is about the impersonated user', () => {
    const headers = { 'impersonate-user': 'jane', 'impersonate-group': 'developers' }
    const { body } = review(admin, 'selfsubjectaccessreviews', self(about('secrets', 'list')), headers)
    expect(body.status).toEqual({ allowed: false })
  })

  test('the rules of a user are those of all bindings', () => {
    const spec = { kind: 'SelfSubjectRulesReview', spec: { namespace: 'prod' } }
    const { body } = review(jane, 'selfsubjectrulesreviews', spec)
    expect(body.status.incomplete).toBe(false)
    expect(body.status.resourceRules).toEqual([
      {
        verbs: ['create'],
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      },
      { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['db'] },
    ])
    expect(body.status.nonResourceRules).toHaveLength(2)
  })

  test('others may be asked about by whom is allowed to', () => {
    const about2 = { kind: 'SubjectAccessReview', spec: { user: 'jane', ...about('secrets', 'get', 'db') } }
    expect(review(admin, 'subjectaccessreviews', about2).body.status.allowed).toBe(true)
    expect(review(jane, 'subjectaccessreviews', about2)).toMatchObject({ code: 403 })
  })

  test('a question without attributes is invalid', () => {
    const { code, body } = review(jane, 'selfsubjectaccessreviews', self({}))
    expect(code).toBe(422)
    expect(body.message).toBe(
      '.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: "null": exactly one of nonResourceAttributes or resourceAttributes must be specified',
    )
  })

  test('reviews cannot be read', () => {
    const answer = serverWithRoles().http({
      user: admin,
      method: 'GET',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      headers: {},
      body: '',
    })
    expect(answer.code).toBe(405)
  })
})
