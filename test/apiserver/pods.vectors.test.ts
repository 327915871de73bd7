import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type RequestVector, runRequestVector } from '../judge/requests.ts'
import { recordedCluster } from './recorded-cluster.ts'

const file = new URL('../fixtures/vectors/apiserver-pods.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as readonly RequestVector[]

describe('recorded Pods: the API server answers as a real v1.18.20 did', () => {
  test.each(vectors.map((vector) => [`${vector.clause ?? 'facts 2'} ${vector.name}`, vector] as const))(
    '%s',
    (_title, vector) => {
      const wrong = runRequestVector(vector, recordedCluster).filter(({ passed }) => !passed)
      expect(wrong.map(({ row, diff }) => `${row}: ${diff}`)).toEqual([])
    },
  )
})
