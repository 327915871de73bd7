import type { Asked, Reply } from '../../src/client/client.ts'

/**
 * Sends a request and calls back with its reply, for tests that ask from outside of any process.
 */
export function answered<T>(asked: Asked<T>, done: (reply: Reply<T>) => void): void {
  asked.begin({
    answered: (value) => done({ ok: true, value }),
    failed: (error) => done({ ok: false, error }),
  })
}
