import { expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import type { AskedQuestion } from '../../src/scenario/asking.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { runScenario } from '../../src/scenario/run.ts'

const lesson = (choices: readonly string[], more = '') => `
title: a question
steps:
- kubectl: create secret generic s --from-literal=k=some-value
  ask:
    question: How many keys has the Secret some-value?
    choices:
${choices.map((choice) => `    - ${choice}`).join('\n')}
    because: One was given.
${more}`

const load = (text: string) => loadScenario(text, 'ask.yaml', { readBeside: () => undefined })

const one = '{ say: one, expect: { object: secret/s, holds: { data: { k: c29tZS12YWx1ZQ== } } } }'
const none = '{ say: none, expect: { object: secret/s, exists: false } }'

function asked(text: string) {
  const loaded = load(text)
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('; '))
  const questions: AskedQuestion[] = []
  const result = runScenario(loaded.value, { createSim, asked: (_step, question) => void questions.push(question) })
  return { questions, result }
}

test('U3 the answer to a question is found by the run, and no value is told', () => {
  const { questions, result } = asked(
    lesson([one.replace('holds: { data: { k: c29tZS12YWx1ZQ== } }', 'exists: true'), none]),
  )
  expect(result.outcome).toBe('passed')
  expect(questions).toEqual([
    {
      question: expect.stringMatching(/^How many keys has the Secret (some-value|<10 bytes, [0-9a-f]{8}>)\?$/),
      choices: [
        { text: 'one', holds: true },
        { text: 'none', holds: false },
      ],
      because: 'One was given.',
    },
  ])
  expect(result.steps[0]?.asked).toEqual(questions[0])
})

test('a question of whose answers not exactly one holds fails its step', () => {
  const problemOf = (choices: readonly string[]) => asked(lesson(choices)).result.steps[0]?.problem
  expect(problemOf([none, none.replace('none', 'nothing')])).toMatch(
    /^of the answers to ".*" none holds; exactly one must$/,
  )
  const is = '{ say: yes, expect: { object: secret/s, exists: true } }'
  expect(problemOf([is, is.replace('yes', 'sure')])).toMatch(/"yes" and "sure" hold; exactly one must$/)
})

test('an answer takes no time: what would is told with its place', () => {
  const loaded = load(lesson([none, '{ say: later, expect: { object: secret/s, exists: true, within: 1m } }']))
  expect(loaded.ok ? [] : loaded.errors.map(({ code, message }) => [code, message])).toEqual([
    ['BAD_VALUE', 'an answer is looked at when it is asked for: it takes no time'],
  ])
})
