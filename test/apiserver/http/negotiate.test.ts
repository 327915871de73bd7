import { expect, test } from 'vitest'
import { negotiateOutput } from '../../../src/apiserver/http/negotiate.ts'

// What a real v1.36.2 answered to GET of a Namespace.
test.each([
  ['*/*, application/yaml', 'yaml'],
  ['application/yaml;q=0.5, */*', 'json'],
  ['application/json;q=0.1, application/yaml', 'yaml'],
  ['application/yaml; q=0.5, application/json; q=0.9', 'json'],
  ['application/yaml;q=x, application/json;q=0.5', 'json'],
  ['application/yaml;q= 0.9, application/json;q=0.5', 'json'],
  ['*/*;q=0.9, application/vnd.kubernetes.protobuf;q=0.1', 'protobuf'],
  ['application/*, application/yaml', 'yaml'],
])('C7 Accept: %s is answered in %s', (accept, format) => {
  expect(negotiateOutput(accept, { streams: false, hasMessages: true, minor: 36 })).toMatchObject({ format })
})
