import { expect, test } from 'vitest'
import { newApi, pod, pods } from '../registry/api.ts'

const secrets = '/api/v1/namespaces/default/secrets'
const strategic = 'application/strategic-merge-patch+json'

test.each([
  [{ data: { a: '?' } }, 'map[data:map[a:?]]', 'error decoding from json: illegal base64 data at input byte 0'],
  [{ data: { a: 5 } }, 'map[data:map[a:5]]', 'cannot restore slice from int64'],
  [{ data: 'x' }, 'map[data:x]', 'cannot restore map from string'],
  [{ stringData: { a: 5 } }, 'map[stringData:map[a:5]]', 'cannot convert int64 to string'],
  [{ stringData: { a: true } }, 'map[stringData:map[a:true]]', 'unrecognized type: string'],
  [{ immutable: 'yes' }, 'map[immutable:yes]', 'unrecognized type: bool'],
  [{ metadata: 'x' }, 'map[metadata:x]', 'cannot restore struct from: string'],
])('C7 corrections.md API server 4: a strategic patch %j is judged in the converter’s words', (patch, shown, why) => {
  const { send, post } = newApi()
  post(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } })
  expect(send('PATCH', `${secrets}/a`, patch, strategic)).toMatchObject({
    code: 422,
    body: { message: ` "" is invalid: patch: Invalid value: ${JSON.stringify(shown)}: ${why}`, reason: 'Invalid' },
  })
})

test.each([
  [{ spec: { activeDeadlineSeconds: 1.5 } }, 'cannot convert float64 to int64'],
  [{ spec: { activeDeadlineSeconds: '9' } }, 'unrecognized type: int64'],
  [{ spec: { containers: {} } }, 'cannot restore slice from map'],
])('numbers and lists of a Pod: %j', (patch, why) => {
  const { send, post } = newApi()
  post(pods, pod('p'))
  expect(send('PATCH', `${pods}/p`, patch, strategic).body.message).toMatch(new RegExp(`: ${why}$`))
})

test.each([
  [18, 500],
  [19, 500],
  [20, 201],
  [36, 201],
])('C5: a definition whose numbers have whole minima is applied from v1.20 on (v1.%i: %i)', (minor, code) => {
  const replicas = { type: 'integer', minimum: 0 }
  const schema = { openAPIV3Schema: { type: 'object', properties: { replicas } } }
  const applied = newApi(minor).send(
    'PATCH',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/vaults.ex.io?fieldManager=ci',
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'vaults.ex.io' },
      spec: {
        group: 'ex.io',
        names: { plural: 'vaults', singular: 'vault', kind: 'Vault', listKind: 'VaultList' },
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    },
    'application/apply-patch+yaml',
  )
  expect(applied.code).toBe(code)
  if (code === 500) expect(applied.body.message).toMatch(/cannot convert int64 to float64$/)
})
