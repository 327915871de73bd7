import { expect, test } from 'vitest'
import { maxRetries } from '../../src/versions/client-go.ts'

// Source: client-go rest/request.go, request: `retries < maxRetries` in release-1.18, `<=` in release-1.19.
test.each([
  [18, 9],
  [19, 10],
  [20, 10],
  [26, 10],
  [36, 10],
])('client-go of v1.%i sends a request %i times again when the server says after how long', (minor, times) => {
  expect(maxRetries(minor)).toBe(times)
})
