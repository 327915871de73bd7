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
