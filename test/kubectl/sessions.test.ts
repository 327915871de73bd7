import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Session, SessionRun } from '../judge/kubectl-sessions.ts'

/**
 * Rows that are let off, and why. Anything else that differs fails; a row here that has come to agree should leave.
 */
const letOff: Readonly<Record<string, string>> = {
  'neighbours#106': 'explain: the descriptions of the API are not carried along',
  'neighbours#107': 'explain: the descriptions of the API are not carried along',
  'neighbours#108': 'explain: the descriptions of the API are not carried along',
  'neighbours#67': '1.18 edits managedFields, which the server does not keep',
  'immutable-off#5': 'the patch changes managedFields alone, which the server does not keep',
  'status#5': 'Pods that other vectors left on the recorded node',
  'workloads#27': 'which of the ReplicaSets comes last depends on random names',
}

const names = ['page', 'neighbours', 'errors', 'immutable-on', 'immutable-off', 'status', 'workloads', 'watching']

function sessionsOf(name: string): readonly Session[] {
  const url = new URL(`../fixtures/vectors/kubectl-session-${name}.json`, import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8'))
}

describe.each(names)('C3 facts/kubectl.md: session %s prints what a real kubectl printed', (name) => {
  test.each(sessionsOf(name).map((session) => [session.kubectl, session] as const))(
    'kubectl %s',
    (version, session) => {
      const failed = new SessionRun(session).run().filter(({ passed }) => !passed)
      const unexpected = failed.filter(({ row }) => !Object.hasOwn(letOff, row.replace(`/${version}`, '')))
      expect(unexpected.map(({ row, command, diff }) => `${row} $ ${command}\n${diff}`)).toEqual([])
    },
  )
})
