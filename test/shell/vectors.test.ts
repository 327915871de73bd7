import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { terminal } from './terminal.ts'
import { createWorld } from './world.ts'

/** What a real shell answered. Text is bytes: one character for each. */
interface Row {
  readonly script: string
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

const rowsOf = (name: string): readonly Row[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/shell', name), 'utf8'))
const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

describe('C3 bash 5.2 with GNU coreutils 9.1 answered so', () => {
  test.each(rowsOf('bash.json'))('$script', ({ script, stdout, stderr, code }) => {
    const result = terminal({}, '/tmp/dd-x').run(script)
    expect([bytes(result.stdout), bytes(result.stderr), result.exitCode]).toEqual([stdout, stderr, code])
  })
})

const programs = ['jq.json', 'envsubst.json', 'openssl.json'].flatMap(rowsOf)

describe('C3 jq 1.6, envsubst of gettext 0.21 and openssl 3.0 under bash answered so', () => {
  test.each(programs)('$script', ({ script, stdout, stderr, code }) => {
    const result = terminal({}, '/tmp/dd-x').run(script)
    expect([bytes(result.stdout), bytes(result.stderr), result.exitCode]).toEqual([stdout, stderr, code])
  })
})

describe('V6 busybox 1.35 answered so', () => {
  test.each(rowsOf('busybox.json'))('$script', ({ script, stdout, stderr, code }) => {
    const { kernel, runtime, start } = createWorld()
    const { id } = start(['sh', '-c', script], { workingDir: '/tmp', env: [{ name: 'TZ', value: 'UTC' }] })
    kernel.runUntil(20_000)
    const written = (stream: string) =>
      bytes(
        runtime
          .logs(id)
          .flatMap((each) => (each.stream === stream ? [`${each.line}\n`] : []))
          .join(''),
      )
    // A log ends its last line, as it is read by lines.
    const lines = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
    const exitCode = runtime.podContainers('uid')[0]?.exitCode
    expect([written('stdout'), written('stderr'), exitCode]).toEqual([lines(stdout), lines(stderr), code])
  })
})
