import { expect, test } from 'vitest'
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

test.each(
  versions.flatMap((version) => [
    [version, 'a number in stringData', secret('stringData:\n  user: app\n  port: 8080\n'), 'a.yaml:6:9'],
    [version, 'a truth value in stringData', secret('stringData: { on: "yes", tls: true }\n'), 'a.yaml:4:31'],
    [version, 'no base64', secret('data:\n  user: YXBw\n  port: "8080!"\n'), 'a.yaml:6:9'],
    [version, 'a number as value of a variable', deployment('2', '8080'), 'a.yaml:18:36'],
    [version, 'a text as number of replicas', deployment('"two"', '"8080"'), 'a.yaml:5:13'],
  ]),
)('C7 %s: %s', (version, _what, text, place) => {
  const [refused] = checkManifests([{ name: 'a.yaml', text }], { version, for: '1s' }).refused
  expect(`${refused?.place.file}:${refused?.place.line}:${refused?.place.column}`).toBe(place)
})
