import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type RequestVector, runRequestVector } from '../judge/requests.ts'
import { recordedCluster } from './recorded-cluster.ts'

const file = new URL('../fixtures/vectors/apiserver-pods.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as readonly RequestVector[]

/** The recorded controllers took longer than the next request; podsim's are quicker, so no time passes between requests. */
const atOnce = { settleMs: 0 }

describe('recorded Pods: the API server answers as a real v1.18.20 did', () => {
  test.each(vectors.map((vector) => [`${vector.clause ?? 'facts 2'} ${vector.name}`, vector] as const))(
    '%s',
    (_title, vector) => {
      const wrong = runRequestVector(vector, recordedCluster, atOnce).filter(({ passed }) => !passed)
      expect(wrong.map(({ row, diff }) => `${row}: ${diff}`)).toEqual([])
    },
  )
})
