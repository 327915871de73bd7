import { testVectors } from '../judge/test-vectors.ts'

testVectors('9 the scheduler does what a real v1.18.20 did', /(^|\/)scheduler/)
