import { describe, expect, test } from 'vitest'
import type { Entry } from '../../../src/report/export/album.ts'
import {
  endOf,
  eventsOf,
  openQuestions,
  positionsOf,
  seqAt,
  stopsOf,
  toldAt,
} from '../../../src/report/export/stepping.ts'
import { albumOf } from './album.ts'

/** How one goes through a run line by line, also where all of it happens in one instant. */

const entry = (at: number, kind: Entry['kind'], seq: number, text: string = kind): Entry => ({
  ...{ at, kind, seq, text, actor: '', tone: 'normal' },
})
const story = [
  entry(0, 'say', 1),
  entry(0, 'ask', 1, 'soon\n? Is it so?'),
  entry(0, 'story', 5),
  entry(0, 'answer', 5, 'Is it so? yes'),
  entry(2000, 'story', 9),
]
const moments = [{ at: 0, seq: 4, kind: 'write', lane: 'api', letter: 'A', text: '' } as const]
const world = { story, flow: { revisions: [], lanes: [], hops: [], delays: [], podsLeft: 0, moments } }

test('each line of an instant is a place of its own', () => {
  expect(positionsOf(world)).toEqual([
    { at: 0, told: 1 },
    { at: 0, told: 2 },
    { at: 0, told: 3 },
    { at: 0, told: 4 },
    { at: 2000, told: 1 },
  ])
  expect(eventsOf([world, world])).toEqual(positionsOf(world))
  expect(
    [{ at: 0, told: 0 }, { at: 0, told: 3 }, endOf(0), endOf(1999), endOf(2000)].map((p) => toldAt(world, p)),
  ).toEqual([0, 3, 4, 4, 5])
})

test('what is told of the cluster in the middle of an instant ends with the record of the line', () => {
  expect(seqAt(world, { at: 0, told: 0 })).toBe(0)
  expect(seqAt(world, { at: 0, told: 2 })).toBe(1)
  expect(seqAt(world, endOf(0))).toBe(Number.POSITIVE_INFINITY)
  expect(seqAt(world, endOf(1000))).toBe(Number.POSITIVE_INFINITY)
})

test('one stops at sentences, questions, answers, and where the Secret comes', () => {
  const stops = [
    { at: 0, told: 1 },
    { at: 0, told: 2 },
    { at: 0, told: 3 },
    { at: 0, told: 4 },
  ]
  expect(stopsOf([world])).toEqual(stops)
  // A warning or an accident is one, too.
  const warned = { ...world, story: [...story, { ...entry(3000, 'story', 11), tone: 'fault' } as const] }
  expect(stopsOf([warned])).toEqual([...stops, { at: 3000, told: 1 }])
})

test('a question is open from its line until that of its answer', () => {
  const open = (told: number) => openQuestions([world], { at: 0, told }).length
  expect([0, 1, 2, 3, 4].map(open)).toEqual([0, 0, 1, 1, 0])
})

describe('a lesson that takes no time', () => {
  const album = albumOf(`
title: at once
steps:
  - run: kubectl create secret generic db --from-literal=password=first
    commandTime: 0s
    ask:
      question: Is it there?
      choices: [{ say: 'yes', expect: { object: secret/db, cel: 'true' } }, { say: 'no', expect: { object: secret/db, cel: 'false' } }]
`)

  test('is taken home all the same, with a question before its answer', () => {
    expect([album.from, album.to]).toEqual([0, 0])
    const kinds = album.worlds[0]?.story.map(({ kind }) => kind) ?? []
    expect(kinds.indexOf('ask')).toBeLessThan(kinds.indexOf('command'))
    expect(kinds.indexOf('story')).toBeLessThan(kinds.indexOf('answer'))
    expect(openQuestions(album.worlds, { at: 0, told: 1 })).toHaveLength(1)
    expect(openQuestions(album.worlds, endOf(0))).toEqual([])
  })
})

test('where nobody writes a Secret by hand, that of the Pods is followed', () => {
  const album = albumOf(`
title: a Pod alone
cluster: { version: v1.18 }
steps:
  - kubectl: run web --image=nginx
  - wait: 30s
`)
  expect(album.about).toMatch(/^secret default\/default-token-\w{5}$/)
})
