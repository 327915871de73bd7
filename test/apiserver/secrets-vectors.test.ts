import { testVectors } from '../judge/test-vectors.ts'

testVectors(
  'C2 C5 C6 C7 I1 I2 R2 the API server answers about Secrets as real ones of v1.18.20 and v1.36.2 did',
  /(^|\/)apiserver-secrets/,
)
