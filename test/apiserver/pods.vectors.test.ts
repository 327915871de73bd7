import { testVectors } from '../judge/test-vectors.ts'

testVectors(
  'V1 O3 P2 P3 P4 R2 the API server answers about Pods as real ones of v1.18.20 and v1.36.2 did',
  /(^|\/)apiserver-pods/,
)
