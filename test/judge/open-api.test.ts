import { testVectors } from './test-vectors.ts'

testVectors('C9 the schemas are those of the recorded servers', /(^|\/)openapi\//)
