import { beforeAll, describe, expect, test } from 'vitest'
import { checkManifests } from '../../src/check/check.ts'

/** Refusals are told with the place of the value that is meant, though the messages of decoders name neither index nor key. */

const secret = (data: string): string => `apiVersion: v1
kind: Secret
metadata: { name: db }
${data}`

const deployment = (replicas: string, port: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: first
          image: nginx
          env: [{ name: A, value: b }]
        - name: second
          image: nginx
          env:
            - { name: A, value: b }
            - { name: PORT, value: ${port} }
`
const versions = ['v1.18', 'v1.22', 'v1.26', 'v1.36'] as const

/** What is wrong, the file of that, and where it is. */
const mistakes = [
  ['a number in stringData', secret('stringData:\n  user: app\n  port: 8080\n'), '6:9'],
  ['a truth value in stringData', secret('stringData: { on: "yes", tls: true }\n'), '4:31'],
  ['no base64', secret('data:\n  user: YXBw\n  port: "8080!"\n'), '6:9'],
  ['a number as value of a variable', deployment('2', '8080'), '18:36'],
  ['a text as number of replicas', deployment('"two"', '"8080"'), '5:13'],
] as const

describe.each(versions)('C7 %s', (version) => {
  let places: readonly string[] = []
  beforeAll(() => {
    const files = mistakes.map(([what, text]) => ({ name: what, text }))
    const { refused } = checkManifests(files, { version, for: '1s' })
    places = refused.map(({ place: { file, line, column } }) => `${file}:${line}:${column}`)
  })

  test.each(mistakes)('%s', (what, _text, place) => {
    expect(places.filter((each) => each.startsWith(what))).toEqual([`${what}:${place}`])
  })
})
